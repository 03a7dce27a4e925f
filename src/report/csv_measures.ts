/**
 * Three CSV files beside those of Locust, where a test counts more than requests: `P_checks.csv`, `P_metrics.csv`, `P_transactions.csv`. A file
 * is made with the first figures that it has to hold; one of an earlier run that stands there is emptied before the run.
 */
import { existsSync } from "node:fs";
import { describeThrown, UsageError } from "../base/errors.ts";
import { type CsvCell, csvHeader, csvLine, floatCell } from "../base/csv_text.ts";
import type {
  CheckSnapshot,
  DistributionSnapshot,
  MeasuresSnapshot,
  MetricSnapshot,
  TransactionSnapshot,
} from "../protocol/measures_message.ts";
import { REPORTED_PERCENTILES } from "../protocol/snapshot_message.ts";
import { formatFraction } from "./format_figures.ts";
import { openReportFile, type ReportFile, type ReportFileOptions } from "./report_file.ts";

const PERCENTILE_TITLES = REPORTED_PERCENTILES.map(formatFraction);
const DISTRIBUTION_TITLES = ["Average", "Min", "Max", ...PERCENTILE_TITLES];

const CHECKS_HEADER = csvHeader(["Name", "Passes", "Fails", "Pass Rate"]);
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
  return CHECKS_HEADER +
    checks.map(({ name, passes, fails }) => csvLine([name, passes, fails, passRate(passes, fails)])).join("");
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

interface Part {
  readonly path: string;
  readonly text: (measures: MeasuresSnapshot) => string;
  readonly hasAny: (measures: MeasuresSnapshot) => boolean;
  file: ReportFile | undefined;
}

export interface CsvMeasures {
  write(measures: MeasuresSnapshot | undefined): void;
  readonly failed: boolean;
}

/** @throws {UsageError} when a file of an earlier run cannot be emptied */
export function openCsvMeasures(prefix: string, options: Omit<ReportFileOptions, "initial">): CsvMeasures {
  let failed = false;
  const parts: readonly Part[] = [
    {
      path: `${prefix}_checks.csv`,
      text: (m) => checksCsv(m.checks),
      hasAny: (m) => m.checks.length > 0,
      file: undefined,
    },
    {
      path: `${prefix}_metrics.csv`,
      text: (m) => metricsCsv(m.metrics),
      hasAny: (m) => m.metrics.length > 0,
      file: undefined,
    },
    {
      path: `${prefix}_transactions.csv`,
      text: (m) => transactionsCsv(m.transactions),
      hasAny: (m) => m.transactions.length > 0,
      file: undefined,
    },
  ];
  const empty: MeasuresSnapshot = { checks: [], metrics: [], transactions: [] };
  const open = (part: Part) => part.file = openReportFile(part.path, { ...options, initial: part.text(empty) });
  for (const part of parts) if (existsSync(part.path)) open(part);
  return {
    write(measures = empty) {
      for (const part of parts) {
        if (part.file === undefined && !part.hasAny(measures)) continue;
        try {
          (part.file ?? open(part)).write(part.text(measures));
        } catch (thrown) {
          if (!failed) options.reportError(thrown instanceof UsageError ? thrown.message : describeThrown(thrown));
          failed = true;
        }
      }
    },
    get failed() {
      return failed || parts.some(({ file }) => file?.failed === true);
    },
  };
}
