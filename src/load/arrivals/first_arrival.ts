/**
 * The first arrival of a time of the run, where its legs have curves of their own. By the times that `ArrivalShare`
 * finds: two who divide arrivals at a time mean the same number. Pure.
 */
import type { RateCurve } from "../../protocol/arrivals_message.ts";
import type { ArrivalPositions } from "./arrival_positions.ts";
import { CurveReader } from "./rate_curve.ts";

export interface LegCurve {
  readonly fromIndex: number;
  readonly curve: RateCurve;
}

/** The number of the first arrival whose time is not before that. `legs`: at least one, ascending. */
export function firstArrivalFrom(legs: readonly LegCurve[], positions: ArrivalPositions, runMs: number): number {
  if (!Number.isFinite(runMs)) return runMs > 0 ? Infinity : 0;
  const readers = new Map<RateCurve, CurveReader>();
  const read = (curve: RateCurve) => {
    let reader = readers.get(curve);
    if (reader === undefined) readers.set(curve, reader = new CurveReader(curve));
    return reader;
  };
  const isBefore = (index: number) => {
    const leg = legs.findLast(({ fromIndex }) => fromIndex <= index) ?? legs[0];
    return leg !== undefined && read(leg.curve).timeOf(positions.positionOf(index)) < runMs;
  };
  const curve = curveAt(legs, runMs);
  let index = curve === undefined ? 0 : positions.countBefore(roundUp(read(curve).countAt(runMs)));
  while (index > 0 && !isBefore(index - 1)) index--;
  while (isBefore(index)) index++;
  return index;
}

/** The curve of the leg that is on at a time. */
export function curveAt(legs: readonly LegCurve[], runMs: number): RateCurve | undefined {
  return (legs.findLast(({ curve }, i) => i === 0 || (curve.points[0]?.[0] ?? 0) <= runMs) ?? legs.at(-1))?.curve;
}

/** Sums of fractions fall short of whole numbers, or exceed them, by their last digits. */
export function roundUp(count: number): number {
  const whole = Math.round(count);
  return Math.abs(count - whole) < 1e-6 ? whole : count;
}
