/**
 * Estimates the edge from all windows of a search at once: the load at which a condition of the SLO stands exactly at
 * its limit, and the interval in which that load lies. One window alone says little of a queue that remembers for
 * seconds, and the one that looked best was mostly lucky; all of them together are not. Pure.
 *
 * Near the edge a figure is taken to grow as limit · e^(b · (load/edge - 1)), which is exact for the tail of an M/M/c
 * queue and fits anything else that is narrow enough. A share of samples is a count with a variance of φ times that of
 * Poisson (requests of a queue are slow together: quasi-likelihood, P. McCullagh and J. A. Nelder, "Generalized Linear
 * Models", 2nd ed., ch. 9); φ is that of the blocks of all windows near the edge, or that of the windows around the
 * curve where it is larger. Means are normal. The interval holds each edge whose best b explains the windows nearly as
 * well as the best edge does (profile likelihood). What is beyond a few times the limit counts as just that: how bad an
 * overload is depends on how long it lasts.
 */
import type { CapacityFigure, CapacityPurpose, CapacityStep } from "../../protocol/capacity_message.ts";
import { countedSteps } from "./load_evidence.ts";
import { fitTail, type TailWindow } from "./tail_fit.ts";

export interface EdgeFit {
  /** The most likely edge: loads below hold. */
  readonly edge: number;
  /** Two standard errors around it. */
  readonly low: number;
  readonly high: number;
  /** How steeply the figure grows: by e in a step of load/edge of 1/steepness. */
  readonly steepness: number;
  /**
   * What the tail of the times says: it agrees, and the edge is from it; it says another thing, or nothing yet. Absent
   * where there is no tail.
   */
  readonly tail?: "agrees" | "disagrees";
}

interface Point {
  readonly load: number;
  /** Of a share: slow samples beside those that are allowed; of others: the figure beside its limit. */
  readonly ratio: number;
  /** Allowed samples; of others: the inverse variance of the ratio. */
  readonly weight: number;
  /** The variance of the ratio by the blocks of its window. */
  readonly variance: number;
}

/** Loads farther from the edge follow another curve. */
const NEAR = 0.5;
/** Windows so near tell how far requests are slow together. */
const NEAR_SPREAD = 0.2;
/** How many times its limit a figure counts. */
const MOST = 15;
/** Where each sample is an event of its own, little more than its limit says all. */
const LEAST_MOST = 3;
const MOST_MEAN = 2;
/** How far the curves of a tail are from the truth where chance plays no part: of the edge. */
const TAIL_ERROR = 0.0075;
/** How many times as steep as the tail is what is no queue. */
const STEEPER_THAN_QUEUE = 4;
/** An overload far from the edge is another event. */
const NEAR_OVERLOAD = 0.08;
/** As of a queue near its end; a cliff has data enough to say otherwise, and a few lucky windows have not. In logarithms. */
const USUAL_STEEPNESS = 35;
const STEEPNESS_SPREAD = 0.9;
const LIKELIEST_DEVIANCE = 0.02;
const GRID = 0.004;
const STEEPNESSES = Array.from({ length: 17 }, (_, i) => 2 * 1.6 ** i);
/** What is there without any overload, beside the limit: failures of a few, the time of the service itself. */
const BASES = [0, 0.05, 0.15, 0.4, 0.7];
/** Twice the difference of two likelihoods: two standard errors. */
const CLEAR_DEVIANCE = 4;

