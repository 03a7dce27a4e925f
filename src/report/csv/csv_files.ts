/**
 * The CSV files of a run: Locust's four, and where there are some those of arrivals, checks, metrics, transactions, tags and the
 * steps of a capacity search. The four are opened
 * before the run starts, so that a bad path costs no test; three are replaced each second, the history grows by whole lines. So each file is whole at any moment, and the last second is in all of them. The history
 * has a line for each second in which load was asked for; the last one has the final totals.
 * A disk that fails is reported once. Later seconds are tried again: disks get space back.
 */
import { UsageError } from "../../base/errors.ts";
import { describeUnwritable } from "../../base/given_file.ts";
import type { RunEvent } from "../../master/run_event.ts";
import type { CapacityStep } from "../../protocol/capacity_message.ts";
import type { SnapshotMessage } from "../../protocol/snapshot_message.ts";
import type { Output, OutputContext } from "../files/output.ts";
import { openReportFile } from "../files/report_file.ts";
import { ArrivalsCsv } from "./csv_arrivals.ts";
import { openCsvParts } from "./csv_parts.ts";
import { CsvHistory } from "./csv_history.ts";
import { exceptionsCsv, failuresCsv, historyLines, historySecond, statsCsv } from "./csv_rows.ts";

export interface CsvOptions extends Pick<OutputContext, "reportError" | "claim" | "pace"> {
  readonly history: "aggregated" | "full";
}

const OPTION = "--csv";

/**
 * Creates missing folders and all four files.
 * @throws {UsageError} when that is not possible
 */
export function openCsvFiles(prefix: string, options: CsvOptions): Output {
  let isReported = false;
  const reportError = (message: string) => {
    if (!isReported) options.reportError(message);
    isReported = true;
  };
  const open = (part: string, initial: string) =>
    openReportFile(`${prefix}_${part}.csv`, { claim: options.claim, reportError, option: OPTION, initial });
  const stats = open("stats", "");
  const failures = open("failures", failuresCsv([]));
  const exceptions = open("exceptions", exceptionsCsv([]));
  const parts = openCsvParts(prefix, { claim: options.claim, reportError, option: OPTION });
  const historyPath = `${prefix}_stats_history.csv`;
  let history: CsvHistory;
  try {
    options.claim(historyPath, OPTION);
    history = CsvHistory.open(historyPath);
  } catch (thrown) {
    if (thrown instanceof UsageError) throw thrown;
    throw new UsageError(
      `Cannot write "${historyPath}": ${describeUnwritable(thrown)}; choose another place with ${OPTION}`,
      { code: "output_unwritable", cause: thrown },
    );
  }

  const arrivals = new ArrivalsCsv(prefix, reportError);
  options.claim(arrivals.path, OPTION);

  let failed = false;
  let isOpen = true;
  let lastUsers: number | undefined;
  const steps: CapacityStep[] = [];

  const attempt = (act: () => void) => {
    try {
      act();
    } catch (thrown) {
      if (!failed) {
        reportError(`Cannot write "${historyPath}": ${describeUnwritable(thrown)}; the file is behind or incomplete`);
      }
      failed = true;
    }
  };

  const writeSnapshot = (snapshot: SnapshotMessage) => {
    stats.write(statsCsv(snapshot));
    failures.write(failuresCsv(snapshot.failures));
    exceptions.write(exceptionsCsv(snapshot.exceptions));
    parts.write({ ...snapshot, steps });
  };

  const appendHistory = (snapshot: SnapshotMessage) => {
    const lines = historyLines(snapshot, options.history);
    attempt(() => history.write(historySecond(snapshot), lines));
    arrivals.append(snapshot);
  };

  const takeEvent = (event: RunEvent, pace: OutputContext["pace"]) => {
    if (event.kind === "capacityStep") steps.push(event.step);
    if (!isOpen || (event.kind !== "ticked" && event.kind !== "runEnded")) return;
    const { snapshot } = event;
    if (event.kind === "runEnded" || pace !== "atOnce") writeSnapshot(snapshot);
    if (event.kind === "runEnded") {
      // The users are gone by now: the line is about the second in which the load ended.
      appendHistory({ ...snapshot, userCount: lastUsers ?? event.span?.users ?? snapshot.userCount });
      attempt(() => history.sync());
      arrivals.sync();
    } else if (snapshot.loadEndedMs === undefined) {
      appendHistory(snapshot);
      lastUsers = snapshot.userCount;
    } else lastUsers ??= event.span?.users; // the load ended before the first tick
  };

  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    attempt(() => history.close());
    arrivals.close();
  };

  return {
    sink: (event) => takeEvent(event, options.pace),
    recall: (event) => takeEvent(event, "atOnce"),
    close,
    get failed() {
      return failed || arrivals.failed || stats.failed || failures.failed || exceptions.failed ||
        parts.failed;
    },
  };
}
