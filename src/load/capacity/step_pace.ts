/**
 * Decides how long the parts of a step last. A system needs a moment to settle after each change of its load, and a
 * figure needs samples: a window that says nothing clear is made longer, up to a bound. Pure.
 */
import type { CapacityOutcome, CapacityPurpose } from "../../protocol/capacity_message.ts";
import type { SloJudgement } from "../../stats/capacity/slo_window.ts";
import { isQuick } from "./capacity_search.ts";

export interface StepPace {
  /** After the load was changed: caches, pools and queues are on their way to another state. */
  readonly settleSeconds: number;
  /** The window of a rise is not longer than it must be. */
  readonly quickSeconds: number;
  /** The window of every other step. */
  readonly fullSeconds: number;
  /** The window of a step that confirms an edge. */
  readonly confirmSeconds: number;
  /** Where the figures stay unclear. */
  readonly longestSeconds: number;
  /** A system that has not recovered by then is not the one that was tested before. */
  readonly recoverSeconds: number;
}

/** One second is mostly the old load's answers; beyond five nothing that a step of this length could see is still on its way. */
const [SHORTEST_SETTLE, LONGEST_SETTLE] = [1, 5];
const SETTLE_SHARE = 0.3;
/** Of fewer seconds the spread of a figure is unknown. */
const SHORTEST_WINDOW = 3;
const LONGEST_FACTOR = 5;
/**
 * An edge is confirmed by a longer look than found it: of the loads near it, those that were lucky are found, and a
 * queue near its end needs its time to show how long it can be.
 */
const CONFIRM_FACTOR = 3;
const SHORTEST_RECOVERY = 30;

export const DEFAULT_STEP_SECONDS = 10;

/** A queue near its end fills for longer than a step needs otherwise. */
export function settleFor(purpose: CapacityPurpose, { settleSeconds, fullSeconds }: StepPace): number {
  return purpose === "confirm" ? Math.max(settleSeconds, fullSeconds) : settleSeconds;
}

export function paceSteps(stepSeconds: number): StepPace {
  return {
    settleSeconds: Math.min(LONGEST_SETTLE, Math.max(SHORTEST_SETTLE, Math.round(stepSeconds * SETTLE_SHARE))),
    quickSeconds: Math.max(SHORTEST_WINDOW, Math.round(stepSeconds * SETTLE_SHARE)),
    fullSeconds: Math.max(SHORTEST_WINDOW, Math.round(stepSeconds)),
    confirmSeconds: Math.max(SHORTEST_WINDOW, Math.round(stepSeconds)) * CONFIRM_FACTOR,
    longestSeconds: Math.max(SHORTEST_WINDOW, Math.round(stepSeconds)) * LONGEST_FACTOR,
    recoverSeconds: Math.max(SHORTEST_RECOVERY, Math.round(stepSeconds) * 3),
  };
}

/**
 * The outcome of a window after so many whole seconds; undefined: it goes on. `early` is judged by the limits for a
 * window that is looked at each second, `now` by the usual ones.
 */
export function endWindow(
  { seconds, early, now, purpose, looks, mayBeSilent }: {
    readonly seconds: number;
    readonly early: SloJudgement;
    readonly now: SloJudgement;
    readonly purpose: CapacityPurpose;
    /** Windows of the edge before this one. */
    readonly looks: number;
    /** Nothing was answered in any step yet: a few users may not have come to a request. */
    readonly mayBeSilent: boolean;
  },
  pace: StepPace,
): CapacityOutcome | undefined {
  if (seconds < SHORTEST_WINDOW) return undefined;
  if (early.outcome === "broken" && (purpose !== "confirm" || seconds >= pace.fullSeconds)) return "broken";
  const least = leastSeconds(purpose, looks, pace);
  if (seconds < least) return undefined;
  if (now.outcome === "within") return "within";
  if (now.outcome === "broken" && seconds >= Math.max(least, pace.fullSeconds)) return "broken";
  // All windows of the edge are judged together: one that ended when it looks good would be one too good.
  if (purpose === "confirm" && now.hasSamples) return now.outcome;
  // Twice the load decides more than a longer look at this one.
  if (isQuick(purpose) && now.hasSamples && now.leaning === "within") return "unclear";
  if (!now.hasSamples && mayBeSilent && seconds >= pace.fullSeconds) return "unclear";
  if (seconds < pace.longestSeconds) return undefined;
  return now.hasSamples ? now.outcome : "broken"; // nothing was answered
}

export function leastSeconds(purpose: CapacityPurpose, looks: number, pace: StepPace): number {
  if (isQuick(purpose)) return pace.quickSeconds;
  if (purpose !== "confirm") return pace.fullSeconds;
  return pace.confirmSeconds * (looks < SHORT_LOOKS ? 1 : LONG_LOOK);
}

/** A system that is not clear after so many has a long memory, and less of a longer window is spent on settling. */
const SHORT_LOOKS = 6;
const LONG_LOOK = 2;
