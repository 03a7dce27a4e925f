/**
 * A condition with what it was held against so far: one group, or one a row where the threshold is about each. How it
 * stands is read from the group that stands worst.
 */
import type { ThresholdStatus } from "../../protocol/threshold_message.ts";
import { type ConditionWatch, isWorse } from "./condition_watch.ts";
import { unitOf } from "./measure_statistic.ts";
import { metricOf, neededSamples } from "./statistic.ts";
import { formatScope, meets, type ScopedRow, type Threshold, type ThresholdCondition } from "./threshold.ts";

export interface WatchedCondition {
  readonly threshold: Threshold;
  readonly condition: ThresholdCondition;
  /** By group: one, or one a row. */
  readonly groups: Map<string, WatchedGroup>;
}

export interface WatchedGroup {
  readonly watch: ConditionWatch;
  readonly row: ScopedRow | undefined;
  /** When the group had its first sample. Windows begin there. */
  firstSecond: number | undefined;
}

/** How a condition stands while its run is on, or has ended. */
export function toStatus(watched: WatchedCondition, at: "running" | "ended"): ThresholdStatus {
  const { threshold, condition, groups } = watched;
  const worst = findWorst(condition, [...groups.values()]);
  const watch = worst?.watch;
  const isOfAll = threshold.scope.kind === "total" && threshold.scope.split === undefined;
  const lacks = watch === undefined ? (isOfAll ? "samples" : "row") : watch.lacks;
  const isBroken = watch?.brokenAtSeconds !== undefined;
  const hasFigure = watch !== undefined && watch.isMeasured && watch.measured !== null;
  const state = isBroken ? "broken" : hasFigure ? "met" : at === "running" ? "pending" : "broken";
  return {
    expression: threshold.expression,
    scope: formatScope(threshold.scope),
    metric: threshold.scope.kind === "measures" ? threshold.scope.of : metricOf(condition.statistic),
    statistic: condition.statisticName,
    operator: condition.operator,
    limit: condition.limit,
    unit: unitOf(condition, watch?.unit ?? ""),
    measured: watch?.measured ?? null,
    state,
    crossedAtSeconds: watch?.brokenAtSeconds ?? null,
    windowSeconds: condition.windowSeconds ?? null,
    aborts: threshold.aborts,
    ...(worst?.row === undefined ? {} : { row: { method: worst.row.method, name: worst.row.name } }),
    ...(lacks === undefined || state === "met" ? {} : { lacks }),
    ...(at === "ended" && watch !== undefined && watch.measured !== null ? describeThin(condition, watch.samples) : {}),
  };
}

function describeThin({ statistic }: ThresholdCondition, samples: number): Pick<ThresholdStatus, "thin"> {
  const needed = neededSamples(statistic);
  return samples === 0 || samples >= needed ? {} : { thin: { samples, needed } };
}

/** A broken group before one that is not, a group without a figure between them, and among equals the one farthest off. */
function findWorst(condition: ThresholdCondition, groups: readonly WatchedGroup[]): WatchedGroup | undefined {
  const rank = ({ watch }: WatchedGroup): number => {
    if (watch.measured !== null && !meets(condition, watch.measured)) return 0;
    if (watch.brokenAtSeconds !== undefined) return 1;
    return watch.measured === null ? 2 : 3;
  };
  return groups.reduce<WatchedGroup | undefined>((worst, group) => {
    if (worst === undefined) return group;
    if (rank(group) !== rank(worst)) return rank(group) < rank(worst) ? group : worst;
    const [a, b] = [group.watch.measured, worst.watch.measured];
    return a !== null && b !== null && isWorse(condition, a, b) ? group : worst;
  }, undefined);
}
