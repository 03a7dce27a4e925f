/**
 * The CSV files beside those of Locust, each of which a run has where it counts such things: `P_checks.csv`,
 * `P_metrics.csv`, `P_transactions.csv`, by tags `P_splits.csv` and `P_check_splits.csv`, and of a capacity search
 * `P_capacity.csv`. A file is made with the first figures that it has to hold; one of an earlier run that stands there
 * is emptied before the run.
 */
import { existsSync } from "node:fs";
import { describeThrown, UsageError } from "../../base/errors.ts";
import type { CapacityStep } from "../../protocol/capacity_message.ts";
import type { SnapshotMessage } from "../../protocol/snapshot_message.ts";
import { capacityCsv } from "./csv_capacity.ts";
import { checksCsv, checkSplitsCsv, metricsCsv, transactionsCsv } from "./csv_measures.ts";
import { splitsCsv } from "./csv_rows.ts";
import { openReportFile, type ReportFile, type ReportFileOptions } from "../files/report_file.ts";

interface Figures extends Pick<SnapshotMessage, "measures" | "splits"> {
  readonly steps?: readonly CapacityStep[];
}

interface Part {
  readonly path: string;
  readonly text: (figures: Figures) => string;
  readonly hasAny: (figures: Figures) => boolean;
  file: ReportFile | undefined;
}

export interface CsvParts {
  write(figures: Figures): void;
  readonly failed: boolean;
}

/** @throws {UsageError} when a file of an earlier run cannot be emptied */
export function openCsvParts(prefix: string, options: Omit<ReportFileOptions, "initial">): CsvParts {
  let failed = false;
  const part = <T>(
    name: string,
    list: (figures: Figures) => readonly T[] | undefined,
    text: (list: readonly T[]) => string,
  ): Part => ({
    path: `${prefix}_${name}.csv`,
    text: (figures) => text(list(figures) ?? []),
    hasAny: (figures) => (list(figures) ?? []).length > 0,
    file: undefined,
  });
  const parts: readonly Part[] = [
    part("checks", ({ measures }) => measures?.checks, checksCsv),
    part("metrics", ({ measures }) => measures?.metrics, metricsCsv),
    part("transactions", ({ measures }) => measures?.transactions, transactionsCsv),
    part("splits", ({ splits }) => splits, splitsCsv),
    part("capacity", ({ steps }) => steps, capacityCsv),
    part("check_splits", ({ measures }) => measures?.checkSplits, checkSplitsCsv),
  ];
  const open = (part: Part) => part.file = openReportFile(part.path, { ...options, initial: part.text({}) });
  for (const part of parts) if (existsSync(part.path)) open(part);
  return {
    write(figures) {
      for (const part of parts) {
        if (part.file === undefined && !part.hasAny(figures)) continue;
        try {
          (part.file ?? open(part)).write(part.text(figures));
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
