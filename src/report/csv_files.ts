/**
 * The four CSV files of a run. They are opened before the run starts, so that a bad path costs no test; three are replaced each
 * second by a rename, the history grows by whole lines. So each file is whole at any moment, and the last second is in all.
 * A disk that fails is told once; `failed` says so at the end. Later seconds are tried again: disks get space back.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, writeFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { describeThrown, UsageError } from "../base/errors.ts";
import type { RunEvent, RunEventSink } from "../master/run_event.ts";
import type { SnapshotMessage } from "../protocol/snapshot_message.ts";
import { exceptionsCsv, failuresCsv, HISTORY_HEADER, historyLines, statsCsv } from "./csv_rows.ts";

export interface CsvFiles {
  readonly sink: RunEventSink;
  /** True when something could not be written: the exit code must not be 0. */
  readonly failed: boolean;
  close(): void;
}

export interface CsvOptions {
  readonly history: "aggregated" | "full";
  /** Gets the one line about a disk that fails. */
  readonly reportError: (message: string) => void;
}

/** Creates missing folders and all four files. Throws a `UsageError` when that is not possible. */
export function openCsvFiles(prefix: string, options: CsvOptions): CsvFiles {
  const pathOf = (part: string) => `${prefix}_${part}.csv`;
  const historyPath = pathOf("stats_history");
  let history: number;
  try {
    mkdirSync(dirname(pathOf("stats")), { recursive: true });
    replaceFile(pathOf("failures"), failuresCsv([]));
    replaceFile(pathOf("exceptions"), exceptionsCsv([]));
    writeFileSync(pathOf("stats"), "");
    history = openSync(historyPath, "w");
    writeAll(history, HISTORY_HEADER);
  } catch (thrown) {
    throw new UsageError(
      `Cannot write CSV files as "${prefix}_*.csv": ${describeThrown(thrown)}; choose another place with --csv`,
      { code: "csv_unwritable", cause: thrown },
    );
  }

  let failed = false;
  let isOpen = true;
  /** What the history lacks since a write failed: a line is written whole or again. */
  let unwritten: Uint8Array<ArrayBufferLike> = new Uint8Array(0);
  let last = { tick: -1, requests: -1 };

  const attempt = (what: string, act: () => void) => {
    try {
      act();
    } catch (thrown) {
      if (!failed) {
        options.reportError(`Cannot write ${what}: ${describeThrown(thrown)}; the file is behind or incomplete`);
      }
      failed = true;
    }
  };

  const writeSnapshot = (snapshot: SnapshotMessage) => {
    attempt(pathOf("stats"), () => replaceFile(pathOf("stats"), statsCsv(snapshot)));
    attempt(pathOf("failures"), () => replaceFile(pathOf("failures"), failuresCsv(snapshot.failures)));
    attempt(pathOf("exceptions"), () => replaceFile(pathOf("exceptions"), exceptionsCsv(snapshot.exceptions)));
  };

  const appendHistory = (snapshot: SnapshotMessage) => {
    unwritten = concat(unwritten, new TextEncoder().encode(historyLines(snapshot, options.history)));
    // A disk that stays full must not fill the memory too.
    if (unwritten.length > MAX_UNWRITTEN_BYTES) unwritten = new Uint8Array(0);
    attempt(historyPath, () => {
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
    if (event.kind === "runEnded") attempt(historyPath, () => fsyncSync(history));
  };

  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    attempt(historyPath, () => closeSync(history));
  };

  return {
    sink,
    close,
    get failed() {
      return failed;
    },
  };
}

const MAX_UNWRITTEN_BYTES = 16 * 1024 * 1024;

/** Replaces a file in one step: a reader sees the old text or the new one. */
function replaceFile(path: string, text: string): void {
  const temporary = `${path}.tmp`;
  writeFileSync(temporary, text);
  renameSync(temporary, path);
}

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
