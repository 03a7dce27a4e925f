/** Judges several windows of a capacity search as if they were one. Pure. */
import type { CapacityFigure, CapacityOutcome, CapacityStep } from "../../protocol/capacity_message.ts";
import { CLEAR, poolEvidence } from "../../stats/capacity/judge_slo.ts";

export type WindowOutcome = Pick<CapacityStep, "outcome" | "leaning">;

export function judgeTogether(steps: readonly CapacityStep[]): WindowOutcome {
  const [only, ...others] = steps;
  if (only !== undefined && others.length === 0) return only;
  const broken = steps.filter(({ outcome }) => outcome === "broken").length;
  // What no figure decided (no answer at all, a backlog that grew) cannot be averaged.
  if (steps.every(({ outcome }) => outcome === "within")) return { outcome: "within", leaning: "within" };
  if (broken === steps.length) return { outcome: "broken", leaning: "broken" };
  if (
    steps.some(({ outcome, figures }) => outcome === "broken" && !figures.some((each) => each.outcome === "broken"))
  ) {
    return { outcome: broken * 2 > steps.length ? "broken" : "unclear", leaning: "broken" };
  }
  const count = Math.max(0, ...steps.map(({ figures }) => figures.length));
  const pooled = Array.from(
    { length: count },
    (_, i) => poolFigures(steps.flatMap(({ figures }) => figures[i] === undefined ? [] : [figures[i]])),
  );
  const outcomes = pooled.map(({ outcome }) => outcome);
  return {
    outcome: outcomes.includes("broken") ? "broken" : outcomes.includes("unclear") ? "unclear" : "within",
    leaning: pooled.some(({ excess }) => excess > 0) ? "broken" : "within",
  };
}

function poolFigures(
  figures: readonly CapacityFigure[],
): { readonly outcome: CapacityOutcome; readonly excess: number } {
  const { excess, error, weight } = poolEvidence(figures);
  const [first] = figures;
  if (figures.every(({ outcome }) => outcome === first?.outcome)) {
    return { outcome: first?.outcome ?? "unclear", excess };
  }
  if (weight === 0) return { outcome: "unclear", excess };
  if (excess > CLEAR * error) return { outcome: "broken", excess };
  return { outcome: excess < -CLEAR * error ? "within" : "unclear", excess };
}

/** Whether all of their samples together are clearly within the SLO, however little each window says by itself. */
export function holdTogether(steps: readonly CapacityStep[]): boolean {
  const count = Math.max(0, ...steps.map(({ figures }) => figures.length));
  return steps.every(({ outcome }) => outcome === "within") || Array.from({ length: count }, (_, i) => {
    const figures = steps.flatMap((step) => step.figures[i] === undefined ? [] : [step.figures[i]]);
    const { excess, error, weight } = poolEvidence(figures);
    return figures.every(({ outcome }) => outcome === "within") || (weight > 0 && excess < -CLEAR * error);
  }).every((holds) => holds);
}