export function fitEdge(steps: readonly CapacityStep[], from: number, to: number): EdgeFit | undefined {
  const counted = countedSteps(steps);
  // A load that held by chance may lie far above the edge: lower ones were too much then.
  const broken = counted.filter(({ leaning }) => leaning === "broken").map(({ load }) => load);
  const lowest = Math.max(from * (1 - NEAR), Math.min(from, ...broken));
  const loads = edgesBetween(lowest * (1 - NEAR_SPREAD), to * (1 + NEAR_SPREAD));
  const count = Math.max(0, ...counted.map(({ figures }) => figures.length));
  const fits = Array.from({ length: count }, (_, i) => fitCondition(counted, i, loads));
  const hard = fitHard(counted, loads);
  const all = [...fits, hard].filter((fit) => fit !== undefined).sort((a, b) => a.edge - b.edge);
  const [first] = all;
  if (first === undefined) return undefined;
  return { ...first, low: Math.min(...all.map(({ low }) => low)), high: Math.min(...all.map(({ high }) => high)) };
}

function edgesBetween(from: number, to: number): readonly number[] {
  const count = Math.ceil(Math.log(to / from) / GRID);
  return Array.from({ length: count + 1 }, (_, i) => from * Math.exp(i * GRID));
}

function fitCondition(steps: readonly CapacityStep[], index: number, edges: readonly number[]): EdgeFit | undefined {
  const longest = (of: CapacityPurpose) => Math.max(...steps.filter(({ purpose }) => purpose === of).map(secondsOf));
  const usual = new Map(
    (["rise", "fall", "halve", "confirm"] as const).map((of) => [of, Math.min(longest(of), longest("confirm"))]),
  );
  const figures = steps.flatMap((step) => {
    const figure = step.figures[index];
    const lost = step.outcome === "broken" ? Math.max(1, (usual.get(step.purpose) ?? 0) / secondsOf(step)) : 1;
    return figure === undefined || figure.weight === 0 ? [] : [{ load: step.load, figure, lost }];
  });
  const [first] = figures;
  if (first === undefined || !figures.some(({ figure }) => figure.excess > 0)) return undefined;
  if (!isCurve(first.figure)) return undefined;
  const { share } = first.figure;
  const points = figures.map(({ load, figure, lost }) => toPoint(load, figure, lost));
  let centre = points.filter(({ ratio }) => ratio >= 1).reduce((least, { load }) => Math.min(least, load), Infinity);
  let fit: EdgeFit | undefined;
  for (let i = 0; i < 3; i++) {
    const near = points.filter(({ load }) => Math.abs(load / centre - 1) <= NEAR);
    fit = scan(near, edges, centre, share === undefined ? "normal" : "count");
    if (Math.abs(fit.edge / centre - 1) < GRID * 2) break;
    centre = fit.edge;
  }
  return fit === undefined ? undefined : sharpen(fit, figures);
}

interface LoadFigure {
  readonly load: number;
  readonly figure: CapacityFigure;
}

/** By the tail of the times, where the system is a queue: then both estimates agree, as far as they are known. */
function sharpen(
  counted: EdgeFit,
  figures: readonly LoadFigure[],
): EdgeFit {
  const [first] = figures;
  const { tails, limit, share } = first?.figure ?? {};
  if (tails === undefined || limit === undefined || share === undefined) return counted;
  const windows = figures.flatMap(({ load, figure }) =>
    figure.tails === undefined ? [] : [{
      load,
      samples: figure.weight,
      counts: figure.tails.map(({ beyond, ended, ms }) => ({ beyond, ended, seconds: ms / 1000 })),
    }]
  );
  const reaches = ({ counts }: TailWindow) => (counts.at(-1)?.beyond ?? 0) > 0;
  if (
    !windows.some((each) => reaches(each) && each.load < counted.edge && each.load > counted.edge * (1 - NEAR_SPREAD))
  ) {
    return counted;
  }
  const limits = { fromSeconds: tails.map(({ fromMs }) => fromMs / 1000), limitSeconds: limit / 1000, share };
  const fit = fitTail(windows, limits, counted.edge);
  if (fit === undefined) return { ...counted, tail: "disagrees" };
  const { edge, steepness } = fit;
  const error = Math.hypot(fit.error, TAIL_ERROR);
  const [low, high] = [edge * Math.exp(-2 * error), edge * Math.exp(2 * error)];
  const apart = (counted.high / counted.low) ** 0.5;
  if (high * apart >= counted.low && low <= counted.high * apart) {
    // A cliff is known by its counts better than by any curve. A queue is not as steep, and counts that look so have had luck.
    const isCertain = counted.high / counted.low < Math.exp(4 * TAIL_ERROR) &&
      (counted.steepness > STEEPER_THAN_QUEUE * steepness || isCliff(figures, counted.edge));
    return isCertain ? counted : { edge, low, high, steepness, tail: "agrees" };
  }
  // One of both is wrong, and which one is not known.
  return { ...counted, low: Math.min(low, counted.low), high: Math.max(high, counted.high), tail: "disagrees" };
}

