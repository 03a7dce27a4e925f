/**
 * The scenarios of a run while it is on: how many users each has, what its requests do now (the last 10 seconds), and
 * what they did in all. As a table for the live view, and in words where there is no room for one. Pure.
 */
import { escapeControls } from "../../base/text/text.ts";
import {
  REPORTED_PERCENTILES,
  type ReportedPercentile,
  type SnapshotMessage,
} from "../../protocol/snapshot_message.ts";
import { type Colors, paint } from "./colors.ts";
import { wrapText } from "../../base/text/display_width.ts";
import { formatFailures, formatMs, formatRate } from "./format_figures.ts";
import { figuresByScenario, type ScenarioFigures } from "./scenario_figures.ts";
import { describeScenarioUsers } from "../summary/describe_scenarios.ts";
import { type Column, type KeptWidths, layOutTable } from "./text_table.ts";

const SHORTEST_NAME = 10;

const COLUMNS: readonly Column<ScenarioFigures>[] = [
  {
    title: "Scenario",
    align: "left",
    text: ({ scenario }) => escapeControls(scenario.name),
    flexibleTo: SHORTEST_NAME,
  },
  { title: "Load", align: "left", text: ({ scenario }) => describeScenarioUsers(scenario), minWidth: 14 },
  { title: "Requests", align: "right", text: ({ total }) => String(total?.requests ?? 0), minWidth: 8, dropOrder: 5 },
  {
    title: "Failures",
    align: "right",
    text: ({ total }) => formatFailures(total?.failures ?? 0, total?.requests ?? 0),
    minWidth: 8,
  },
  { title: "req/s", align: "right", text: ({ total }) => formatRate(total?.currentPerSecond ?? 0), minWidth: 6 },
  nowColumn("p50 now", 0.5, 3),
  nowColumn("p95 now", 0.95, undefined),
  nowColumn("p99 now", 0.99, 2),
  wholeColumn("p50 all", 0.5, 1),
  wholeColumn("p95 all", 0.95, 4),
];

function nowColumn(
  title: string,
  fraction: ReportedPercentile,
  dropOrder: number | undefined,
): Column<ScenarioFigures> {
  const at = REPORTED_PERCENTILES.indexOf(fraction);
  return timeColumn(title, ({ total }) => total?.windowPercentilesMs[at], dropOrder);
}

function wholeColumn(title: string, fraction: ReportedPercentile, dropOrder: number): Column<ScenarioFigures> {
  const at = REPORTED_PERCENTILES.indexOf(fraction);
  return timeColumn(title, ({ total }) => total?.percentilesMs[at], dropOrder);
}

function timeColumn(
  title: string,
  valueMs: (figures: ScenarioFigures) => number | null | undefined,
  dropOrder: number | undefined,
): Column<ScenarioFigures> {
  const column = {
    title,
    align: "right" as const,
    text: (figures: ScenarioFigures) => formatMs(valueMs(figures)),
    minWidth: 7,
  };
  return dropOrder === undefined ? column : { ...column, dropOrder };
}

/** In words where the table has more than so many lines. `kept`: widths of the columns in earlier paintings. */
export function renderLiveScenarios(
  snapshot: SnapshotMessage,
  { columns, rows }: { readonly columns: number; readonly rows: number },
  colors: Colors,
  kept: KeptWidths,
): readonly string[] {
  const list = figuresByScenario(snapshot);
  if (list.length === 0) return [];
  if (list.length + 1 > rows) return wrapText(escapeControls(describeLiveScenarios(snapshot)), columns);
  const table = layOutTable(COLUMNS, list, columns, kept);
  const lines = list.map(({ total }, i) => {
    const line = table.rows[i] ?? "";
    return (total?.failures ?? 0) > 0 ? paint(line, "red", colors) : line;
  });
  return [paint(table.header, "bold", colors), ...lines];
}

/** `browse 60/100 users (45.20 req/s, p95 22.1 ms), cleanup waits`: of the last 10 seconds. */
export function describeLiveScenarios(snapshot: Pick<SnapshotMessage, "scenarios" | "splits">): string {
  const p95 = REPORTED_PERCENTILES.indexOf(0.95);
  return figuresByScenario(snapshot).map(({ scenario, total }) => {
    const { name, state } = scenario;
    const now = total?.windowPercentilesMs[p95] ?? null;
    const isOn = (state === "running" || state === "ending") && total !== undefined;
    const figures = [
      `${formatRate(total?.currentPerSecond ?? 0)} req/s`,
      ...(now === null ? [] : [`p95 ${formatMs(now)} ms`]),
    ];
    return `${name} ${describeScenarioUsers(scenario)}${isOn ? ` (${figures.join(", ")})` : ""}`;
  }).join(", ");
}
