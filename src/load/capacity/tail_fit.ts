/**
 * Estimates the edge of a percentile from the whole tail of the response times, where that tail is one of a queue: beyond some time it falls exponentially, by a rate
 * θ that shrinks as the load grows. Slow requests come in few large groups, so that to count those beyond the limit takes an hour; how many take half of the limit
 * and how fast the tail falls from there is known in minutes. Pure.
 *
 *   P(T > limit) = p(load) · e^(-θ(load) · (limit - from)),   logit p = a + b·x,   θ = c - d·x,   x = load/centre - 1
 *
 * p is a logistic regression over the windows, θ one of the samples that ended within the tail by the time that samples spent in it (the estimate of an exponential life with
 * censoring at the limit: J. F. Lawless, "Statistical Models and Methods for Lifetime Data", 2nd ed., §4.1). θ falls in a straight line for an M/M/c queue, where it is
 * cµ - λ, and nearly so in every queue that is near its end. Errors are those of the windows around both curves ("sandwich": H. White, Econometrica 48, 1980).
 * A system whose counts beyond the limit disagree with this is no such queue, and gets no fit.
 */

export interface TailWindow {
  readonly load: number;
  /** Samples; those that took `from` or longer; and those of them that ended before the limit. */
  readonly samples: number;
  readonly beyond: number;
  readonly ended: number;
  /** Time that samples spent between `from` and the limit. */
  readonly seconds: number;
}

export interface TailLimits {
  readonly fromSeconds: number;
  readonly limitSeconds: number;
  /** The share of samples that may take longer than the limit. */
  readonly share: number;
}

export interface TailFit {
  readonly edge: number;
  /** Of the logarithm of the edge. */
  readonly error: number;
  readonly steepness: number;
}

/** A straight line `at + slope·x`, and what each window moves of both. */
interface Line {
  readonly at: number;
  readonly slope: number;
  readonly influences: readonly (readonly [at: number, slope: number])[];
}

const LEAST_WINDOWS = 5;
/** Loads farther from the edge follow another curve. */
const NEAR = 0.3;
const ROUNDS = 25;
/** A tail does not grow with time. As a share of the mean rate. */
const LEAST_RATE = 0.02;
/** Standard errors beyond which the counts beyond the limit disagree, and how far that would move the edge to matter. */
const DISAGREES = 2.5;
const MATTERS = 0.015;

export function fitTail(
  windows: readonly TailWindow[],
  limits: TailLimits,
  guess: number,
): TailFit | undefined {
  let centre = guess;
  let fit: TailFit | undefined;
  for (let i = 0; i < 4; i++) {
    fit = fitAround(windows.flatMap((window) => weighNear(window, centre)), limits, centre);
    if (fit === undefined || Math.abs(fit.edge / centre - 1) < 0.002) return fit;
    centre = Math.min(centre * (1 + NEAR / 2), Math.max(centre * (1 - NEAR / 2), fit.edge));
  }
  return fit;
}

/** The nearer a load is, the more its window counts (J. W. Tukey's biweight): over a wide range neither line is straight. */
function weighNear({ load, samples, beyond, ended, seconds }: TailWindow, centre: number): readonly TailWindow[] {
  const weight = Math.max(0, 1 - ((load / centre - 1) / NEAR) ** 2) ** 2;
  if (samples * weight === 0) return [];
  return [{
    load,
    samples: samples * weight,
    beyond: beyond * weight,
    ended: ended * weight,
    seconds: seconds * weight,
  }];
}

function fitAround(windows: readonly TailWindow[], limits: TailLimits, centre: number): TailFit | undefined {
  const { fromSeconds, limitSeconds, share } = limits;
  const within = limitSeconds - fromSeconds;
  if (windows.length < LEAST_WINDOWS) return undefined;
  const xs = windows.map(({ load }) => load / centre - 1);
  const reach = fitReach(windows, xs);
  const rate = fitRate(windows, xs);
  if (reach === undefined || rate === undefined) return undefined;
  const off = (x: number) => logShare(reach, rate, within, x) - Math.log(share);
  const x = findRoot(off);
  if (x === undefined) return undefined;
  const steepness = (off(x + 0.001) - off(x - 0.001)) / 0.002;
  if (!(steepness > 0)) return undefined;
  const p = logistic(reach.at + reach.slope * x);
  const moves = windows.map((_, i) => {
    const [a = 0, b = 0] = reach.influences[i] ?? [];
    const [c = 0, d = 0] = rate.influences[i] ?? [];
    return ((1 - p) * (a + b * x) - within * (c + d * x)) / steepness;
  });
  const error = errorOf(moves);
  if (disagrees(windows, xs, (at) => Math.exp(logShare(reach, rate, within, at)), steepness)) return undefined;
  return { edge: centre * (1 + x), error, steepness };
}

