/**
 * The moving-block bootstrap over the seconds of a run: a resample is made of blocks of neighbouring seconds, so that
 * what one second tells about the next one is kept. Source: H. R. Künsch, "The Jackknife and the Bootstrap for General
 * Stationary Observations", The Annals of Statistics 17 (1989), 1217–1241. Pure.
 */
import type { Random } from "../../base/random.ts";

/** Resamples of each run. 2.5 % of them are 25: enough for the ends of an interval. */
const RESAMPLES = 1000;

/** Of the resamples that lie outside of the interval, on each side. */
const TAIL = 0.025;

/**
 * Seconds in a block: 1.5 n^(1/3), rounded up. The order is the best for the variance of a mean: P. Hall, J. L.
 * Horowitz, B.-Y. Jing, "On blocking rules for the bootstrap with dependent data", Biometrika 82 (1995), 561–574. The
 * factor is from the coverage test.
 */
export function blockLength(seconds: number): number {
  return Math.max(1, Math.ceil(1.5 * Math.cbrt(seconds) - 1e-9));
}

/**
 * Few blocks vary less among themselves than the run does: the ends of an interval move away from the estimate by this
 * factor. n / (n - l) is what the variance lacks for blocks of l among n (S. N. Lahiri, "Resampling Methods for
 * Dependent Data", Springer 2003, chapter 2), Student's t stands in place of the normal quantile, with the blocks of
 * both sides as its degrees of freedom. It nears 1 for long runs.
 */
export function widening(seconds: number): number {
  const length = Math.min(seconds - 1, blockLength(seconds));
  if (length < 1) return 1;
  const degrees = Math.max(1, 2 * (seconds / length - 1));
  return Math.sqrt(seconds / (seconds - length)) * studentT(degrees) / NORMAL;
}

/**
 * How much further the ends move where one second tells much about the next: blocks that are short beside that memory
 * see a part of the variance of the mean only. Of a series whose seconds agree with the next ones by `rho` (a
 * first-order autoregression), blocks of l see v(l) = 1 + 2 sum (1 - k/l) rho^k, and the n seconds of the run have
 * v(n): G. E. P. Box, G. M. Jenkins, "Time Series Analysis", 1970, chapter 2. The factor is the root of their ratio, 1
 * for a series without memory.
 */
export function memoryFactor(seconds: number, rho: number): number {
  const seen = varianceOfMean(Math.min(seconds, blockLength(seconds)), rho);
  return Math.sqrt(Math.max(1, varianceOfMean(seconds, rho) / seen));
}

/** Times the length, and relative to that of a series without memory. */
function varianceOfMean(length: number, rho: number): number {
  let sum = 1;
  for (let k = 1; k < length; k++) sum += 2 * (1 - k / length) * rho ** k;
  return sum;
}

/** Closer to 1, a series of seconds cannot be told from one that drifts without end. */
const LARGEST_RHO = 0.97;

/**
 * How much each value agrees with the next one, from 0 to 1. The estimate is too small by (1 + 3 rho) / n in short
 * series: M. G. Kendall, "Note on bias in the estimation of autocorrelation", Biometrika 41 (1954), 403–404.
 */
export function autocorrelation(values: readonly number[]): number {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  let [variance, covariance] = [0, 0];
  for (let i = 0; i < n; i++) {
    const deviation = (values[i] as number) - mean;
    variance += deviation ** 2;
    if (i > 0) covariance += deviation * ((values[i - 1] as number) - mean);
  }
  if (!(variance > 0)) return 0;
  const rho = covariance / variance;
  return Math.min(LARGEST_RHO, Math.max(0, rho + (1 + 3 * rho) / n));
}

/** The normal quantile of 97.5 %. */
const NORMAL = 1.959964;

/** The same quantile of Student's t: Abramowitz and Stegun, "Handbook of Mathematical Functions", 26.7.5. */
function studentT(degrees: number): number {
  const z = NORMAL;
  return z + (z ** 3 + z) / (4 * degrees) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2);
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

/**
 * The 95 % interval around the estimate: as far from it as the ends of the resamples, by nearest rank, are from their
 * middle, times the factor. Seconds in the middle of a run are in more blocks than those at its ends, which shifts the
 * resamples: their middle is not the estimate. Null without a value in one of them.
 */
export function intervalAround(
  estimate: number,
  values: readonly (number | null)[],
  factor: number,
): readonly [low: number, high: number] | null {
  const known = values.filter((value): value is number => value !== null);
  if (known.length < values.length || known.length === 0) return null;
  known.sort((a, b) => a - b);
  const at = (index: number) => known[index] as number;
  const tail = Math.floor(known.length * TAIL);
  const middle = (at((known.length - 1) >> 1) + at(known.length >> 1)) / 2;
  return [estimate - factor * (middle - at(tail)), estimate + factor * (at(known.length - 1 - tail) - middle)];
}
