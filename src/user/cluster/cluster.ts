/**
 * `cluster`: what the users of all threads and machines share in a run, kept by the master. For a few facts and
 * meetings; data for each request is a feed's.
 */
import { describeProblem, describeThrown, LocustError } from "../../base/errors.ts";
import { describeKind } from "../../base/given_text.ts";
import { lateValues } from "../../base/late_value.ts";
import { ControlFlow } from "../../http/session/control_flow.ts";
import { decodeCustomData, encodeCustomData } from "../../protocol/wire/custom_data.ts";
import type { OnceAnswer, Question } from "../../protocol/question_message.ts";
import { describeTooLarge, MAX_SHARED_SIZE, sizeOfShared } from "../../protocol/shared_size.ts";
import { LIFECYCLE } from "../lifecycle/user_lifecycle.ts";
import type { User } from "../user.ts";
import { type MasterPort, masterPort } from "./master_port.ts";
import { judgeWait, signalOf, waiterOf } from "./user_wait.ts";

/** For questions that the master answers at once. */
const ANSWER_SECONDS = 30;
/** For waits for others. */
const WAIT_SECONDS = 120;
/** Timers have a longest time: a limit beyond it is none. */
const LONGEST_SECONDS = 1_000_000;
const MAX_NAME = 256;

/** Options of what `cluster` offers. */
export interface ClusterOptions {
  /** Seconds until it fails: 30 if absent, 120 where it waits for others. */
  readonly timeout?: number;
  /** The user that waits, or a task set of it: its stop ends the wait. Without it the end of the run does. */
  readonly user?: User | { readonly user: User };
}

/** A number that all users of a run add to. */
export interface ClusterCounter {
  /** Adds 1, or so much; the sum with it, in which no other call has part. */
  add(amount?: number, options?: ClusterOptions): Promise<number>;
  value(options?: ClusterOptions): Promise<number>;
}

/**
 * What all threads and machines of a run share. Each run begins anew. Every call is acted on once, also when a link to
 * the master breaks meanwhile; it fails with `LocustError` code `master_away` or `no_answer` when the master cannot be
 * reached in time.
 *
 * @example
 * ```ts
 * export class Buyer extends HttpUser {
 *   override async onStart() {
 *     await cluster.barrier("all here", 10, { user: this });
 *   }
 *
 *   @task
 *   async order() {
 *     const catalog = await cluster.once("catalog", async () => (await this.client.get("/items")).json(), { user: this });
 *     const number = await cluster.counter("orders").add(1);
 *     await this.client.post("/orders", { json: { number, item: catalog } });
 *   }
 * }
 * ```
 */
export const cluster = {
  /** A counter of the whole run, 0 at first. */
  counter(name: string): ClusterCounter {
    const what = `count "${checkName("counter", name)}"`;
    const count = async (add: number, options: ClusterOptions) => {
      if (typeof add !== "number" || !Number.isFinite(add)) {
        throw refusal(what, `${describeKind(add)} is no number to add; pass a number, or nothing for 1`);
      }
      return await ask({ kind: "count", name, add }, what, options) as number;
    };
    return {
      add: (amount = 1, options = {}) => markSum(count(amount, options)),
      value: (options = {}) => markSum(count(0, options)),
    };
  },

  /**
   * Waits until so many users are here, and then they go on together. Returns the seconds that the first of them has
   * waited. The next ones to come begin another round.
   */
  async barrier(name: string, users: number, options: ClusterOptions = {}): Promise<number> {
    checkName("barrier", name);
    if (!Number.isSafeInteger(users) || users < 1) {
      throw refusal(
        `wait at "${name}"`,
        `the number of users is ${
          describeKind(users)
        }; pass a whole number from 1 on, as in cluster.barrier("${name}", 100)`,
      );
    }
    const what = `wait at "${name}" for ${users} ${users === 1 ? "user" : "users"}`;
    const waitedMs = await ask({ kind: "barrier", name, parties: users }, what, options, WAIT_SECONDS);
    return waitedMs as number / 1000;
  },

  /**
   * Runs the function in one user of the whole cluster; all get what it returns, as plain data. If it throws, the
   * others get a `LocustError` with that text. If its user must stop, or its worker is lost, another one that waits
   * runs it.
   */
  once<T>(name: string, run: () => T | Promise<T>, options: ClusterOptions = {}): Promise<T> {
    return markOnce(runOnce(name, run, options));
  },

  /** The value that was set last; undefined if none was. */
  get<T = unknown>(name: string, options: ClusterOptions = {}): Promise<T | undefined> {
    return markValue(getValue<T>(name, options));
  },

  /** Sets a value for all: data of up to 64 KB, which `get` returns from now on. */
  async set(name: string, value: unknown, options: ClusterOptions = {}): Promise<void> {
    const what = `set "${checkName("set", name)}"`;
    await ask({ kind: "set", name, value: encodeValue(value, what) }, what, options);
  },
};

const markSum = lateValues("the sum of a counter", 'await cluster.counter("orders").add(1)');
const markOnce = lateValues("what cluster.once gives", 'await cluster.once("items", …)');
const markValue = lateValues("a value of the cluster", 'await cluster.get("items")');

