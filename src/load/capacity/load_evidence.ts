/** Sums up what all steps of a capacity search say of each load: windows of one load are judged as one. Pure. */
import type { CapacityFigure, CapacityOutcome, CapacityStep } from "../../protocol/capacity_message.ts";
import { CLEAR, poolEvidence } from "../../stats/capacity/judge_slo.ts";

export interface LoadEvidence {
  readonly load: number;
  readonly steps: readonly CapacityStep[];
  readonly outcome: CapacityOutcome;
  readonly leaning: "within" | "broken";
}

/** A figure that is unclear because it has too few samples, not because it is near its limit. */
export interface ThinFigure {
  readonly statistic: string;
  readonly samples: number;
  readonly needed: number;
}

/** The thinnest figure of a load. */
export function findThin({ steps, outcome }: LoadEvidence): ThinFigure | undefined {
  if (outcome !== "unclear") return undefined;
  const thin = (steps[0]?.figures ?? []).flatMap(({ statistic, needed }, i): readonly ThinFigure[] => {
    const samples = steps.reduce((sum, { figures }) => sum + (figures[i]?.weight ?? 0), 0);
    return samples > 0 && samples < needed ? [{ statistic, samples, needed }] : [];
  });
  return thin.sort((a, b) => a.samples / a.needed - b.samples / b.needed)[0];
}

/** No request of the SLO ended in any of its windows. */
export function isSilent(steps: readonly CapacityStep[]): boolean {
  return steps.every(({ figures }) =>
    figures.every(({ statistic, measured }) => measured === null || statistic === "backlog")
  );
}

/** By load, ascending. */
export function poolSteps(steps: readonly CapacityStep[]): readonly LoadEvidence[] {
  return [...groupByLoad(steps)].sort(([a], [b]) => a - b).map(([load, of]) => ({
    load,
    steps: of,
    ...judgeTogether(dropHiccups(of)),
  }));
}

function groupByLoad(steps: readonly CapacityStep[]): ReadonlyMap<number, readonly CapacityStep[]> {
  const byLoad = new Map<number, CapacityStep[]>();
  for (const step of steps.filter((each) => !isOvertaken(each, steps))) {
    const known = byLoad.get(step.load);
    if (known === undefined) byLoad.set(step.load, [step]);
    else known.push(step);
  }
  return byLoad;
}

/** It broke while the load generator was in doubt, and a larger load has held without a doubt since: the system it was not. */
function isOvertaken(step: CapacityStep, steps: readonly CapacityStep[]): boolean {
  return breaksInDoubt(step) &&
    steps.some((later) => later.number > step.number && later.load > step.load && holdsForCertain(later));
}

function breaksInDoubt({ outcome, doubts }: CapacityStep): boolean {
  return outcome === "broken" && doubts.length > 0;
}

/** Without a doubt about the load generator. */
export function holdsForCertain({ outcome, leaning, doubts }: CapacityStep): boolean {
  return doubts.length === 0 && outcome !== "broken" && leaning === "within";
}

/** Whether the load broke only while the load generator was in doubt. */
export function isOfGenerator({ steps }: LoadEvidence): boolean {
  const broken = steps.filter(({ outcome }) => outcome === "broken");
  return broken.length > 0 && broken.every(breaksInDoubt);
}

/**
 * A window that broke while the load generator was in doubt says less about the system than one of the same load without a doubt. Where all are in doubt, the
 * doubt tells nothing apart.
 */
function dropHiccups(steps: readonly CapacityStep[]): readonly CapacityStep[] {
  if (steps.every(({ doubts }) => doubts.length > 0)) return steps;
  return steps.filter(({ outcome, doubts }) => outcome !== "broken" || doubts.length === 0);
}

/** All windows but those that say less of the system. */
export function countedSteps(steps: readonly CapacityStep[]): readonly CapacityStep[] {
  return [...groupByLoad(steps).values()].flatMap(dropHiccups).filter((step) => !isContradicted(step, steps));
}

/** It looked bad while the load generator was in doubt, for a part of the window perhaps, and as much or more has held without a doubt. */
function isContradicted({ leaning, doubts, load }: CapacityStep, steps: readonly CapacityStep[]): boolean {
  return leaning === "broken" && doubts.length > 0 && steps.some((each) => each.load >= load && holdsForCertain(each));
}

function judgeTogether(steps: readonly CapacityStep[]): Pick<LoadEvidence, "outcome" | "leaning"> {
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
