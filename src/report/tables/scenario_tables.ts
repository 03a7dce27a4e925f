/** The scenarios of a run at its end: when the load of each was on. Their requests are split by the tag `scenario`. Pure. */
import { escapeControls } from "../../base/text/text.ts";
import type { SnapshotMessage } from "../../protocol/snapshot_message.ts";
import { paint } from "./colors.ts";
import { describeScenarioTime, toSummaryScenario } from "../summary/describe_scenarios.ts";
import type { SummaryScenario } from "../summary/load_summary.ts";
import { type Column, layOutTable, type TableOptions } from "./text_table.ts";

const COLUMNS: readonly Column<SummaryScenario>[] = [
  { title: "Scenario", align: "left", text: ({ name }) => escapeControls(name) },
  { title: "Load", align: "left", text: describeScenarioTime },
];

export function renderScenarios({ scenarios = [] }: SnapshotMessage, { width, colors }: TableOptions): string[] {
  if (scenarios.length === 0) return [];
  const { header, rule, rows } = layOutTable(COLUMNS, scenarios.map(toSummaryScenario), width);
  return ["Scenarios", paint(header, "bold", colors), rule, ...rows, ""];
}
