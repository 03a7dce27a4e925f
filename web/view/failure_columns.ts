/** The columns of the live table of failures: Locust's words and order. Pure. */
import type { SummaryFailure } from "../../src/report/summary/summary.ts";
import { formatClockTime, formatNumber } from "./format.ts";
import type { Column } from "./table_columns.ts";

type FailureColumn = Column<SummaryFailure>;

function time(title: string, field: "firstAt" | "lastAt"): FailureColumn {
  return { title, kind: "text", value: (row) => row[field], text: (row) => formatClockTime(row[field]) };
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

/** Beside type and name, the text is searched. */
export function textOfFailure({ method, name, text }: SummaryFailure): string {
  return `${method} ${name} ${text}`;
}
