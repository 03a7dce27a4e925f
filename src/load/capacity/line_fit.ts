/**
 * Straight lines of a quantity over the load, by maximum likelihood from the windows of a capacity search: the logit of
 * a share of samples, and the rate at which samples end. Each line says how every window moves it, so that errors of
 * whatever is reckoned from several lines are those of the windows around them ("sandwich": H. White, Econometrica 48,
 * 1980). Pure.
 */

/** A straight line `at + slope·x`, and what each window moves of both. */
export interface Line {
  readonly at: number;
  readonly slope: number;
  readonly influences: readonly (readonly [at: number, slope: number])[];
}

const ROUNDS = 25;
/** Of a rate: by its mean, by the line of that, and by the line of that. */
const WEIGHINGS = 3;
/** A tail does not grow with time. As a share of the mean rate. */
const LEAST_RATE = 0.05;

/** Newton's steps of a logistic regression of `counts` of `samples`: the line is a logit. */
export function fitShare(
  samples: readonly number[],
  counts: readonly number[],
  xs: readonly number[],
): Line | undefined {
  const [all, counted] = [sum(samples), sum(counts)];
  if (counted === 0 || counted === all) return undefined;
  let [at, slope] = [Math.log(counted / (all - counted)), 0];
  for (let round = 0; round < ROUNDS; round++) {
    const means = xs.map((x) => logistic(at + slope * x));
    const weights = means.map((mean, i) => (samples[i] ?? 0) * mean * (1 - mean));
    const scores = means.map((mean, i) => (counts[i] ?? 0) - (samples[i] ?? 0) * mean);
    const influences = influencesOf(weights, scores, xs);
    if (influences === undefined) return undefined;
    const [moveAt, moveSlope] = sumOf(influences);
    [at, slope] = [at + clamp(moveAt, 2), slope + clamp(moveSlope, 20)];
    if (Math.abs(moveAt) + Math.abs(moveSlope) < 1e-6) return { at, slope, influences };
  }
  return undefined;
}

/**
 * The same of `counts` by `times`, whose mean is the rate itself. A queue that is nearer to its end makes more time of
 * each group of requests, and no more groups: a window weighs by its time, and less by as much as its rate is lower, or
 * a single overload would outweigh all other windows.
 */
export function fitRate(counts: readonly number[], times: readonly number[], xs: readonly number[]): Line | undefined {
  const mean = sum(counts) / sum(times);
  if (!(mean > 0 && mean < Infinity)) return undefined;
  let line: Line | undefined;
  for (let round = 0; round < WEIGHINGS; round++) {
    const { at, slope }: Pick<Line, "at" | "slope"> = line ?? { at: mean, slope: 0 };
    const gains: readonly number[] = xs.map((x) => Math.max(LEAST_RATE * mean, at + slope * x) / mean);
    const weights = gains.map((gain, i) => gain * (times[i] ?? 0));
    const straight = influencesOf(weights, gains.map((gain, i) => gain * (counts[i] ?? 0)), xs);
    if (straight === undefined) return undefined;
    const [newAt, newSlope] = sumOf(straight);
    const scores = gains.map((gain, i) =>
      gain * ((counts[i] ?? 0) - (times[i] ?? 0) * (newAt + newSlope * (xs[i] ?? 0)))
    );
    line = { at: newAt, slope: newSlope, influences: influencesOf(weights, scores, xs) ?? [] };
    if (!(newAt > 0)) return undefined;
  }
  return line;
}

export function rateAt({ at, slope }: Line, x: number): number {
  return Math.max(LEAST_RATE * at, at + slope * x);
}

export function shareAt({ at, slope }: Line, x: number): number {
  return logistic(at + slope * x);
}

/** How each window's score moves both parameters: the inverse of the information times the score. */
function influencesOf(
  weights: readonly number[],
  scores: readonly number[],
  xs: readonly number[],
): Line["influences"] | undefined {
  let [w, wx, wxx] = [0, 0, 0];
  for (let i = 0; i < xs.length; i++) {
    const [weight = 0, x = 0] = [weights[i], xs[i]];
    w += weight;
    wx += weight * x;
    wxx += weight * x * x;
  }
  const determinant = w * wxx - wx * wx;
  if (!(determinant > 1e-12 * w * w)) return undefined;
  return xs.map((x, i) => {
    const score = scores[i] ?? 0;
    return [(wxx - wx * x) * score / determinant, (w * x - wx) * score / determinant] as const;
  });
}

function sumOf(influences: Line["influences"]): readonly [number, number] {
  return influences.reduce<readonly [number, number]>(([a, b], [c, d]) => [a + c, b + d], [0, 0]);
}

function logistic(value: number): number {
  return 1 / (1 + Math.exp(-value));
}

function clamp(value: number, most: number): number {
  return Math.min(most, Math.max(-most, value));
}

function sum(values: readonly number[]): number {
  return values.reduce((all, each) => all + each, 0);
}
