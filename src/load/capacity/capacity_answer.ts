/**
 * The answer of a capacity search: its figure, the interval, and what the load above met with. Also of a search that
 * was ended half way: what is known so far. Pure.
 */
import type { CapacityEnd, CapacityReport, CapacityStep } from "../../protocol/capacity_message.ts";
import { type Bracket, findBracket, findEdge, isConfirmed } from "./capacity_search.ts";
import { describeCapacity } from "./describe_capacity.ts";
import type { EdgeFit } from "./edge_fit.ts";
import { findThin, isOfGenerator, isSilent, type LoadEvidence, poolSteps } from "./load_evidence.ts";
import { isNarrow, loadNear, type LoadRange, RESOLUTION } from "./load_scale.ts";

export interface AnswerInput {
  readonly steps: readonly CapacityStep[];
  readonly range: LoadRange;
  readonly slo: readonly string[];
  /** `stopped`: the run ended before the search did. */
  readonly end: CapacityEnd;
}

export function answerCapacity({ steps, range, slo, end }: AnswerInput): CapacityReport {
  const { unit } = range;
  const fit = findEdge(steps);
  const { load, best, high, interval } = fit === undefined
    ? answerBracket(findBracket(steps))
    : answerFit(fit, steps, range);
  const limitedBy = best === undefined && high === undefined ? null : limitOf(high, end);
  const isConfirmedNow = fit === undefined
    ? best !== undefined && isConfirmed(best) && end === "bound"
    : end === "found";
  const thin = best === undefined ? undefined : findThin(best);
  const known = {
    unit,
    slo,
    end,
    load: load ?? null,
    requestsPerSecond: best === undefined || load === undefined ? null : meanRate(best) * load / best.load,
    ...interval,
    isConfirmed: isConfirmedNow,
    limitedBy,
    ...(thin === undefined ? {} : { thin }),
  };
  return {
    ...known,
    sentence: describeCapacity(known, { best, high, range, lowest: Math.min(...steps.map((step) => step.load)) }),
    steps,
  };
}

interface Answer {
  readonly load: number | undefined;
  /** The windows that the answer stands on. */
  readonly best: LoadEvidence | undefined;
  /** What the load above met with. */
  readonly high: LoadEvidence | undefined;
  readonly interval: Pick<CapacityReport, "low" | "high">;
}

/** While single loads are all that is known. */
function answerBracket({ low, open, high }: Bracket): Answer {
  const best = findBest(low, open);
  return { load: best?.load, best, high, interval: { low: low?.load ?? null, high: high?.load ?? null } };
}

/**
 * A load that was tried, where one is so near to the edge that it makes no difference. The interval reaches to the next
 * loads that were tried: how a figure grows between two neighbours nobody has seen.
 */
function answerFit(fit: EdgeFit, steps: readonly CapacityStep[], range: LoadRange): Answer {
  const loads = poolSteps(steps).filter((each) => !isSilent(each.steps));
  const below = loads.findLast(({ load }) => load <= fit.edge);
  const above = loads.filter(({ load }) => load > fit.edge);
  const next = above[0]?.load ?? Infinity;
  const estimate = loadNear(fit.edge, "below", range);
  const isTried = below !== undefined &&
    (below.load >= fit.edge * (1 - RESOLUTION / 2) || isNarrow(below.load, next, range.unit));
  const load = isTried ? below.load : estimate;
  return {
    load,
    best: below,
    high: above.find(({ outcome, leaning }) => outcome === "broken" || leaning === "broken"),
    interval: {
      low: Math.min(load, loadNear(fit.low, "below", range)),
      high: Math.max(isNarrow(load, next, range.unit) ? next : 0, loadNear(fit.high, "above", range)),
    },
  };
}

/** The highest load that held, or that leans to having held with all below it. */
function findBest(low: LoadEvidence | undefined, open: readonly LoadEvidence[]): LoadEvidence | undefined {
  const firstBad = open.findIndex(({ leaning }) => leaning === "broken");
  return open.slice(0, firstBad < 0 ? open.length : firstBad).at(-1) ?? low;
}

function limitOf(high: LoadEvidence | undefined, end: CapacityEnd): CapacityReport["limitedBy"] {
  if (high === undefined) return end === "bound" ? "bound" : null;
  if (isOfGenerator(high)) return "generator";
  const broken = high.steps.filter(({ outcome }) => outcome === "broken");
  return broken.length > 0 && broken.every(({ shortfall }) => shortfall !== undefined) ? "users" : "system";
}

function meanRate({ steps }: LoadEvidence): number {
  const seconds = steps.reduce((sum, step) => sum + step.toSeconds - step.fromSeconds, 0);
  const requests = steps.reduce((sum, step) => sum + step.requestsPerSecond * (step.toSeconds - step.fromSeconds), 0);
  return seconds > 0 ? requests / seconds : 0;
}
