/** The tables of checks, metrics and transactions at the end of a run, and their lines in the live view. Pure. */
import { formatMeasured, formatMetricValue, formatPassRate } from "../../base/measured_value.ts";
import { escapeControls } from "../../base/text/text.ts";
import type {
  CheckSnapshot,
  DistributionSnapshot,
  MeasuresSnapshot,
  MetricSnapshot,
  TransactionSnapshot,
} from "../../protocol/measures_message.ts";
import {
  REPORTED_PERCENTILES,
  type ReportedPercentile,
  type SnapshotMessage,
} from "../../protocol/snapshot_message.ts";
import { type Colors, paint } from "./colors.ts";
import { fitText, wrapText } from "../../base/text/display_width.ts";
import { formatFailures, formatMs, formatRate } from "./format_figures.ts";
import { type Column, layOutTable, type TableOptions } from "./text_table.ts";

/** Lines of the table of a tag. */
const MAX_SPLIT_LINES = 40;

/** No less of a name is left on a narrow terminal. */
const SHORTEST_NAME = 16;

const CHECK_COLUMNS: readonly Column<CheckSnapshot>[] = [
  nameColumn("Check"),
  { title: "Passes", align: "right", text: ({ passes }) => String(passes) },
  { title: "Fails", align: "right", text: ({ fails }) => String(fails) },
  { title: "Pass rate", align: "right", text: ({ passes, fails }) => formatPassRate(passes, fails) },
];

const METRIC_COLUMNS: readonly Column<MetricSnapshot>[] = [
  nameColumn("Metric"),
  { title: "Kind", align: "left", text: ({ kind }) => kind },
  { title: "Count", align: "right", text: (metric) => String(countOf(metric)), dropOrder: 3 },
  { title: "Value", align: "right", text: (metric) => escapeControls(formatMetricValue(metric)) },
  { title: "Min", align: "right", text: (metric) => describeBound(metric, "min"), dropOrder: 2 },
  { title: "Med", align: "right", text: (metric) => describePercentile(metric, 0.5), dropOrder: 5 },
  { title: "95%", align: "right", text: (metric) => describePercentile(metric, 0.95), dropOrder: 6 },
  { title: "99%", align: "right", text: (metric) => describePercentile(metric, 0.99), dropOrder: 4 },
  { title: "Max", align: "right", text: (metric) => describeBound(metric, "max"), dropOrder: 1 },
];

const TRANSACTION_COLUMNS: readonly Column<TransactionSnapshot>[] = [
  nameColumn("Transaction"),
  { title: "Count", align: "right", text: ({ count }) => String(count) },
  { title: "Failures", align: "right", text: ({ failures, count }) => formatFailures(failures, count) },
  { title: "Cut off", align: "right", text: ({ cutOff }) => String(cutOff), dropOrder: 4 },
  { title: "Avg", align: "right", text: ({ times }) => formatMs(times.mean), dropOrder: 3 },
  timeColumn("Med", "times", 0.5, 6),
  timeColumn("95%", "times", 0.95),
  timeColumn("99%", "times", 0.99, 5),
  { title: "Max", align: "right", text: ({ times }) => formatMs(times.max), dropOrder: 2 },
  { title: "|", align: "left", text: () => "|", dropOrder: 1 },
  timeColumn("Busy med", "busyTimes", 0.5, 7),
  timeColumn("95%", "busyTimes", 0.95, 8),
  timeColumn("99%", "busyTimes", 0.99, 5),
];

/** Transactions, checks and metrics: a table each, where there are any. */
export function renderMeasures({ measures }: Pick<SnapshotMessage, "measures">, options: TableOptions): string[] {
  if (measures === undefined) return [];
  const { checks, metrics, transactions } = measures;
  return [
    ...renderTable(
      "Transactions (ms; busy: without waits and sleeps)",
      TRANSACTION_COLUMNS,
      transactions,
      options,
      hasFailed,
    ),
    ...renderTable("Checks", CHECK_COLUMNS, checks, options, ({ fails }) => fails > 0),
    ...renderCheckSplits(measures, options),
    ...renderTable(
      "Metrics (value: mean of a trend, sum of a counter, share of a rate, last one of a gauge)",
      METRIC_COLUMNS,
      metrics,
      options,
      () => false,
    ),
  ];
}

/** A table for each tag: each check by value. A long one has the values alone. */
function renderCheckSplits(
  { checkSplits = [], droppedCheckTags = 0 }: MeasuresSnapshot,
  options: TableOptions,
): string[] {
  const tables = checkSplits.flatMap(({ tag, values }) => {
    const whole = values.flatMap(({ value, checks }) => checks.map((check) => ({ ...check, value })));
    const isWhole = whole.length <= MAX_SPLIT_LINES;
    const list = isWhole ? whole : values.map(({ value, checks }) => ({ ...sumOf(checks), value }));
    const note = isWhole ? "" : " (each check of a value is in the summary, the report and the web UI)";
    const title = `Checks by ${escapeControls(tag)}${note}`;
    return renderTable(title, [valueColumn(tag), ...CHECK_COLUMNS], list, options, ({ fails }) => fails > 0);
  });
  const dropped = droppedCheckTags === 0 ? [] : [
    `${droppedCheckTags} tags of checks are in no table: a run has at most 20 different tags; their checks are counted in the table of checks`,
  ];
  return [...tables, ...dropped.flatMap((text) => [...wrapText(text, options.width), ""])];
}

