/**
 * The four CSV files of Locust as texts, from snapshots. Pure. Headers and columns are exactly Locust's; ours come
 * after them.
 */
import {
  type EntrySnapshot,
  type ExceptionSnapshot,
  type FailureSnapshot,
  REPORTED_PERCENTILES,
  type SnapshotMessage,
  type SplitSnapshot,
} from "../../protocol/snapshot_message.ts";
import { type CsvCell, csvHeader, csvLine, floatCell } from "../../base/text/csv_text.ts";
import { formatFraction } from "../tables/format_figures.ts";

const PERCENTILE_TITLES = REPORTED_PERCENTILES.map(formatFraction);
const CORRECTED_TITLES = PERCENTILE_TITLES.map((title) => `Corrected ${title}`);

const STATS_TITLES = [
  "Type",
  "Name",
  "Request Count",
  "Failure Count",
  "Median Response Time",
  "Average Response Time",
  "Min Response Time",
  "Max Response Time",
  "Average Content Size",
  "Requests/s",
  "Failures/s",
  ...PERCENTILE_TITLES,
  ...CORRECTED_TITLES,
];
const STATS_HEADER = csvHeader(STATS_TITLES);
const SPLITS_HEADER = csvHeader(["Tag", "Value", ...STATS_TITLES]);

export const HISTORY_HEADER = csvHeader([
  "Timestamp",
  "User Count",
  "Type",
  "Name",
  "Requests/s",
  "Failures/s",
  ...PERCENTILE_TITLES,
  "Total Request Count",
  "Total Failure Count",
  "Total Median Response Time",
  "Total Average Response Time",
  "Total Min Response Time",
  "Total Max Response Time",
  "Total Average Content Size",
]);

const FAILURES_HEADER = csvHeader(["Method", "Name", "Error", "Occurrences", "First Seen", "Last Seen"]);
const EXCEPTIONS_HEADER = csvHeader(["Count", "Message", "Traceback", "Nodes", "Where"]);

/** `P_stats.csv`: each entry, then Aggregated, with figures over the whole run. */
export function statsCsv({ entries, total }: Pick<SnapshotMessage, "entries" | "total">): string {
  return STATS_HEADER + [...entries, total].map((entry) => csvLine(statsCells(entry))).join("");
}

/** `P_splits.csv`: the same by the values of each tag; `Aggregated` is all requests with the value. */
export function splitsCsv(splits: readonly SplitSnapshot[]): string {
  const lines = splits.flatMap(({ tag, values }) =>
    values.flatMap(({ value, entries, total }) =>
      [...entries, total].map((entry) => csvLine([tag, value, ...statsCells(entry)]))
    )
  );
  return SPLITS_HEADER + lines.join("");
}

function statsCells(entry: EntrySnapshot): readonly CsvCell[] {
  return [
    entry.method,
    entry.name,
    entry.requests,
    entry.failures,
    ...summaryCells(entry),
    floatCell(entry.totalPerSecond),
    floatCell(entry.totalFailuresPerSecond),
    ...percentileCells(entry.percentilesMs),
    ...correctedCells(entry),
  ];
}

/**
 * The second of the run that a snapshot's lines are about, as a Unix time: its tick, or, once the load has ended, the
 * second of the stop. It follows the ticks and not the date, so that a tick that comes a moment late makes no second
 * missing or double.
 */
export function historySecond({ wallMs, elapsedMs, tick, loadEndedMs }: SnapshotMessage): number {
  const second = loadEndedMs === undefined ? tick : Math.round(loadEndedMs / 1000);
  return Math.floor((wallMs - elapsedMs) / 1000) + second;
}

/**
 * The lines of one second for `P_stats_history.csv`: Aggregated, in full history after each entry. Percentiles are
 * those of the last ten seconds in full history and of the whole run without it, as Locust does.
 */
export function historyLines(snapshot: SnapshotMessage, history: "aggregated" | "full"): string {
  const rows = history === "full" ? [...snapshot.entries, snapshot.total] : [snapshot.total];
  return rows.map((entry) =>
    csvLine([
      historySecond(snapshot),
      snapshot.userCount,
      entry.method,
      entry.name,
      { number: entry.currentPerSecond.toFixed(6) },
      { number: entry.currentFailuresPerSecond.toFixed(6) },
      ...percentileCells(history === "full" ? entry.windowPercentilesMs : entry.percentilesMs),
      entry.requests,
      entry.failures,
      ...summaryCells(entry),
    ])
  ).join("");
}

/** `P_failures.csv`, in order of first occurrence. */
export function failuresCsv(failures: readonly FailureSnapshot[]): string {
  const rows = failures.map(({ method, name, text, count, firstWallMs, lastWallMs }) =>
    csvLine([method, name, text, count, toUtcSecond(firstWallMs), toUtcSecond(lastWallMs)])
  );
  return FAILURES_HEADER + rows.join("");
}

/** `P_exceptions.csv`. */
export function exceptionsCsv(exceptions: readonly ExceptionSnapshot[]): string {
  const rows = exceptions.map(({ count, message, stack, workers, where }) =>
    csvLine([count, message, stack, workers.join(", "), where])
  );
  return EXCEPTIONS_HEADER + rows.join("");
}

/** Median, mean, minimum, maximum, mean size: unrounded, 0 where nothing was timed. */
function summaryCells({ medianMs, meanMs, minMs, maxMs, bytes, requests }: EntrySnapshot): CsvCell[] {
  const meanBytes = requests > 0 ? bytes / requests : 0;
  return [medianMs, floatCell(meanMs), floatCell(minMs ?? 0), floatCell(maxMs ?? 0), floatCell(meanBytes)];
}

/** Whole milliseconds, as Locust has them; `N/A` where nothing was timed. */
function percentileCells(values: readonly (number | null)[]): CsvCell[] {
  return values.map((value) => value === null ? "N/A" : Math.round(value));
}

function correctedCells({ correctedPercentilesMs }: EntrySnapshot): CsvCell[] {
  return correctedPercentilesMs === undefined
    ? REPORTED_PERCENTILES.map(() => null)
    : percentileCells(correctedPercentilesMs);
}

/** `2026-01-31T09:05:07Z` */
function toUtcSecond(wallMs: number): string {
  return `${new Date(wallMs).toISOString().slice(0, 19)}Z`;
}
