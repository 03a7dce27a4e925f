/**
 * Compares what two runs counted beside their rows: checks, transactions and metrics, and requests and checks by the values of tags. A run with
 * a steady part has the figures of it where its seconds are known, else those of its whole summary. Pure.
 */
import { METRIC_KINDS } from "../../protocol/measures_message.ts";
import { compareText } from "../../base/text/compare_text.ts";
import { compareTagValues } from "../../stats/groups/tag_table.ts";
import type {
  SummaryCheck,
  SummaryEntry,
  SummaryMetric,
  SummaryTimes,
  SummaryTransaction,
} from "../summary/summary.ts";
import { type CompareFigures, figuresOfSeconds, type PlannedValues, type SeriesKeys } from "./compare_figures.ts";
import type { ComparedMeasure, ComparedSplitRow } from "./compared_row.ts";
import { comparedPart, type ComparedRun } from "./compared_run.ts";
import { rowFigures } from "./row_figures.ts";
import { CHECK_PLAN, type FigurePlan, metricPlan, ROW_PLAN, TRANSACTION_PLAN } from "./figure_plan.ts";
import { measureKey, splitKey } from "./row_key.ts";

/** Of either run: sorted as in a summary, checks before transactions and metrics, each check before its values of tags. */
export function compareMeasures(a: ComparedRun, b: ComparedRun, compare: CompareFigures): readonly ComparedMeasure[] {
  const checks = pair(({ name }) => name, a.summary.checks, b.summary.checks);
  const transactions = pair(({ name }) => name, a.summary.transactions, b.summary.transactions);
  const metrics = pair(({ kind, name }) => `${name}\0${kind}`, a.summary.metrics, b.summary.metrics);
  const tagged = pair(({ tag, value, check }) => `${tag}\0${value}\0${check.name}`, taggedChecks(a), taggedChecks(b));
  const judge = <T>(
    plan: readonly FigurePlan[],
    keys: SeriesKeys,
    { a: ofA, b: ofB }: Pair<T>,
    read: (each: T, run: ComparedRun) => PlannedValues,
  ) =>
    compare(
      plan,
      keys,
      valuesOf(a, plan, keys, ofA === undefined ? {} : read(ofA, a)),
      valuesOf(b, plan, keys, ofB === undefined ? {} : read(ofB, b)),
    );
  return [
    ...checks.map((each): ComparedMeasure => {
      const { name } = either(each);
      const figures = judge(CHECK_PLAN, { main: measureKey("checks", name) }, each, checkFigures);
      return { of: "checks", name, figures };
    }),
    ...tagged.sort((x, y) => compareTagged(either(x), either(y))).map((each): ComparedMeasure => {
      const { tag, value, check: { name } } = either(each);
      const keys = { main: measureKey("checks", name, { tag, value }) };
      const figures = judge(CHECK_PLAN, keys, each, ({ check }) => checkFigures(check));
      return { of: "checks", name, tag, value, figures };
    }),
    ...transactions.map((each): ComparedMeasure => {
      const { name } = either(each);
      const keys = { main: measureKey("transactions", name), busy: measureKey("busy", name) };
      return { of: "transactions", name, figures: judge(TRANSACTION_PLAN, keys, each, transactionFigures) };
    }),
    ...metrics.sort((x, y) => compareMetrics(either(x), either(y))).map((each): ComparedMeasure => {
      const metric = either(each);
      const { kind, name } = metric;
      const unit = "unit" in metric ? metric.unit : "";
      const figures = judge(metricPlan(kind, unit), { main: measureKey("metrics", name) }, each, metricFigures);
      return { of: "metrics", kind, name, ...(unit === "" ? {} : { unit }), figures };
    }),
  ];
}

/** For each value of a tag all its requests, and then its rows. */
export function compareSplits(a: ComparedRun, b: ComparedRun, compare: CompareFigures): readonly ComparedSplitRow[] {
  const keyOf = ({ tag, value, entry }: SplitEntry) => splitKey(tag, value, entry.method, entry.name);
  const all = pair(keyOf, splitEntries(a), splitEntries(b)).sort((x, y) => compareSplit(either(x), either(y)));
  return all.map((each): ComparedSplitRow => {
    const { tag, value, entry: { method, name } } = either(each);
    const keys = { main: splitKey(tag, value, method, name) };
    const read = (run: ComparedRun, of: SplitEntry | undefined) => valuesOf(run, ROW_PLAN, keys, rowFigures(of?.entry));
    return { tag, value, method, name, figures: compare(ROW_PLAN, keys, read(a, each.a), read(b, each.b)) };
  });
}

