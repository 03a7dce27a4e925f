/** The arrivals of a run from its classes and options: one stream for each class with a rate, or one of all classes. Pure. */
import { parseArrivalRate, startCurve } from "../../load/arrivals/arrival_rate.ts";
import { CurveReader } from "../../load/arrivals/rate_curve.ts";
import type { RateCurve } from "../../protocol/arrivals_message.ts";
import type { StreamSettings } from "./divided_stream.ts";

/** Users at a time where nothing else is said: a bound, so that a system that hangs does not take the memory of this machine. */
export const DEFAULT_MAX_USERS = 1000;

export interface OpenClass {
  readonly name: string;
  readonly weight: number;
  readonly arrivalRate?: string | number;
  readonly maxUsers?: number;
  readonly targetRate?: string | number;
}

export interface RateOptions {
  /** Of the whole test; absent: classes have rates of their own, or none. */
  readonly rate?: string | number | undefined;
  readonly maxUsers?: number | undefined;
}

/** Undefined: no class has an arrival rate. */
export function planArrivals(
  classes: readonly OpenClass[],
  { rate, maxUsers }: RateOptions,
): readonly StreamSettings[] | undefined {
  if (rate !== undefined) {
    const shares = classes.map(({ name, weight }) => ({ name, weight: weight > 0 ? weight : 1 }));
    return [{ ...parseArrivalRate(rate), classes: shares, maxUsers: maxUsers ?? DEFAULT_MAX_USERS }];
  }
  const open = classes.flatMap((each): StreamSettings[] =>
    each.arrivalRate === undefined ? [] : [{
      ...parseArrivalRate(each.arrivalRate),
      classes: [{ name: each.name, weight: 1 }],
      maxUsers: maxUsers ?? each.maxUsers ?? DEFAULT_MAX_USERS,
    }]
  );
  return open.length === 0 ? undefined : open;
}

/** Of the classes whose users run all the time: the task starts of those with a target rate. Undefined: there is none. */
export function planTargets(closed: readonly OpenClass[]): readonly StreamSettings[] | undefined {
  const targets = closed.flatMap(({ name, targetRate }): StreamSettings[] =>
    targetRate === undefined ? [] : [{
      ...parseArrivalRate(targetRate),
      kind: "target",
      classes: [{ name, weight: 1 }],
      maxUsers: DEFAULT_MAX_USERS,
    }]
  );
  return targets.length === 0 ? undefined : targets;
}

/** Another rate for all streams together from a time of the run on, in the shares that they have then. */
export function changeArrivals(
  streams: readonly StreamSettings[],
  curve: RateCurve,
  atMs: number,
): readonly StreamSettings[] {
  const readers = streams.map((stream) => new CurveReader(stream.curve));
  const total = readers.reduce((sum, reader) => sum + reader.rateAt(atMs), 0);
  return streams.map((stream, i) => {
    const reader = readers[i] as CurveReader;
    const share = total > 0 ? reader.rateAt(atMs) / total : 1 / streams.length;
    const points = curve.points.map(([ms, perSecond]) => [ms, perSecond * share] as const);
    return { ...stream, curve: startCurve({ ...curve, points }, atMs, reader.countAt(atMs)) };
  });
}

/** Seconds until the last arrival of streams that all end; undefined: one of them does not. */
export function endOfArrivals(streams: readonly StreamSettings[]): number | undefined {
  const endMs = Math.max(...streams.map(({ curve }) => curve.endMs ?? Infinity));
  return endMs === Infinity ? undefined : endMs / 1000;
}
