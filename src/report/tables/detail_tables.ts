/**
 * The tables below the figures of a run: failures, exceptions of user code, workers. Pure functions to lines; all texts
 * are escaped for the terminal.
 */
import { escapeControls } from "../../base/text/text.ts";
import { formatBytes } from "../../base/units.ts";
import type { FailureSnapshot, SnapshotMessage, WorkerSnapshot } from "../../protocol/snapshot_message.ts";
import { LOCAL_WORKER_ID } from "../../protocol/worker_message.ts";
import { paint } from "./colors.ts";
import { displayWidth, padText, wrapText } from "../../base/text/display_width.ts";
import { formatMs } from "./format_figures.ts";
import { type Column, layOutTable, type TableOptions } from "./text_table.ts";

/** Locust's first column, and what a narrow terminal has room for. */
const OCCURRENCES_WIDTH = 18;
const NARROW_OCCURRENCES_WIDTH = 8;
const NARROW = 60;

/** Texts are broken and not cut: what tells two failures apart is often in the middle. */
export function renderFailures(failures: readonly FailureSnapshot[], { width, colors }: TableOptions): string[] {
  if (failures.length === 0) return [];
  const isNarrow = width !== null && width < NARROW;
  const countWidth = isNarrow ? NARROW_OCCURRENCES_WIDTH : OCCURRENCES_WIDTH;
  const textWidth = width === null ? null : Math.max(1, width - countWidth - 1);
  const rows = failures.flatMap(({ count, method, name, text }) =>
    wrapText(escapeControls(`${method === "" ? name : `${method} ${name}`}: ${text}`), textWidth).map((line, i) =>
      `${padText(i === 0 ? String(count) : "", countWidth, "left")} ${line}`
    )
  );
  const longest = rows.reduce((most, row) => Math.max(most, displayWidth(row) - countWidth - 1), 0);
  return [
    "Error report",
    paint(`${padText(isNarrow ? "# occ." : "# occurrences", countWidth, "left")} Error`, "bold", colors),
    `${"-".repeat(countWidth)} ${"-".repeat(longest)}`,
    ...rows,
    "",
  ];
}

export function renderExceptions({ exceptions }: SnapshotMessage, { width, colors }: TableOptions): string[] {
  if (exceptions.length === 0) return [];
  const indented = (text: string, indent: string) => wrapText(text, width === null ? null : width - indent.length);
  const lines = exceptions.flatMap(({ count, message, stack, where, workers }) => {
    const place = where === "" ? "" : `, in ${escapeControls(where)}`;
    const spread = workers.length > 1 ? ` (on ${workers.length} workers)` : "";
    const head = `${String(count).padStart(6)}  `;
    return [
      ...indented(`${escapeControls(message)}${place}${spread}`, head)
        .map((line, i) => `${i === 0 ? head : " ".repeat(head.length)}${line}`),
      ...stack.split("\n").filter((line) => line.trim() !== "")
        .flatMap((line) => indented(escapeControls(line.trim()), STACK_INDENT).map((part) => STACK_INDENT + part)),
    ];
  });
  return ["User exceptions", paint(" Count  Exception", "bold", colors), ...lines, ""];
}

const STACK_INDENT = " ".repeat(8);

export const WORKER_COLUMNS: readonly Column<WorkerSnapshot>[] = [
  { title: "Worker", align: "left", text: ({ id }) => escapeControls(id) },
  { title: "State", align: "left", text: ({ state }) => escapeControls(state) },
  { title: "Threads", align: "right", text: ({ threads }) => String(threads), dropOrder: 3 },
  { title: "Users", align: "right", text: ({ users }) => String(users) },
  { title: "Requests", align: "right", text: ({ requests }) => String(requests) },
  { title: "CPU %", align: "right", text: ({ cpuPercent }) => String(Math.round(cpuPercent)), dropOrder: 4 },
  { title: "Memory", align: "right", text: ({ rssBytes }) => formatBytes(rssBytes) },
  { title: "Loop lag", align: "right", text: ({ loopLagP99Ms }) => `${formatMs(loopLagP99Ms)} ms`, dropOrder: 1 },
  { title: "Lateness", align: "right", text: ({ latenessP99Ms }) => `${formatMs(latenessP99Ms)} ms`, dropOrder: 2 },
];

/** Only where something happened. */
const INCIDENT_COLUMN: Column<WorkerSnapshot> = {
  title: "What happened",
  align: "left",
  text: ({ incidents }) => escapeControls((incidents ?? []).join(", ")),
  flexibleTo: 10,
};

export function renderWorkers(workers: readonly WorkerSnapshot[], { width, colors }: TableOptions): string[] {
  if (workers.every(({ id }) => id === LOCAL_WORKER_ID)) return [];
  const hasIncidents = workers.some(({ incidents }) => incidents !== undefined);
  const columns = hasIncidents ? [...WORKER_COLUMNS, INCIDENT_COLUMN] : WORKER_COLUMNS;
  const { header, rule, rows } = layOutTable(columns, workers, width);
  return ["Workers", paint(header, "bold", colors), rule, ...rows, ""];
}
