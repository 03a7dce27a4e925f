/**
 * The answer of a capacity search: its figure, the interval, and what the load above met with. Also of a search that was ended half way:
 * what is known so far. Pure.
 */
import type { CapacityEnd, CapacityReport, CapacityStep } from "../../protocol/capacity_message.ts";
import { findBracket, isConfirmed } from "./capacity_search.ts";
import { findThin, isOfGenerator, type LoadEvidence } from "./load_evidence.ts";
import { describeCapacity } from "./describe_capacity.ts";
import type { LoadRange } from "./load_scale.ts";

export interface AnswerInput {
  readonly steps: readonly CapacityStep[];
  readonly range: LoadRange;
  readonly slo: readonly string[];
  /** `stopped`: the run ended before the search did. */
  readonly end: CapacityEnd;
}

export function answerCapacity({ steps, range, slo, end }: AnswerInput): CapacityReport {
  const { unit } = range;
  const { low, open, high } = findBracket(steps);
  const best = findBest(low, open);
  const limitedBy = best === undefined && high === undefined ? null : limitOf(high, end);
  const isSeen = low !== undefined && isConfirmed(low) && (high === undefined ? end === "bound" : isConfirmed(high));
  const thin = best === undefined ? undefined : findThin(best);
  const known = {
    unit,
    slo,
    end,
    load: best?.load ?? null,
    requestsPerSecond: best === undefined ? null : meanRate(best),
    low: low?.load ?? null,
    high: high?.load ?? null,
    isConfirmed: isSeen && (end === "found" || end === "bound"),
    limitedBy,
    ...(thin === undefined ? {} : { thin }),
  };
  return {
    ...known,
    sentence: describeCapacity(known, { best, high, range, lowest: Math.min(...steps.map((step) => step.load)) }),
    steps,
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