/** Near a cliff there is no window between far below its limit and far above. */
function isCliff(figures: readonly LoadFigure[], edge: number): boolean {
  return figures.filter(({ load }) => Math.abs(load / edge - 1) <= NEAR_OVERLOAD)
    .every(({ figure: { excess, share = 1 } }) => excess < -share / 2 || excess > MOST * share / 2);
}

function isCurve({ statistic, share, limit }: CapacityFigure): boolean {
  return share === undefined ? /mean$/.test(statistic) && limit > 0 : share > 0;
}

/**
 * `lost`: a window that broke early weighs as much as one that was let run: what it saw, and the rest of its time at
 * the limit. Otherwise the windows that had luck would weigh more than those that had not.
 */
function toPoint(
  load: number,
  { excess, error, lasting = error, weight, share, limit }: CapacityFigure,
  lost: number,
): Point {
  const allowed = share ?? limit;
  return {
    load,
    ratio: 1 + excess / allowed / lost,
    weight: lost * (share === undefined ? weight : weight * share),
    variance: (lasting / allowed / lost) ** 2,
  };
}

function secondsOf({ fromSeconds, toSeconds }: CapacityStep): number {
  return Math.max(1, toSeconds - fromSeconds);
}

function scan(points: readonly Point[], edges: readonly number[], centre: number, kind: "count" | "normal"): EdgeFit {
  const near = (within: number) => points.filter(({ load }) => Math.abs(load / centre - 1) <= within);
  const inner = spreadWithin([
    ...near(NEAR_SPREAD).filter(({ ratio }) => ratio < MOST),
    ...near(NEAR_OVERLOAD).filter(({ ratio }) => ratio >= MOST),
  ], kind);
  const most = kind === "normal" ? MOST_MEAN : Math.min(MOST, Math.max(LEAST_MOST, Math.sqrt(inner)));
  const seen = points.map((point) => ({ ...point, ratio: Math.min(most, point.ratio) }));
  const candidates = profile(seen, edges, { kind, most, phi: inner });
  const peak = candidates.reduce((best, each) => each.misfit < best.misfit ? each : best);
  const phi = Math.max(
    inner,
    spreadAround(seen.filter(({ load }) => Math.abs(load / centre - 1) <= NEAR_SPREAD), peak, kind, most),
  );
  const plausible = candidates.filter(({ misfit }) => misfit - peak.misfit <= CLEAR_DEVIANCE * phi);
  // Where nothing lies between what holds and what breaks, each edge there is as likely.
  const likeliest = candidates.filter(({ misfit }) => misfit - peak.misfit <= LIKELIEST_DEVIANCE * phi);
  return {
    edge: Math.sqrt((likeliest[0]?.edge ?? 1) * (likeliest.at(-1)?.edge ?? 1)),
    low: plausible[0]?.edge ?? peak.edge,
    high: plausible.at(-1)?.edge ?? peak.edge,
    steepness: peak.steepness,
  };
}

/**
 * Of a weight of one at the limit, by the blocks of the windows. A window without a slow sample does not know how slow
 * ones come; above the limit the events are longer, by about the root of what was seen.
 */
