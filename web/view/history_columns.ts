/** The history of a run as charts read it: a column a figure, a row a step. */

export const HISTORY_FIELDS = [
  "second",
  "seconds",
  "countedSeconds",
  "users",
  "requests",
  "failures",
  "p50Ms",
  "p90Ms",
  "p95Ms",
  "p99Ms",
  "meanMs",
  "asked",
  "started",
  "dropped",
] as const;

export type HistoryField = typeof HISTORY_FIELDS[number];

/** A reading of the history: views of its arrays, valid until the next change. */
export type HistoryColumns = Readonly<Record<HistoryField, Float64Array>>;
