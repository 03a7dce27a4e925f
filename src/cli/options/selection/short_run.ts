/**
 * Finds runs that are over before their ramp or their warm-up is: they measure another load than was asked for, or
 * nothing that counts. They are legal, so that the findings are warnings of the start; `--allow-short` says that they
 * are known. Pure.
 */
import { formatAmount } from "../../../base/text/text.ts";
import { rampDurationMs } from "../../../load/ramp.ts";
import type { RunOptions } from "../reading/options.ts";

/** The options that decide. */
type LengthOptions = Pick<RunOptions, "users" | "spawnRate" | "runTimeSeconds" | "warmUpSeconds" | "allowShort">;

/** `load`: a shape ends by itself, and its ramps are its own. */
export function findShortRun(options: LengthOptions, load: "users" | "shape"): readonly string[] {
  const { users, spawnRate, runTimeSeconds, warmUpSeconds = 0, allowShort } = options;
  if (runTimeSeconds === undefined || allowShort) return [];
  const rampSeconds = load === "users" ? rampDurationMs(0, users, spawnRate) / 1000 : 0;
  return [
    ...(rampSeconds > 0 && rampSeconds >= runTimeSeconds ? [describeShortRamp(options, rampSeconds)] : []),
    ...(warmUpSeconds > 0 && warmUpSeconds >= runTimeSeconds
      ? [
        `The run of ${inWords(runTimeSeconds)} (-t) ends within the --warm-up of ${inWords(warmUpSeconds)}: ` +
        "nothing of it counts in headline figures and thresholds; give a longer -t or a shorter --warm-up",
      ]
      : []),
  ];
}

/** A run time that leaves as much time after the ramp as the ramp takes, and a rate that halves the run in the same way. */
function describeShortRamp(
  { users, spawnRate, runTimeSeconds = 0 }: LengthOptions,
  rampSeconds: number,
): string {
  const rate = Math.ceil((2 * (users - 1)) / Math.max(runTimeSeconds, 1));
  return `The run of ${inWords(runTimeSeconds)} (-t) ends before all users have started: ${
    formatAmount(users, "user")
  } at ${spawnRate} per second (-r) take ${inWords(rampSeconds)}; give -t ${inFlag(2 * rampSeconds)} or -r ${rate}, ` +
    "or --allow-short if that is meant";
}

/** `99 s`, `1.5 s` */
function inWords(seconds: number): string {
  return `${Number(seconds.toFixed(1))} s`;
}

/** `90s`, `4m` */
function inFlag(seconds: number): string {
  return seconds <= 120 ? `${Math.ceil(seconds)}s` : `${Math.ceil(seconds / 60)}m`;
}
