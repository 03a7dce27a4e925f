/** A capacity search as a summary has it. Pure. */
import { answerCapacity } from "../../load/capacity/capacity_answer.ts";
import type { CapacityAim, CapacityReport, CapacityStep } from "../../protocol/capacity_message.ts";
import type { SummaryCapacity } from "./capacity_summary.ts";

/** The answer as far as the steps go, of a run that has not ended, or of which no end is known. */
export function answerSoFar(aim: CapacityAim, steps: readonly CapacityStep[]): CapacityReport {
  return answerCapacity({ steps, range: aim, slo: aim.slo, end: "stopped" });
}

export function toSummaryCapacity({ thin, ...report }: CapacityReport): SummaryCapacity {
  return {
    unit: report.unit,
    slo: report.slo,
    end: report.end,
    load: report.load,
    requestsPerSecond: report.requestsPerSecond,
    low: report.low,
    high: report.high,
    isConfirmed: report.isConfirmed,
    limitedBy: report.limitedBy,
    thin: thin ?? null,
    sentence: report.sentence,
    steps: report.steps.map((step) => ({
      number: step.number,
      purpose: step.purpose,
      load: step.load,
      fromSeconds: step.fromSeconds,
      toSeconds: step.toSeconds,
      achieved: step.achieved,
      requestsPerSecond: step.requestsPerSecond,
      outcome: step.outcome,
      figures: step.figures.map(({ condition, statistic, limit, unit, measured, outcome, weight, row }) => ({
        condition,
        statistic,
        limit,
        unit,
        measured,
        outcome,
        samples: weight,
        row: row ?? null,
      })),
      doubts: step.doubts,
      shortfall: step.shortfall ?? null,
    })),
  };
}
