/** The columns of the report's table of requests, in Locust's words and order. Pure. */
import type { SummaryEntry } from "../../src/report/summary/summary.ts";
import { formatMs, formatNumber, formatRate, formatShare } from "./format.ts";
import { type Column, MIN_BEYOND, shownName } from "./table_columns.ts";

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
  { title: "Name", kind: "text", value: ({ name }) => name, text: ({ name }) => shownName(name), isVital: true },
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
