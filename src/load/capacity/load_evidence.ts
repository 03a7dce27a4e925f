/** Sums up what all steps of a capacity search say of each load: windows of one load are judged as one. Pure. */
import type { CapacityFigure, CapacityOutcome, CapacityStep } from "../../protocol/capacity_message.ts";
import { judgeTogether } from "./judge_windows.ts";
import { findChange } from "./system_change.ts";

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
  const { brokenUntil = 0 } = findChange(steps) ?? {};
  const isOutdated = ({ outcome, number }: CapacityStep) => outcome === "broken" && number <= brokenUntil;
  for (const step of steps.filter((each) => !isOutdated(each) && !isOvertaken(each, steps))) {
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

function breaksInDoubt({ outcome, doubts, figures }: CapacityStep): boolean {
  return outcome === "broken" && doubts.length > 0 && !figures.some(isOfSystem);
}

/** A busy load generator makes requests late; that half of them fail it does not. */
export function isOfSystem({ statistic, outcome, measured }: CapacityFigure): boolean {
  return statistic === "failures" && outcome === "broken" && measured !== null && measured >= 50;
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
 * A window that broke while the load generator was in doubt says less about the system than one of the same load
 * without a doubt. Where all are in doubt, the doubt tells nothing apart.
 */
function dropHiccups(steps: readonly CapacityStep[]): readonly CapacityStep[] {
  if (steps.every(({ doubts }) => doubts.length > 0)) return steps;
  return steps.filter((step) => !breaksInDoubt(step));
}

/** All windows but those that say less of the system. */
export function countedSteps(steps: readonly CapacityStep[]): readonly CapacityStep[] {
  return [...groupByLoad(steps).values()].flatMap(dropHiccups).filter((step) => !isContradicted(step, steps));
}

/**
 * It looked bad while the load generator was in doubt, for a part of the window perhaps, and as much or more has held
 * without a doubt.
 */
function isContradicted({ leaning, doubts, load }: CapacityStep, steps: readonly CapacityStep[]): boolean {
  return leaning === "broken" && doubts.length > 0 && steps.some((each) => each.load >= load && holdsForCertain(each));
}
