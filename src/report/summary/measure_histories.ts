/**
 * Keeps what checks, transactions and metrics counted from step to step of a run: the differences of what its snapshots
 * have, thinned with exact percentiles as the history of all requests is. Where nothing was counted there is no step.
 *
 * Bound: the first `MAX_SERIES` measures that counted something have a history, and the more there are the fewer steps
 * each has.
 */
import type { RunSpan } from "../../master/run_event.ts";
import type { MeasuresSnapshot, MetricKind, MetricSnapshot } from "../../protocol/measures_message.ts";
import { Histogram } from "../../stats/histogram/histogram.ts";
import { subtractPacked } from "../../stats/histogram/subtract_times.ts";
import type { MeasureFamily } from "../../stats/thresholds/threshold.ts";
import { reachAfter, sumCounted } from "./counted_time.ts";
import { ThinnedSteps, type TimeStep } from "./thinned_steps.ts";

const MAX_SERIES = 100;
/** Of all series together: about 100 bytes each in a summary. */
const MAX_STEPS = 12_000;
/** Of one series: ten minutes of seconds. */
const MAX_SERIES_STEPS = 600;

/** What was counted in one step. */
export interface MeasureStep extends TimeStep {
  readonly countedSeconds?: number;
  /** Checks, cases, transactions, values; how often a gauge was set. */
  readonly count: number;
  /** Of these: checks and cases that did not hold, transactions that failed. */
  readonly failures: number;
  /** What was added to a counter. */
  readonly sum: number;
  /** Of a gauge; of anything else 0. */
  readonly last: number;
  /** Packed: of a trend and of transactions, and of the latter without think time. */
  readonly times: Uint8Array;
  readonly busyTimes: Uint8Array;
}

/** Which measure: `kind` and `unit` are those of a metric. */
export interface MeasureName {
  readonly of: MeasureFamily;
  readonly name: string;
  readonly kind?: MetricKind;
  readonly unit?: string;
}

export interface MeasureHistory extends MeasureName {
  readonly steps: readonly MeasureStep[];
}

type Counted = Omit<MeasureStep, keyof TimeStep | "countedSeconds">;

interface Reached {
  readonly second: number;
  /** The time that has been counted so far; undefined: it is not known. */
  readonly counted: number | undefined;
}

interface Series {
  readonly name: MeasureName;
  readonly steps: ThinnedSteps<MeasureStep>;
  /** At the end of the last step that was taken, and now. */
  taken: Counted & Reached;
  now: Counted & Reached;
}

const NO_TIMES = new Uint8Array(0);
const NOTHING: Counted = { count: 0, failures: 0, sum: 0, last: 0, times: NO_TIMES, busyTimes: NO_TIMES };

export class MeasureHistories {
  readonly #series = new Map<string, Series>();
  #counted: number | undefined = 0;