function valueColumn(tag: string): Column<CheckSnapshot & { readonly value: string }> {
  return { title: escapeControls(tag), align: "left", text: ({ value }) => escapeControls(value) };
}

function sumOf(checks: readonly CheckSnapshot[]): CheckSnapshot {
  return checks.reduce(
    (sum, { passes, fails }) => ({ ...sum, passes: sum.passes + passes, fails: sum.fails + fails }),
    { name: "all checks", passes: 0, fails: 0 },
  );
}

/** Lines of the live view: most of them would leave no room for requests, so that failed checks come first. */
const MAX_LIVE_LINES = 6;

/**
 * `✗ has items 99.70% (3 of 1000 failed)` and the like, at most `rows` lines with a blank line and a heading; none
 * where there is no room.
 */
export function renderLiveMeasures(
  measures: MeasuresSnapshot | undefined,
  { columns, rows }: { readonly columns: number; readonly rows: number },
  colors: Colors,
): string[] {
  if (measures === undefined) return [];
  const lines = [
    ...[...measures.checks].sort((a, b) => b.fails - a.fails).map((check) => describeCheck(check)),
    ...measures.transactions.map((transaction) => describeTransaction(transaction)),
    ...measures.metrics.map((metric) => ({ text: describeMetric(metric), failed: false })),
  ];
  const room = Math.min(MAX_LIVE_LINES, rows - 2);
  if (room <= 0) return [];
  const shown = lines.length <= room ? lines : lines.slice(0, room - 1);
  const hidden = lines.length - shown.length;
  return [
    "",
    paint(fitText("Checks, transactions and metrics", columns), "bold", colors),
    ...shown.map(({ text, failed }) => {
      const line = fitText(text, columns);
      return failed ? paint(line, "red", colors) : line;
    }),
    ...(hidden > 0 ? [paint(fitText(`… and ${hidden} more`, columns), "dim", colors)] : []),
  ];
}

function describeCheck({ name, passes, fails }: CheckSnapshot) {
  const failures = fails === 0 ? "" : `, ${fails} of ${passes + fails} failed`;
  return { text: `check ${escapeControls(name)}: ${formatPassRate(passes, fails)}${failures}`, failed: fails > 0 };
}

function describeTransaction(transaction: TransactionSnapshot) {
  const { name, count, failures, times, busyTimes } = transaction;
  const [all, busy] = [percentileOf(times, 0.95), percentileOf(busyTimes, 0.95)];
  return {
    text: `transaction ${escapeControls(name)}: ${count}, ${formatFailures(failures, count)} failed, p95 ${
      formatMs(all)
    } ms, busy ${formatMs(busy)} ms`,
    failed: hasFailed(transaction),
  };
}

function describeMetric(metric: MetricSnapshot): string {
  const p95 = metric.kind === "trend" ? `, p95 ${describePercentile(metric, 0.95)}` : "";
  const rate = metric.kind === "counter" ? `, ${formatRate(metric.perSecond)}/s` : "";
  return `${metric.kind} ${escapeControls(`${metric.name}: ${formatMetricValue(metric)}`)}${p95}${rate}`;
}

function renderTable<Row>(
  title: string,
  columns: readonly Column<Row>[],
  list: readonly Row[],
  { width, colors }: TableOptions,
  isBad: (row: Row) => boolean,
): string[] {
  if (list.length === 0) return [];
  const { header, rule, rows } = layOutTable(columns, list, width);
  return [
    ...wrapText(title, width),
    paint(header, "bold", colors),
    rule,
    ...list.map((row, i) => isBad(row) ? paint(rows[i] ?? "", "red", colors) : rows[i] ?? ""),
    "",
  ];
}

function nameColumn<Row extends { readonly name: string }>(title: string): Column<Row> {
  return { title, align: "left", text: ({ name }) => escapeControls(name), flexibleTo: SHORTEST_NAME };
}

function timeColumn(
  title: string,
  of: "times" | "busyTimes",
  fraction: ReportedPercentile,
  dropOrder?: number,
): Column<TransactionSnapshot> {
  const text = (transaction: TransactionSnapshot) => formatMs(percentileOf(transaction[of], fraction));
  return { title, align: "right", text, ...(dropOrder === undefined ? {} : { dropOrder }) };
}

function percentileOf({ percentiles }: DistributionSnapshot, fraction: ReportedPercentile): number | null {
  return percentiles[REPORTED_PERCENTILES.indexOf(fraction)] ?? null;
}

function hasFailed({ failures }: TransactionSnapshot): boolean {
  return failures > 0;
}

function countOf(metric: MetricSnapshot): number {
  return metric.kind === "rate" ? metric.passes + metric.fails : metric.count;
}

function describeBound(metric: MetricSnapshot, bound: "min" | "max"): string {
  if (metric.kind !== "trend" && metric.kind !== "gauge") return "";
  return escapeControls(formatMeasured(metric[bound], metric.unit));
}

function describePercentile(metric: MetricSnapshot, fraction: ReportedPercentile): string {
  return metric.kind === "trend" ? escapeControls(formatMeasured(percentileOf(metric, fraction), metric.unit)) : "";
}
