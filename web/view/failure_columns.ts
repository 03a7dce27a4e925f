/** The columns of lists of failures and exceptions: Locust's words and order. Pure. */
import type { SummaryException, SummaryFailure } from "../../src/report/summary/summary.ts";
import { formatClockTime, formatNumber } from "./format.ts";
import type { Column } from "./table_columns.ts";

type FailureColumn = Column<SummaryFailure>;

function time(title: string, field: "firstAt" | "lastAt"): FailureColumn {
  return { title, kind: "text", value: (row) => row[field], text: (row) => formatClockTime(row[field]), isWhole: true };
}

export const FAILURE_COLUMNS: readonly FailureColumn[] = [
  {
    title: "# Failures",
    kind: "number",
    value: ({ count }) => count,
    text: ({ count }) => formatNumber(count),
    isVital: true,
  },
  { title: "Method", kind: "text", value: ({ method }) => method, text: ({ method }) => method },
  { title: "Name", kind: "text", value: ({ name }) => name, text: ({ name }) => name, isVital: true },
  { title: "Message", kind: "text", value: ({ text }) => text, text: ({ text }) => text, isVital: true },
  time("First Seen", "firstAt"),
  time("Last Seen", "lastAt"),
];

export const EXCEPTION_COLUMNS: readonly Column<SummaryException>[] = [
  {
    title: "# Occurrences",
    kind: "number",
    value: ({ count }) => count,
    text: ({ count }) => formatNumber(count),
    isVital: true,
  },
  { title: "Where", kind: "text", value: ({ where }) => where, text: ({ where }) => where, isVital: true },
  { title: "Exception", kind: "text", value: ({ message }) => message, text: ({ message }) => message, isVital: true },
  {
    title: "Workers",
    kind: "text",
    value: ({ workers }) => workers.join(", "),
    text: ({ workers }) => workers.join(", "),
  },
];

/** Beside type and name, the text is searched. */
export function textOfFailure({ method, name, text }: SummaryFailure): string {
  return `${method} ${name} ${text}`;
}