  /** Takes in what was counted up to the end of the span. */
  take(measures: MeasuresSnapshot | undefined, { fromSecond, toSecond, countedMs }: RunSpan): void {
    const before = this.#counted;
    this.#counted = reachAfter(before, { countedMs });
    if (measures === undefined) return;
    for (const [name, counted] of readMeasures(measures)) {
      const series = this.#seriesOf(name, { second: fromSecond, counted: before });
      if (series === undefined) continue;
      if (counted.count < series.now.count) this.#restart(series); // a reset that nobody told of
      series.now = { ...counted, second: toSecond, counted: this.#counted };
      const step = series.steps.stepSeconds;
      if (Math.floor(toSecond / step) > Math.floor(series.taken.second / step)) takeStep(series);
    }
  }

  /** The statistics were reset: counts begin at 0 again, the steps before stay. */
  reset(): void {
    for (const series of this.#series.values()) this.#restart(series);
  }

  /** Those with steps, in the order in which they came. */
  list(): readonly MeasureHistory[] {
    return [...this.#series.values()].map(read).filter(({ steps }) => steps.length > 0);
  }

  /** Undefined: it is not known, or there were too many before it. */
  find(name: MeasureName): MeasureHistory | undefined {
    const series = this.#series.get(keyOf(name));
    return series === undefined ? undefined : read(series);
  }

  #restart(series: Series): void {
    takeStep(series);
    series.taken = { ...NOTHING, second: series.now.second, counted: series.now.counted };
    series.now = series.taken;
  }

  #seriesOf(name: MeasureName, reached: Reached): Series | undefined {
    const known = this.#series.get(keyOf(name));
    if (known !== undefined || this.#series.size >= MAX_SERIES) return known;
    const start = { ...NOTHING, ...reached };
    const series = { name, steps: new ThinnedSteps(MAX_SERIES_STEPS, sumOf), taken: start, now: start };
    this.#series.set(keyOf(name), series);
    const limit = Math.min(MAX_SERIES_STEPS, Math.floor(MAX_STEPS / this.#series.size));
    for (const { steps } of this.#series.values()) steps.limit(limit);
    return series;
  }
}

function read(series: Series): MeasureHistory {
  takeStep(series);
  return { ...series.name, steps: series.steps.steps };
}

/** Adds what was counted since the last step; a time in which nothing was is no step. */
function takeStep(series: Series): void {
  const { taken, now, steps } = series;
  const count = now.count - taken.count;
  if (count > 0) {
    steps.add({
      second: taken.second,
      seconds: now.second > taken.second || steps.steps.length > 0 ? now.second - taken.second : 1,
      ...(now.counted === undefined || taken.counted === undefined
        ? {}
        : { countedSeconds: now.counted - taken.counted }),
      count,
      failures: now.failures - taken.failures,
      sum: now.sum - taken.sum,
      last: now.last,
      times: subtract(now.times, taken.times),
      busyTimes: subtract(now.busyTimes, taken.busyTimes),
    });
  }
  series.taken = now;
}

function subtract(now: Uint8Array, before: Uint8Array): Uint8Array {
  if (now.length === 0 || before.length === 0) return now;
  return subtractPacked(now, before);
}

function sumOf(steps: readonly MeasureStep[]): Counted & Pick<MeasureStep, "countedSeconds"> {
  const sum = (read: (step: MeasureStep) => number) => steps.reduce((total, step) => total + read(step), 0);
  return {
    ...sumCounted(steps),
    count: sum(({ count }) => count),
    failures: sum(({ failures }) => failures),
    sum: sum((step) => step.sum),
    last: steps.at(-1)?.last ?? 0,
    times: addTimes(steps.map(({ times }) => times)),
    busyTimes: addTimes(steps.map(({ busyTimes }) => busyTimes)),
  };
}

function addTimes(all: readonly Uint8Array[]): Uint8Array {
  const filled = all.filter(({ length }) => length > 0);
  if (filled.length < 2) return filled[0] ?? NO_TIMES;
  const sum = new Histogram();
  for (const packed of filled) sum.addPacked(packed);
  return sum.pack();
}

function* readMeasures(
  { checks, transactions, metrics }: MeasuresSnapshot,
): Generator<readonly [name: MeasureName, counted: Counted]> {
  for (const { name, passes, fails } of checks) {
    yield [{ of: "checks", name }, { ...NOTHING, count: passes + fails, failures: fails }];
  }
  for (const { name, count, failures, times, busyTimes } of transactions) {
    const packed = { times: times.packed, busyTimes: busyTimes.packed };
    yield [{ of: "transactions", name }, { ...NOTHING, count, failures, ...packed }];
  }
  for (const metric of metrics) {
    const unit = "unit" in metric && metric.unit !== "" ? { unit: metric.unit } : {};
    yield [{ of: "metrics", name: metric.name, kind: metric.kind, ...unit }, countMetric(metric)];
  }
}

function countMetric(metric: MetricSnapshot): Counted {
  switch (metric.kind) {
    case "trend":
      return { ...NOTHING, count: metric.count, times: metric.packed };
    case "counter":
      return { ...NOTHING, count: metric.count, sum: metric.sum };
    case "rate":
      return { ...NOTHING, count: metric.passes + metric.fails, failures: metric.fails };
    case "gauge":
      return { ...NOTHING, count: metric.count, last: metric.last };
  }
}

function keyOf({ of, kind, name }: MeasureName): string {
  return `${of}\0${kind ?? ""}\0${name}`;
}
