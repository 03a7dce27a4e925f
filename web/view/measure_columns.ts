/** The rows and columns of the tables of checks, transactions and metrics. Pure but for the locale. */
import type {
  SummaryCheck,
  SummaryCheckSplit,
  SummaryMetric,
  SummaryTransaction,
} from "../../src/report/summary/summary.ts";
import { formatMs, formatNumber } from "./format.ts";
import { formatPassRate, type MetricCells, metricCells } from "./measures.ts";
import type { Column, NamedRow } from "./table_columns.ts";

/** `method` says of what kind it is: rows of two kinds may have one name. */
export interface CheckRow extends NamedRow {
  readonly check: SummaryCheck;
  /** Of the tag that the table is split by. */
  readonly value?: string;
}

export interface TransactionRow extends NamedRow {
  readonly transaction: SummaryTransaction;
}

export interface MetricRow extends NamedRow {
  readonly metric: SummaryMetric;
  readonly cells: MetricCells;
}

export function checkRows(checks: readonly SummaryCheck[]): readonly CheckRow[] {
  return checks.map((check) => ({ method: "check", name: check.name, check }));
}

/** The filter finds values, too. */
export function checkSplitRows({ tag, values }: SummaryCheckSplit): readonly CheckRow[] {
  return values.flatMap(({ value, checks }) =>
    checks.map((check) => ({ method: `${tag}=${value}`, name: check.name, value, check }))
  );
}

export function transactionRows(transactions: readonly SummaryTransaction[]): readonly TransactionRow[] {
  return transactions.map((transaction) => ({ method: "transaction", name: transaction.name, transaction }));
}

export function metricRows(metrics: readonly SummaryMetric[]): readonly MetricRow[] {
  return metrics.map((metric) => ({ method: metric.kind, name: metric.name, metric, cells: metricCells(metric) }));
}

const PASSES = count<CheckRow>("# Passes", ({ check }) => check.passes);

export const CHECK_COLUMNS: readonly Column<CheckRow>[] = [
  nameColumn("Check"),
  { ...PASSES, isVital: true },
  count("# Fails", ({ check }) => check.fails, true),
  {
    title: "Pass rate",
    kind: "number",
    value: ({ check }) => check.passRate,
    text: ({ check }) => formatPassRate(check),
    isVital: true,
  },
];

/** On a narrow screen the passes give way to the value of the tag: the pass rate has to be seen. */
export function checkSplitColumns(tag: string): readonly Column<CheckRow>[] {
  const value = ({ value = "" }: CheckRow) => value;
  const columns = CHECK_COLUMNS.map((column) => column.title === PASSES.title ? PASSES : column);
  return [{ title: tag, kind: "text", value, text: value, isVital: true }, ...columns];
}

export const TRANSACTION_COLUMNS: readonly Column<TransactionRow>[] = [
  nameColumn("Transaction"),
  count("# Count", ({ transaction }) => transaction.count, true),
  count("# Fails", ({ transaction }) => transaction.failures, true),
  count("Cut off", ({ transaction }) => transaction.cutOff),
  ...timeColumns("", "times"),
  ...timeColumns("Busy ", "busyTimes"),
];

/** The value is the mean of a trend, the sum of a counter, the share of a rate, the last one of a gauge. */
const VALUES = { trend: "mean", counter: "sum", rate: "share", gauge: "last" } as const;

export const METRIC_COLUMNS: readonly Column<MetricRow>[] = [
  nameColumn("Metric"),
  { title: "Kind", kind: "text", value: ({ metric }) => metric.kind, text: ({ metric }) => metric.kind },
  count("# Values", ({ cells }) => cells.count),
  {
    title: "Value",
    kind: "number",
    value: ({ metric }) => valueOf(metric),
    text: ({ metric, cells }) => `${cells.value} (${VALUES[metric.kind]})`,
    isVital: true,
  },
  metricColumn("Min", "min", (metric) => "min" in metric ? metric.min : null),
  metricColumn("Median", "median", (metric) => percentileOf(metric, "50")),
  metricColumn("95%ile", "p95", (metric) => percentileOf(metric, "95"), true),
  metricColumn("99%ile", "p99", (metric) => percentileOf(metric, "99")),
  metricColumn("Max", "max", (metric) => "max" in metric ? metric.max : null),
];

function nameColumn<Row extends NamedRow>(title: string): Column<Row> {
  return { title, kind: "text", value: ({ name }) => name, text: ({ name }) => name, isVital: true };
}

function count<Row>(title: string, value: (row: Row) => number, isVital?: true): Column<Row> {
  const text = (row: Row) => formatNumber(value(row));
  return { title, kind: "number", value, text, ...(isVital === undefined ? {} : { isVital }) };
}

/** On a narrow screen the 95th percentile of the whole time stands for them all. */
function timeColumns(busy: string, of: "times" | "busyTimes"): readonly Column<TransactionRow>[] {
  const column = (title: string, percent: "50" | "95" | "99"): Column<TransactionRow> => {
    const value = ({ transaction }: TransactionRow) => transaction[of].percentilesMs[percent];
    return {
      title: `${busy}${title} (ms)`,
      kind: "number",
      value,
      text: (row) => formatMs(value(row)),
      ...(percent === "95" && of === "times" ? { isVital: true } : {}),
    };
  };
  return [column("Median", "50"), column("95%ile", "95"), column("99%ile", "99")];
}

function metricColumn(
  title: string,
  cell: Exclude<keyof MetricCells, "count">,
  read: (metric: SummaryMetric) => number | null,
  isVital?: true,
): Column<MetricRow> {
  return {
    title,
    kind: "number",
    value: ({ metric }) => read(metric),
    text: ({ cells }) => cells[cell],
    ...(isVital === undefined ? {} : { isVital }),
  };
}

function percentileOf(metric: SummaryMetric, percent: "50" | "95" | "99"): number | null {
  return metric.kind === "trend" ? metric.percentiles[percent] : null;
}

function valueOf(metric: SummaryMetric): number | null {
  switch (metric.kind) {
    case "trend":
      return metric.mean;
    case "counter":
      return metric.sum;
    case "rate":
      return metric.passRate;
    case "gauge":
      return metric.last;
  }
}