async function runOnce<T>(name: string, run: () => T | Promise<T>, options: ClusterOptions): Promise<T> {
  const what = `run "${checkName("once", name)}" once`;
  if (typeof run !== "function") {
    throw refusal(what, `it got ${describeKind(run)}; pass a function, as in cluster.once("${name}", () => …)`);
  }
  const port = masterPort(what);
  const answer = await ask({ kind: "once", name }, what, options, WAIT_SECONDS, port) as OnceAnswer;
  if (answer.state === "done") return decodeCustomData(answer.value) as T;
  if (answer.state === "failed") {
    throw new LocustError(`Cannot ${what}: it failed where it was run: ${answer.problem}`, { code: "cluster" });
  }
  let value: unknown;
  try {
    value = encodeValue(await run(), what);
  } catch (thrown) {
    const outcome: Question = thrown instanceof ControlFlow
      ? { kind: "onceLeft", name }
      : { kind: "onceFailed", name, problem: describeProblem(thrown).replace(`Cannot ${what}: `, "") };
    tell(port, outcome, what);
    throw thrown;
  }
  await ask({ kind: "onceDone", name, value }, what, options, ANSWER_SECONDS, port);
  return decodeCustomData(value) as T;
}

async function getValue<T>(name: string, options: ClusterOptions): Promise<T | undefined> {
  const value = await ask({ kind: "get", name }, `get "${checkName("get", name)}"`, options);
  return value === null ? undefined : decodeCustomData(value) as T;
}

/** Asks, with the user's stop and the end of the run as ends of the wait. */
async function ask(
  question: Question & { readonly name: string },
  what: string,
  options: ClusterOptions,
  seconds = ANSWER_SECONDS,
  port: MasterPort = masterPort(what),
): Promise<unknown> {
  const { timeout, user } = checkOptions(what, options);
  const lifecycle = waiterOf(user, what, "cluster");
  const waits = question.kind === "barrier" || question.kind === "once";
  try {
    return await port.ask(question, {
      what,
      timeoutMs: Math.min(timeout ?? seconds, LONGEST_SECONDS) * 1000,
      ...(waits || lifecycle?.isInTasks === true ? { signal: signalOf(lifecycle, port) } : {}),
    });
  } catch (thrown) {
    const limit = `${timeout ?? seconds} s`;
    const others = thrown instanceof LocustError && thrown.code === "no_answer" ? OTHERS[question.kind] : undefined;
    const late = others === undefined ? thrown : noAnswer(what, `${others.others} within ${limit}; ${others.advice}`);
    throw await judgeWait(late, port, lifecycle);
  }
}

/** What a wait for other users came to in its time: the master has nothing to answer before. */
const OTHERS: Readonly<Partial<Record<Question["kind"], { readonly others: string; readonly advice: string }>>> = {
  barrier: { others: "so many have not come", advice: "run more users, or give it more time" },
  once: { others: "the user that runs it has not ended it", advice: "give it more time" },
};

function noAnswer(what: string, why: string): LocustError {
  return new LocustError(`Cannot ${what}: ${why}, as in { timeout: 300 }`, { code: "no_answer" });
}

/** @throws LocustError for a name that cannot be one */
function checkName(call: "counter" | "barrier" | "once" | "get" | "set", name: string): string {
  if (typeof name !== "string") {
    throw new LocustError(
      `Cannot use cluster.${call}: its name is ${describeKind(name)}; pass a text, as in "orders"`,
      { code: "cluster" },
    );
  }
  if (name.length > 0 && name.length <= MAX_NAME) return name;
  throw new LocustError(
    `Cannot use cluster.${call} with the name "${
      name.slice(0, 80)
    }": a name has 1 to ${MAX_NAME} characters; write another`,
    { code: "cluster" },
  );
}

/** @throws LocustError for options that are none: a user in their place would not end the wait */
function checkOptions(what: string, options: ClusterOptions): ClusterOptions {
  const isObject = typeof options === "object" && options !== null;
  if (!isObject || LIFECYCLE in options || Object.keys(options).some((key) => key !== "timeout" && key !== "user")) {
    throw refusal(what, `its options are ${describeOptions(options)}; write { user: this, timeout: 30 }`);
  }
  const { timeout } = options;
  if (timeout === undefined || (typeof timeout === "number" && timeout > 0)) return options;
  throw refusal(what, `timeout is ${describeKind(timeout)}; pass seconds above 0`);
}

function describeOptions(options: unknown): string {
  const isPlain = typeof options === "object" && options !== null &&
    Object.getPrototypeOf(options) === Object.prototype;
  return isPlain ? `{ ${Object.keys(options).join(", ")} }` : describeKind(options);
}

function refusal(what: string, why: string): LocustError {
  return new LocustError(`Cannot ${what}: ${why}`, { code: "cluster" });
}

/** Nobody waits for the answer: what is told is that the caller has failed already. */
function tell(port: MasterPort, question: Question, what: string): void {
  port.ask(question, { what, timeoutMs: ANSWER_SECONDS * 1000 }).catch(() => {});
}

/** @throws LocustError for what cannot leave the thread, or is too large */
function encodeValue(value: unknown, what: string): unknown {
  let encoded: unknown;
  try {
    encoded = encodeCustomData(value);
  } catch (error) {
    const isOurs = error instanceof LocustError && error.code === "message_data";
    const advice = isOurs ? "; share texts, numbers, and lists and objects of them" : "";
    throw new LocustError(`Cannot ${what}: ${isOurs ? error.message : describeThrown(error)}${advice}`, {
      code: "cluster",
      cause: error,
    });
  }
  const size = sizeOfShared(encoded);
  if (size > MAX_SHARED_SIZE) throw refusal(what, describeTooLarge(size));
  return encoded;
}
