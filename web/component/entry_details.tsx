/** @jsxImportSource preact */
/** One row in full: its percentiles, the phases of its requests, its failures, and its share of the whole. */
import type { Signal } from "@preact/signals";
import { type RunSummary, SUMMARY_PERCENTILES, type SummaryEntry } from "../../src/report/summary/summary.ts";
import { distributionChart } from "../view/distribution.ts";
import { formatMs, formatNumber, formatShare } from "../view/format.ts";
import { labelOf } from "../view/table_columns.ts";
import { DetailsFrame } from "./details_frame.tsx";
import { FailureList } from "./failure_list.tsx";
import { SPLIT_FAILURES } from "./split_table.tsx";
import { StaticPlot } from "./static_plot.tsx";

const PHASES = { dns: "DNS", connect: "Connect", tls: "TLS", firstByte: "First byte", download: "Download" } as const;

interface DetailsProps {
  readonly entry: SummaryEntry;
  readonly summary: RunSummary;
  /** The label of the open row in the table. */
  readonly open: Signal<string | undefined>;
  /** Of a row of one value of a tag. */
  readonly splitLabel?: string;
}

export function EntryDetails({ entry, summary, open, splitLabel }: DetailsProps) {
  const label = splitLabel ?? labelOf(entry);
  const failures = splitLabel !== undefined
    ? []
    : summary.failures.filter(({ method, name }) => method === entry.method && name === entry.name);
  const urls = summary.urlGroups?.find(({ method, name }) => method === entry.method && name === entry.name);
  const hasTimes = entry.histogram.counts.length > 0;
  return (
    <DetailsFrame label={label} level="h3" open={open} place="below">
      <p class="note">
        {formatNumber(entry.requests)} requests,{" "}
        {formatShare(summary.total.requests > 0 ? entry.requests / summary.total.requests : null)} of all;{" "}
        {formatShare(entry.failureRatio)} failed; standard deviation {formatMs(entry.standardDeviationMs)} ms
      </p>
      {urls !== undefined && (
        <p class="note">
          This row stands for more than 20 URLs, such as{" "}
          {urls.examples.join(", ")}: --url-grouping off keeps them apart.
        </p>
      )}
      <div class="details-columns">
        <Percentiles entry={entry} />
        {hasTimes && <StaticPlot chart={distributionChart(entry)} />}
      </div>
      {entry.phases !== null && Object.keys(entry.phases).length > 0 && <Phases phases={entry.phases} />}
      {splitLabel !== undefined && entry.failures > 0 && <p class="note">{SPLIT_FAILURES}</p>}
      {failures.length > 0 && <FailureList failures={failures} label={`Failures of ${label}`} />}
    </DetailsFrame>
  );
}

function Percentiles({ entry }: { readonly entry: SummaryEntry }) {
  const corrected = entry.correctedPercentilesMs;
  return (
    <table class="small" aria-label="Percentiles">
      <thead>
        <tr>
          <th scope="col">Percentile</th>
          <th scope="col" class="number">Response time (ms)</th>
          {corrected !== null && <th scope="col" class="number">Corrected (ms)</th>}
        </tr>
      </thead>
      <tbody>
        {SUMMARY_PERCENTILES.map((percent) => (
          <tr>
            <th scope="row">{percent} %</th>
            <td class="number">{formatMs(entry.percentilesMs[percent])}</td>
            {corrected !== null && <td class="number">{formatMs(corrected[percent])}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Phases({ phases }: { readonly phases: NonNullable<SummaryEntry["phases"]> }) {
  const names = (Object.keys(PHASES) as (keyof typeof PHASES)[]).filter((name) => phases[name] !== undefined);
  return (
    <table class="small" aria-label="Phases">
      <thead>
        <tr>
          <th scope="col">Phase</th>
          <th scope="col" class="number">Average (ms)</th>
          <th scope="col" class="number">95%ile (ms)</th>
        </tr>
      </thead>
      <tbody>
        {names.map((name) => (
          <tr>
            <th scope="row">{PHASES[name]}</th>
            <td class="number">{formatMs(phases[name]?.meanMs ?? null)}</td>
            <td class="number">{formatMs(phases[name]?.p95Ms ?? null)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
