/** `P_capacity.csv`: the steps of a capacity search, with a line for each condition of the SLO. Pure. */
import { csvHeader, csvLine } from "../../base/text/csv_text.ts";
import type { CapacityStep } from "../../protocol/capacity_message.ts";

const HEADER = csvHeader([
  "Step",
  "Purpose",
  "From Seconds",
  "To Seconds",
  "Unit",
  "Load",
  "Achieved",
  "Requests/s",
  "SLO",
  "Condition",
  "Row",
  "Measured",
  "Measured Unit",
  "Condition SLO",
  "Samples",
  "Generator",
  "Shortfall",
]);

export function capacityCsv(steps: readonly CapacityStep[]): string {
  return HEADER + steps.map(stepLines).join("");
}

function stepLines(step: CapacityStep): string {
  return step.figures.map((figure) =>
    csvLine([
      step.number,
      step.purpose,
      step.fromSeconds,
      step.toSeconds,
      step.unit,
      step.load,
      { number: step.achieved.toFixed(6) },
      { number: step.requestsPerSecond.toFixed(6) },
      step.outcome,
      figure.condition,
      figure.row ?? null,
      figure.measured,
      figure.unit,
      figure.outcome,
      figure.weight,
      step.doubts.join("; "),
      step.shortfall ?? null,
    ])
  ).join("");
}
