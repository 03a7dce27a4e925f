/** @jsxImportSource preact */
/** One row beside the table: its percentiles, its share, its own history, and what failed of it. */
import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { ApiHistoryPoint, ApiRow } from "../../src/server/answers/api_snapshot.ts";
import type { AppState } from "../model/app_state.ts";
import { RunHistory } from "../model/history.ts";
import type { SplitOf } from "../source/api_client.ts";
import { formatMs, formatNumber, formatRate, formatShare } from "../view/format.ts";
import { liveRequestsChart, liveTimesChart } from "../view/live_charts.ts";
import { labelOf } from "../view/table_columns.ts";
import { ChartFigure } from "./chart_figure.tsx";
import { DetailsFrame } from "./details_frame.tsx";
import { RowFailures } from "./row_failures.tsx";
import { SPLIT_FAILURES } from "./split_table.tsx";

/** The history of one row is asked for this often while it is open. */
const REFRESH_TICKS = 2;

interface DetailsProps {
  readonly app: AppState;
  readonly row: ApiRow;
}

export function LiveDetails({ app, row }: DetailsProps) {
  const label = labelOf(row);
  const failures = app.live.failures.value.filter(({ method, name }) => method === row.method && name === row.name);
  const all = app.live.total.value?.requests ?? 0;
  return (
    <DetailsFrame label={label} level="h2" open={app.table.open} place="beside">
      <Facts row={row} all={all} />
      <Percentiles row={row} />
      <RowCharts app={app} label={label} isTotal={row.method === ""} />
      {failures.length > 0 && <RowFailures app={app} label={label} failures={failures} />}
    </DetailsFrame>
  );
}

interface SplitDetailsProps extends DetailsProps {
  readonly split: SplitOf;
  /** The label of the open row in the table. */
  readonly open: Signal<string | undefined>;
  readonly label: string;
}

/** The same of the requests with one value of a tag. What failed of them is not known by tag: the row itself has it. */
export function LiveSplitDetails({ app, row, split, open, label }: SplitDetailsProps) {
  return (
    <DetailsFrame label={label} level="h2" open={open} place="below">
      <Facts row={row} all={app.live.total.value?.requests ?? 0} />
      <Percentiles row={row} />
      <RowCharts app={app} label={labelOf(row)} isTotal={false} split={split} />
      {row.failures > 0 && <p class="note">{SPLIT_FAILURES}</p>}
    </DetailsFrame>
  );
}

function Facts({ row, all }: { readonly row: ApiRow; readonly all: number }) {
  const failed = row.requests > 0 ? row.failures / row.requests : null;
  const facts: readonly (readonly [term: string, value: string, note: string])[] = [
    ["Requests", formatNumber(row.requests), `${formatShare(all > 0 ? row.requests / all : null)} of all`],
    ["Failures", formatNumber(row.failures), formatShare(failed)],
    ["Rate", formatRate(row.currentPerSecond), "per second"],
    ["Average", formatMs(row.meanMs), "ms"],
    ["Fastest", formatMs(row.minMs), "ms"],
    ["Size", formatNumber(row.meanBytes), "bytes"],
  ];
  return (
    <dl class="details-facts">
      {facts.map(([term, value, note]) => (
        <div key={term} class={term === "Failures" && row.failures > 0 ? "bad" : undefined}>
          <dt>{term}</dt>
          <dd>
            <span class="value">{value}</span> <span class="unit">{note}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

const FIGURES:
  readonly (readonly [title: string, figure: "p50Ms" | "p90Ms" | "p95Ms" | "p99Ms" | "p999Ms" | "maxMs"])[] = [
    ["50 %", "p50Ms"],
    ["90 %", "p90Ms"],
    ["95 %", "p95Ms"],
    ["99 %", "p99Ms"],
    ["99.9 %", "p999Ms"],
    ["100 %", "maxMs"],
  ];

/** The rarest one gives way on a narrow screen. */
function classOf(figure: string): string {
  return figure === "p999Ms" ? "number extra" : "number";
}

function Percentiles({ row }: { readonly row: ApiRow }) {
  const corrected = { p50Ms: row.correctedP50Ms, p95Ms: row.correctedP95Ms, p99Ms: row.correctedP99Ms };
  const hasCorrected = row.correctedP50Ms !== null;
  const correctedOf = (figure: string) => figure in corrected ? corrected[figure as keyof typeof corrected] : null;
  return (
    <table class="small" aria-label="Percentiles">
      <thead>
        <tr>
          <th scope="col">Percentile</th>
          {FIGURES.map(([title, figure]) => <th key={title} scope="col" class={classOf(figure)}>{title}</th>)}
        </tr>
      </thead>
      <tbody>
        <tr>
          <th scope="row">Time (ms)</th>
          {FIGURES.map(([title, figure]) => <td key={title} class={classOf(figure)}>{formatMs(row[figure])}</td>)}
        </tr>
        {hasCorrected && (
          <tr>
            <th scope="row">Corrected (ms)</th>
            {FIGURES.map(([title, figure]) => (
              <td key={title} class={classOf(figure)}>{formatMs(correctedOf(figure))}</td>
            ))}
          </tr>
        )}
      </tbody>
    </table>
  );
}

interface RowChartsProps {
  readonly app: AppState;
  readonly label: string;
  readonly isTotal: boolean;
  readonly split?: SplitOf;
}

function RowCharts({ app: { api, live, theme }, label, isTotal, split }: RowChartsProps) {
  const points = useSignal<readonly ApiHistoryPoint[]>([]);
  const version = Math.floor(live.historyVersion.value / REFRESH_TICKS);
  const key = split === undefined ? label : `${split.tag}=${split.value} ${label}`;
  const shown = useRef(key);
  useEffect(() => {
    if (isTotal) return;
    if (shown.current !== key) points.value = [];
    shown.current = key;
    let isStale = false;
    api.history(0, label, split).then(
      ({ history }) => {
        if (!isStale) points.value = history;
      },
      () => {}, // the row keeps what it shows; the connection is watched elsewhere
    );
    return () => isStale = true;
  }, [key, version]);
  const charts = useMemo(() => {
    const own = new RunHistory();
    own.add(points.value);
    const columns = isTotal ? live.history.read() : own.read();
    const parts = { columns, markers: live.markers.value, thresholds: [] };
    return [liveTimesChart(parts), liveRequestsChart(parts)] as const;
  }, [points.value, isTotal ? version : 0, live.markers.value]);
  if (charts[0].x.length === 0) return null;
  return (
    <div class="details-charts">
      {charts.map((chart) => (
        <ChartFigure
          key={chart.title}
          chart={{ ...chart, title: `${chart.title} of ${key}`, caption: chart.title }}
          theme={theme}
          sync="details"
          size="small"
          isLive
        />
      ))}
    </div>
  );
}
