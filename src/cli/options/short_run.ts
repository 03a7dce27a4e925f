/**
 * Finds runs that are over before their ramp or their warm-up is: they measure another load than was asked for, or nothing that counts.
 * Refused before the start, unless `--allow-short`. Pure.
 */
import { formatAmount } from "../../base/text.ts";
import { rampDurationMs } from "../../load/ramp.ts";
import type { RunOptions } from "./options.ts";

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
        `Cannot run for ${inWords(runTimeSeconds)}: the --warm-up of ${inWords(warmUpSeconds)} is not over by then, ` +
        "so that nothing would count; give a longer -t or a shorter --warm-up, or --allow-short to run it nevertheless",
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
  return `Cannot run for ${inWords(runTimeSeconds)}: ${
    formatAmount(users, "user")
  } at ${spawnRate} per second (-r) take ${inWords(rampSeconds)} to start; give -t ${
    inFlag(2 * rampSeconds)
  } or -r ${rate}, or --allow-short to run it nevertheless`;
}

/** `99 s`, `1.5 s` */
function inWords(seconds: number): string {
  return `${Number(seconds.toFixed(1))} s`;
}

/** `90s`, `4m` */
function inFlag(seconds: number): string {
  return seconds <= 120 ? `${Math.ceil(seconds)}s` : `${Math.ceil(seconds / 60)}m`;
}
