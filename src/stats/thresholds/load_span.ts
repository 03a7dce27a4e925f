/**
 * The time in which the load of a scenario was on: what its thresholds are about. A run is longer, so that its rates
 * over the whole of it would be too small, and its windows after the end empty. Pure.
 */
import { SCENARIO_TAG } from "../../base/sample_tags.ts";
import type { ThresholdScope } from "./threshold.ts";

/** Since the start of the run. */
export interface LoadSpan {
  readonly fromSeconds: number;
  /** Undefined: it is on. */
  readonly toSeconds?: number;
}

/** A rate over less than this is none. */
const SHORTEST_SECONDS = 0.5;

/** Undefined where a threshold is about something else than a scenario, or the scenario has not begun. */
export function spanOf(
  { split }: Pick<ThresholdScope, "split">,
  { scenarios }: { readonly scenarios?: ReadonlyMap<string, LoadSpan> },
): LoadSpan | undefined {
  return split?.tag === SCENARIO_TAG ? scenarios?.get(split.value) : undefined;
}

/** The part of a span between two times. */
export function secondsWithin({ fromSeconds, toSeconds = Infinity }: LoadSpan, from: number, to: number): number {
  return Math.max(SHORTEST_SECONDS, Math.min(toSeconds, to) - Math.max(fromSeconds, from));
}

/** Where the counted part began, which `loadSeconds` are of. */
export function beganAt({ seconds }: { readonly seconds: number }, loadSeconds: number): number {
  return Math.max(0, seconds - loadSeconds);
}

/** Up to where the counts of a reading reach. */
export function reachOf(
  { seconds, reachedSeconds = seconds }: { readonly seconds: number; readonly reachedSeconds?: number },
): number {
  return reachedSeconds;
}
