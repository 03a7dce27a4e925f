/**
 * Ready-made shapes: extend one, give it its settings, export it. The arithmetic is in `load/shapes`; here the settings become
 * class fields, so that a subclass states them as it states everything else.
 */
import type { LoadShape } from "../load/shapes/load_shape.ts";
import { doubleWave, ramp, spike, steps } from "../load/shapes/ready_made.ts";
import { fromStages, type Stage, stages } from "../load/shapes/stages.ts";
import { LoadTestShape, type ShapeResult } from "./load_test_shape.ts";

/** A shape that follows a function of the time; its settings are read at its first tick. */
abstract class ReadyShape extends LoadTestShape {
  static override abstract = true;
  #load: LoadShape | undefined;

  /** The load over time, made from the settings. */
  protected abstract createLoad(): LoadShape;

  override tick(): ShapeResult {
    const target = (this.#load ??= this.createLoad())(this.runTime);
    return target === null ? null : [target.users, target.spawnRate];
  }
}

/**
 * Stages one after the other, as a list or as the text of `--stages`: `30s:10,1m:50,10s:0` climbs to 10 users within 30 s, to 50
 * within the next minute, and down within 10 s. In a list, `spawnRate` says how fast, in users per second.
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

/** Two peaks above `minUsers`, of `firstPeakUsers` and `secondPeakUsers`, within `totalSeconds`. */
export abstract class DoubleWaveShape extends ReadyShape {
  static override abstract = true;
  abstract settings: Parameters<typeof doubleWave>[0];

  protected override createLoad(): LoadShape {
    return doubleWave(this.settings);
  }
}