/** Whether a run has a steady part, of which a summary says nothing of these. */
export function lacksSteadyMeasures({ summary, rowSeconds }: ComparedRun): boolean {
  const { checks = [], transactions = [], metrics = [], splits = [] } = summary;
  const hasAny = checks.length + transactions.length + metrics.length + splits.length > 0;
  return hasAny && summary.steady !== null && rowSeconds === undefined;
}

function valuesOf(
  run: ComparedRun,
  plan: readonly FigurePlan[],
  keys: SeriesKeys,
  whole: PlannedValues,
): PlannedValues {
  if (run.summary.steady === null || run.rowSeconds === undefined) return whole;
  return { ...whole, ...figuresOfSeconds(plan.filter(({ from }) => from !== undefined), keys, run.rowSeconds) };
}

function checkFigures({ passes, fails }: SummaryCheck): PlannedValues {
  return { passRate: shareOf(passes, fails) };
}

function transactionFigures(
  { count, failureRatio, times, busyTimes }: SummaryTransaction,
  run: ComparedRun,
): PlannedValues {
  const busy = timeFigures(busyTimes);
  return {
    perSecond: perSecond(count, run),
    failureRatio,
    ...timeFigures(times),
    busyMean: busy.mean,
    busyP50: busy.p50,
    busyP95: busy.p95,
    busyP99: busy.p99,
  };
}

function timeFigures({ meanMs, percentilesMs }: SummaryTimes) {
  return { mean: meanMs, p50: percentilesMs["50"], p95: percentilesMs["95"], p99: percentilesMs["99"] };
}

function metricFigures(metric: SummaryMetric, run: ComparedRun): PlannedValues {
  switch (metric.kind) {
    case "trend": {
      const { mean, percentiles } = metric;
      return { mean, p50: percentiles["50"], p95: percentiles["95"], p99: percentiles["99"] };
    }
    case "counter":
      return { perSecond: perSecond(metric.sum, run) };
    case "rate":
      return { passRate: shareOf(metric.passes, metric.fails) };
    case "gauge":
      return { last: metric.last };
  }
}

function perSecond(count: number, { summary }: ComparedRun): number | null {
  const { fromSeconds, toSeconds } = comparedPart({ ...summary, steady: null });
  return toSeconds > fromSeconds ? count / (toSeconds - fromSeconds) : null;
}

function shareOf(passes: number, fails: number): number | null {
  return passes + fails === 0 ? null : passes / (passes + fails);
}

interface Pair<T> {
  readonly a?: T;
  readonly b?: T;
}

/** Those of A in their order, then those that B has alone. */
function pair<T>(keyOf: (each: T) => string, a: readonly T[] = [], b: readonly T[] = []): Pair<T>[] {
  const pairs = new Map<string, { a?: T; b?: T }>(a.map((each) => [keyOf(each), { a: each }]));
  for (const each of b) pairs.set(keyOf(each), { ...pairs.get(keyOf(each)), b: each });
  return [...pairs.values()];
}

function either<T>({ a, b }: Pair<T>): T {
  return (a ?? b) as T;
}

interface TaggedCheck {
  readonly tag: string;
  readonly value: string;
  readonly check: SummaryCheck;
}

function taggedChecks({ summary }: ComparedRun): readonly TaggedCheck[] {
  return (summary.checkSplits ?? []).flatMap(({ tag, values }) =>
    values.flatMap(({ value, checks }) => checks.map((check) => ({ tag, value, check })))
  );
}

interface SplitEntry {
  readonly tag: string;
  readonly value: string;
  readonly entry: SummaryEntry;
}

function splitEntries({ summary }: ComparedRun): readonly SplitEntry[] {
  return (summary.splits ?? []).flatMap(({ tag, values }) =>
    values.flatMap(({ value, total, entries }) => [total, ...entries].map((entry) => ({ tag, value, entry })))
  );
}

function compareTagged(a: TaggedCheck, b: TaggedCheck): number {
  return compareText(a.tag, b.tag) || compareTagValues(a.value, b.value) || compareText(a.check.name, b.check.name);
}

function compareMetrics(a: SummaryMetric, b: SummaryMetric): number {
  return compareText(a.name, b.name) || METRIC_KINDS.indexOf(a.kind) - METRIC_KINDS.indexOf(b.kind);
}

function compareSplit(a: SplitEntry, b: SplitEntry): number {
  return compareText(a.tag, b.tag) || compareTagValues(a.value, b.value) ||
    Number(a.entry.method !== "") - Number(b.entry.method !== "") ||
    compareText(a.entry.name, b.entry.name) || compareText(a.entry.method, b.entry.method);
}
