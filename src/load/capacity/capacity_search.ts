/**
 * Decides the next step of a capacity search from the steps so far: the whole state of the search is their list. Pure.
 *
 *   rise     from the start, twice as much each time, until a load breaks
 *   fall     to a quarter, where already the first load breaks
 *   halve    the widest gap between the highest load that holds and the lowest that breaks; loads that stay unclear lie between them
 *   confirm  loads on both sides of the edge that all windows together make the likeliest, by turns, until its interval is narrow
 *   wait     the lowest load again, for some minutes, where it broke: a system that warms up carries it later, and the search rises anew
 *   retry    an upper edge that only a load generator in doubt has set, as soon as a lower load holds without a doubt, and again before the end
 *
 * Until then a load that contradicts itself is judged by its windows together, and the lowest load that breaks is the
 * upper edge.
 */
import type { CapacityEnd, CapacityPurpose, CapacityStep, CapacityUnit } from "../../protocol/capacity_message.ts";
import { type EdgeFit, fitEdge } from "./edge_fit.ts";
import {
  findThin,
  holdsForCertain,
  isOfGenerator,
  isOfSystem,
  isSilent,
  type LoadEvidence,
  poolSteps,
} from "./load_evidence.ts";
import {
  between,
  fallFrom,
  isNarrow,
  loadNear,
  type LoadRange,
  RESOLUTION,
  riseFrom,
  smallestLoad,
} from "./load_scale.ts";
import { findChange, loadBeyond } from "./system_change.ts";

export type NextStep =
  | { readonly kind: "step"; readonly load: number; readonly purpose: CapacityPurpose }
  | { readonly kind: "ended"; readonly end: CapacityEnd };

/** What the steps so far say of the edge. */
export interface Bracket {
  /** The highest load that held, below every load that broke. */
  readonly low: LoadEvidence | undefined;
  /** Those between the edges: their figures are too near to the limit to say more. Ascending. */
  readonly open: readonly LoadEvidence[];
  /** The lowest load that broke. */
  readonly high: LoadEvidence | undefined;
}

/** Windows in which an edge is seen. */
const WINDOWS_PER_EDGE = 2;

/** Windows of an upper edge before it counts as the limit of the load generator: what kept that busy may have gone. */
const WINDOWS_OF_GENERATOR = 4;

/** The same where no load has held: there is nothing yet that the search could end with. */
const WINDOWS_WITHOUT_FIGURE = 12;

/** A system that behaves otherwise each time is given up after so many: an hour of steps of a minute. */
const MAX_STEPS = 60;

export function findBracket(steps: readonly CapacityStep[]): Bracket {
  const loads = poolSteps(steps);
  const high = loads.find(({ outcome }) => outcome === "broken");
  const below = loads.filter((each) => (high === undefined || each.load < high.load) && !isSilent(each.steps));
  const low = below.findLast(holds);
  const open = below.filter(({ load }) => low === undefined || load > low.load);
  return { low, open, high };
}

/**
 * A rise does not wait until its figures are clear: its loads are far from the edge, or are looked at again. Nor can
 * anything wait for samples that so small a load does not have.
 */
function holds(evidence: LoadEvidence): boolean {
  const { outcome, leaning, steps } = evidence;
  if (outcome === "within") return true;
  if (outcome === "broken" || leaning === "broken") return false;
  return steps.every(({ purpose }) => isQuick(purpose)) || findThin(evidence) !== undefined;
}

/** Whether a step of this kind ends as soon as its figures point to a side. */
export function isQuick(purpose: CapacityPurpose): boolean {
  return purpose === "rise" || purpose === "fall";
}

