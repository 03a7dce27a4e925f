/**
 * The entries of a run as JSON of Locust's shape (`--json`, `--json-file`): its 14 fields in its order, then ours. Entries without
 * a request are left out, and so is Aggregated. Written when the run has ended, a file also each second until then.
 */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { describeThrown, UsageError } from "../base/errors.ts";
import type { RunEvent, RunEventSink } from "../master/run_event.ts";
import { type EntrySnapshot, REPORTED_PERCENTILES, type SnapshotMessage } from "../protocol/snapshot_message.ts";
import type { EntryDetail } from "../stats/ledger.ts";
import { locustBucketMs } from "./locust_bucket.ts";

/** One element of the array. */
export type JsonEntry = Readonly<Record<string, unknown>>;

/** Whole histograms and counts by second are not in a snapshot: the ledger's `details()` has them, in the same order. */
export function jsonEntries(snapshot: SnapshotMessage, details: readonly EntryDetail[]): JsonEntry[] {
  const keyOf = ({ method, name }: { readonly method: string; readonly name: string }) => `${method}\0${name}`;
  const detailOf = new Map(details.map((detail) => [keyOf(detail), detail]));
  return snapshot.entries
    .filter(({ requests, failures }) => requests > 0 || failures > 0)
    .map((entry) => toJsonEntry(entry, detailOf.get(keyOf(entry))));
}

function toJsonEntry(entry: EntrySnapshot, detail: EntryDetail | undefined): JsonEntry {
  return {
    name: entry.name,
    method: entry.method,
    last_request_timestamp: entry.lastWallMs === null ? null : entry.lastWallMs / 1000,
    start_time: entry.startWallMs / 1000,
    num_requests: entry.requests,
    num_none_requests: entry.untimed,
    num_failures: entry.failures,
    total_response_time: entry.sumMs,
    max_response_time: entry.maxMs ?? 0,
    min_response_time: entry.minMs,
    total_content_length: entry.bytes,
    response_times: toResponseTimes(detail?.times ?? []),
    num_reqs_per_sec: Object.fromEntries(detail?.requestsBySecond ?? []),
    num_fail_per_sec: Object.fromEntries(detail?.failuresBySecond ?? []),
    percentiles: toPercentiles(entry.percentilesMs),
    ...(entry.correctedPercentilesMs === undefined ? {} : {
      corrected_response_times: toResponseTimes(detail?.corrected ?? []),
      corrected_percentiles: toPercentiles(entry.correctedPercentilesMs),
    }),
  };
}

/** Counts by Locust's bucket; keys in ascending order. */
function toResponseTimes(
  buckets: readonly { readonly us: number; readonly count: number }[],
): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { us, count } of buckets) {
    const key = String(locustBucketMs(us / 1000));
    counts[key] = (counts[key] ?? 0) + count;
  }
  return counts;
}

/** Milliseconds by fraction: `{ "0.5": 21.3, … }`. */
function toPercentiles(values: readonly (number | null)[]): Readonly<Record<string, number | null>> {
  return Object.fromEntries(REPORTED_PERCENTILES.map((fraction, i) => [String(fraction), values[i] ?? null]));
}

export function renderJson(snapshot: SnapshotMessage, details: readonly EntryDetail[]): string {
  const text = JSON.stringify(jsonEntries(snapshot, details), null, 4);
  return `${text.replace(WHOLE_FLOAT, "$1.0")}\n`;
}

/** A float that happens to be whole stays one to readers that tell the two apart, as Python does: `12.0`. */
const WHOLE_FLOAT = /^( {8}"(?:last_request_timestamp|start_time|(?:total|max|min)_response_time)": -?\d+)(?=,?$)/gm;

export interface JsonReportOptions {
  readonly write: (text: string) => void;
  /** The ledger's `details`, asked at the end. */
  readonly details: () => readonly EntryDetail[];
}

/** `--json`: writes the array when the run has ended. */
export function createJsonReport(options: JsonReportOptions): RunEventSink {
  return (event: RunEvent) => {
    if (event.kind === "runEnded") options.write(renderJson(event.snapshot, options.details()));
  };
}

/** Writing the file of a run with thousands of names takes a while: it shall not take more than this part of the master's time. */
const WRITING_SHARE = 0.05;

/** `--json-file`: the same, and meanwhile each second, or as often as writing is cheap. */
export function createJsonFileReport(options: JsonReportOptions & { readonly nowMs: () => number }): RunEventSink {
  let notBeforeMs = -Infinity;
  return (event: RunEvent) => {
    if (event.kind !== "ticked" && event.kind !== "runEnded") return;
    const startedMs = options.nowMs();
    if (event.kind === "ticked" && startedMs < notBeforeMs) return;
    options.write(renderJson(event.snapshot, options.details()));
    notBeforeMs = startedMs + (options.nowMs() - startedMs) / WRITING_SHARE;
  };
}

export interface JsonFile {
  readonly write: (text: string) => void;
  /** True when the text could not be written: the exit code must not be 0. */
  readonly failed: boolean;
}

/** At once: whoever reads the file finds the old text or the new one, whole. */
function replaceFile(path: string, text: string): void {
  writeFileSync(`${path}.tmp`, text);
  renameSync(`${path}.tmp`, path);
}

/**
 * Opens the file of `--json-file` before the run; it holds an empty array then.
 * @throws {UsageError} when it cannot be written
 */
export function openJsonFile(path: string, reportError: (message: string) => void): JsonFile {
  try {
    mkdirSync(dirname(path), { recursive: true });
    replaceFile(path, "[]\n");
  } catch (thrown) {
    throw new UsageError(`Cannot write "${path}": ${describeThrown(thrown)}; choose another file with --json-file`, {
      code: "json_unwritable",
      cause: thrown,
    });
  }
  let failed = false;
  const write = (text: string) => {
    try {
      replaceFile(path, text);
    } catch (thrown) {
      failed = true;
      reportError(`Cannot write "${path}": ${describeThrown(thrown)}`);
    }
  };
  return {
    write,
    get failed() {
      return failed;
    },
  };
}
