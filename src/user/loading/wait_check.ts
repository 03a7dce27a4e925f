/**
 * Finds wait times that are sure to fail, before a run: a field that is no function or whose `between(5, 1)` throws,
 * and a function that returns no number. A field exists only on an instance, and this check must not make a user: its
 * constructor may open a connection or take a name off a list. So only the class that has the field is evaluated, on an
 * empty stand-in, and only as far as the field, if everything up to there only makes values. All other mistakes show
 * when it runs.
 */
import { LocustError } from "../../base/errors.ts";
import { isClosedFunction, isInert, readClassSource } from "./class_source.ts";
import type { TaskOwner } from "../tasks/task_members.ts";
import { writtenLevels } from "./own_classes.ts";
import { isWaitTime, WAIT_TIME_CODE } from "../timing/wait_time.ts";

/** A mistake, as a clause that follows the class's name. */
export interface WaitProblem {
  readonly problem: string;
  /** The class of the chain that has the wait time. */
  readonly level: TaskOwner;
}

/** What is wrong with the wait time of a user class or task set. */
export function checkWaitTime(owner: TaskOwner, kind: "user" | "set"): WaitProblem | undefined {
  const levels = writtenLevels(owner).toReversed();
  const level = levels.find(hasField);
  if (level !== undefined) {
    const field = evaluateField(level);
    const problem = field === undefined ? undefined : judgeField(field, kind);
    return problem === undefined ? undefined : { problem, level };
  }
  const written = levels.find((each) => ownMethod(each) !== undefined);
  const method = written === undefined ? undefined : ownMethod(written);
  const problem = method === undefined ? undefined : judgeFunction(method, "its waitTime()");
  return problem === undefined || written === undefined ? undefined : { problem, level: written };
}

/** The class of the chain that states a wait time; undefined: none does. */
export function findWaitTime(owner: TaskOwner): TaskOwner | undefined {
  return writtenLevels(owner).toReversed().find((each) => hasField(each) || ownMethod(each) !== undefined);
}

function hasField(level: TaskOwner): boolean {
  return sourceOf(level)?.fields.some(({ name }) => name === "waitTime") ?? false;
}

type Evaluated = { readonly kind: "value"; readonly value: unknown } | {
  readonly kind: "threw";
  readonly message: string;
};

class FieldReached extends Error {}

/** Runs the initializers of one class, without its bases, up to its wait time. */
function evaluateField(level: TaskOwner): Evaluated | undefined {
  const source = sourceOf(level);
  if (source === undefined || source.constructed === "own") return undefined;
  const count = source.fields.findIndex(({ name }) => name === "waitTime") + 1;
  if (!source.fields.slice(0, count).every(({ initializer }) => isInert(initializer))) return undefined;
  const base: unknown = Object.getPrototypeOf(level);
  let value: unknown;
  const standIn = new Proxy(Object.create(level.prototype as object), {
    defineProperty: (target, key, descriptor) => {
      if (key !== "waitTime") return Reflect.defineProperty(target, key, descriptor);
      value = descriptor.value;
      throw new FieldReached();
    },
  });
  try {
    Object.setPrototypeOf(level, function () {
      return standIn;
    });
    Reflect.construct(level as never, []);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof FieldReached) return { kind: "value", value };
    const isOurs = thrown instanceof LocustError && thrown.code === WAIT_TIME_CODE;
    return isOurs ? { kind: "threw", message: thrown.message } : undefined; // it needs a living user
  } finally {
    Object.setPrototypeOf(level, base as object);
  }
}

function judgeField(field: Evaluated, kind: "user" | "set"): string | undefined {
  if (field.kind === "threw") return `its waitTime is ${field.message.replace(/^Cannot wait (?:by )?/, "")}`;
  const { value } = field;
  if (value === undefined && kind === "set") return undefined; // the user's counts
  if (typeof value === "function") return judgeFunction(value as () => unknown, "its waitTime");
  return `its waitTime is ${show(value)}; assign a function, as in "waitTime = constant(5)"`;
}

function judgeFunction(wait: () => unknown, what: string): string | undefined {
  const text = Function.prototype.toString.call(wait);
  if (isWaitTime(wait) || !isClosedFunction(text, "waitTime")) return undefined;
  let returned: unknown;
  try {
    returned = wait();
  } catch {
    return undefined; // what it throws is an exception of the user's, each time
  }
  const asked = "return a number of seconds";
  if (returned instanceof Promise) {
    returned.catch(() => {}); // it is not waited for
    return `${what} returns a promise; ${asked}, and wait for things in a task`;
  }
  if (typeof returned !== "number" || Number.isNaN(returned)) return `${what} returns ${show(returned)}; ${asked}`;
  const isDrawn = /\brandom\b/.test(text);
  if (isDrawn || (returned >= 0 && returned !== Infinity)) return undefined;
  return `${what} returns ${returned}; ${asked} from 0`;
}

function sourceOf(level: TaskOwner) {
  const text = Function.prototype.toString.call(level);
  return text.includes("waitTime") ? readClassSource(text) : undefined;
}

function ownMethod(level: TaskOwner): (() => unknown) | undefined {
  const { prototype } = level;
  if (typeof prototype !== "object" || prototype === null) return undefined;
  const method: unknown = Object.getOwnPropertyDescriptor(prototype, "waitTime")?.value;
  return typeof method === "function" ? method as () => unknown : undefined;
}

function show(value: unknown): string {
  return typeof value === "string" ? `"${value}"` : String(value);
}