export function nextStep(steps: readonly CapacityStep[], range: LoadRange): NextStep {
  const { unit } = range;
  if (steps.length === 0) return { kind: "step", load: Math.min(range.start, range.max), purpose: "rise" };
  const bracket = findBracket(steps);
  const { low, open, high } = bracket;
  if (steps.length >= MAX_STEPS) return { kind: "ended", end: "steps" };
  if (high === undefined) return rise(steps, bracket, range);
  if (low === undefined) {
    const first = open[0] ?? high;
    if (first.load > smallestLoad(range)) return { kind: "step", load: fallFrom(first.load, range), purpose: "fall" };
    return confirm([first], steps) ?? retry(high, WINDOWS_WITHOUT_FIGURE) ??
      (first === high ? waitForWarmth(steps, range) : undefined) ?? { kind: "ended", end: "below" };
  }
  if (hasRecovered(high, steps)) return { kind: "step", load: high.load, purpose: "confirm" };
  if (isMistrusted(low, steps)) return { kind: "step", load: low.load, purpose: "halve" };
  const beyond = loadBeyond(high.load, steps, range.max);
  if (beyond !== undefined) return { kind: "step", load: loadNear(beyond, "above", range), purpose: "halve" };
  if (isRefined(low, high, steps)) return refineOrRetry(low, high, steps, range);
  const middle = middleOf(bracket, unit);
  if (middle !== undefined) return { kind: "step", load: middle, purpose: "halve" };
  return refineOrRetry(low, high, steps, range);
}

/** Of the widest gap, where one is wide enough to be halved. */
function middleOf({ low, open, high }: Bracket, unit: CapacityUnit): number | undefined {
  if (low === undefined || high === undefined) return undefined;
  const gaps = [[low, open[0] ?? high], [open.at(-1) ?? low, high]] as const;
  const [widest] = gaps.filter(([a, b]) => !isNarrow(a.load, b.load, unit))
    .sort(([a, b], [c, d]) => (d.load - c.load) - (b.load - a.load));
  return widest === undefined ? undefined : between(widest[0].load, widest[1].load, unit);
}

function refineOrRetry(
  low: LoadEvidence,
  high: LoadEvidence,
  steps: readonly CapacityStep[],
  range: LoadRange,
): NextStep {
  const next = refine(low.load, high.load, steps, range);
  return next.kind === "ended" ? retry(high, WINDOWS_OF_GENERATOR) ?? next : next;
}

/** So long a system may be slow at first before the answer is that it is too slow. */
const PATIENCE_SECONDS = 300;
/** Windows of the load that is waited at: falling to it may have taken all of that time, where arrivals are few. */
const LEAST_WAITS = 4;

/** Whether a step of this load waits for a system which may be warming up. */
export function isWaiting(steps: readonly CapacityStep[], load: number): boolean {
  if (findBracket(steps).low !== undefined || steps.at(-1)?.outcome === "within") return false;
  const of = steps.filter((step) => step.load === load);
  return of.length >= WINDOWS_PER_EDGE && lowestSeen(steps)?.load === load;
}

/** The lowest load that broke with requests that were answered: arrivals may be so few that none comes in a window. */
function lowestSeen(steps: readonly CapacityStep[]): LoadEvidence | undefined {
  return poolSteps(steps).find(({ outcome, steps: own }) => outcome === "broken" && !isSilent(own));
}

/**
 * The lowest load once more; where it holds by now, more, until that shows that the system is another one. What fails
 * does not become right by being warm.
 */
function waitForWarmth(steps: readonly CapacityStep[], range: LoadRange): NextStep | undefined {
  const [seen, first, last] = [lowestSeen(steps), steps[0], steps.at(-1)];
  if (seen === undefined || seen.steps.some(({ figures }) => figures.some(isOfSystem))) return undefined;
  const beyond = loadBeyond(seen.load, steps, range.max);
  if (beyond !== undefined) return { kind: "step", load: loadNear(beyond, "above", range), purpose: "halve" };
  const isWarmer = last?.load === seen.load && last.leaning === "within";
  const seconds = (last?.toSeconds ?? 0) - (first?.fromSeconds ?? 0);
  const isPatient = seconds < PATIENCE_SECONDS || seen.steps.length < LEAST_WAITS;
  return isWarmer || isPatient ? { kind: "step", load: seen.load, purpose: "confirm" } : undefined;
}

