/**
 * Finds a `tick()` that is certain to fail before a run begins. A `tick()` whose answer depends on its source text and
 * the time alone is called once when the locustfile is loaded, so that its mistake is reported together with all
 * others. Every other `tick()` is first called when the run starts, before the first user.
 */
import { isClosedFunction } from "../../user/loading/class_source.ts";
import type { ShapeClass } from "../../user/load_test_shape.ts";
import { checkShapeTick } from "./shape_tick.ts";

/** Members of a shape that a closed `tick()` may read: they are set before each tick. */
export const SHAPE_MEMBERS = ["runTime", "currentUsers", "getRunTime", "getCurrentUserCount"];

/** What is wrong with the first tick of a shape class, if that is known already. */
export function probeFirstTick(shapeClass: ShapeClass): string | undefined {
  const { prototype, name } = shapeClass;
  const tick: unknown = prototype.tick;
  if (typeof tick !== "function" || !isClosedFunction(Function.prototype.toString.call(tick), "tick", SHAPE_MEMBERS)) {
    return undefined;
  }
  const standIn: unknown = Object.assign(Object.create(prototype), { runTime: 0, currentUsers: 0 });
  let returned: unknown;
  try {
    returned = Reflect.apply(tick, standIn, []);
  } catch {
    return undefined; // the run calls it again and reports the error with its place
  }
  if (returned instanceof Promise) {
    returned.catch(() => {}); // it is not waited for
    return undefined;
  }
  // Which classes a run has is not known yet.
  const known = Array.isArray(returned) && hasClasses(returned) ? returned.slice(0, 2) : returned;
  const checked = checkShapeTick(known, { shape: name, userClasses: [], currentUsers: 0, lastUsers: undefined });
  return checked.kind === "problem" ? checked.problem : undefined;
}

function hasClasses(returned: readonly unknown[]): boolean {
  const [, , classes] = returned;
  return returned.length === 3 && Array.isArray(classes) && classes.length > 0;
}
