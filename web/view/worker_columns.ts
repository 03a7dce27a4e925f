/** The columns of the list of workers: Locust's words, and what tells an overloaded one. Pure. */
import type { SummaryWorker } from "../../src/report/summary/summary.ts";
import { formatBytes, formatMs, formatNumber } from "./format.ts";
import type { Column } from "./table_columns.ts";

type WorkerColumn = Column<SummaryWorker>;
type Figure = "threads" | "users" | "requests" | "cpuPercent" | "rssBytes" | "loopLagP99Ms" | "latenessP99Ms";

function figure(
  title: string,
  field: Figure,
  format: (value: number) => string,
  more: Partial<WorkerColumn> = {},
): WorkerColumn {
  return { title, kind: "number", value: (row) => row[field], text: (row) => format(row[field]), ...more };
}

export const WORKER_COLUMNS: readonly WorkerColumn[] = [
  { title: "Worker", kind: "text", value: ({ id }) => id, text: ({ id }) => id, isVital: true },
  { title: "State", kind: "text", value: ({ state }) => state, text: ({ state }) => state, isVital: true },
  figure("Threads", "threads", formatNumber),
  figure("# Users", "users", formatNumber, { isVital: true }),
  figure("# Requests", "requests", formatNumber),
  figure("CPU (%)", "cpuPercent", formatNumber, { isVital: true, isWhole: true }),
  figure("Memory", "rssBytes", formatBytes, { isVital: true }),
  figure("Loop lag p99 (ms)", "loopLagP99Ms", formatMs, { isWhole: true }),
  figure("Lateness p99 (ms)", "latenessP99Ms", formatMs, { isWhole: true }),
  {
    title: "What happened",
    kind: "text",
    value: ({ incidents }) => incidents.join(", "),
    text: ({ incidents }) => incidents.join(", "),
  },
];
