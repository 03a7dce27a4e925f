/**
 * Writes what a test counts beside its requests as CSV texts: `P_checks.csv`, `P_metrics.csv`, `P_transactions.csv`,
 * `P_check_splits.csv`. Pure.
 */
import { type CsvCell, csvHeader, csvLine, floatCell } from "../../base/text/csv_text.ts";
import type {
  CheckSnapshot,
  CheckSplit,
  DistributionSnapshot,
  MetricSnapshot,
  TransactionSnapshot,
} from "../../protocol/measures_message.ts";
import { REPORTED_PERCENTILES } from "../../protocol/snapshot_message.ts";
import { formatFraction } from "../tables/format_figures.ts";

const PERCENTILE_TITLES = REPORTED_PERCENTILES.map(formatFraction);
const DISTRIBUTION_TITLES = ["Average", "Min", "Max", ...PERCENTILE_TITLES];

const CHECK_TITLES = ["Name", "Passes", "Fails", "Pass Rate"];
const CHECKS_HEADER = csvHeader(CHECK_TITLES);
const CHECK_SPLITS_HEADER = csvHeader(["Tag", "Value", ...CHECK_TITLES]);
const METRICS_HEADER = csvHeader([
  "Name",
  "Kind",
  "Unit",
  "Count",
  "Sum",
  "Per Second",
  "Last",
  "Pass Rate",
  ...DISTRIBUTION_TITLES,
]);
const TRANSACTIONS_HEADER = csvHeader([
  "Name",
  "Count",
  "Failure Count",
  "Cut Off Count",
  ...DISTRIBUTION_TITLES,
  ...DISTRIBUTION_TITLES.map((title) => `Busy ${title}`),
]);

/** Pass rates are from 0 to 1. */
export function checksCsv(checks: readonly CheckSnapshot[]): string {
  return CHECKS_HEADER + checks.map((check) => csvLine(checkCells(check))).join("");
}

/** The checks by the values of each tag. */
export function checkSplitsCsv(splits: readonly CheckSplit[]): string {
  const lines = splits.flatMap(({ tag, values }) =>
    values.flatMap(({ value, checks }) => checks.map((check) => csvLine([tag, value, ...checkCells(check)])))
  );
  return CHECK_SPLITS_HEADER + lines.join("");
}

/** Values in the unit of each metric; what its kind does not have is empty. */
export function metricsCsv(metrics: readonly MetricSnapshot[]): string {
  return METRICS_HEADER + metrics.map((metric) => csvLine(metricCells(metric))).join("");
}

/** Times in milliseconds, unrounded. */
export function transactionsCsv(transactions: readonly TransactionSnapshot[]): string {
  return TRANSACTIONS_HEADER +
    transactions.map(({ name, count, failures, cutOff, times, busyTimes }) =>
      csvLine([name, count, failures, cutOff, ...distributionCells(times), ...distributionCells(busyTimes)])
    ).join("");
}

function checkCells({ name, passes, fails }: CheckSnapshot): readonly CsvCell[] {
  return [name, passes, fails, passRate(passes, fails)];
}

function metricCells(metric: MetricSnapshot): readonly CsvCell[] {
  const { kind, name } = metric;
  const none = DISTRIBUTION_TITLES.map(() => null);
  switch (metric.kind) {
    case "trend":
      return [name, kind, metric.unit, metric.count, metric.sum, null, null, null, ...distributionCells(metric)];
    case "counter":
      return [name, kind, metric.unit, metric.count, metric.sum, metric.perSecond, null, null, ...none];
    case "gauge":
      return [
        name,
        kind,
        metric.unit,
        metric.count,
        null,
        null,
        metric.last,
        null,
        null,
        metric.min,
        metric.max,
        ...none.slice(3),
      ];
    case "rate":
      return [
        name,
        kind,
        "",
        metric.passes + metric.fails,
        null,
        null,
        null,
        passRate(metric.passes, metric.fails),
        ...none,
      ];
  }
}

function distributionCells({ mean, min, max, percentiles }: DistributionSnapshot): readonly CsvCell[] {
  return [mean, min, max, ...percentiles];
}

function passRate(passes: number, fails: number): CsvCell {
  return floatCell(passes / (passes + fails));
}
