/** The columns of the live table of requests: Locust's words and order. Pure. */
import type { ApiRow } from "../../src/server/answers/api_snapshot.ts";
import { formatMs, formatNumber, formatRate, formatShare, formatValue, NONE } from "./format.ts";
import { type Column, labelOf, MIN_BEYOND, shownName } from "./table_columns.ts";

type LiveColumn = Column<ApiRow>;
type TimeFigure = "p50Ms" | "p90Ms" | "p95Ms" | "p99Ms" | "p999Ms" | "meanMs" | "minMs" | "maxMs";

function time(title: string, figure: TimeFigure, extra: Partial<LiveColumn> = {}): LiveColumn {
  return { title, kind: "number", value: (row) => row[figure], text: (row) => formatMs(row[figure]), ...extra };
}

function percentile(title: string, figure: TimeFigure, percent: number, extra: Partial<LiveColumn> = {}): LiveColumn {
  return time(title, figure, {
    isThin: ({ requests }) => requests * (1 - percent / 100) < MIN_BEYOND - 1e-9,
    ...extra,
  });
}

export const LIVE_COLUMNS: readonly LiveColumn[] = [
  { title: "Type", kind: "text", value: ({ method }) => method, text: ({ method }) => method },
  { title: "Name", kind: "text", value: ({ name }) => name, text: ({ name }) => shownName(name), isVital: true },
  {
    title: "# Requests",
    kind: "number",
    value: ({ requests }) => requests,
    text: ({ requests }) => formatNumber(requests),
  },
  { title: "# Fails", kind: "number", value: ({ failures }) => failures, text: failureText, isVital: true },
  percentile("Median (ms)", "p50Ms", 50),
  percentile("90%ile (ms)", "p90Ms", 90, { isSpare: true }),
  percentile("95%ile (ms)", "p95Ms", 95, { isVital: true }),
  percentile("99%ile (ms)", "p99Ms", 99, { isSpare: true }),
  percentile("99.9%ile (ms)", "p999Ms", 99.9, { isSpare: true }),
  time("Average (ms)", "meanMs", { isSpare: true }),
  time("Min (ms)", "minMs", { isSpare: true }),
  time("Max (ms)", "maxMs", { isSpare: true }),
  {
    title: "Average size (bytes)",
    kind: "number",
    value: ({ meanBytes }) => meanBytes,
    text: ({ meanBytes }) => formatNumber(meanBytes),
    isSpare: true,
  },
  {
    title: "Current RPS",
    kind: "number",
    value: ({ currentPerSecond }) => currentPerSecond,
    text: ({ currentPerSecond }) => formatRate(currentPerSecond),
    isVital: true,
  },
  {
    title: "Current Failures/s",
    kind: "number",
    value: (row) => row.currentFailuresPerSecond,
    text: (row) => formatRate(row.currentFailuresPerSecond),
    isSpare: true,
  },
];

/** A column of the locustfile: its values by the labels of the rows. */
export function extraColumn(
  { title }: { readonly title: string },
  rows: readonly Readonly<Record<string, unknown>>[],
): LiveColumn {
  const values = new Map(rows.map(({ name, value }) => [name, toCell(value)]));
  const kind = rows.every(({ value }) => value === null || typeof value === "number") ? "number" : "text";
  const valueOf = (row: ApiRow) => values.get(labelOf(row)) ?? null;
  return {
    title,
    kind,
    value: valueOf,
    text: (row) => {
      const value = valueOf(row);
      return value === null ? NONE : typeof value === "number" ? formatValue(value) : value;
    },
    isSpare: true,
  };
}

function toCell(value: unknown): string | number | null {
  return value === null || value === undefined || typeof value === "number" ? value ?? null : String(value);
}

/** Columns that Locust does not show; the chooser has them. */
export const HIDDEN_AT_FIRST: readonly string[] = ["90%ile (ms)", "99.9%ile (ms)"];

/** After the stop, rates are those over the whole load: the last ones mean nothing any more. */
export function ratesOf(rows: readonly ApiRow[], isOver: boolean): readonly ApiRow[] {
  return isOver ? rows.map(withWholeRates) : rows;
}

export function withWholeRates(row: ApiRow): ApiRow {
  return { ...row, currentPerSecond: row.perSecond, currentFailuresPerSecond: row.failuresPerSecond };
}

function failureText({ failures, requests }: ApiRow): string {
  return failures === 0 ? "0" : `${formatNumber(failures)} (${formatShare(failures / requests)})`;
}
