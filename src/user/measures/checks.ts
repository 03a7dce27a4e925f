/**
 * Checks: whether something held, counted under a name. A check that does not hold fails nothing; a threshold on
 * `checks` does. `this.check` of users and task sets takes a condition, `checks` a response and functions of it, as
 * k6's `check`.
 */
import { describeThrown, LocustError } from "../../base/errors.ts";
import { maskUrlSecrets } from "../../base/secrets.ts";
import { findWrongTags, type SampleTags, SCENARIO_TAG, TAGS_ADVICE, tagsOfUser } from "../../base/sample_tags.ts";
import { describeKind } from "../../base/given_text.ts";
import { findControlFlow } from "../../http/session/control_flow.ts";
import { BaseRes } from "../../http/session/res.ts";
import type { Recorder } from "../../stats/recording/recorder.ts";
import { runningScenario } from "../scenarios/running_scenario.ts";
import { measureSink } from "./measure_sink.ts";

/** Options of a check besides its name and condition. */
export interface CheckOptions {
  /** Tags of the check, which override those of the user: the table of checks can be split by them. */
  readonly tags?: SampleTags | undefined;
}

/**
 * Counts a condition and returns whether it holds. `tags`: those of the user included.
 * @throws LocustError for a promise, which would always hold
 */
export function countCheck(recorder: Recorder, name: string, condition: unknown, tags?: SampleTags): boolean {
  const text = typeof name === "string" && name !== "" ? name : nameOf(name);
  if (typeof condition === "object" || typeof condition === "function") refuseAlwaysTrue(text, condition);
  const row = recorder.measures.check(text);
  if (condition) row.passes++;
  else row.fails++;
  if (tags !== undefined) recorder.measures.tagCheck(row, tags, Boolean(condition));
  return Boolean(condition);
}

/** k6's `check` has the response first. @throws LocustError for what is no name */
function nameOf(name: unknown): string {
  if (typeof name === "number" || typeof name === "boolean") return String(name);
  throw new LocustError(
    `Cannot check ${
      describeKind(name)
    }: it is not a name; write this.check("has items", condition), or checks(res, { "is ok": (r) => r.ok }) ` +
      "with functions of a response",
  );
}

/** @throws LocustError for a promise or a function */
function refuseAlwaysTrue(name: string, condition: unknown): void {
  if (isPromise(condition)) {
    throw new LocustError(
      `Cannot check "${name}": the condition is a promise, which is always true; await it first`,
    );
  }
  if (typeof condition !== "function") return;
  throw new LocustError(
    `Cannot check "${name}": the condition is a function, which is always true; call it, or write checks(res, { "${name}": (r) => … })`,
  );
}

/**
 * The names of the conditions.
 * @throws LocustError for a value that has not come, and for conditions that are no functions by their names
 */
function namesOf(value: unknown, conditions: Conditions<never>): readonly string[] {
  if (typeof conditions !== "object" || conditions === null || Array.isArray(conditions)) {
    throw new LocustError(
      `Cannot check anything: the conditions are ${
        describeKind(conditions)
      }; write checks(res, { "is ok": (r) => r.ok })`,
    );
  }
  const names = Object.keys(conditions);
  for (const name of names) {
    const condition: unknown = conditions[name];
    if (typeof condition === "function") continue;
    throw new LocustError(
      `Cannot check "${name}": its condition is ${describeKind(condition)}; write a function, as in (r) => r.ok, or ` +
        `this.check("${name}", condition)`,
    );
  }
  if (!isPromise(value)) return names;
  throw new LocustError(`Cannot check "${names.join('", "')}": the value is a promise; await it first`);
}

/** The tags of the options of a check. @throws LocustError for what are no tags */
export function checkTagsOf(name: string, options: CheckOptions | null | undefined): SampleTags | undefined {
  if (options === undefined || options === null) return undefined;
  if (typeof options !== "object") {
    throw new LocustError(
      `Cannot check "${name}": its options are ${
        describeKind(options)
      }; pass an object, as in { tags: { region: "eu" } }`,
    );
  }
  for (const key in options) {
    if (key === "tags") continue;
    throw new LocustError(
      `Cannot check "${name}": there is no option "${key}"; tags stand in one, as in { tags: { region: "eu" } }`,
    );
  }
  const tags = options.tags ?? undefined;
  const wrong = tags === undefined ? undefined : findWrongTags(tags);
  if (wrong === undefined) return tags;
  throw new LocustError(`Cannot check "${name}": its tags are ${wrong}; ${TAGS_ADVICE}`);
}

/** Functions of a value, by the names of their checks. */
export type Conditions<R> = Readonly<Record<string, (value: R) => unknown>>;

/** A promise where one of the functions returns one. */
export type Checked<C> = C extends Readonly<Record<string, (value: never) => infer Result>>
  ? [Extract<Result, PromiseLike<unknown>>] extends [never] ? boolean : Promise<boolean>
  : never;

/**
 * Counts a check for each function, which gets the value (a response, usually), and returns whether all of them hold.
 * If a function returns a promise, as `r.json()` of an `HttpUser` does, `checks` returns one too: await it. A function
 * that throws is a check that does not hold; its error is logged once. The checks of a response have the tags of its
 * request, those of its user included, and those of `options` over them.
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
export function checks<R, C extends Conditions<R>>(value: R, conditions: C, options?: CheckOptions): Checked<C> {
  const names = namesOf(value, conditions);
  const tags = tagsOf(value, conditions, options);
  let all = true;
  let pending: Promise<boolean>[] | undefined;
  for (const name of names) {
    const held = evaluate(name, value, conditions[name] as Conditions<R>[string]);
    if (typeof held === "boolean") all = count(name, held, tags) && all;
    else (pending ??= []).push(settle(name, held, tags));
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

/** Those of the request, if the value is its response, and those of the options over them. */
function tagsOf(value: unknown, conditions: object, options: CheckOptions | undefined): SampleTags | undefined {
  const own = options === undefined ? undefined : checkTagsOf(Object.keys(conditions)[0] ?? "", options);
  const ofRequest = value instanceof BaseRes ? value.sampleTags : undefined;
  if (ofRequest === undefined) return tagsOfUser(undefined, own, runningScenario());
  if (own === undefined) return ofRequest;
  const scenario = ofRequest[SCENARIO_TAG];
  return tagsOfUser(ofRequest, own, typeof scenario === "string" ? scenario : undefined);
}

async function settle(name: string, pending: PromiseLike<unknown>, tags: SampleTags | undefined): Promise<boolean> {
  let held: boolean;
  try {
    held = Boolean(await pending);
  } catch (thrown) {
    held = judge(name, thrown);
  }
  return count(name, held, tags);
}

/** An error of a condition is a check that does not hold. What ends the user or the test passes on. */
function judge(name: string, thrown: unknown): false {
  if (findControlFlow(thrown) !== undefined) throw thrown;
  measureSink()?.errors.warnOnce(
    `The check "${name}" threw ${
      maskUrlSecrets(describeThrown(thrown))
    }; it counts as failed, and the error is shown once`,
  );
  return false;
}

function count(name: string, held: boolean, tags: SampleTags | undefined): boolean {
  const recorder = measureSink()?.recorder;
  return recorder === undefined ? held : countCheck(recorder, name, held, tags);
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
