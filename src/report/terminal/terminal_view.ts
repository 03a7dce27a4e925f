/**
 * The live view as lines: a head, a progress bar, the request table, and where there is room failures and workers.
 * Pure: the same run, width and height give the same lines, none wider than `width` and not more than `height` of them.
 */
import { escapeControls } from "../../base/text/text.ts";
import { formatBytes, formatElapsed } from "../../base/units.ts";
import {
  type EntrySnapshot,
  REPORTED_PERCENTILES,
  type ReportedPercentile,
  type SnapshotMessage,
} from "../../protocol/snapshot_message.ts";
import { countIterations, describeIterationProgress } from "../summary/describe_iterations.ts";
import { renderSearch } from "../tables/capacity_tables.ts";
import { describeArrivals, describeTargetRates } from "../tables/arrival_tables.ts";
import { type Colors, paint } from "../tables/colors.ts";
import { displayWidth, fitText } from "../../base/text/display_width.ts";
import { formatCount, formatFailures, formatMs, formatRate, formatRunTime } from "../tables/format_figures.ts";
import { renderLiveDetails } from "./live_details.ts";
import { renderLiveFeeds } from "./live_feeds.ts";
import type { LiveRun } from "./live_run.ts";
import { renderLiveScenarios } from "../tables/scenario_lines.ts";
import { renderLiveThresholds } from "../tables/threshold_lines.ts";
import { type Column, type KeptWidths, layOutTable } from "../tables/text_table.ts";

export interface ViewSize {
  readonly columns: number;
  readonly rows: number;
}

/**
 * A name is cut down to so many cells before a column is left out, and has so many where there is room: short names
 * make no jumps.
 */
const SHORTEST_NAME = 18;
const USUAL_NAME = 30;

const COLUMNS: readonly Column<EntrySnapshot>[] = [
  { title: "Type", align: "left", text: ({ method }) => fitText(escapeControls(method), 8), minWidth: 4 },
  {
    title: "Name",
    align: "left",
    text: ({ name }) => escapeControls(name),
    flexibleTo: SHORTEST_NAME,
    minWidth: USUAL_NAME,
  },
  { title: "Requests", align: "right", text: ({ requests }) => String(requests), minWidth: 8, dropOrder: 11 },
  {
    title: "Failures",
    align: "right",
    text: ({ failures, requests }) => formatFailures(failures, requests),
    minWidth: 13,
  },
  timeColumn("Med ms", 10, ({ medianMs, minMs }) => minMs === null ? null : medianMs),
  percentileColumn("p90 ms", 4, 0.9),
  percentileColumn("p95 ms", 9, 0.95),
  percentileColumn("p99 ms", 8, 0.99),
  percentileColumn("p99.9 ms", 3, 0.999),
  timeColumn("Mean ms", 5, ({ meanMs, minMs }) => minMs === null ? null : meanMs),
  timeColumn("Min ms", 2, ({ minMs }) => minMs),
  timeColumn("Max ms", 7, ({ maxMs }) => maxMs),
  {
    title: "Size",
    align: "right",
    text: ({ bytes, requests }) => requests === 0 ? "-" : formatBytes(bytes / requests),
    minWidth: 7,
    dropOrder: 1,
  },
  { title: "req/s", align: "right", text: ({ currentPerSecond }) => formatRate(currentPerSecond), minWidth: 6 },
  {
    title: "fail/s",
    align: "right",
    text: ({ currentFailuresPerSecond }) => formatRate(currentFailuresPerSecond),
    minWidth: 6,
    dropOrder: 6,
  },
];

function timeColumn(
  title: string,
  dropOrder: number,
  valueMs: (entry: EntrySnapshot) => number | null | undefined,
): Column<EntrySnapshot> {
  return { title, align: "right", text: (entry) => formatMs(valueMs(entry)), minWidth: 6, dropOrder };
}

function percentileColumn(title: string, dropOrder: number, fraction: ReportedPercentile): Column<EntrySnapshot> {
  const index = REPORTED_PERCENTILES.indexOf(fraction);
  return timeColumn(title, dropOrder, ({ percentilesMs }) => percentilesMs[index]);
}

/** Lines around the rows: head, bar, header, rule, rule, total. */
const FRAME_LINES = 6;

