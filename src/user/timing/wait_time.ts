/**
 * Wait times: functions that say how many seconds a user waits after each task. Pure but for the pacing state, which
 * lives on the object that waits (a user or a task set), so that one function may serve many users. Invariant: pacing
 * counts from the first task of its owner and never catches up after a late iteration.
 */
import type { Clock } from "../../base/clock.ts";
import { LocustError } from "../../base/errors.ts";
import type { Random } from "../../base/random.ts";
import { nextPacedWait, type PacingState, startPacing } from "../../load/pacing.ts";

/** Learns how far paced users keep their pace. */
export interface PaceWatch {
  /** A task has started and ended; the pace asked for `askedStarts` (1, or more if it was late) in the same time. */
  paced(askedStarts: number): void;
}

/** The position of a paced owner on its clock. */
export interface Pace {
  readonly watch: PaceWatch | undefined;
  readonly nowSeconds: () => number;
  state: PacingState;
}

/** The key of an owner's pace: out of the way of what a locustfile calls its members. */
export const PACE: unique symbol = Symbol("pace");

/** The key of what the task loop calls before the first task of an owner. */
export const BEGIN_PACE: unique symbol = Symbol("begin pace");

/** What a wait time needs of the user or task set that waits. */
export interface WaitOwner {
  readonly random: Random;
  /** Made on first use. @internal */
  [PACE](): Pace;
}

/** The code of what a wait time is refused with. */
export const WAIT_TIME_CODE = "wait_time";

/** Everything made by the functions of this file: it needs no trial. */
const made = new WeakSet<object>();

/** The same call gives the same function: a field of a class is made anew for each user, and there are thousands. */
const shared = new Map<string, WaitTime>();
/** Calls with numbers of their own for each user share nothing; this bounds what is kept for them. */
const MAX_SHARED = 1000;

/**
 * Returns the seconds to wait. Assign one to `waitTime`, or write a method of that name. Its `this` is the user or task
 * set that waits, and may be declared as the class it is written for.
 */
export type WaitTime = { seconds(this: WaitOwner): number }["seconds"];

/** A wait time that keeps a fixed distance between the starts of tasks. */
export interface PacedWaitTime extends WaitTime {
  /** Milliseconds between two starts: the base of the corrected latency of this user's requests. */
  readonly expectedIntervalMs: number;
}

/**
 * A random time, evenly distributed from `min` to `max` seconds.
 *
 * @example
 * ```ts
 * class Shopper extends HttpUser {
 *   override waitTime = between(1, 5);
 * }
 * ```
 * @throws LocustError if a bound is no number, is negative, or `min` is above `max`.
 */
export function between(min: number, max: number): WaitTime {
  checkSeconds(min, `between(${min}, ${max})`);
  checkSeconds(max, `between(${min}, ${max})`);
  if (min > max) {
    throw refuse(`Cannot wait between(${min}, ${max}): the first bound is above the second; swap them`);
  }
  return share(`between ${min} ${max}`, () =>
    function (this: WaitOwner): number {
      return min + this.random.float() * (max - min);
    });
}

/**
 * Always the same time, in seconds. `constant(0)`, the default, does not wait.
 *
 * @throws LocustError if `seconds` is no number or is negative.
 */
export function constant(seconds: number): WaitTime {
  checkSeconds(seconds, `constant(${seconds})`);
  return share(`constant ${seconds}`, () => () => seconds);
}

/**
 * Starts a task every `seconds`, counted from the start of the first one, however long tasks take; a task that took
 * longer is followed by the next at once. Missed starts are not made up for. `constantPacing(10)` with 50 users makes
 * at most 5 starts per second.
 *
 * @throws LocustError if `seconds` is no number or is negative.
 */
export function constantPacing(seconds: number): PacedWaitTime {
  checkSeconds(seconds, `constantPacing(${seconds})`);
  return share(`paced ${seconds}`, () => createPacing(seconds));
}

/**
 * At most `perSecond` task starts per second and user: `constantPacing(1 / perSecond)`.
 *
 * @throws LocustError if `perSecond` is no number or not above 0.
 */
export function constantThroughput(perSecond: number): PacedWaitTime {
  if (!(perSecond > 0) || !Number.isFinite(perSecond)) {
    throw refuse(
      `Cannot wait by constantThroughput(${perSecond}): it is not a number above 0; give task starts per second and user`,
    );
  }
  return share(`paced ${1 / perSecond}`, () => createPacing(1 / perSecond));
}

/**
 * A random time with a mean of `1 / perSecond` seconds, exponentially distributed: users start tasks like independent
 * people, with bursts and lulls.
 *
 * @throws LocustError if `perSecond` is no number or not above 0.
 */
export function poisson(perSecond: number): WaitTime {
  if (!(perSecond > 0) || !Number.isFinite(perSecond)) {
    throw refuse(`Cannot wait by poisson(${perSecond}): it is not a number above 0; give tasks per second and user`);
  }
  return share(`poisson ${perSecond}`, () =>
    function (this: WaitOwner): number {
      return -Math.log(1 - this.random.float()) / perSecond; // 1 - u is never 0
    });
}

/** The part of a run context that a pace needs. */
interface PaceContext {
  readonly clock: Pick<Clock, "nowMs">;
  readonly watch?: PaceWatch | undefined;
}

/** A pace that counts from `startMs`. */
export function createPace({ clock, watch }: PaceContext, startMs: number): Pace {
  return { nowSeconds: () => clock.nowMs() / 1000, state: startPacing(startMs / 1000), watch };
}

/** Lets a pace count anew from `startMs`. */
export function restartPace(pace: Pace, startMs: number): void {
  pace.state = startPacing(startMs / 1000);
}

/** Whether a wait time was made by `between` and its like. */
export function isWaitTime(value: object): boolean {
  return made.has(value);
}

/** Milliseconds between the starts of a paced wait time, 0 for every other one. */
export function expectedIntervalOf(waitTime: unknown): number {
  if (typeof waitTime !== "function" || !("expectedIntervalMs" in waitTime)) return 0;
  return typeof waitTime.expectedIntervalMs === "number" ? waitTime.expectedIntervalMs : 0;
}

function createPacing(intervalSeconds: number): PacedWaitTime {
  const pace = function (this: WaitOwner): number {
    const own = this[PACE]();
    const next = nextPacedWait(own.state, intervalSeconds, own.nowSeconds());
    own.state = next.state;
    own.watch?.paced(next.askedStarts);
    return next.waitSeconds;
  };
  return Object.assign(pace, { expectedIntervalMs: intervalSeconds * 1000 });
}

function share<T extends WaitTime>(call: string, make: () => T): T {
  const known = shared.get(call);
  if (known !== undefined) return known as T;
  const waitTime = make();
  made.add(waitTime);
  if (shared.size < MAX_SHARED) shared.set(call, waitTime);
  return waitTime;
}

function refuse(message: string): LocustError {
  return new LocustError(message, { code: WAIT_TIME_CODE });
}

function checkSeconds(seconds: number, call: string): void {
  if (typeof seconds === "number" && seconds >= 0 && Number.isFinite(seconds)) return;
  throw refuse(`Cannot wait ${call}: ${String(seconds)} is not a number of seconds; give 0 or more`);
}
