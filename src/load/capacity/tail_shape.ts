/**
 * The shape of the tail of a queue's times: how fast it falls in each stretch of time, every one twice as long as that
 * before. What is asked for is the last one, before the limit, in which the fewest samples lie; but from stretch to
 * stretch the rate changes less and less, for the tail of a queue becomes exponential. So the stretches before it tell
 * the last one within bounds, and both ways to know it are weighed by their errors (a linear estimate with a prior: T.
 * Kailath, A. H. Sayed and B. Hassibi, "Linear Estimation", §3.4). Where a rate changes much, its shape tells little,
 * and each stretch is what was seen of it. Pure.
 *
 *   log θ(j+2) - log θ(j+1)  =  r · (log θ(j+1) - log θ(j)),    r = 0.6 ± 0.4
 *
 * r is 0.3 to 0.95 for M/M/c queues at their edge, 0.5 to 1.3 for closed ones and for services with a long tail, and 0
 * to 0.3 for services that are all alike.
 */

export interface TailShape {
  /** What the logarithm of each rate becomes, as a sum of all of them. */
  readonly mix: readonly (readonly number[])[];
  /** The variance of what it takes from the shape, of a sum of the logarithms with these weights. */
  readonly varianceOf: (weights: readonly number[]) => number;
}

const RATIO = 0.6;
const RATIO_SPREAD = 0.4;
/** Of the change itself, where the rate does not change at all. In logarithms. */
const LEAST_SPREAD = 0.02;

/** `logs`: of the rates, as seen; `covariance`: of their errors. */
export function shapeTail(logs: readonly number[], covariance: readonly (readonly number[])[]): TailShape {
  let mix: number[][] = logs.map((_, i) => logs.map((_, j) => (i === j ? 1 : 0)));
  let errors = covariance.map((row) => [...row]);
  const shifts: number[][] = [];
  for (let j = 0; j + 2 < logs.length; j++) {
    // One relation after the other: its excess, as a sum of the logarithms.
    const relation = logs.map((_, i) => (i === j ? RATIO : i === j + 1 ? -1 - RATIO : i === j + 2 ? 1 : 0));
    const [first = 0, second = 0, third = 0] = logs.slice(j);
    // The larger of both: where the second is, the shape is another one.
    const change = Math.max(Math.abs(second - first), Math.abs(third - second));
    const spread = Math.hypot(RATIO_SPREAD * change, LEAST_SPREAD);
    const along = errors.map((row) => dot(row, relation));
    const variance = dot(relation, along) + spread ** 2;
    const gains = along.map((each) => each / variance);
    const row = combine(relation, mix);
    mix = mix.map((of, i) => of.map((each, k) => each - (gains[i] ?? 0) * (row[k] ?? 0)));
    errors = errors.map((of, i) => of.map((each, k) => each - (gains[i] ?? 0) * (along[k] ?? 0)));
    for (const shift of shifts) {
      const off = dot(relation, shift);
      shift.forEach((each, i) => shift[i] = each - (gains[i] ?? 0) * off);
    }
    shifts.push(gains.map((gain) => gain * spread));
  }
  return {
    mix,
    varianceOf: (weights) => shifts.reduce((sum, shift) => sum + dot(weights, shift) ** 2, 0),
  };
}

/** A row times a matrix. */
function combine(row: readonly number[], matrix: readonly (readonly number[])[]): readonly number[] {
  return row.map((_, k) => row.reduce((sum, each, i) => sum + each * (matrix[i]?.[k] ?? 0), 0));
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, each, i) => sum + each * (b[i] ?? 0), 0);
}