/** `kept`: widths of the columns in earlier paintings of the same run. */
export function renderLiveView(
  run: LiveRun,
  size: ViewSize,
  colors: Colors,
  kept: KeptWidths = new Map(),
): string[] {
  const { snapshot } = run;
  if (snapshot === undefined) return [fitText("Starting …", size.columns)];
  const thresholds = renderLiveThresholds(run.thresholds, size.columns, colors);
  const search = run.capacity === undefined ? [] : renderSearch(run.capacity, size.columns);
  const lower = { columns: size.columns, rows: Math.floor(size.rows / 3) };
  const scenarios = renderLiveScenarios(snapshot, lower, colors, kept);
  const feeds = renderLiveFeeds(snapshot.feeds ?? [], size.columns);
  const rowsThatFit = Math.max(
    0,
    size.rows - FRAME_LINES - feeds.length - scenarios.length - search.length - thresholds.length - 1,
  );
  const entries = snapshot.entries.filter(({ requests, failures }) => requests + failures > 0);
  const shown = entries.length <= rowsThatFit ? entries : busiest(entries, Math.max(0, rowsThatFit - 1));
  const hidden = entries.length - shown.length;
  const table = layOutTable(COLUMNS, [...shown, snapshot.total], size.columns, kept);
  const paintRow = (line: string, { failures }: EntrySnapshot) => failures > 0 ? paint(line, "red", colors) : line;
  const lines = [
    headLine(run, snapshot, size.columns, colors),
    progressLine(run, snapshot, size.columns, colors),
    ...feeds,
    ...scenarios,
    ...search,
    paint(table.header, "bold", colors),
    paint(table.rule, "dim", colors),
    ...shown.map((entry, i) => paintRow(table.rows[i] ?? "", entry)),
    ...(hidden > 0 ? [paint(fitText(`… and ${hidden} less busy rows`, size.columns), "dim", colors)] : []),
    ...(shown.length + hidden > 0 ? [paint(table.rule, "dim", colors)] : []),
    paintRow(table.rows[shown.length] ?? "", snapshot.total),
    ...thresholds,
  ];
  // A terminal that is lower than the frame keeps the lines that say most.
  if (lines.length >= size.rows) return [...lines.slice(0, Math.max(1, size.rows - 2)), ...lines.slice(-1)];
  const room = { columns: size.columns, rows: size.rows - 1 - lines.length };
  return [...lines, ...renderLiveDetails(snapshot, room, colors)];
}

/** The rows with the most requests per second now (then over the run), in the table's order. */
function busiest(entries: readonly EntrySnapshot[], count: number): readonly EntrySnapshot[] {
  const ranked = [...entries].sort((a, b) => b.currentPerSecond - a.currentPerSecond || b.requests - a.requests);
  const chosen = new Set(ranked.slice(0, count));
  return entries.filter((entry) => chosen.has(entry));
}

function headLine(run: LiveRun, snapshot: SnapshotMessage, columns: number, colors: Colors): string {
  const { total, workers } = snapshot;
  const parts = [
    run.stopping ? "stopping" : run.part ?? snapshot.state,
    ...(snapshot.iterations === undefined ? [] : [describeIterationProgress(snapshot.iterations)]),
    ...(snapshot.arrivals === undefined ? [] : [describeArrivals(snapshot.arrivals)]),
    snapshot.userCount === snapshot.targetUserCount || snapshot.arrivals !== undefined
      ? formatCount(snapshot.userCount, "user")
      : `${snapshot.userCount}/${snapshot.targetUserCount} users`,
    ...describeTargetRates(snapshot),
    ...(run.ramp === undefined ? [] : [`ramp ${rampPercent(run.ramp, snapshot.userCount)}%`]),
    `${formatRate(total.currentPerSecond)} req/s`,
    ...(workers.length > 1 ? [formatCount(workers.length, "worker")] : []),
    ...(run.missingWorkers.length > 0 ? [`${run.missingWorkers.length} missing`] : []),
    ...(run.host === undefined ? [] : [escapeControls(run.host)]),
  ];
  return paint(joinFitting(parts, columns), run.missingWorkers.length > 0 ? "yellow" : "cyan", colors);
}

/** As many parts, from the first, as there is room for. */
function joinFitting(parts: readonly string[], columns: number): string {
  for (let count = parts.length; count > 1; count--) {
    const line = parts.slice(0, count).join("  ");
    if (displayWidth(line) <= columns) return line;
  }
  return fitText(parts[0] ?? "", columns);
}

function rampPercent(ramp: { readonly fromUsers: number; readonly toUsers: number }, users: number): number {
  const whole = ramp.toUsers - ramp.fromUsers;
  if (whole === 0) return 100;
  return Math.min(100, Math.max(0, Math.floor(((users - ramp.fromUsers) / whole) * 100)));
}

/** `0:23 [#########-----------] 0:37 left`, by iterations `[#####-----] 60 left`; without an end the elapsed time alone. */
function progressLine(run: LiveRun, snapshot: SnapshotMessage, columns: number, colors: Colors): string {
  const elapsed = formatRunTime(snapshot.elapsedMs);
  const progress = timeProgress(run, snapshot) ?? iterationProgress(snapshot);
  if (progress === undefined) return fitText(`${elapsed} elapsed`, columns);
  const { share, left } = progress;
  const cells = columns - displayWidth(elapsed) - displayWidth(left) - 4;
  if (cells < 5) return fitText(`${elapsed} elapsed, ${left}`, columns);
  const done = Math.round(Math.min(1, share) * cells);
  const bar = paint("#".repeat(done), "green", colors) +
    paint("-".repeat(cells - done), "dim", colors);
  return `${elapsed} [${bar}] ${left}`;
}

interface Progress {
  readonly share: number;
  readonly left: string;
}

/** Undefined without a run time. */
function timeProgress({ runTimeSeconds }: LiveRun, { elapsedMs }: SnapshotMessage): Progress | undefined {
  if (runTimeSeconds === null || runTimeSeconds <= 0) return undefined;
  const wholeMs = runTimeSeconds * 1000;
  return { share: elapsedMs / wholeMs, left: `${formatElapsed(Math.max(0, wholeMs - elapsedMs) + 949)} left` };
}

/** Undefined where no number of iterations was asked for. */
function iterationProgress({ iterations = [] }: SnapshotMessage): Progress | undefined {
  const { done, asked } = countIterations(iterations);
  if (asked === 0) return undefined;
  return { share: done / asked, left: `${Math.max(0, asked - done)} left` };
}
