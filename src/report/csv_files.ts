/**
 * The four CSV files of a run. They are opened before the run starts, so that a bad path costs no test; three are replaced each
 * second, the history grows by whole lines. So each file is whole at any moment, and the last second is in all of them.
 * A disk that fails is reported once. Later seconds are tried again: disks get space back.
 */
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { describeThrown, UsageError } from "../base/errors.ts";
import type { RunEvent } from "../master/run_event.ts";
import type { SnapshotMessage } from "../protocol/snapshot_message.ts";
import type { Output, OutputContext } from "./output.ts";
import { openReportFile } from "./report_file.ts";
import { exceptionsCsv, failuresCsv, HISTORY_HEADER, historyLines, statsCsv } from "./csv_rows.ts";

export interface CsvOptions extends Pick<OutputContext, "reportError" | "claim"> {
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
  const historyPath = `${prefix}_stats_history.csv`;
  let history: number;
  try {
    options.claim(historyPath, OPTION);
    history = openSync(historyPath, "w");
    writeAll(history, HISTORY_HEADER);
  } catch (thrown) {
    if (thrown instanceof UsageError) throw thrown;
    throw new UsageError(
      `Cannot write "${historyPath}": ${describeThrown(thrown)}; choose another place with ${OPTION}`,
      { code: "output_unwritable", cause: thrown },
    );
  }

  let failed = false;
  let isOpen = true;
  /** What the history lacks since a write failed: a line is written whole or again. */
  let unwritten: Uint8Array<ArrayBufferLike> = new Uint8Array(0);
  let last = { tick: -1, requests: -1 };

  const attempt = (act: () => void) => {
    try {
      act();
    } catch (thrown) {
      if (!failed) {
        reportError(`Cannot write "${historyPath}": ${describeThrown(thrown)}; the file is behind or incomplete`);
      }
      failed = true;
    }
  };

  const writeSnapshot = (snapshot: SnapshotMessage) => {
    stats.write(statsCsv(snapshot));
    failures.write(failuresCsv(snapshot.failures));
    exceptions.write(exceptionsCsv(snapshot.exceptions));
  };

  const appendHistory = (snapshot: SnapshotMessage) => {
    unwritten = concat(unwritten, new TextEncoder().encode(historyLines(snapshot, options.history)));
    // A disk that stays full must not fill the memory too.
    if (unwritten.length > MAX_UNWRITTEN_BYTES) unwritten = new Uint8Array(0);
    attempt(() => {
      while (unwritten.length > 0) unwritten = unwritten.subarray(writeSync(history, unwritten));
    });
  };

  const sink = (event: RunEvent) => {
    if (!isOpen || (event.kind !== "ticked" && event.kind !== "runEnded")) return;
    const { snapshot } = event;
    writeSnapshot(snapshot);
    // The end may fall on a tick that has its lines already: they come again only if its numbers have grown since.
    const { tick, total: { requests } } = snapshot;
    if (tick !== last.tick || requests !== last.requests) appendHistory(snapshot);
    last = { tick, requests };
    if (event.kind === "runEnded") attempt(() => fsyncSync(history));
  };

  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    attempt(() => closeSync(history));
  };

  return {
    sink,
    close,
    get failed() {
      return failed || stats.failed || failures.failed || exceptions.failed;
    },
  };
}

const MAX_UNWRITTEN_BYTES = 16 * 1024 * 1024;

function writeAll(file: number, text: string): void {
  let bytes: Uint8Array = new TextEncoder().encode(text);
  while (bytes.length > 0) bytes = bytes.subarray(writeSync(file, bytes));
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
