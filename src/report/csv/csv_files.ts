/**
 * The CSV files of a run: Locust's four, and where there are some those of arrivals, checks, metrics, transactions, tags and the
 * steps of a capacity search. The four are opened before the run starts, so that a bad path costs no test. Tables are replaced each
 * second, histories grow by whole lines: so each file is whole at any moment, and the last second is in all of them. A disk that fails
 * is reported once.
 *
 * The history has a line for each second in which load was asked for; the last one has the final totals.
 */
import type { RunEvent } from "../../master/run_event.ts";
import type { CapacityStep } from "../../protocol/capacity_message.ts";
import type { SnapshotMessage } from "../../protocol/snapshot_message.ts";
import type { Output, OutputContext } from "../files/output.ts";
import { openReportFile, type ReportFileOptions } from "../files/report_file.ts";
import { toRefusal, WatchedWrites } from "../files/unwritable.ts";
import { ArrivalsCsv } from "./csv_arrivals.ts";
import { openCsvParts } from "./csv_parts.ts";
import { CsvHistory } from "./csv_history.ts";
import { exceptionsCsv, failuresCsv, historyLines, historySecond, statsCsv } from "./csv_rows.ts";

export interface CsvOptions extends Pick<OutputContext, "reportError" | "claim" | "pace"> {
  readonly history: "aggregated" | "full";
}

type FileOptions = Omit<ReportFileOptions, "initial">;

const OPTION = "--csv";

/**
 * Creates missing folders and all four files.
 * @throws {UsageError} when that is not possible
 */
export function openCsvFiles(prefix: string, options: CsvOptions): Output {
  const files = { claim: options.claim, reportError: firstOnly(options.reportError), option: OPTION };
  const tables = openTables(prefix, files);
  const histories = openHistories(prefix, options.history, files);
  let isOpen = true;
  let lastUsers: number | undefined;
  const steps: CapacityStep[] = [];

  const takeEvent = (event: RunEvent, pace: OutputContext["pace"]) => {
    if (event.kind === "capacityStep") steps.push(event.step);
    if (!isOpen || (event.kind !== "ticked" && event.kind !== "runEnded")) return;
    const { snapshot } = event;
    if (event.kind === "runEnded" || pace !== "atOnce") tables.write(snapshot, steps);
    if (event.kind === "runEnded") {
      // The users are gone by now: the line is about the second in which the load ended.
      histories.append({ ...snapshot, userCount: lastUsers ?? event.span?.users ?? snapshot.userCount });
      histories.sync();
    } else if (snapshot.loadEndedMs === undefined) {
      histories.append(snapshot);
      lastUsers = snapshot.userCount;
    } else lastUsers ??= event.span?.users; // the load ended before the first tick
  };

  return {
    sink: (event) => takeEvent(event, options.pace),
    recall: (event) => takeEvent(event, "atOnce"),
    close: () => {
      if (isOpen) histories.close();
      isOpen = false;
    },
    get failed() {
      return tables.failed || histories.failed;
    },
  };
}

/** One disk has all the files: when it is full, one line says so. */
function firstOnly(report: (message: string) => void): (message: string) => void {
  let isReported = false;
  return (message) => {
    if (!isReported) report(message);
    isReported = true;
  };
}

/** The files that show the run as it is now. */
function openTables(prefix: string, options: FileOptions) {
  const open = (name: string, initial: string) => openReportFile(`${prefix}_${name}.csv`, { ...options, initial });
  const stats = open("stats", "");
  const failures = open("failures", failuresCsv([]));
  const exceptions = open("exceptions", exceptionsCsv([]));
  const parts = openCsvParts(prefix, options);
  return {
    write(snapshot: SnapshotMessage, steps: readonly CapacityStep[]): void {
      stats.write(statsCsv(snapshot));
      failures.write(failuresCsv(snapshot.failures));
      exceptions.write(exceptionsCsv(snapshot.exceptions));
      parts.write({ ...snapshot, steps });
    },
    get failed(): boolean {
      return stats.failed || failures.failed || exceptions.failed || parts.failed;
    },
  };
}

/** The files that have a line, or several, for each second. */
function openHistories(prefix: string, rows: CsvOptions["history"], { claim, reportError }: FileOptions) {
  const path = `${prefix}_stats_history.csv`;
  const writes = new WatchedWrites(path, reportError);
  const history = openHistory(path, claim);
  const arrivals = new ArrivalsCsv(prefix, reportError);
  claim(arrivals.path, OPTION);
  return {
    append(snapshot: SnapshotMessage): void {
      const lines = historyLines(snapshot, rows);
      writes.attempt(() => history.write(historySecond(snapshot), lines));
      arrivals.append(snapshot);
    },
    sync(): void {
      writes.attempt(() => history.sync());
      arrivals.sync();
    },
    close(): void {
      writes.attempt(() => history.close());
      arrivals.close();
    },
    get failed(): boolean {
      return writes.failed || arrivals.failed;
    },
  };
}

function openHistory(path: string, claim: OutputContext["claim"]): CsvHistory {
  try {
    claim(path, OPTION);
    return CsvHistory.open(path);
  } catch (thrown) {
    throw toRefusal(path, OPTION, thrown);
  }
}
