/**
 * The service level objective of a capacity search, in the grammar of thresholds: `p99<300ms, failures<1%`,
 * `GET /items: p95<200ms`. What says nothing about a load (counts, which grow with the length of a step) is refused.
 * Pure.
 */
import { UsageError } from "../../base/errors.ts";
import { parseThreshold } from "../thresholds/parse_threshold.ts";
import { ThresholdSyntaxError } from "../thresholds/threshold_syntax_error.ts";
import type { Latency, Statistic, Threshold, ThresholdCondition } from "../thresholds/threshold.ts";

const WORDS = "p50 … p99.99, mean, max, failures, dropped, rps, fps and their corrected_… forms";

/** @throws {UsageError} with every problem */
export function readSlo(texts: readonly string[]): readonly Threshold[] {
  const problems: string[] = [];
  const slo = texts.flatMap((text): readonly Threshold[] => {
    const problem = describeBadSlo(text);
    if (problem === undefined) return [parseThreshold(text)];
    problems.push(`Cannot read the SLO "${text}": ${problem}`);
    return [];
  });
  if (problems.length > 0) throw new UsageError(problems);
  return slo;
}

/** Why a text is no SLO, as the middle of a sentence; undefined: it is one. */
export function describeBadSlo(text: string): string | undefined {
  try {
    const { conditions, aborts } = parseThreshold(text);
    if (aborts) return 'a step that breaks it ends by itself; leave out "abort"';
    for (const condition of conditions) {
      const problem = describeBadCondition(condition);
      if (problem !== undefined) return `"${condition.text}" ${problem}`;
    }
    return undefined;
  } catch (error) {
    if (error instanceof ThresholdSyntaxError) return error.reason;
    throw error;
  }
}

function describeBadCondition({ statistic, operator, windowSeconds, afterSeconds }: ThresholdCondition) {
  if (windowSeconds !== undefined || afterSeconds !== undefined) {
    return "has a time of its own, and each step has its window; leave it out, and set --step-time";
  }
  const isUpper = operator.startsWith("<");
  switch (statistic.kind) {
    case "percentile":
    case "mean":
    case "failureRatio":
    case "dropped":
    case "failureRate":
      return isUpper ? undefined : `has to be below a limit that a higher load can break; write "<"`;
    case "max":
      return isUpper ? undefined : `has to be below a limit that a higher load can break; write "<"`;
    case "requestRate":
      return isUpper ? `has to be above a limit; write ">"` : undefined;
    case "measure":
      return `is about checks, metrics or transactions; use ${WORDS}`;
    default:
      return `depends on the length of a step or on the load itself; use ${WORDS}`;
  }
}

/**
 * The SLO of arrivals: its times are corrected ones, which hold the wait of an arrival for a user. Otherwise a system
 * that is too slow would look fast to those whose turn has come.
 */
export function correctSlo(slo: readonly Threshold[]): readonly Threshold[] {
  return slo.map((threshold) => ({
    ...threshold,
    conditions: threshold.conditions.map((condition) => ({
      ...condition,
      statistic: toCorrected(condition.statistic),
    })),
  }));
}

function toCorrected(statistic: Statistic): Statistic {
  return "latency" in statistic ? { ...statistic, latency: "corrected" satisfies Latency } : statistic;
}
