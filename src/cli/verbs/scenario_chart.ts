/**
 * Draws the scenarios of a locustfile in a terminal: one line each on one time axis, as high as its load, and what it
 * is in words. Pure.
 */
import { displayWidth, fitText, padText } from "../../base/text/display_width.ts";
import { formatAxisTime } from "../../base/units.ts";
import { describeScenario } from "../../load/scenarios/describe_scenario.ts";
import { drawScenarios, type ScenarioDrawing, type ScenarioLine } from "../../load/scenarios/draw_scenarios.ts";
import type { ScenarioPlan } from "../../protocol/scenario_message.ts";

/** Cells of the time axis where there is room, and where there is not. */
const WIDTH = 60;
const LEAST_WIDTH = 34;
/** Cells around a name. */
const MARGIN = 4;
const LEVELS = "▁▂▃▄▅▆▇█";

/** `columns`: of the terminal; undefined: it is none. */
export function formatScenarios(plans: readonly ScenarioPlan[], columns?: number): readonly string[] {
  const { name: cells } = sizesOf(plans, columns);
  return [
    "Scenarios",
    ...drawLines(drawScenarios(plans), columns),
    ...plans.map((plan) => `  ${labelOf(plan.name, cells)}  ${describeScenario(plan)}`),
  ];
}

/** The lines of a drawing, each as high as itself, over one axis. */
export function drawLines({ seconds, isOpen, lines }: ScenarioDrawing, columns?: number): readonly string[] {
  const { name: cells, axis: width } = sizesOf(lines, columns);
  const axis = seconds === 0 ? [] : [`${" ".repeat(cells + MARGIN)}${axisOf(seconds, isOpen, width)}`];
  return [...lines.map((line) => `  ${labelOf(line.name, cells)}  ${barOf(line, seconds, width)}`.trimEnd()), ...axis];
}

/** Cells of the names and of the axis: names give way first. */
function sizesOf(
  lines: readonly { readonly name: string }[],
  columns = Infinity,
): { readonly name: number; readonly axis: number } {
  const longest = Math.max(...lines.map(({ name }) => displayWidth(name)));
  const name = Math.min(longest, Math.max(1, columns - MARGIN - LEAST_WIDTH));
  return { name, axis: Math.min(WIDTH, Math.max(LEAST_WIDTH, columns - MARGIN - name)) };
}

function labelOf(name: string, cells: number): string {
  return padText(fitText(name, cells), cells, "left");
}

/** A scenario whose start is not known before has no line. */
function barOf({ points, after }: ScenarioLine, seconds: number, width: number): string {
  if (points.length === 0) return after === undefined ? "" : fitText(`(after ${after})`, width);
  const peak = Math.max(...points.map(([, value]) => value));
  return Array.from({ length: width }, (_, column) => {
    const value = highestIn(points, seconds * column / width, seconds * (column + 1) / width);
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

function axisOf(seconds: number, isOpen: boolean, width: number): string {
  const end = isOpen ? "until stopped" : formatAxisTime(seconds, seconds);
  const middle = formatAxisTime(seconds / 2, seconds);
  const half = "0:00".padEnd(Math.floor(width / 2)) + middle;
  return half + end.padStart(Math.max(end.length + 1, width - half.length));
}
