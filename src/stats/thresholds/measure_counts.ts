/**
 * Values of the statistics of checks, metrics and transactions, between two readings of the ledger, which are states of
 * additive counts. Pure.
 */
import type { MeasureDelta } from "../../protocol/measures_message.ts";
import { Histogram } from "../histogram/histogram.ts";
import { msIn, stepsOf } from "../measures/trend_scale.ts";
import { subtractTimes } from "../histogram/subtract_times.ts";
import type { MeasureFigure, MeasureScope } from "./threshold.ts";

/** Of a distribution: a percentile, or one of its other figures. */
export type MeasureTime =
  | { readonly read: "percentile"; readonly fraction: number }
  | { readonly read: "mean" | "min" | "max" };

/** What the measures of a scope counted in a range. */
export interface MeasureCounts {
  readonly passes: number;
  readonly fails: number;
  readonly count: number;
  readonly sum: number;
  readonly failures: number;
  readonly cutOff: number;
  /** In steps of the unit, or µs. */
  readonly distribution: Histogram;
  readonly busyTimes: Histogram;
  readonly unit: string;
  readonly kind: MeasureDelta["kind"] | undefined;
  /** Minimum and maximum are undefined where they are not those of the range. */
  readonly gauge:
    | { readonly last: number; readonly min: number | undefined; readonly max: number | undefined }
    | undefined;
}

/** Counters that nothing was added to are in no ledger: each is a sum of 0. */
export function addIdleCounters(
  measures: readonly MeasureDelta[],
  counters: readonly string[],
): readonly MeasureDelta[] {
  const known = new Set(measures.flatMap(({ kind, name }) => kind === "counter" ? [name] : []));
  const idle = counters.filter((name) => !known.has(name));
  return [...measures, ...idle.map((name) => ({ kind: "counter" as const, name, unit: "", count: 0, sum: 0 }))];
}

/** Nothing was added to it. */
export function isIdle(measure: MeasureDelta): boolean {
  return measure.kind === "counter" && measure.count === 0;
}

/** The measures of a scope; with a tag, what its checks counted with that value. Idle counters where it has no other. */
export function selectMeasures(measures: readonly MeasureDelta[], scope: MeasureScope): readonly MeasureDelta[] {
  const selected = selectAll(measures, scope);
  const counted = selected.filter((each) => !isIdle(each));
  return counted.length > 0 || scope.match === "each" ? counted : selected;
}

function selectAll(measures: readonly MeasureDelta[], scope: MeasureScope): readonly MeasureDelta[] {
  return measures.flatMap((each): readonly MeasureDelta[] => {
    if (!matchesMeasure(scope, each)) return [];
    if (each.kind !== "check") return scope.split === undefined ? [each] : [];
    const { kind, name, tagged = [] } = each;
    if (scope.split === undefined) return each.passes + each.fails === 0 ? [] : [each]; // it may be there for its tags alone
    const { tag, value } = scope.split;
    const share = tagged.find((of) => of.tag === tag && of.value === value);
    return share === undefined ? [] : [{ kind, name, passes: share.passes, fails: share.fails }];
  });
}

/** Whatever tags it has. */
function matchesMeasure(scope: MeasureScope, { kind, name }: Pick<MeasureDelta, "kind" | "name">): boolean {
  const family = kind === "check" ? "checks" : kind === "transaction" ? "transactions" : "metrics";
  return family === scope.of && matchesMeasureName(scope, name);
}

export function matchesMeasureName(scope: MeasureScope, name: string): boolean {
  if (scope.match === "all" || scope.match === "each") return true;
  return scope.match === "exact" ? name === scope.text : name.startsWith(scope.text);
}

