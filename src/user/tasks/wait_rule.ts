/**
 * Chooses the wait time that counts, and checks what it returns: the innermost set's own, else the user's (never an
 * outer set's). A wait time that returns no number is a mistake of the locustfile that no run can survive: it ends the
 * test with a sentence.
 */
import { asClause, LocustError } from "../../base/errors.ts";
import type { RunningFrame } from "./loop_state.ts";
import type { TaskReceiver } from "./task_receiver.ts";
import { UnusableLocustfile } from "../../http/session/control_flow.ts";
import { placeFieldError } from "../loading/class_places.ts";
import type { TaskOwner } from "./task_members.ts";
import { expectedIntervalOf, WAIT_TIME_CODE } from "../timing/wait_time.ts";

type WaitRule = (this: unknown) => unknown;

/** Seconds to wait now. */
export function waitSeconds(frame: RunningFrame | undefined, user: TaskReceiver): number {
  const own = frame?.receiver.waitTime;
  const isOwn = frame !== undefined && typeof own === "function";
  const seconds: unknown = isOwn ? (own as WaitRule).call(frame.receiver) : user.waitTime?.();
  if (typeof seconds === "number" && seconds < Infinity) return seconds; // NaN is not below anything
  const owner = isOwn ? frame.receiver.constructor.name : user.constructor.name;
  const returned = typeof seconds === "number"
    ? String(seconds)
    : seconds instanceof Promise
    ? "a promise"
    : seconds === undefined || seconds === null
    ? String(seconds)
    : `a ${typeof seconds}`;
  throw new UnusableLocustfile(
    `Cannot run "${owner}": its wait time returned ${returned}; return a number of seconds`,
  );
}

/**
 * What a constructor threw, with its place in the locustfile; or, if a wait time of its class cannot be made, the
 * sentence that ends the test.
 */
export function judgeConstructor(thrown: unknown, owner: TaskOwner): unknown {
  placeFieldError(thrown, owner);
  if (!(thrown instanceof LocustError) || thrown.code !== WAIT_TIME_CODE) return thrown;
  return new UnusableLocustfile(`Cannot run "${owner.name}": ${asClause(thrown.message)}`);
}

/** Milliseconds between the starts of tasks where the wait time that counts is paced, else 0. */
export function expectedIntervalMs(frame: RunningFrame, user: TaskReceiver): number {
  return expectedIntervalOf(frame.receiver.waitTime ?? user.waitTime);
}