function spreadWithin(points: readonly Point[], kind: "count" | "normal"): number {
  const known = points.filter(({ ratio }) => ratio > 0);
  const share = ({ weight, ratio }: Point) => weight * (kind === "count" ? Math.min(1, ratio) : 1);
  const spreadOf = ({ variance, weight, ratio }: Point) => variance * weight / (kind === "count" ? ratio ** 1.5 : 1);
  const sum = known.reduce((all, point) => all + share(point), 0);
  const spread = known.reduce((all, point) => all + share(point) * spreadOf(point), 0) / sum;
  return Math.max(kind === "count" ? 1 : 1e-9, spread || 0);
}

interface Candidate {
  readonly edge: number;
  readonly base: number;
  readonly steepness: number;
  /** Deviance, at a spread of 1. */
  readonly misfit: number;
}

/** The best steepness and base for each edge. */
function profile(
  points: readonly Point[],
  edges: readonly number[],
  { kind, most, phi }: { readonly kind: "count" | "normal"; readonly most: number; readonly phi: number },
): readonly Candidate[] {
  return edges.map((edge) => {
    let best: Candidate = { edge, steepness: 1, base: 0, misfit: Infinity };
    for (const steepness of STEEPNESSES) {
      const growths = points.map(({ load }) => grow(load, edge, steepness));
      for (const base of BASES) {
        let misfit = phi * (Math.log(steepness / USUAL_STEEPNESS) / STEEPNESS_SPREAD) ** 2;
        for (let i = 0; i < points.length; i++) {
          const point = points[i];
          if (point !== undefined) misfit += misfitOf(point, expect(growths[i] ?? 0, base, most), kind);
        }
        if (misfit < best.misfit) best = { edge, steepness, base, misfit };
      }
    }
    return best;
  });
}

function grow(load: number, edge: number, steepness: number): number {
  return Math.exp(Math.max(-30, steepness * (load / edge - 1)));
}

function expect(growth: number, base: number, most: number): number {
  return Math.min(most, base + (1 - base) * growth);
}

function misfitOf({ ratio, weight }: Point, expected: number, kind: "count" | "normal"): number {
  if (kind === "normal") return weight * (ratio - expected) ** 2;
  return 2 * weight * (expected - ratio + (ratio > 0 ? ratio * Math.log(ratio / expected) : 0));
}

/** Pearson's χ² by its degrees of freedom. */
function spreadAround(
  points: readonly Point[],
  { edge, steepness, base }: Candidate,
  kind: "count" | "normal",
  most: number,
): number {
  if (points.length < 4) return 0;
  const squares = points.reduce((sum, { load, weight, ratio }) => {
    const expected = expect(grow(load, edge, steepness), base, most);
    return sum + weight * (ratio - expected) ** 2 / (kind === "count" ? expected : 1);
  }, 0);
  return squares / (points.length - 2);
}

/** What is no curve: each window is for the edges on its side of its load. */
function fitHard(steps: readonly CapacityStep[], edges: readonly number[]): EdgeFit | undefined {
  const sides = steps.flatMap(({ load, outcome, figures }) => {
    const hard = outcome === "broken" &&
      !figures.some((figure) => figure.outcome === "broken" && isCurve(figure) && figure.statistic !== "backlog");
    return hard ? [{ load, isBroken: true }] : outcome === "within" ? [{ load, isBroken: false }] : [];
  });
  if (!sides.some(({ isBroken }) => isBroken)) return undefined;
  const misfits = edges.map((edge) =>
    CLEAR_DEVIANCE * sides.filter(({ load, isBroken }) => isBroken === (load < edge)).length
  );
  const least = Math.min(...misfits);
  const fitting = edges.filter((_, i) => misfits[i] === least);
  const [low = 0, high = 0] = [fitting[0], fitting.at(-1)];
  return { edge: Math.sqrt(low * high), low, high, steepness: STEEPNESSES.at(-1) ?? 1 };
}
