/**
 * Checks: whether something held, counted under a name. A check that does not hold fails nothing; a threshold on `checks` does. `this.check` of
 * users and task sets takes a condition, `checks` a response and functions of it, as k6's `check`.
 */
import { describeThrown, LocustError } from "../../base/errors.ts";
import { maskUrlSecrets } from "../../base/secrets.ts";
import { requiredText } from "../../base/given_text.ts";
import { findControlFlow } from "../../http/session/control_flow.ts";
import type { Recorder } from "../../stats/recorder.ts";
import { measureSink } from "./measure_sink.ts";

/** Counts a condition and returns whether it holds. @throws LocustError for a promise, which would always hold */
export function countCheck(recorder: Recorder, name: string, condition: unknown): boolean {
  if (isPromise(condition)) {
    throw new LocustError(
      `Cannot check "${name}": the condition is a promise, which is always true; await it first`,
    );
  }
  const row = recorder.measures.check(typeof name === "string" ? name : requiredText(name, "the name of a check"));
  if (condition) row.passes++;
  else row.fails++;
  return Boolean(condition);
}

/** Functions of a value, by the names of their checks. */
export type Conditions<R> = Readonly<Record<string, (value: R) => unknown>>;

/** A promise where one of the functions returns one. */
export type Checked<C> = C extends Readonly<Record<string, (value: never) => infer Result>>
  ? [Extract<Result, PromiseLike<unknown>>] extends [never] ? boolean : Promise<boolean>
  : never;

/**
 * Counts a check for each function, which gets the value (a response, usually), and returns whether all of them hold. Where a function
 * returns a promise, as `r.json()` of an `HttpUser` does, `checks` returns one too: await it. A function that throws is a check that
 * does not hold; its error is logged once.
 *
 * @example
 * ```ts
 * const res = await this.client.get("/items");
 * checks(res, {
 *   "is ok": (r) => r.ok,
 *   "is fast": (r) => r.elapsed < 300,
 * });
 * ```
 */
export function checks<R, C extends Conditions<R>>(value: R, conditions: C): Checked<C> {
  let all = true;
  let pending: Promise<boolean>[] | undefined;
  for (const name of Object.keys(conditions)) {
    const held = evaluate(name, value, conditions[name] as Conditions<R>[string]);
    if (typeof held === "boolean") all = count(name, held) && all;
    else (pending ??= []).push(settle(name, held));
  }
  const result = pending === undefined ? all : Promise.all(pending).then((held) => all && !held.includes(false));
  return result as Checked<C>;
}

function evaluate<R>(name: string, value: R, condition: (value: R) => unknown): boolean | PromiseLike<unknown> {
  try {
    const held = condition(value);
    return isPromise(held) ? held : Boolean(held);
  } catch (thrown) {
    return judge(name, thrown);
  }
}

async function settle(name: string, pending: PromiseLike<unknown>): Promise<boolean> {
  let held: boolean;
  try {
    held = Boolean(await pending);
  } catch (thrown) {
    held = judge(name, thrown);
  }
  return count(name, held);
}

/** An error of a condition is a check that does not hold. What ends the user or the test passes on. */
function judge(name: string, thrown: unknown): false {
  if (findControlFlow(thrown) !== undefined) throw thrown;
  measureSink()?.errors.warnOnce(
    `The check "${name}" threw ${
      maskUrlSecrets(describeThrown(thrown))
    }; it does not hold, and the error is shown once`,
  );
  return false;
}

function count(name: string, held: boolean): boolean {
  const recorder = measureSink()?.recorder;
  return recorder === undefined ? held : countCheck(recorder, name, held);
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