/** The generator was in doubt where the upper edge is, once, and is not where the last step held. */
function hasRecovered(high: LoadEvidence, steps: readonly CapacityStep[]): boolean {
  const last = steps.at(-1);
  return high.steps.length < WINDOWS_PER_EDGE && isOfGenerator(high) && last !== undefined && holdsForCertain(last);
}

/** Before the load generator counts as the limit, its edge is looked at some more. */
function retry(high: LoadEvidence, atMost: number): NextStep | undefined {
  if (!isOfGenerator(high) || high.steps.length >= atMost) return undefined;
  return { kind: "step", load: high.load, purpose: "confirm" };
}

/** The estimate of all windows, once the interval of single loads was narrow. */
export function findEdge(steps: readonly CapacityStep[]): EdgeFit | undefined {
  const bracket = findBracket(steps);
  const { low, high } = bracket;
  if (low === undefined || high === undefined) return undefined;
  // Between edges far apart lie loads that stay unclear: of a figure that grows slowly only all windows together tell.
  const isDivided = middleOf(bracket, low.steps[0]?.unit ?? "/s") === undefined && looksOf(steps).length > 0;
  return isDivided || isRefined(low, high, steps) ? fitEdge(steps, low.load, high.load) : undefined;
}

/** Whether single loads have said what they can. */
function isRefined(low: LoadEvidence, high: LoadEvidence, steps: readonly CapacityStep[]): boolean {
  return high.load <= low.load * NEAR_EDGES && looksOf(steps).length > 0;
}

/**
 * The windows of the edge: from the first that was begun when nothing was left to halve. Until then a load is confirmed
 * for another reason.
 */
function looksOf(steps: readonly CapacityStep[]): readonly CapacityStep[] {
  const { knownAt = 0 } = findChange(steps) ?? {};
  const first = steps.findIndex((step, i) =>
    step.purpose === "confirm" && step.number > knownAt && isHalved(steps.slice(0, i), step.unit)
  );
  return first < 0 ? [] : steps.slice(first).filter(({ purpose }) => purpose === "confirm");
}

function isHalved(steps: readonly CapacityStep[], unit: CapacityUnit): boolean {
  const bracket = findBracket(steps);
  return bracket.low !== undefined && bracket.high !== undefined && middleOf(bracket, unit) === undefined;
}

/** Windows of the edge may move it by so much; of loads farther apart a search halves the gap. */
const NEAR_EDGES = 1.5;

/** Looks at both sides of the edge by turns, until its interval is narrow. */
function refine(low: number, high: number, steps: readonly CapacityStep[], range: LoadRange): NextStep {
  const { unit } = range;
  const fit = fitEdge(steps, low, high) ?? { edge: (low + high) / 2, low, high, steepness: 100 };
  const looks = looksOf(steps);
  const below = looks.filter(({ load }) => load < fit.edge).length;
  const above = looks.length - below;
  const isEnough = below >= WINDOWS_PER_EDGE - 1 && isKnown(fit, looks.length, unit);
  if (isEnough && isSeenAbove(fit.edge, steps)) return { kind: "ended", end: "found" };
  const tooMuch = isEnough ? lowestAbove(fit.edge, steps) : undefined;
  if (tooMuch !== undefined) return { kind: "step", load: tooMuch, purpose: "confirm" };
  const isBelow = !isEnough && below <= above;
  const aside = Math.min(MOST_ASIDE, Math.max(RESOLUTION / 2, (isBelow ? ASIDE_BELOW : ASIDE_ABOVE) / fit.steepness));
  const wanted = isBelow ? fit.edge * (1 - aside) : fit.edge * (1 + aside);
  const side = steps.map(({ load }) => load).filter((load) => (load < fit.edge) === isBelow);
  const known = side.find((load) => Math.abs(load / wanted - 1) <= RESOLUTION / 2);
  const load = known ?? loadNear(wanted, isBelow ? "below" : "above", range);
  return { kind: "step", load, purpose: "confirm" };
}