/** The difference of two states of some measures; without `before` the state itself. */
export function countMeasures(now: readonly MeasureDelta[], before: readonly MeasureDelta[] = []): MeasureCounts {
  const sums = { passes: 0, fails: 0, count: 0, sum: 0, failures: 0, cutOff: 0 };
  const [distribution, busyTimes] = [new Histogram(), new Histogram()];
  let gauge: MeasureCounts["gauge"];
  for (const each of now) {
    const earlier = before.find(({ kind, name }) => kind === each.kind && name === each.name);
    switch (each.kind) {
      case "check":
      case "rate": {
        const base = earlier?.kind === each.kind ? earlier : undefined;
        sums.passes += each.passes - (base?.passes ?? 0);
        sums.fails += each.fails - (base?.fails ?? 0);
        break;
      }
      case "counter": {
        const base = earlier?.kind === "counter" ? earlier : undefined;
        sums.count += each.count - (base?.count ?? 0);
        sums.sum += each.sum - (base?.sum ?? 0);
        break;
      }
      case "gauge": {
        sums.count += each.count - (earlier?.kind === "gauge" ? earlier.count : 0);
        const isWhole = earlier === undefined;
        gauge = { last: each.last, min: isWhole ? each.min : undefined, max: isWhole ? each.max : undefined };
        break;
      }
      case "trend":
        addDifference(distribution, each.values, earlier?.kind === "trend" ? earlier.values : undefined);
        break;
      case "transaction": {
        const base = earlier?.kind === "transaction" ? earlier : undefined;
        sums.failures += each.failures - (base?.failures ?? 0);
        sums.cutOff += each.cutOff - (base?.cutOff ?? 0);
        addDifference(distribution, each.times, base?.times);
        addDifference(busyTimes, each.busyTimes, base?.busyTimes);
      }
    }
  }
  const [first] = now;
  const unit = first !== undefined && "unit" in first ? first.unit : first?.kind === "transaction" ? "ms" : "";
  return { ...sums, distribution, busyTimes, gauge, unit, kind: first?.kind };
}

function addDifference(sum: Histogram, later: Uint8Array, earlier: Uint8Array | undefined): void {
  if (earlier === undefined || earlier.length === 0) sum.addPacked(later);
  else sum.add(subtractTimes(later, earlier));
}

/** Whether anything was counted at all. */
export function hasMeasured({ passes, fails, count, cutOff, distribution, gauge }: MeasureCounts): boolean {
  return passes + fails + count + cutOff + distribution.count > 0 || gauge !== undefined;
}

/** Null where nothing was measured that the figure could be of. */
export function evaluateMeasure(figure: MeasureFigure, counts: MeasureCounts, seconds: number): number | null {
  const { passes, fails, sum, failures, cutOff, distribution, gauge, kind } = counts;
  const isShare = kind === "check" || kind === "rate";
  switch (figure) {
    case "passRate":
      return passes + fails === 0 ? null : passes / (passes + fails) * 100;
    case "passes":
      return isShare ? passes : null;
    case "fails":
      return isShare ? fails : null;
    case "sum":
      return kind === "counter" ? sum : null;
    case "sumPerSecond":
      return kind !== "counter" ? null : seconds > 0 ? sum / seconds : 0;
    case "last":
      return gauge?.last ?? null;
    case "count":
      return kind === undefined ? null : counts.count + passes + fails + distribution.count;
    case "failureRatio":
      return distribution.count === 0 ? null : failures / distribution.count * 100;
    case "failures":
      return kind === "transaction" ? failures : null;
    case "cutOff":
      return kind === "transaction" ? cutOff : null;
    default:
      return evaluateTime(figure, counts);
  }
}

/** The number of values that a figure of a distribution is of; 0 for any other. */
export function countMeasured(figure: MeasureFigure, { distribution, busyTimes }: MeasureCounts): number {
  if (typeof figure === "string") return 0;
  return (figure.of === "busyTimes" ? busyTimes : distribution).count;
}

function evaluateTime(figure: Exclude<MeasureFigure, string>, counts: MeasureCounts): number | null {
  const factor = figure.inMs ? msIn(counts.unit) : 1;
  if (factor === undefined) return null;
  if (counts.gauge !== undefined) {
    const value = figure.read === "min" || figure.read === "max" ? counts.gauge[figure.read] : undefined;
    return value === undefined ? null : value * factor;
  }
  const steps = readTime(figure, figure.of === "busyTimes" ? counts.busyTimes : counts.distribution);
  return steps === null ? null : steps / stepsOf(counts.unit) * factor;
}

function readTime(time: MeasureTime, histogram: Histogram): number | null {
  switch (time.read) {
    case "percentile":
      return histogram.quantileUs(time.fraction);
    case "mean":
      return histogram.meanUs;
    case "min":
      return histogram.minUs;
    case "max":
      return histogram.maxUs;
  }
}
