/** The words of the statistics of checks, metrics and transactions that a threshold may be about, and their units. Pure. */
import type { MeasureTime } from "./measure_counts.ts";
import type { StatisticForm } from "./statistic.ts";
import type { MeasureFamily, MeasureFigure, ThresholdCondition, ThresholdUnit } from "./threshold.ts";

const PERCENT = { "%": 1 } as const;
const PER_SECOND = { "/s": 1 } as const;
const TIME_UNITS = { us: 0.001, ms: 1, s: 1000 } as const;

const COUNTS: Readonly<Record<MeasureFamily, Readonly<Record<string, StatisticForm>>>> = {
  checks: { rate: share("passRate"), passes: count("passes"), fails: count("fails") },
  metrics: {
    rate: share("passRate"),
    passes: count("passes"),
    fails: count("fails"),
    count: count("count"),
    sum: count("sum"),
    per_second: { statistic: { kind: "measure", figure: "sumPerSecond" }, unit: "/s", units: PER_SECOND },
    last: count("last"),
    value: count("last"), // k6's word
  },
  transactions: {
    failures: share("failureRatio"),
    failures_count: count("failures"),
    count: count("count"),
    cut_off: count("cutOff"),
  },
};

const BUSY = "busy_";

/** The words of a family, for messages. */
export const MEASURE_WORDS: Readonly<Record<MeasureFamily, string>> = {
  checks: "rate (of passes), passes, fails",
  metrics: "p50 … p99.99, median, mean, min, max, sum, per_second, count, rate, passes, fails, last",
  transactions: "p50 … p99.99, median, mean, min, max, busy_p95 …, failures (a share), failures_count, count, cut_off",
};

function share(figure: MeasureFigure & string): StatisticForm {
  return { statistic: { kind: "measure", figure }, unit: "%", units: PERCENT };
}

function count(figure: MeasureFigure & string): StatisticForm {
  return { statistic: { kind: "measure", figure }, unit: "", units: {} };
}

/**
 * `findTime` reads the words of response times. A limit of a metric without a unit is in the metric's own; with `ms`
 * and the like the metric has to be a time.
 */
export function findMeasureStatistic(
  word: string,
  family: MeasureFamily,
  findTime: (word: string) => { readonly read: MeasureTime; readonly name: string } | undefined,
): { readonly form: StatisticForm; readonly name: string } | undefined {
  const known = COUNTS[family];
  const found = Object.hasOwn(known, word) ? known[word] : undefined;
  if (found !== undefined) return { form: found, name: word === "value" ? "last" : word };
  if (family === "checks") return undefined;
  const isBusy = family === "transactions" && word.startsWith(BUSY);
  const time = findTime(isBusy ? word.slice(BUSY.length) : word);
  if (time === undefined) return undefined;
  const name = isBusy ? `${BUSY}${time.name}` : time.name;
  const of = family === "metrics" ? "values" as const : isBusy ? "busyTimes" as const : "times" as const;
  const statistic = (inMs: boolean) => ({ kind: "measure" as const, figure: { ...time.read, of, inMs } });
  if (family === "transactions") return { form: { statistic: statistic(true), unit: "ms", units: TIME_UNITS }, name };
  const withUnit = { statistic: statistic(true), unit: "ms" as ThresholdUnit };
  return { form: { statistic: statistic(false), unit: "", units: TIME_UNITS, withUnit }, name };
}

/**
 * The unit in which figure and limit of a condition are, where the metric that it is about has this one: limits of a
 * metric are in its own.
 */
export function unitOf({ statistic, unit }: ThresholdCondition, ofMetric: string): string {
  if (statistic.kind !== "measure" || ofMetric === "") return unit;
  const { figure } = statistic;
  if (figure === "sumPerSecond") return `${ofMetric}/s`;
  const isValue = figure === "sum" || figure === "last" ||
    (typeof figure === "object" && figure.of === "values" && !figure.inMs);
  return isValue ? ofMetric : unit;
}
