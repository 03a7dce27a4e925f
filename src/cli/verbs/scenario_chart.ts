/** Draws the scenarios of a locustfile in a terminal: one line each on one time axis, as high as its load, and what it is in words. Pure. */
import { formatElapsed } from "../../base/units.ts";
import { describeScenario } from "../../load/scenarios/describe_scenario.ts";
import { drawScenarios, type ScenarioDrawing, type ScenarioLine } from "../../load/scenarios/draw_scenarios.ts";
import type { ScenarioPlan } from "../../protocol/scenario_message.ts";

const WIDTH = 60;
const LEVELS = "▁▂▃▄▅▆▇█";

export function formatScenarios(plans: readonly ScenarioPlan[]): readonly string[] {
  const nameWidth = Math.max(...plans.map(({ name }) => name.length));
  return [
    "Scenarios",
    ...drawLines(drawScenarios(plans)),
    ...plans.map((plan) => `  ${plan.name.padEnd(nameWidth)}  ${describeScenario(plan)}`),
  ];
}

/** The lines of a drawing, each as high as itself, over one axis. */
export function drawLines({ seconds, isOpen, lines }: ScenarioDrawing): readonly string[] {
  const nameWidth = Math.max(...lines.map(({ name }) => name.length));
  const axis = seconds === 0 ? [] : [`${" ".repeat(nameWidth + 4)}${axisOf(seconds, isOpen)}`];
  return [...lines.map((line) => `  ${line.name.padEnd(nameWidth)}  ${barOf(line, seconds)}`.trimEnd()), ...axis];
}

/** A scenario whose start is not known before has no line. */
function barOf({ points, after }: ScenarioLine, seconds: number): string {
  if (points.length === 0) return after === undefined ? "" : `(after ${after})`;
  const peak = Math.max(...points.map(([, value]) => value));
  return Array.from({ length: WIDTH }, (_, column) => {
    const value = highestIn(points, seconds * column / WIDTH, seconds * (column + 1) / WIDTH);
    if (value === undefined) return " ";
    return LEVELS[Math.max(0, Math.ceil(value / peak * LEVELS.length) - 1)] ?? " ";
  }).join("");
}

/** The highest value of a line between two times; undefined where the line is not there. */
function highestIn(points: ScenarioLine["points"], from: number, to: number): number | undefined {
  const first = points[0]?.[0] ?? 0;
  const last = points.at(-1)?.[0] ?? 0;
  const isInstant = first === last && first >= from && first < to;
  if (to <= first || from >= last) return isInstant ? points[0]?.[1] : undefined;
  const inside = points.filter(([second]) => second > from && second < to).map(([, value]) => value);
  return Math.max(valueAt(points, Math.max(from, first)), valueAt(points, Math.min(to, last)), ...inside);
}

function valueAt(points: ScenarioLine["points"], second: number): number {
  const next = points.findIndex(([at]) => at >= second);
  const [toSecond, to] = points[Math.max(0, next)] as readonly [number, number];
  const [fromSecond, from] = points[Math.max(0, next - 1)] as readonly [number, number];
  return toSecond === fromSecond ? to : from + (to - from) * (second - fromSecond) / (toSecond - fromSecond);
}

function axisOf(seconds: number, isOpen: boolean): string {
  const end = isOpen ? "until stopped" : formatElapsed(seconds * 1000);
  const middle = formatElapsed(seconds * 500);
  const half = "0:00".padEnd(WIDTH / 2) + middle;
  return half + end.padStart(Math.max(end.length + 1, WIDTH - half.length));
}