/**
 * Whether a load above the edge was too much since the first look, in samples enough: before it, the system may have
 * been another.
 */
function isSeenAbove(edge: number, steps: readonly CapacityStep[]): boolean {
  const from = looksOf(steps)[0]?.number ?? Infinity;
  const seen = steps.filter(({ number, load, leaning }) => number >= from && load >= edge && leaning === "broken");
  return seen.some(({ outcome }) => outcome === "broken") ||
    (seen.length > 0 && findThin({ load: edge, steps: seen, outcome: "unclear", leaning: "broken" }) === undefined);
}

/** The lowest load a little above the edge at which a window was too much, of this system as far as is known. */
function lowestAbove(edge: number, steps: readonly CapacityStep[]): number | undefined {
  const near = poolSteps(steps).filter(({ load }) => load >= edge && load <= edge * (1 + MOST_ASIDE));
  return near.find(({ steps: own }) => own.some(({ leaning }) => leaning === "broken"))?.load;
}

/** Where a figure is e^-0.5 and e of its limit: above there is more to see. */
const [ASIDE_BELOW, ASIDE_ABOVE] = [0.5, 1];
const MOST_ASIDE = 0.03;
/** The width of an interval of two standard errors on both sides: by counting, and where the tail of the times tells more. */
const [PRECISION, PRECISION_BY_TAIL] = [0.1, 0.08];
/** A system that needs more looks is answered with the interval that it has by then: 35 minutes, and 45 with all else. */
const MAX_LOOKS = 24;
/** A few windows may have been lucky: of a queue, and of what has a tail that is none of a queue. */
const LEAST_LOOKS = { agrees: 8, disagrees: 6 } as const;

function isKnown({ low, high, tail }: EdgeFit, looks: number, unit: CapacityUnit): boolean {
  if (looks >= MAX_LOOKS) return true;
  // Where no time near the limit has been seen at all, there is no luck in a percentile.
  if (tail !== undefined && looks < LEAST_LOOKS[tail]) return false;
  const precision = tail === "agrees" ? PRECISION_BY_TAIL : PRECISION;
  return high / low <= 1 + precision || (unit === "users" && high - low <= 1);
}

/** A load that only a short look has seen to hold, and all above it break: before more of them do, it is looked at in full. */
function isMistrusted({ steps: own }: LoadEvidence, steps: readonly CapacityStep[]): boolean {
  if (!own.every(({ purpose }) => isQuick(purpose))) return false;
  const isClear = own.some(({ outcome }) => outcome === "within");
  return steps.slice(-2).every(({ outcome, purpose }) =>
    outcome === "broken" && (purpose === "halve" || (purpose === "confirm" && !isClear))
  );
}

function rise(steps: readonly CapacityStep[], { low, open }: Bracket, range: LoadRange): NextStep {
  const highest = Math.max(...poolSteps(steps).map(({ load }) => load));
  if (highest < range.max) return { kind: "step", load: riseFrom(highest, range), purpose: "rise" };
  const top = open.at(-1) ?? low;
  return (top === undefined ? undefined : confirm([top], steps)) ?? { kind: "ended", end: "bound" };
}

/** A load that needs one more window: another one than that of the last step, where there is a choice. */
function confirm(edges: readonly LoadEvidence[], steps: readonly CapacityStep[]): NextStep | undefined {
  const last = steps.at(-1)?.load;
  const lacking = edges.filter((edge) => !isConfirmed(edge));
  const edge = lacking.find(({ load }) => load !== last) ?? lacking[0];
  return edge === undefined ? undefined : { kind: "step", load: edge.load, purpose: "confirm" };
}

/** Whether two windows, at least one of them of full length, saw it as it counts. */
export function isConfirmed({ steps, outcome }: LoadEvidence): boolean {
  if (steps.length < WINDOWS_PER_EDGE) return false;
  return outcome === "broken" || steps.some(({ purpose }) => !isQuick(purpose));
}
