/**
 * Ready-made shapes: extend one, give it its settings, export it. The arithmetic is in `load/shapes`; here the settings
 * become class fields, so that a subclass states them as it states everything else.
 */
import { UsageError } from "../base/errors.ts";
import type { LoadShape } from "../load/shapes/load_shape.ts";
import { doubleWave, ramp, spike, steps } from "../load/shapes/ready_made.ts";
import { fromStages, type Stage, stages } from "../load/shapes/stages.ts";
import { LoadTestShape, type ShapeResult } from "./load_test_shape.ts";

const PROBLEMS: unique symbol = Symbol("problems");

/** What is known to be wrong with a shape before it runs, each a clause that follows its name. */
export function findShapeProblems(shape: LoadTestShape): readonly string[] {
  if (!(shape instanceof ReadyShape)) return [];
  return shape[PROBLEMS]().map((problem) =>
    problem.replace(/^Cannot (?:use the (?:settings|stages): |(?:use|read) )/, "")
  );
}

/** A shape that follows a function of the time; its settings are read at its first tick. */
abstract class ReadyShape extends LoadTestShape {
  static override abstract = true;
  #load: LoadShape | undefined;

  /** The load over time, made from the settings. */
  protected abstract createLoad(): LoadShape;

  /** @internal What is wrong with settings that are plain values; those that are worked out are checked at the first tick. */
  [PROBLEMS](): readonly string[] {
    const name = this instanceof StagesShape ? "stages" : "settings";
    if (!(name in this)) return [`it has no ${name}; write ${name} = …, as the shapes page shows`];
    if (!Object.hasOwn(this, name)) return []; // a getter: worked out at the first tick
    try {
      this.createLoad();
      return [];
    } catch (thrown) {
      return thrown instanceof UsageError ? thrown.problems : []; // the first tick throws it again, with its place
    }
  }

  override tick(): ShapeResult {
    const target = (this.#load ??= this.createLoad())(this.runTime);
    return target === null ? null : [target.users, target.spawnRate];
  }
}

/** Whether a shape follows a ready-made load, whose ticks have no effects. */
export function hasReadyTick(prototype: LoadTestShape): boolean {
  return prototype instanceof ReadyShape && prototype.tick === ReadyShape.prototype.tick;
}

/**
 * Stages one after the other, as a list or as the text of `--stages`: `30s:10,1m:50,10s:0` climbs to 10 users within 30
 * s, to 50 within the next minute, and down within 10 s. In a list, `spawnRate` says how fast, in users per second.
 *
 * @example
 * ```ts
 * export class Morning extends StagesShape {
 *   override stages = "30s:10,1m:50,10s:0";
 * }
 * ```
 */
export abstract class StagesShape extends ReadyShape {
  static override abstract = true;
  abstract stages: string | readonly Stage[];

  protected override createLoad(): LoadShape {
    return typeof this.stages === "string" ? fromStages(this.stages) : stages(this.stages);
  }
}

/** From `from` users (0 if absent) to `to` within `rampSeconds`, then `holdSeconds` (0 if absent) more. */
export abstract class RampShape extends ReadyShape {
  static override abstract = true;
  abstract settings: Parameters<typeof ramp>[0];

  protected override createLoad(): LoadShape {
    return ramp(this.settings);
  }
}

/** `baseUsers`, from `spikeAtSeconds` on `spikeUsers` for `spikeSeconds`, then the base again until `totalSeconds`. */
export abstract class SpikeShape extends ReadyShape {
  static override abstract = true;
  abstract settings: Parameters<typeof spike>[0];

  protected override createLoad(): LoadShape {
    return spike(this.settings);
  }
}

/** `stepUsers` more every `stepSeconds`, at `spawnRate` per second, until `totalSeconds`. */
export abstract class StepsShape extends ReadyShape {
  static override abstract = true;
  abstract settings: Parameters<typeof steps>[0];

  protected override createLoad(): LoadShape {
    return steps(this.settings);
  }
}

/**
 * Two peaks above `minUsers`, of `firstPeakUsers` at a third and `secondPeakUsers` at two thirds of `totalSeconds`,
 * with a trough of `minUsers` between them.
 */
export abstract class DoubleWaveShape extends ReadyShape {
  static override abstract = true;
  abstract settings: Parameters<typeof doubleWave>[0];

  protected override createLoad(): LoadShape {
    return doubleWave(this.settings);
  }
}
