/**
 * The tables at the end of a run: requests, percentiles, phases, failures, exceptions, workers, and the verdict. Pure functions from
 * the last snapshot to lines. Headings and the first columns are Locust's, because scripts read them.
 */
import { escapeControls } from "../base/text.ts";
import { formatBytes } from "../base/units.ts";
import { type Phase, PHASES } from "../protocol/delta_message.ts";
import {
  type EntrySnapshot,
  type FailureSnapshot,
  REPORTED_PERCENTILES,
  type SnapshotMessage,
  type WorkerSnapshot,
} from "../protocol/snapshot_message.ts";
import { LOCAL_WORKER_ID } from "../protocol/worker_message.ts";
import type { RunEvent, RunEventSink } from "../master/run_event.ts";
import { describeStopReason } from "../master/stop_reason.ts";
import { type Colors, paint } from "./colors.ts";
import { formatFailures, formatFraction, formatMs, formatRate, formatRunTime } from "./format_figures.ts";
import { type Column, layOutTable } from "./text_table.ts";
import { renderVerdict } from "./verdict_lines.ts";

export interface TableOptions {
  /** Cells per line; null: nothing is cut (a pipe, a file). */
  readonly width: number | null;
  readonly colors: Colors;
}

/** Writes the tables once, when the run has ended. */
export function createFinalTables(options: TableOptions & { readonly write: (text: string) => void }): RunEventSink {
  let profile: string | undefined;
  let countedFrom: "start" | "reset" = "start";
  return (event: RunEvent) => {
    if (event.kind === "runStarted") [profile, countedFrom] = [event.profile, "start"];
    if (event.kind === "statsReset") countedFrom = "reset";
    if (event.kind !== "runEnded") return;
    options.write(renderFinalTables(event, options, { profile, countedFrom }).map((line) => `${line}\n`).join(""));
  };
}

export function renderFinalTables(
  ended: Extract<RunEvent, { readonly kind: "runEnded" }>,
  options: TableOptions,
  heading: { readonly profile?: string | undefined; readonly countedFrom?: "start" | "reset" } = {},
): string[] {
  const { snapshot } = ended;
  const { profile, countedFrom } = heading;
  const run = profile === undefined ? "Run" : `Run "${escapeControls(profile)}"`;
  return [
    "",
    `${run} ended ${countedFrom === "reset" ? "" : "after "}${formatRunTime(snapshot.elapsedMs)}${
      countedFrom === "reset" ? " after its statistics were reset" : ""
    }: ${escapeControls(describeStopReason(ended.reason))}`,
    "",
    ...renderRequests(snapshot, options),
    ...renderPercentiles(snapshot, options),
    ...renderPhases(snapshot, options),
    ...renderFailures(snapshot.failures, options),
    ...renderExceptions(snapshot, options),
    ...renderWorkers(snapshot.workers, options),
    ...renderVerdict(ended.verdict, options),
  ];
}

const TYPE: Column<EntrySnapshot> = { title: "Type", align: "left", text: ({ method }) => escapeControls(method) };
const NAME: Column<EntrySnapshot> = {
  title: "Name",
  align: "left",
  text: ({ name }) => escapeControls(name),
  flexibleTo: 16,
};

const REQUEST_COLUMNS: readonly Column<EntrySnapshot>[] = [
  TYPE,
  NAME,
  { title: "# reqs", align: "right", text: ({ requests }) => String(requests) },
  { title: "# fails", align: "right", text: ({ failures, requests }) => formatFailures(failures, requests) },
  { title: "|", align: "left", text: () => "|", dropOrder: 1 },
  { title: "Avg", align: "right", text: ({ meanMs, minMs }) => formatMs(minMs === null ? null : meanMs) },
  { title: "Min", align: "right", text: ({ minMs }) => formatMs(minMs), dropOrder: 2 },
  { title: "Max", align: "right", text: ({ maxMs }) => formatMs(maxMs) },
  { title: "Med", align: "right", text: ({ medianMs, minMs }) => formatMs(minMs === null ? null : medianMs) },
  { title: "|", align: "left", text: () => "|", dropOrder: 1 },
  { title: "req/s", align: "right", text: ({ totalPerSecond }) => formatRate(totalPerSecond) },
  { title: "failures/s", align: "right", text: ({ totalFailuresPerSecond }) => formatRate(totalFailuresPerSecond) },
];

function renderRequests({ entries, total }: SnapshotMessage, { width, colors }: TableOptions): string[] {
  const { header, rule, rows } = layOutTable(REQUEST_COLUMNS, [...entries, total], width);
  return [paint(header, "bold", colors), rule, ...rows.slice(0, -1), rule, ...rows.slice(-1), ""];
}

/** A row of the percentile table: the times of an entry, or their corrected form. */
interface PercentileRow {
  readonly entry: EntrySnapshot;
  readonly values: readonly (number | null)[];
  readonly kind: "measured" | "corrected";
}

/** What a narrow terminal goes without, by index into REPORTED_PERCENTILES: 66 % first, then 75 %, 80 %, 98 %, 99.99 %. */
const PERCENTILE_DROP_ORDER: Readonly<Record<number, number>> = { 1: 1, 2: 2, 3: 3, 6: 4, 9: 5 };

const PERCENTILE_COLUMNS: readonly Column<PercentileRow>[] = [
  { ...TYPE, text: ({ entry }) => escapeControls(entry.method) },
  {
    ...NAME,
    flexibleTo: "Aggregated (corrected)".length,
    text: ({ entry, kind }) => `${escapeControls(entry.name)}${kind === "corrected" ? " (corrected)" : ""}`,
  },
  ...REPORTED_PERCENTILES.map((fraction, i): Column<PercentileRow> => ({
    title: formatFraction(fraction),
    align: "right",
    text: ({ values }) => formatMs(values[i]),
    ...dropOrderOf(i),
  })),
  { title: "# reqs", align: "right", text: ({ entry }) => String(entry.requests) },
];

