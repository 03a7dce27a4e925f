/**
 * Checks what a shape's `tick()` returned. Pure. User code may return anything; the result here is a target that the
 * master can set, or a sentence that names the shape and the value.
 */
import { lateUtil } from "../../base/late_modules.ts";
import type { ShapeTick } from "../../protocol/control_message.ts";

export interface ShapeTickContext {
  readonly shape: string; // its name
  readonly userClasses: readonly string[]; // names of the run's classes
  readonly currentUsers: number;
  /** What the tick before asked for, if there was one. */
  readonly lastUsers: number | undefined;
}

export type CheckedTick =
  | { readonly kind: "tick"; readonly tick: ShapeTick }
  | { readonly kind: "ended" }
  | { readonly kind: "problem"; readonly problem: string };

const FORMS = "[users, spawnRate], [users, spawnRate, [UserClass, …]] or null";

/** `null` (and `undefined`: a `tick` that ends without a return) is the end of the shape. */
export function checkShapeTick(returned: unknown, context: ShapeTickContext): CheckedTick {
  if (returned === null || returned === undefined) return { kind: "ended" };
  const problem = (what: string): CheckedTick => ({
    kind: "problem",
    problem: `Cannot continue with shape "${context.shape}": tick() returned ${show(returned)}, ${what}`,
  });
  if (!Array.isArray(returned) || returned.length < 2 || returned.length > 3) {
    return problem(`which is not a valid answer; return ${FORMS}`);
  }
  const [users, spawnRate, classes] = returned as readonly unknown[];
  if (typeof users !== "number" || !Number.isSafeInteger(users) || users < 0) {
    return problem("whose user count is not a whole number of 0 or more; round it with Math.round()");
  }
  if (typeof spawnRate !== "number" || !Number.isFinite(spawnRate) || spawnRate < 0) {
    return problem("whose spawn rate is not a number of 0 or more");
  }
  if (spawnRate === 0 && users !== context.lastUsers && users !== context.currentUsers) {
    return problem(
      `whose spawn rate of 0 can never reach its users (${context.currentUsers} run now); give a rate above 0`,
    );
  }
  if (classes === null || classes === undefined) return { kind: "tick", tick: { users, spawnRate } };
  if (!Array.isArray(classes)) return problem("whose third element is not a list of user classes");
  if (classes.length === 0) {
    return problem("whose list of user classes is empty; name the classes of new users, or leave the list out for all");
  }
  const names = classes.map((one: unknown) => typeof one === "function" ? one.name : one);
  const unknown = names.find((name) => typeof name !== "string" || !context.userClasses.includes(name));
  if (unknown !== undefined) {
    return problem(
      `with ${show(unknown)}, which is not a user class of this run; it has ${context.userClasses.join(", ")}`,
    );
  }
  return { kind: "tick", tick: { users, spawnRate, userClasses: names as string[] } };
}

function show(value: unknown): string {
  const text = lateUtil().inspect(value, { depth: 1, breakLength: Infinity, maxArrayLength: 5, maxStringLength: 60 });
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}
