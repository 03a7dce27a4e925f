/** How patient a master is with its workers, and how many it remembers. */

export interface RosterLimits {
  /** Silence after which a worker's users are given to others. */
  readonly missingAfterMs: number;
  /** The same when its link is broken: a living worker dials again within this time. */
  readonly redialWithinMs: number;
  /** Silence that is told although it ended before the worker was missing. Workers speak each second. */
  readonly remarkableSilenceMs: number;
  /** How long a missing worker is waited for. */
  readonly forgetAfterMs: number;
  /** The most time that one check counts as silence. */
  readonly longestCheckMs: number;
  /** Workers remembered, gone ones included: beyond it the longest gone are dropped. */
  readonly maxRemembered: number;
}

export const ROSTER_LIMITS: RosterLimits = {
  missingAfterMs: 5000,
  redialWithinMs: 2000,
  remarkableSilenceMs: 2500,
  forgetAfterMs: 60_000,
  longestCheckMs: 1500,
  maxRemembered: 20_000,
};