function dropOrderOf(percentile: number): { readonly dropOrder?: number } {
  const dropOrder = PERCENTILE_DROP_ORDER[percentile];
  return dropOrder === undefined ? {} : { dropOrder };
}

function renderPercentiles({ entries, total }: SnapshotMessage, { width, colors }: TableOptions): string[] {
  const toRows = (entry: EntrySnapshot): PercentileRow[] => {
    if (entry.minMs === null) return [];
    const measured: PercentileRow = { entry, values: entry.percentilesMs, kind: "measured" };
    if (entry.correctedPercentilesMs === undefined) return [measured];
    return [measured, { entry, values: entry.correctedPercentilesMs, kind: "corrected" }];
  };
  const totalRows = toRows(total);
  if (totalRows.length === 0) return [];
  const { header, rule, rows } = layOutTable(PERCENTILE_COLUMNS, [...entries.flatMap(toRows), ...totalRows], width);
  return [
    "Response time percentiles (approximated)",
    paint(header, "bold", colors),
    rule,
    ...rows.slice(0, -totalRows.length),
    rule,
    ...rows.slice(-totalRows.length),
    "",
  ];
}

function renderPhases({ entries, total }: SnapshotMessage, { width, colors }: TableOptions): string[] {
  if (total.phases === undefined) return [];
  const columns: readonly Column<EntrySnapshot>[] = [
    TYPE,
    NAME,
    ...PHASES.map((phase): Column<EntrySnapshot> => ({
      title: phase,
      align: "right",
      text: (entry) => formatPhase(entry, phase),
    })),
  ];
  const rows = [...entries.filter(({ phases }) => phases !== undefined), total];
  const table = layOutTable(columns, rows, width);
  return [
    "Phases of the requests (mean / 95% in ms, of those in which the phase occurred)",
    paint(table.header, "bold", colors),
    table.rule,
    ...table.rows,
    "",
  ];
}

function formatPhase({ phases }: EntrySnapshot, phase: Phase): string {
  const figures = phases?.[phase];
  return figures === undefined ? "-" : `${formatMs(figures.meanMs)} / ${formatMs(figures.p95Ms)}`;
}

function renderFailures(failures: readonly FailureSnapshot[], { width, colors }: TableOptions): string[] {
  if (failures.length === 0) return [];
  const columns: readonly Column<FailureSnapshot>[] = [
    { title: "# occurrences", align: "left", text: ({ count }) => String(count), minWidth: 18 },
    {
      title: "Error",
      align: "left",
      text: ({ method, name, text }) => escapeControls(`${method === "" ? name : `${method} ${name}`}: ${text}`),
      flexibleTo: 20,
    },
  ];
  const { header, rule, rows } = layOutTable(columns, failures, width);
  return ["Error report", paint(header, "bold", colors), rule, ...rows, ""];
}

function renderExceptions({ exceptions }: SnapshotMessage, { colors }: TableOptions): string[] {
  if (exceptions.length === 0) return [];
  const lines = exceptions.flatMap(({ count, message, stack, where, nodes }) => [
    `${String(count).padStart(6)}  ${escapeControls(message)}${where === "" ? "" : `, in ${escapeControls(where)}`}${
      nodes.length > 1 ? ` (on ${nodes.length} workers)` : ""
    }`,
    ...stack.split("\n").filter((line) => line.trim() !== "").map((line) => `        ${escapeControls(line.trim())}`),
  ]);
  return ["User exceptions", paint(" Count  Exception", "bold", colors), ...lines, ""];
}

const WORKER_COLUMNS: readonly Column<WorkerSnapshot>[] = [
  { title: "Worker", align: "left", text: ({ id }) => escapeControls(id), flexibleTo: 16 },
  { title: "State", align: "left", text: ({ state }) => escapeControls(state) },
  { title: "Threads", align: "right", text: ({ threads }) => String(threads), dropOrder: 3 },
  { title: "Users", align: "right", text: ({ users }) => String(users) },
  { title: "Requests", align: "right", text: ({ requests }) => String(requests) },
  { title: "CPU %", align: "right", text: ({ cpuPercent }) => String(Math.round(cpuPercent)), dropOrder: 4 },
  { title: "Memory", align: "right", text: ({ rssBytes }) => formatBytes(rssBytes) },
  { title: "Loop lag", align: "right", text: ({ loopLagP99Ms }) => `${formatMs(loopLagP99Ms)} ms`, dropOrder: 1 },
  { title: "Lateness", align: "right", text: ({ latenessP99Ms }) => `${formatMs(latenessP99Ms)} ms`, dropOrder: 2 },
];

/** Only where there is something to tell. */
const INCIDENT_COLUMN: Column<WorkerSnapshot> = {
  title: "What happened",
  align: "left",
  text: ({ incidents }) => escapeControls((incidents ?? []).join(", ")),
};

function renderWorkers(workers: readonly WorkerSnapshot[], { width, colors }: TableOptions): string[] {
  if (workers.every(({ id }) => id === LOCAL_WORKER_ID)) return [];
  const hasIncidents = workers.some(({ incidents }) => incidents !== undefined);
  const columns = hasIncidents ? [...WORKER_COLUMNS, INCIDENT_COLUMN] : WORKER_COLUMNS;
  const { header, rule, rows } = layOutTable(columns, workers, width);
  return ["Workers", paint(header, "bold", colors), rule, ...rows, ""];
}
