/** The scenarios of a start form and of a run, ready to be drawn: one row each on one time axis. Pure. */
import { describeScenario } from "../../src/load/scenarios/describe_scenario.ts";
import { drawScenarios, type ScenarioLine } from "../../src/load/scenarios/draw_scenarios.ts";
import type { ScenarioPlan } from "../../src/protocol/scenario_message.ts";
import { describeScenarioTime } from "../../src/report/summary/describe_scenarios.ts";
import type { SummaryScenario } from "../../src/report/summary/summary.ts";
import { formatClock, formatNumber } from "./format.ts";

export interface ScenarioRow {
  readonly name: string;
  /** In words, without the name. */
  readonly text: string;
  /** `100 users`, `10/s`: the height of the row. */
  readonly peak: string;
  /** Corners in shares of the axis and of the peak, from 0 to 1; empty where its start is not known before. */
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly after: string | undefined;
}

export interface ScenarioPicture {
  /** The length of the axis. */
  readonly seconds: number;
  readonly isOpen: boolean;
  readonly rows: readonly ScenarioRow[];
}

/** `runTimeSeconds`: the limit of the run; null: it has none. */
export function pictureScenarios(plans: readonly ScenarioPlan[], runTimeSeconds: number | null): ScenarioPicture {
  const { seconds, isOpen, lines } = drawScenarios(plans, runTimeSeconds ?? undefined);
  return {
    seconds,
    isOpen,
    rows: lines.map((line, i) => toRow(line, plans[i] as ScenarioPlan, seconds)),
  };
}

function toRow({ name, unit, points, after }: ScenarioLine, plan: ScenarioPlan, seconds: number): ScenarioRow {
  const peak = Math.max(0, ...points.map(([, value]) => value));
  return {
    name,
    text: describeScenario(plan),
    peak: points.length === 0 ? "" : unit === "arrivals" ? `${formatNumber(peak)}/s` : formatNumber(peak),
    points: seconds === 0 || peak === 0
      ? []
      : points.map(([second, value]) => [second / seconds, value / peak] as const),
    after,
  };
}

/** What a table says of the state of a scenario. */
export function describeScenarioState(scenario: SummaryScenario): string {
  if (scenario.state === "waiting") return "waits";
  if (scenario.state === "running") return `running since ${formatClock(Math.round(scenario.startSeconds ?? 0))}`;
  return `${scenario.state}, ${describeScenarioTime(scenario)}`;
}
