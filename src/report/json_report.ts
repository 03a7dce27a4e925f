/**
 * The entries of a run as JSON of Locust's shape (`--json`, `--json-file`): its 14 fields in its order, then ours.
 * Entries without a request are left out, and so is Aggregated. Written when the run has ended, a file also each second
 * until then.
 */
import { statSync } from "node:fs";
import type { RunEvent } from "../master/run_event.ts";
import type { DistributionSnapshot } from "../protocol/measures_message.ts";
import { type EntrySnapshot, REPORTED_PERCENTILES, type SnapshotMessage } from "../protocol/snapshot_message.ts";
import type { EntryDetail } from "../stats/ledger/ledger.ts";
import { locustBucketMs } from "./locust_bucket.ts";
import type { Output, OutputContext } from "./files/output.ts";
import { openReportFile } from "./files/report_file.ts";

/**
 * What the test measured beside its requests: elements with a `kind` and without the fields of Locust, so that no
 * reader takes them for requests.
 */
function measureEntries({ measures }: SnapshotMessage): JsonEntry[] {
  if (measures === undefined) return [];
  const toPlain = ({ percentiles, packed: _packed, ...figures }: DistributionSnapshot) => ({
    ...figures,
    percentiles: toPercentiles(percentiles),
  });
  return [
    ...measures.checks.map((check) => ({ kind: "check", ...check })),
    ...(measures.checkSplits ?? []).flatMap(({ tag, values }) =>
      values.flatMap(({ value, checks }) => checks.map((check) => ({ kind: "check_split", tag, value, ...check })))
    ),
    ...measures.metrics.map((metric) => metric.kind === "trend" ? toPlain(metric) : { ...metric }),
    ...measures.transactions.map(({ times, busyTimes, cutOff, ...transaction }) => ({
      kind: "transaction",
      ...transaction,
      cut_off: cutOff,
      response_times: toPlain(times),
      busy_times: toPlain(busyTimes),
    })),
  ];
}

/** One element of the array. */
export type JsonEntry = Readonly<Record<string, unknown>>;

/** Whole histograms and counts by second are not in a snapshot: the ledger's `details()` has them, in the same order. */
export function jsonEntries(snapshot: SnapshotMessage, details: readonly EntryDetail[]): JsonEntry[] {
  const keyOf = ({ method, name }: { readonly method: string; readonly name: string }) => `${method}\0${name}`;
  const detailOf = new Map(details.map((detail) => [keyOf(detail), detail]));
  const entries = snapshot.entries
    .filter(({ requests, failures }) => requests > 0 || failures > 0)
    .map((entry) => toJsonEntry(entry, detailOf.get(keyOf(entry))));
  return [...entries, ...splitEntries(snapshot), ...measureEntries(snapshot)];
}

/** Requests by the values of their tags: elements with a `kind`, as those of what was measured beside requests. */
function splitEntries({ splits = [] }: SnapshotMessage): JsonEntry[] {
  const toSplit = (tag: string, value: string, entry: EntrySnapshot) => ({
    kind: "split",
    tag,
    value,
    method: entry.method,
    entry: entry.name,
    requests: entry.requests,
    failures: entry.failures,
    bytes: entry.bytes,
    per_second: entry.totalPerSecond,
    mean: entry.minMs === null ? null : entry.meanMs,
    min: entry.minMs,
    max: entry.maxMs,
    percentiles: toPercentiles(entry.percentilesMs),
  });
  return splits.flatMap(({ tag, values }) =>
    values.flatMap(({ value, total, entries }) => [total, ...entries].map((entry) => toSplit(tag, value, entry)))
  );
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

/** `--json`: prints the array when the run has ended. */
export function openJsonPrint({ print, details }: Pick<OutputContext, "print" | "details">): Output {
  return {
    sink: (event: RunEvent) => {
      if (event.kind === "runEnded") print(renderJson(event.snapshot, details()));
    },
    failed: false, // the owner of standard output watches over it
    close() {},
  };
}

/** Writing the file of a run with thousands of names takes a while: at most this part of the master's time. */
const WRITING_SHARE = 0.05;

/** The ending is added unless it is there, but not to a device or a pipe (`/dev/stdout`). */
export function jsonPathOf(given: string): string {
  return /\.json$/i.test(given) || isSpecialFile(given) ? given : `${given}.json`;
}

function isSpecialFile(path: string): boolean {
  try {
    const found = statSync(path);
    return !found.isFile() && !found.isDirectory();
  } catch {
    return false; // why it cannot be written is said when it is opened
  }
}

type JsonFileContext = Pick<OutputContext, "clock" | "details" | "reportError" | "claim" | "pace">;

/**
 * `--json-file`: the array each second, or as often as writing is cheap, and at the end. It is empty before the run.
 * @throws {UsageError} when the file cannot be written
 */
export function openJsonFile(path: string, context: JsonFileContext): Output {
  const { clock, details } = context;
  const file = openReportFile(path, { ...context, option: "--json-file", initial: "[]\n" });
  let notBeforeMs = -Infinity;
  return {
    sink: (event: RunEvent) => {
      if (event.kind !== "ticked" && event.kind !== "runEnded") return;
      const startedMs = clock.nowMs();
      if (event.kind === "ticked" && (context.pace === "atOnce" || startedMs < notBeforeMs)) return;
      file.write(renderJson(event.snapshot, details()));
      notBeforeMs = startedMs + (clock.nowMs() - startedMs) / WRITING_SHARE;
    },
    get failed() {
      return file.failed;
    },
    close() {},
  };
}
