/**
 * Estimates the edge of a percentile from the whole tail of the response times, where that tail is one of a queue: it
 * falls in stretches of time by rates that change little from one to the next, and shrink as the load grows. Slow
 * requests come in few large groups, so that to count those beyond the limit takes an hour; how many take a part of the
 * limit and how fast the tail falls from there is known in minutes. Pure.
 *
 *   P(T > limit) = p(load) · e^(-Σ θj(load) · lengthj),   logit p = a + b·x,   θj = cj - dj·x,   x = load/centre - 1
 *
 * p is a logistic regression over the windows, θj one of the samples that ended within a stretch by the time that
 * samples spent in it (the estimate of an exponential life with censoring at the end: J. F. Lawless, "Statistical
 * Models and Methods for Lifetime Data", 2nd ed., §4.1). θ falls in a straight line for an M/M/c queue, where it is
 * cµ - λ far out, and nearly so in every queue that is near its end. The rates of all stretches are weighed against
 * each other by `tail_shape.ts`. A system whose counts beyond the limit disagree with this is no such queue, and gets
 * no fit.
 */
import { fitRate, fitShare, type Line, rateAt, shareAt } from "./line_fit.ts";
import { shapeTail, type TailShape } from "./tail_shape.ts";

/** Of one window, in one stretch of the tail. */
export interface TailCount {
  /** Samples that took as long as the stretch begins, or longer; and those of them that ended before its end. */
  readonly beyond: number;
  readonly ended: number;
  /** Time that samples spent in it. */
  readonly seconds: number;
}

export interface TailWindow {
  readonly load: number;
  readonly samples: number;
  /** By stretch, up to the limit. */
  readonly counts: readonly TailCount[];
}

