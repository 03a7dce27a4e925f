/**
 * Draws the load of a shape class before it runs, where its `tick()` depends on the time alone: a ready-made shape, or
 * a closed function. Any other one may have effects, and is not called.
 */
import { type LoadPoint, traceLoad } from "../../load/shapes/trace_load.ts";
import { isClosedFunction } from "../../user/loading/class_source.ts";
import type { LoadTestShape, ShapeClass } from "../../user/load_test_shape.ts";
import { hasReadyTick } from "../../user/ready_shapes.ts";
import { SHAPE_MEMBERS } from "./shape_probe.ts";
import { checkShapeTick } from "./shape_tick.ts";

/** Null: it is not known before. */
export function drawShape(shapeClass: ShapeClass): readonly LoadPoint[] | null {
  const shape = standInFor(shapeClass);
  if (shape === undefined) return null;
  try {
    return traceLoad((runTime, currentUsers) => {
      Object.assign(shape, { runTime, currentUsers });
      const returned: unknown = shape.tick();
      const known = Array.isArray(returned) ? returned.slice(0, 2) : returned;
      const checked = checkShapeTick(known, {
        shape: shapeClass.name,
        userClasses: [],
        currentUsers,
        lastUsers: undefined,
      });
      if (checked.kind === "problem") throw new Error(checked.problem);
      return checked.kind === "ended" ? null : checked.tick;
    });
  } catch {
    return null; // the run calls it again and reports the error with its place
  }
}

function standInFor(shapeClass: ShapeClass): LoadTestShape | undefined {
  const { prototype } = shapeClass;
  if (hasReadyTick(prototype)) {
    try {
      return new shapeClass();
    } catch {
      return undefined; // the start reports it
    }
  }
  const tick: unknown = prototype.tick;
  const isClosed = typeof tick === "function" &&
    isClosedFunction(Function.prototype.toString.call(tick), "tick", SHAPE_MEMBERS);
  return isClosed ? Object.assign(Object.create(prototype), { runTime: 0, currentUsers: 0 }) : undefined;
}
