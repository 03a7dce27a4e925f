/**
 * Asks the chosen shape what it wants: the locustfile's own `LoadTestShape`, or the stages of `--stages`. Keeps what
 * the last tick asked for; the master decides what comes of it.
 */
import { describeWithCauses } from "../../base/error_causes.ts";
import { describeThrown } from "../../base/errors.ts";
import { fromStages } from "../../load/shapes/stages.ts";
import type { ShapeTick } from "../../protocol/control_message.ts";
import { type LoadTestShape, type ShapeClass, TIME_ORIGIN } from "../../user/load_test_shape.ts";
import { ownFrames } from "../../base/own_frames.ts";
import type { RunnerFacade } from "../../user/runner_facade.ts";
import { checkShapeTick } from "./shape_tick.ts";

/** A shape that cannot continue; the message names it. */
class ShapeProblem extends Error {}

export interface ShapeEvaluator {
  /** The instance that user code sees as `environment.shapeClass`; none for `--stages`. */
  readonly shape: LoadTestShape | undefined;
  /** Null: the shape is over. Throws a `ShapeProblem`, or control flow of the locustfile. */
  tick(runTimeSeconds: number, currentUsers: number): Promise<ShapeTick | null>;
}

/** Evaluates a shape class of the locustfile. Throws a `ShapeProblem` if it cannot be constructed. */
export function evaluateShape(
  shapeClass: ShapeClass,
  userClasses: readonly string[],
  runner: RunnerFacade,
): ShapeEvaluator {
  return evaluateInstance(construct(shapeClass), userClasses, runner);
}

/** Evaluates a shape that a program has made itself. */
export function evaluateInstance(
  shape: LoadTestShape,
  userClasses: readonly string[],
  runner: RunnerFacade,
): ShapeEvaluator {
  const { name } = shape.constructor;
  shape.runner = runner;
  let lastUsers: number | undefined;
  return {
    shape,
    tick: async (runTimeSeconds, currentUsers) => {
      if (runTimeSeconds === 0) lastUsers = undefined; // another run begins
      if (runTimeSeconds === 0) shape[TIME_ORIGIN] = 0;
      shape.runTime = runTimeSeconds - shape[TIME_ORIGIN];
      shape.currentUsers = currentUsers;
      const returned: unknown = await shape.tick();
      const checked = checkShapeTick(returned, { shape: name, userClasses, currentUsers, lastUsers });
      if (checked.kind === "problem") throw new ShapeProblem(checked.problem);
      if (checked.kind === "ended") return null;
      lastUsers = checked.tick.users;
      return checked.tick;
    },
  };
}

/** Evaluates the stages of `--stages`. */
export function evaluateStages(text: string): ShapeEvaluator {
  const load = fromStages(text);
  return { shape: undefined, tick: (runTimeSeconds) => Promise.resolve(load(runTimeSeconds)) };
}

/** `tick() threw TypeError: … (locustfile.ts:12:7 in tick)`. */
export function describeShapeError(shape: string, thrown: unknown): string {
  if (thrown instanceof ShapeProblem) return thrown.message;
  const frame = ownFrames(thrown)[0];
  const place = frame === undefined ? "" : ` (${frame})`;
  return `Cannot continue with shape "${shape}": tick() threw ${describeWithCauses(thrown)}${place}`;
}

function construct(shapeClass: ShapeClass): LoadTestShape {
  try {
    return new shapeClass();
  } catch (thrown) {
    const frame = ownFrames(thrown)[0];
    const place = frame === undefined ? "" : ` (${frame})`;
    throw new ShapeProblem(
      `Cannot use shape "${shapeClass.name}": its constructor threw ${describeThrown(thrown)}${place}`,
    );
  }
}