export interface TailLimits {
  /** Where the stretches begin, ascending. */
  readonly fromSeconds: readonly number[];
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

const LEAST_WINDOWS = 5;
/** Of the load around which the lines are fitted, until that is the edge. */
const MOST_MOVES = 8;
/** Loads farther from the edge follow another curve. */
const NEAR = 0.3;
const NEAREST = 0.15;
/** So many windows near the edge are enough, and count the more the farther the limit lies from them. */
const ENOUGH_WINDOWS = 12;
const WIDER = 2;
/** Samples that have to end in a stretch. */
const LEAST_ENDED = 10;
/**
 * By simulation: the error of the edge of M/M/c queues, times the root of the samples; and how many windows that
 * knowledge is worth.
 */
const [USUAL_ERROR, USUAL_WINDOWS] = [4, 10];
/** Standard errors beyond which the counts beyond the limit disagree, and how far that would move the edge to matter. */
const DISAGREES = 3.5;
const MATTERS = 0.015;

export function fitTail(
  windows: readonly TailWindow[],
  limits: TailLimits,
  guess: number,
): TailFit | undefined {
  let centre = guess;
  for (let i = 0; i < MOST_MOVES; i++) {
    const reach = reachOf(windows, centre);
    const near = windows.flatMap((window) => weighNear(window, centre, reach));
    const xs = near.map(({ load }) => load / centre - 1);
    if (near.length < LEAST_WINDOWS) return undefined;
    const curves = fitCurves(near, xs, limits);
    // Beyond the end of the queue no tail falls: the edge is below.
    const x = curves === undefined ? -NEAR : findRoot((at) => logShare(curves, at) - Math.log(limits.share));
    const isThere = Math.abs(x) < 0.002 || (i === MOST_MOVES - 1 && Math.abs(x) < NEAR / 2);
    if (isThere && curves !== undefined) return fitAt(near, xs, x, curves, centre);
    centre *= 1 + Math.min(NEAR / 2, Math.max(-NEAR / 2, x));
  }
  return undefined;
}

/** How far from the edge loads count: with enough windows near it, those farther off are not needed. */
function reachOf(windows: readonly TailWindow[], centre: number): number {
  const distances = windows.map(({ load }) => Math.abs(load / centre - 1)).sort((a, b) => a - b);
  return Math.min(NEAR, Math.max(NEAREST, WIDER * (distances[ENOUGH_WINDOWS - 1] ?? NEAR)));
}

/** The nearer a load is, the more its window counts (J. W. Tukey's biweight): over a wide range no line is straight. */
function weighNear({ load, samples, counts }: TailWindow, centre: number, reach: number): readonly TailWindow[] {
  const weight = Math.max(0, 1 - ((load / centre - 1) / reach) ** 2) ** 2;
  if (samples * weight === 0) return [];
  return [{
    load,
    samples: samples * weight,
    counts: counts.map(({ beyond, ended, seconds }) => ({
      beyond: beyond * weight,
      ended: ended * weight,
      seconds: seconds * weight,
    })),
  }];
}

/** The lines of a tail from the stretch `from` on. */
interface Curves {
  readonly reach: Line;
  readonly rates: readonly Line[];
  readonly lengths: readonly number[];
  readonly shape: TailShape;
}

function fitAt(
  windows: readonly TailWindow[],
  xs: readonly number[],
  x: number,
  curves: Curves,
  centre: number,
): TailFit | undefined {
  const steepness = (logShare(curves, x + 0.001) - logShare(curves, x - 0.001)) / 0.002;
  if (!(steepness > 0)) return undefined;
  if (disagrees(windows, xs, (at) => Math.exp(logShare(curves, at)), steepness)) return undefined;
  const { reach, rates, lengths, shape } = curves;
  const p = shareAt(reach, x);
  // What a change of the logarithm of each rate changes of the logarithm of the share.
  const weights = mixed(curves, x).map((log, j) => -Math.exp(log) * (lengths[j] ?? 0));
  const moves = windows.map((_, i) => {
    const logs = rates.map((rate) => moveOf(rate, i, x) / rateAt(rate, x));
    const byRates = weights.reduce((sum, weight, j) => sum + weight * dot(shape.mix[j] ?? [], logs), 0);
    return ((1 - p) * moveOf(reach, i, x) + byRates) / steepness;
  });
  const error = Math.hypot(
    errorOf(moves, sum(windows.map(({ samples }) => samples))),
    Math.sqrt(shape.varianceOf(weights)) / steepness,
  );
  return { edge: centre * (1 + x), error, steepness };
}

/** From the first stretch on in which, and in all after it, samples enough end. */
function fitCurves(
  windows: readonly TailWindow[],
  xs: readonly number[],
  { fromSeconds, limitSeconds }: TailLimits,
): Curves | undefined {
  const of = (j: number, what: keyof TailCount) => windows.map(({ counts }) => counts[j]?.[what] ?? 0);
  const lines = fromSeconds.map((_, j) =>
    sum(of(j, "ended")) < LEAST_ENDED ? undefined : fitRate(of(j, "ended"), of(j, "seconds"), xs)
  );
  for (let from = lines.findLastIndex((line) => line === undefined) + 1; from < lines.length; from++) {
    const reach = fitShare(windows.map(({ samples }) => samples), of(from, "beyond"), xs);
    if (reach === undefined) continue;
    const rates = lines.slice(from).filter((line) => line !== undefined);
    const ends = [...fromSeconds.slice(from + 1), limitSeconds];
    const lengths = ends.map((end, j) => end - (fromSeconds[from + j] ?? end));
    const moves = rates.map((rate) => windows.map((_, i) => moveOf(rate, i, 0) / rate.at));
    const covariance = moves.map((a) => moves.map((b) => inflate(windows.length) * dot(a, b)));
    return { reach, rates, lengths, shape: shapeTail(rates.map(({ at }) => Math.log(at)), covariance) };
  }
  return undefined;
}

function moveOf({ influences }: Line, window: number, x: number): number {
  const [at, slope] = influences[window] ?? [0, 0];
  return at + slope * x;
}

/** The logarithms of the rates, as all stretches together say. */
function mixed({ rates, shape }: Curves, x: number): readonly number[] {
  const logs = rates.map((rate) => Math.log(rateAt(rate, x)));
  return shape.mix.map((row) => dot(row, logs));
}

function logShare(curves: Curves, x: number): number {
  const hazards = mixed(curves, x).map((log, j) => Math.exp(log) * (curves.lengths[j] ?? 0));
  return Math.log(shareAt(curves.reach, x)) - sum(hazards);
}

/**
 * Of few windows that count the spread is estimated too low, and by chance much too low: a search that ends when its
 * error is small would end just then. So it is weighed against the error that so many samples of a queue have as a rule
 * (G. K. Smyth, "Linear Models and Empirical Bayes Methods", 2004).
 */
function errorOf(moves: readonly number[], samples: number): number {
  const squares = sum(moves.map((each) => each ** 2));
  const effective = squares ** 2 / sum(moves.map((each) => each ** 4));
  const seen = squares * inflate(moves.length) * (1 + 2 / effective) ** 2;
  return Math.sqrt((seen * moves.length + USUAL_WINDOWS * USUAL_ERROR ** 2 / samples) / (moves.length + USUAL_WINDOWS));
}

/** Two parameters of each line are fitted. */
function inflate(windows: number): number {
  return windows / Math.max(1, windows - 4);
}

/** Where a growing function is 0, or the end beyond which that lies. */
function findRoot(off: (x: number) => number): number {
  let [low, high] = [-NEAR, NEAR];
  for (let i = 0; i < 30; i++) {
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
  const seen = windows.map(({ counts }) => {
    const { beyond = 0, ended = 0 } = counts.at(-1) ?? {};
    return beyond - ended;
  });
  const [sumSeen, sumExpected] = [sum(seen), sum(expected)];
  const mean = (sumSeen - sumExpected) / windows.length;
  const squares = sum(seen.map((each, i) => (each - (expected[i] ?? 0) - mean) ** 2));
  const error = Math.sqrt(squares / (windows.length - 1) / windows.length);
  const moved = Math.abs(Math.log(Math.max(0.5, sumSeen) / Math.max(1e-9, sumExpected))) / steepness;
  return Math.abs(mean) > DISAGREES * error && moved > MATTERS;
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((all, each, i) => all + each * (b[i] ?? 0), 0);
}

function sum(values: readonly number[]): number {
  return values.reduce((all, each) => all + each, 0);
}
