/**
 * The moving-block bootstrap over the seconds of a run: a resample is made of blocks of neighbouring seconds, so that what one second
 * tells about the next one is kept. Source: H. R. Künsch, "The Jackknife and the Bootstrap for General Stationary Observations",
 * The Annals of Statistics 17 (1989), 1217–1241. Pure.
 */
import type { Random } from "../../base/random.ts";

/** Resamples of each run. 2.5 % of them are 25: enough for the ends of an interval. */
export const RESAMPLES = 1000;

/** Of the resamples that lie outside of the interval, on each side. */
const TAIL = 0.025;

/**
 * Seconds in a block: n^(1/3), rounded up, the order that is best for the variance of a mean. Source: P. Hall, J. L. Horowitz, B.-Y. Jing,
 * "On blocking rules for the bootstrap with dependent data", Biometrika 82 (1995), 561–574.
 */
export function blockLength(seconds: number): number {
  return Math.max(1, Math.ceil(Math.cbrt(seconds) - 1e-9));
}

/** How often each of `n` spans occurs in each resample. Every resample has `n` spans. */
export function drawResamples(random: Random, n: number, resamples: number = RESAMPLES): Uint16Array[] {
  const length = Math.min(n, blockLength(n));
  return Array.from({ length: resamples }, () => {
    const weights = new Uint16Array(n);
    for (let drawn = 0; drawn < n;) {
      const start = random.integer(0, n - length);
      for (let i = 0; i < length && drawn < n; i++, drawn++) (weights[start + i] as number) += 1;
    }
    return weights;
  });
}

/** The 95 % interval of what the resamples gave, by nearest rank; null without a value in one of them. */
export function intervalOf(values: readonly (number | null)[]): readonly [low: number, high: number] | null {
  const known = values.filter((value): value is number => value !== null);
  if (known.length < values.length || known.length === 0) return null;
  known.sort((a, b) => a - b);
  const low = Math.floor(known.length * TAIL);
  return [known[low] as number, known[known.length - 1 - low] as number];
}
