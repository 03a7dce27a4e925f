/** The load that a start form asks for, drawn over time: users, or arrivals a second. Pure. */
import { parseArrivalRate } from "../../src/load/arrivals/arrival_rate.ts";
import { rampEnd, type StartPlan } from "./start_plan.ts";

export interface RampPoint {
  readonly second: number;
  readonly users: number;
}

/** A part that is shown beside the ramp where no end is known. */
const OPEN_SHARE = 0.6;

/** Users over time, from the start to the end, or to a while after the ramp. The ramp is a line: steps would not be seen. */
export function rampPreview({ users, spawnRate, runTimeSeconds }: StartPlan): readonly RampPoint[] {
  const rampSeconds = rampEnd({ users, spawnRate });
  const end = runTimeSeconds ?? Math.max(10, rampSeconds / (1 - OPEN_SHARE));
  if (rampSeconds >= end) return [{ second: 0, users: 0 }, { second: end, users: Math.floor(end * spawnRate) }];
  const held = [{ second: rampSeconds, users }, { second: end, users }];
  return [{ second: 0, users: 0 }, ...held, ...(runTimeSeconds === null ? [] : [{ second: end, users: 0 }])];
}

/** A constant rate without an end is drawn so far. */
const OPEN_SECONDS = 10;

/** Arrivals a second over time, to the end of the stages or of the run. A jump is two points of one time. */
export function ratePreview(
  { rate, runTimeSeconds }: Pick<StartPlan, "rate" | "runTimeSeconds">,
): readonly RampPoint[] {
  if (rate === undefined) return [];
  const { points, endMs = Infinity } = parseArrivalRate(rate).curve;
  const corners = points.map(([ms, users]) => ({ second: ms / 1000, users }));
  const endSeconds = Math.min(endMs / 1000, runTimeSeconds ?? Infinity);
  const hasEnd = endSeconds < Infinity;
  const until = hasEnd ? endSeconds : OPEN_SECONDS;
  const before = corners.filter(({ second }) => second < until);
  const line = [...before, { second: until, users: valueAt(corners, until) }];
  if (!hasEnd) return line;
  const isOverEarly = runTimeSeconds !== null && endSeconds < runTimeSeconds;
  return [
    ...line,
    { second: endSeconds, users: 0 },
    ...(isOverEarly ? [{ second: runTimeSeconds, users: 0 }] : []),
  ];
}

/** Between two corners the value moves in a straight line; after the last it stays. */
function valueAt(corners: readonly RampPoint[], second: number): number {
  const next = corners.find((corner) => corner.second >= second);
  const last = corners.findLast((corner) => corner.second < second);
  if (next === undefined || last === undefined) return (next ?? last)?.users ?? 0;
  return last.users + (next.users - last.users) * (second - last.second) / (next.second - last.second);
}
