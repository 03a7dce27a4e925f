/** @jsxImportSource preact */
/** A drawing of the users, or of the arrivals a second, over time that a start form asks for. */
import type { ApiShapePoints } from "../../src/server/answers/api_types.ts";
import { niceTicks } from "../view/chart.ts";
import { formatAxisTime } from "../../src/base/units.ts";
import { formatNumber } from "../view/format.ts";
import { type RampPoint, rampPreview, ratePreview } from "../view/load_preview.ts";
import { describePlan } from "../view/plan_sentence.ts";
import type { StartPlan } from "../view/start_plan.ts";

const [WIDTH, HEIGHT, RIGHT, TOP, BOTTOM] = [420, 190, 14, 10, 26];
/** Of a digit on the y axis. */
const DIGIT = 6;

interface RampPreviewProps {
  readonly plan: StartPlan | undefined;
  readonly shapePoints: ApiShapePoints | null;
}

export function RampPreview({ plan, shapePoints }: RampPreviewProps) {
  const points: readonly RampPoint[] = shapePoints !== null
    ? shapePoints.map(([second, users]) => ({ second, users }))
    : plan === undefined
    ? []
    : plan.rate !== undefined
    ? ratePreview(plan)
    : rampPreview(plan);
  const text = points.length === 0 ? "Nothing to draw yet" : plan === undefined ? "The load shape" : describePlan(plan);
  if (points.length === 0) return <p role="img" aria-label="Ramp preview" class="ramp no-ramp">{text}</p>;
  const isOpen = plan?.runTimeSeconds === null && !(plan.rate?.includes(":") ?? false);
  const last = points[points.length - 1]?.second ?? 1;
  const peak = Math.max(...points.map(({ users }) => users));
  const isSlow = plan?.rate !== undefined && peak < 2; // a rate of less than one a second has no whole numbers
  const yTicks = isSlow ? niceTicks(peak, 3) : niceTicks(Math.max(1, peak), 3).filter(Number.isInteger);
  const yMax = yTicks[yTicks.length - 1] ?? 1;
  const digits = isSlow
    ? Math.max(0, ...yTicks.map((tick) => `${Number(tick.toPrecision(2))}`.split(".")[1]?.length ?? 0))
    : 0;
  const labels = yTicks.map((y) => formatNumber(y, digits));
  const left = Math.max(46, 14 + DIGIT * Math.max(...labels.map(({ length }) => length)));
  const px = (second: number) => left + (WIDTH - left - RIGHT) * second / last;
  const py = (users: number) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - users / yMax);
  const line = points.map(({ second, users }, i) =>
    `${i === 0 ? "M" : "L"}${px(second).toFixed(1)} ${py(users).toFixed(1)}`
  );
  const marks = [...new Set([0, ...points.slice(1, -1).map(({ second }) => second), last])];
  return (
    <svg role="img" aria-label="Ramp preview" class="ramp" viewBox={`0 0 ${WIDTH} ${HEIGHT}`}>
      <title>{text}</title>
      {yTicks.map((y, i) => (
        <g key={y}>
          <line class="stroke-grid" x1={left} x2={WIDTH - RIGHT} y1={py(y)} y2={py(y)} />
          <text class="tick" x={left - 8} y={py(y) + 4} text-anchor="end">{labels[i]}</text>
        </g>
      ))}
      <path class="ramp-area" d={`${line.join("")}L${px(last).toFixed(1)} ${py(0)}L${px(0)} ${py(0)}z`} />
      <path class="line ink-rate" d={line.join("")} />
      {tickMarks(isOpen ? marks.slice(0, -1) : marks, last).map((second) => (
        <text
          key={second}
          class="tick"
          x={px(second)}
          y={HEIGHT - 8}
          text-anchor={second === 0 ? "start" : second === last ? "end" : "middle"}
        >
          {formatAxisTime(second, last)}
        </text>
      ))}
      {isOpen && <text class="tick" x={WIDTH - RIGHT} y={HEIGHT - 8} text-anchor="end">until stopped</text>}
    </svg>
  );
}

/** Marks that would be written over each other are left out; the first and the last stay. */
function tickMarks(marks: readonly number[], last: number): number[] {
  const kept: number[] = [];
  for (const mark of marks) {
    const isEdge = mark === 0 || mark === last;
    const before = kept.at(-1);
    if (before !== undefined && (mark - before) / last < 0.14) {
      if (!isEdge) continue;
      if (before !== 0) kept.pop();
    }
    if (!isEdge && (last - mark) / last < 0.14) continue;
    kept.push(mark);
  }
  return kept;
}
