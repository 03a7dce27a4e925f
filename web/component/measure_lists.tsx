/** @jsxImportSource preact */
/** Tables of checks, transactions and metrics, for the live page and the report. */
import type {
  SummaryCheck,
  SummaryCheckSplit,
  SummaryMetric,
  SummaryTimes,
  SummaryTransaction,
} from "../../src/report/summary/summary.ts";
import { formatMs, formatNumber } from "../view/format.ts";
import { formatPassRate, metricCells } from "../view/measures.ts";

export function CheckList({ checks }: { readonly checks: readonly SummaryCheck[] }) {
  return (
    <div class="scroll card" tabIndex={0} role="group" aria-label="Checks">
      <table aria-label="Checks">
        <thead>
          <tr>
            <th scope="col">Check</th>
            <th scope="col" class="number whole"># Passes</th>
            <th scope="col" class="number whole"># Fails</th>
            <th scope="col" class="number">Pass rate</th>
          </tr>
        </thead>
        <tbody>
          {checks.map((check) => (
            <tr key={check.name}>
              <th scope="row" class="wrap">{check.name}</th>
              <td class="number">{formatNumber(check.passes)}</td>
              <td class={check.fails > 0 ? "number fails" : "number"}>{formatNumber(check.fails)}</td>
              <td class="number">{formatPassRate(check)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The checks by the values of a tag. */
export function CheckSplitList({ tag, values }: SummaryCheckSplit) {
  return (
    <div class="scroll card" tabIndex={0} role="group" aria-label={`Checks by ${tag}`}>
      <table aria-label={`Checks by ${tag}`}>
        <thead>
          <tr>
            <th scope="col">{tag}</th>
            <th scope="col">Check</th>
            <th scope="col" class="number whole"># Passes</th>
            <th scope="col" class="number whole"># Fails</th>
            <th scope="col" class="number">Pass rate</th>
          </tr>
        </thead>
        <tbody>
          {values.flatMap(({ value, checks }) =>
            checks.map((check) => (
              <tr key={JSON.stringify([value, check.name])}>
                <td class="wrap">{value}</td>
                <th scope="row" class="wrap">{check.name}</th>
                <td class="number">{formatNumber(check.passes)}</td>
                <td class={check.fails > 0 ? "number fails" : "number"}>{formatNumber(check.fails)}</td>
                <td class="number">{formatPassRate(check)}</td>
              </tr>
            ))
          )}
        </tbody>
      </table>
    </div>
  );
}

export function TransactionList({ transactions }: { readonly transactions: readonly SummaryTransaction[] }) {
  return (
    <div class="scroll card" tabIndex={0} role="group" aria-label="Transactions">
      <table aria-label="Transactions">
        <thead>
          <tr>
            <th scope="col">Transaction</th>
            <th scope="col" class="number whole"># Count</th>
            <th scope="col" class="number whole"># Fails</th>
            <th scope="col" class="number extra whole">Cut off</th>
            <TimeHeads busy="" />
            <TimeHeads busy="Busy " />
          </tr>
        </thead>
        <tbody>
          {transactions.map(({ name, count, failures, cutOff, times, busyTimes }) => (
            <tr key={name}>
              <th scope="row" class="wrap">{name}</th>
              <td class="number">{formatNumber(count)}</td>
              <td class={failures > 0 ? "number fails" : "number"}>{formatNumber(failures)}</td>
              <td class="number extra">{formatNumber(cutOff)}</td>
              <TimeCells times={times} />
              <TimeCells times={busyTimes} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function TimeHeads({ busy }: { readonly busy: string }) {
  return (
    <>
      <th scope="col" class="number extra">{busy}Median (ms)</th>
      <th scope="col" class="number">{busy}95%ile (ms)</th>
      <th scope="col" class="number extra">{busy}99%ile (ms)</th>
    </>
  );
}

function TimeCells({ times: { percentilesMs } }: { readonly times: SummaryTimes }) {
  return (
    <>
      <td class="number extra">{formatMs(percentilesMs["50"])}</td>
      <td class="number">{formatMs(percentilesMs["95"])}</td>
      <td class="number extra">{formatMs(percentilesMs["99"])}</td>
    </>
  );
}

/** The value is the mean of a trend, the sum of a counter, the share of a rate, the last one of a gauge. */
const VALUES = { trend: "mean", counter: "sum", rate: "share", gauge: "last" } as const;

export function MetricList({ metrics }: { readonly metrics: readonly SummaryMetric[] }) {
  return (
    <div class="scroll card" tabIndex={0} role="group" aria-label="Metrics">
      <table aria-label="Metrics">
        <thead>
          <tr>
            <th scope="col">Metric</th>
            <th scope="col" class="extra">Kind</th>
            <th scope="col" class="number extra whole"># Values</th>
            <th scope="col" class="number">Value</th>
            <th scope="col" class="number extra">Min</th>
            <th scope="col" class="number extra">Median</th>
            <th scope="col" class="number">95%ile</th>
            <th scope="col" class="number extra">99%ile</th>
            <th scope="col" class="number extra">Max</th>
          </tr>
        </thead>
        <tbody>
          {metrics.map((metric) => {
            const cells = metricCells(metric);
            return (
              <tr key={`${metric.kind} ${metric.name}`}>
                <th scope="row" class="wrap">{metric.name}</th>
                <td class="extra">{metric.kind}</td>
                <td class="number extra">{formatNumber(cells.count)}</td>
                <td class="number">
                  <span class="muted extra">{VALUES[metric.kind]}</span> {cells.value}
                </td>
                <td class="number extra">{cells.min}</td>
                <td class="number extra">{cells.median}</td>
                <td class="number">{cells.p95}</td>
                <td class="number extra">{cells.p99}</td>
                <td class="number extra">{cells.max}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
