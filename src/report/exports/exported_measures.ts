/**
 * Checks, metrics and transactions as exporters see them: counts go up from the start of the run to its end, over
 * resets of the statistics. Figures of a distribution and the last value of a gauge are those since the last reset.
 * Pure.
 */
import type {
  CheckSnapshot,
  CheckSplit,
  DistributionSnapshot,
  MeasuresSnapshot,
  MetricSnapshot,
  TransactionSnapshot,
} from "../../protocol/measures_message.ts";
import { Histogram } from "../../stats/histogram/histogram.ts";

/** The sum of what was counted before a reset and since. */
export function addMeasures(
  earlier: MeasuresSnapshot | undefined,
  now: MeasuresSnapshot | undefined,
): MeasuresSnapshot | undefined {
  if (earlier === undefined || now === undefined) return now ?? earlier;
  return {
    checks: addEach(earlier.checks, now.checks, addChecks),
    metrics: addEach(earlier.metrics, now.metrics, addMetrics),
    transactions: addEach(earlier.transactions, now.transactions, addTransactions),
    ...addCheckSplits(earlier.checkSplits, now.checkSplits),
  };
}

function addCheckSplits(
  earlier: readonly CheckSplit[] | undefined,
  now: readonly CheckSplit[] | undefined,
): Pick<MeasuresSnapshot, "checkSplits"> {
  const checkSplits = earlier === undefined || now === undefined ? now ?? earlier : addBy(
    ({ tag }) => tag,
    earlier,
    now,
    (a, b) => ({
      tag: b.tag,
      values: addBy(({ value }) => value, a.values, b.values, (of, since) => ({
        value: since.value,
        checks: addEach(of.checks, since.checks, addChecks),
      })),
    }),
  );
  return checkSplits === undefined ? {} : { checkSplits };
}

function addEach<T extends { readonly name: string; readonly kind?: string }>(
  earlier: readonly T[],
  now: readonly T[],
  add: (earlier: T, now: T) => T,
): readonly T[] {
  return addBy(({ kind = "", name }) => `${kind}\0${name}`, earlier, now, add);
}

/** Those of now in their order, then those that have counted nothing since. */
function addBy<T>(
  keyOf: (each: T) => string,
  earlier: readonly T[],
  now: readonly T[],
  add: (earlier: T, now: T) => T,
): readonly T[] {
  const before = new Map(earlier.map((each) => [keyOf(each), each]));
  const sums = now.map((each) => {
    const base = before.get(keyOf(each));
    before.delete(keyOf(each));
    return base === undefined ? each : add(base, each);
  });
  return [...sums, ...before.values()];
}

function addChecks(a: CheckSnapshot, b: CheckSnapshot): CheckSnapshot {
  return { ...b, passes: a.passes + b.passes, fails: a.fails + b.fails };
}

function addMetrics(a: MetricSnapshot, b: MetricSnapshot): MetricSnapshot {
  if (a.kind === "rate" && b.kind === "rate") return { ...b, passes: a.passes + b.passes, fails: a.fails + b.fails };
  if (a.kind === "counter" && b.kind === "counter") return { ...b, count: a.count + b.count, sum: a.sum + b.sum };
  if (a.kind === "trend" && b.kind === "trend") return { ...b, count: a.count + b.count, sum: a.sum + b.sum };
  return b;
}

function addTransactions(a: TransactionSnapshot, b: TransactionSnapshot): TransactionSnapshot {
  return {
    ...b,
    count: a.count + b.count,
    failures: a.failures + b.failures,
    cutOff: a.cutOff + b.cutOff,
    times: addDistributions(a.times, b.times),
    busyTimes: addDistributions(a.busyTimes, b.busyTimes),
  };
}

function addDistributions(a: DistributionSnapshot, b: DistributionSnapshot): DistributionSnapshot {
  const sum = Histogram.unpack(a.packed);
  sum.addPacked(b.packed);
  return { ...b, count: sum.count, packed: sum.pack() };
}

/** A count with what it is of: how often a check held, how many transactions failed. */
export interface MeasureCount {
  readonly name: string;
  readonly result: string;
  readonly count: number;
}

export function checkCounts({ checks }: MeasuresSnapshot): readonly MeasureCount[] {
  return checks.flatMap(passesAndFails);
}

/** A check with one value of a tag. */
export interface TaggedCheck extends CheckSnapshot {
  readonly tag: string;
  readonly value: string;
}

/** Checks by the values of their tags: the same checks as those without, and nothing to be added to them. */
export function taggedChecks(measures: MeasuresSnapshot | undefined): readonly TaggedCheck[] {
  return (measures?.checkSplits ?? []).flatMap(({ tag, values }) =>
    values.flatMap(({ value, checks }) => checks.map((check) => ({ ...check, tag, value })))
  );
}

export function rateCounts({ metrics }: MeasuresSnapshot): readonly MeasureCount[] {
  return metrics.flatMap((metric) => metric.kind === "rate" ? passesAndFails(metric) : []);
}

export function transactionCounts({ transactions }: MeasuresSnapshot): readonly MeasureCount[] {
  return transactions.flatMap(({ name, count, failures, cutOff }) => [
    { name, result: "success", count: count - failures },
    { name, result: "failure", count: failures },
    { name, result: "cut_off", count: cutOff },
  ]);
}

export function passesAndFails({ name, passes, fails }: CheckSnapshot): readonly MeasureCount[] {
  return [{ name, result: "pass", count: passes }, { name, result: "fail", count: fails }];
}

/** The figures of a distribution that are exported, by their names; those without a value are left out. */
export function figuresOf(of: DistributionSnapshot): readonly (readonly [figure: string, value: number])[] {
  const [p50, , , , , p95, , p99] = of.percentiles;
  const figures = { mean: of.mean, min: of.min, max: of.max, p50, p95, p99 };
  return Object.entries(figures).flatMap(([figure, value]) => typeof value === "number" ? [[figure, value]] : []);
}
