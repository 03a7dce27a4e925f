/** The columns of the report's table of requests, in Locust's words and order. Pure. */
import type { SummaryEntry } from "../../src/report/summary/summary.ts";
import { formatMs, formatNumber, formatRate, formatShare } from "./format.ts";
import { type Column, MIN_BEYOND } from "./table_columns.ts";

export type RequestColumn = Column<SummaryEntry>;

function percentile(percent: "50" | "95" | "99" | "99.9", title: string, isVital?: true): RequestColumn {
  const beyond = 1 - Number(percent) / 100;
  const read = (entry: SummaryEntry) => entry.percentilesMs[percent];
  return {
    title,
    kind: "number",
    value: read,
    text: (entry) => formatMs(read(entry)),
    isThin: (entry) => (entry.requests - entry.untimed) * beyond < MIN_BEYOND - 1e-9,
    ...(isVital === undefined ? {} : { isVital }),
  };
}

function number(
  title: string,
  value: RequestColumn["value"],
  text: RequestColumn["text"],
  isVital?: true,
): RequestColumn {
  return { title, kind: "number", value, text, ...(isVital === undefined ? {} : { isVital }) };
}

const meanBytes = ({ bytes, requests }: SummaryEntry) => requests > 0 ? bytes / requests : null;

export const REQUEST_COLUMNS: readonly RequestColumn[] = [
  { title: "Type", kind: "text", value: ({ method }) => method, text: ({ method }) => method },
  { title: "Name", kind: "text", value: ({ name }) => name, text: ({ name }) => name, isVital: true },
  number("# Requests", ({ requests }) => requests, ({ requests }) => formatNumber(requests)),
  number("# Fails", ({ failures }) => failures, failureText, true),
  percentile("50", "Median (ms)"),
  percentile("95", "95%ile (ms)", true),
  percentile("99", "99%ile (ms)"),
  percentile("99.9", "99.9%ile (ms)"),
  number("Average (ms)", ({ meanMs }) => meanMs, ({ meanMs }) => formatMs(meanMs)),
  number("Min (ms)", ({ minMs }) => minMs, ({ minMs }) => formatMs(minMs)),
  number("Max (ms)", ({ maxMs }) => maxMs, ({ maxMs }) => formatMs(maxMs)),
  number("Average size (bytes)", meanBytes, (entry) => formatNumber(meanBytes(entry))),
  number("RPS", ({ perSecond }) => perSecond, ({ perSecond }) => formatRate(perSecond), true),
  number("Failures/s", (entry) => entry.failuresPerSecond, (entry) => formatRate(entry.failuresPerSecond)),
];

function failureText({ failures, failureRatio }: SummaryEntry): string {
  return failures === 0 ? "0" : `${formatNumber(failures)} (${formatShare(failureRatio)})`;
}
<<<<<<< HEAD

export interface Sorting {
  readonly column: string;
  readonly direction: "ascending" | "descending";
}

/** Rows whose type or name contains the text, in the order asked for; as they were without one. */
export function arrange(
  entries: readonly SummaryEntry[],
  filter: string,
  sorting: Sorting | undefined,
): SummaryEntry[] {
  const wanted = filter.trim().toLowerCase();
  const rows = entries.filter(({ method, name }) => `${method} ${name}`.toLowerCase().includes(wanted));
  const column = REQUEST_COLUMNS.find(({ title }) => title === sorting?.column);
  if (column === undefined) return rows;
  const sign = sorting?.direction === "descending" ? -1 : 1;
  return rows.sort((a, b) => sign * compare(column.value(a), column.value(b)));
}

/** The next state of a header that is pressed: numbers begin with the largest, texts with A; then the other way; then as it was. */
export function nextSorting(sorting: Sorting | undefined, { title, kind }: RequestColumn): Sorting | undefined {
  const first = kind === "number" ? "descending" : "ascending";
  if (sorting?.column !== title) return { column: title, direction: first };
  if (sorting.direction !== first) return undefined;
  return { column: title, direction: first === "ascending" ? "descending" : "ascending" };
}

/** Rows as tab-separated text, for a spreadsheet. Line breaks and tabs in names become blanks. */
export function toClipboardText(entries: readonly SummaryEntry[], columns: readonly RequestColumn[]): string {
  const cell = (value: string | number | null) =>
    value === null ? NONE : typeof value === "number" ? String(value) : defuse(value.replace(/[\t\r\n]+/g, " "));
  const lines = entries.map((entry) => columns.map(({ value }) => cell(value(entry))).join("\t"));
  return [columns.map(({ title }) => title).join("\t"), ...lines].join("\n");
}

/** A spreadsheet takes a text that begins so for a formula. */
function defuse(text: string): string {
  return /^[=+\-@]/.test(text) ? `'${text}` : text;
}

function compare(a: string | number | null, b: string | number | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  if (typeof a === "string" || typeof b === "string") return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
  return a - b;
}