/** Of few windows that count the spread is estimated too low. */
function errorOf(moves: readonly number[]): number {
  const squares = sum(moves.map((each) => each ** 2));
  const effective = squares ** 2 / sum(moves.map((each) => each ** 4));
  return Math.sqrt(squares * moves.length / Math.max(1, moves.length - 4)) * (1 + 2 / effective);
}

function logShare(reach: Line, rate: Line, within: number, x: number): number {
  const theta = Math.max(LEAST_RATE * rate.at, rate.at + rate.slope * x);
  return Math.log(logistic(reach.at + reach.slope * x)) - theta * within;
}

/** Newton's steps of a logistic regression of `beyond` of `samples`. */
function fitReach(windows: readonly TailWindow[], xs: readonly number[]): Line | undefined {
  const samples = windows.reduce((sum, each) => sum + each.samples, 0);
  const beyond = windows.reduce((sum, each) => sum + each.beyond, 0);
  if (beyond === 0 || beyond === samples) return undefined;
  let [at, slope] = [Math.log(beyond / (samples - beyond)), 0];
  for (let round = 0; round < ROUNDS; round++) {
    const means = xs.map((x) => logistic(at + slope * x));
    const weights = windows.map((each, i) => each.samples * (means[i] ?? 0) * (1 - (means[i] ?? 0)));
    const scores = windows.map((each, i) => each.beyond - each.samples * (means[i] ?? 0));
    const influences = influencesOf(weights, scores, xs);
    if (influences === undefined) return undefined;
    const [moveAt, moveSlope] = sumOf(influences);
    [at, slope] = [at + clamp(moveAt, 2), slope + clamp(moveSlope, 20)];
    if (Math.abs(moveAt) + Math.abs(moveSlope) < 1e-6) return { at, slope, influences };
  }
  return undefined;
}

/** The same of `ended` by `seconds`, whose mean is the rate itself. */
function fitRate(windows: readonly TailWindow[], xs: readonly number[]): Line | undefined {
  const ended = windows.reduce((sum, each) => sum + each.ended, 0);
  const seconds = windows.reduce((sum, each) => sum + each.seconds, 0);
  if (ended === 0 || seconds === 0) return undefined;
  const mean = ended / seconds;
  let [at, slope] = [mean, 0];
  for (let round = 0; round < ROUNDS; round++) {
    const rates = xs.map((x) => Math.max(LEAST_RATE * mean, at + slope * x));
    const weights = windows.map((each, i) => each.seconds / (rates[i] ?? 1));
    const scores = windows.map((each, i) => each.ended / (rates[i] ?? 1) - each.seconds);
    const influences = influencesOf(weights, scores, xs);
    if (influences === undefined) return undefined;
    const [moveAt, moveSlope] = sumOf(influences);
    [at, slope] = [at + moveAt, slope + moveSlope];
    if (!(at > 0)) return undefined;
    if (Math.abs(moveAt) + Math.abs(moveSlope) < 1e-6 * mean) return { at, slope, influences };
  }
  return undefined;
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

function findRoot(off: (x: number) => number): number | undefined {
  let [low, high] = [-NEAR, NEAR];
  if (off(low) >= 0 || off(high) <= 0) return undefined;
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (off(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Whether more or less samples were beyond the limit than the curves say, by more than chance and enough to move the edge. */
function disagrees(
  windows: readonly TailWindow[],
  xs: readonly number[],
  expect: (x: number) => number,
  steepness: number,
): boolean {
  const expected = windows.map(({ samples }, i) => samples * expect(xs[i] ?? 0));
  const seen = windows.map(({ beyond, ended }) => beyond - ended);
  const [sumSeen, sumExpected] = [sum(seen), sum(expected)];
  const mean = (sumSeen - sumExpected) / windows.length;
  const squares = sum(seen.map((each, i) => (each - (expected[i] ?? 0) - mean) ** 2));
  const error = Math.sqrt(squares / (windows.length - 1) / windows.length);
  const moved = Math.abs(Math.log(Math.max(0.5, sumSeen) / Math.max(1e-9, sumExpected))) / steepness;
  return Math.abs(mean) > DISAGREES * error && moved > MATTERS;
}

function sum(values: readonly number[]): number {
  return values.reduce((all, each) => all + each, 0);
}

function logistic(value: number): number {
  return 1 / (1 + Math.exp(-value));
}

function clamp(value: number, most: number): number {
  return Math.min(most, Math.max(-most, value));
}
