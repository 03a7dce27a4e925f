/**
 * Counts of one name: of a check, a metric, or a transaction. Rows add up: values of user code, deltas of threads and
 * workers. Their owner reads them as a delta, and resets them; a ledger never does.
 */
import { wholeAge } from "../../base/whole_age.ts";
import type {
  CounterDelta,
  GaugeDelta,
  MeasureDelta,
  ShareDelta,
  TransactionDelta,
  TrendDelta,
} from "../../protocol/measures_message.ts";
import { Histogram } from "../histogram/histogram.ts";
import { stepsOf } from "./trend_scale.ts";

interface Row<D extends MeasureDelta> {
  readonly name: string;
  readonly isEmpty: boolean;
  /** Adds a delta of the same kind that was received at `receivedAtMs`. */
  add(delta: D, receivedAtMs: number): void;
  toDelta(nowMs: number): D;
  reset(): void;
}

/** A row that metrics give their values to. */
export interface ValueRow {
  take(value: number, nowMs: number): void;
}

export class ShareRow implements Row<ShareDelta>, ValueRow {
  readonly kind: "check" | "rate";
  readonly name: string;
  passes = 0;
  fails = 0;

  constructor(kind: "check" | "rate", name: string) {
    this.kind = kind;
    this.name = name;
  }

  get isEmpty(): boolean {
    return this.passes + this.fails === 0;
  }

  /** 0: it did not hold. */
  take(value: number): void {
    if (value === 0) this.fails++;
    else this.passes++;
  }

  add({ passes, fails }: ShareDelta): void {
    this.passes += passes;
    this.fails += fails;
  }

  toDelta(): ShareDelta {
    return { kind: this.kind, name: this.name, passes: this.passes, fails: this.fails };
  }

  reset(): void {
    this.passes = this.fails = 0;
  }
}

export class CounterRow implements Row<CounterDelta>, ValueRow {
  readonly kind = "counter";
  readonly name: string;
  readonly unit: string;
  count = 0;
  sum = 0;

  constructor(name: string, unit: string) {
    this.name = name;
    this.unit = unit;
  }

  get isEmpty(): boolean {
    return this.count === 0;
  }

  take(value: number): void {
    this.count++;
    this.sum += value;
  }

  add({ count, sum }: CounterDelta): void {
    this.count += count;
    this.sum += sum;
  }

  toDelta(): CounterDelta {
    return { kind: "counter", name: this.name, unit: this.unit, count: this.count, sum: this.sum };
  }

  reset(): void {
    this.count = this.sum = 0;
  }
}

/** Metrics beyond the limit: counts their values, because values of several metrics say nothing together. */
export class OtherMetricsRow extends CounterRow {
  override take(): void {
    super.take(1);
  }

  /** Whatever kind of metric it is of. */
  addAny(delta: MeasureDelta): void {
    const count = valuesOf(delta);
    this.add({ kind: "counter", name: this.name, unit: this.unit, count, sum: count });
  }
}

function valuesOf(delta: MeasureDelta): number {
  if (delta.kind === "trend") return Histogram.unpack(delta.values).count;
  if (delta.kind === "rate" || delta.kind === "check") return delta.passes + delta.fails;
  return "count" in delta ? delta.count : 0;
}

/**
 * Of several values the last one by time counts: by the time at which it was set, as far as ages tell it over machines.
 * Of two of one millisecond it is the larger one, so that the order of merges changes nothing.
 */
export class GaugeRow implements Row<GaugeDelta>, ValueRow {
  readonly kind = "gauge";
  readonly name: string;
  readonly unit: string;
  count = 0;
  last = 0;
  lastMs = -Infinity;
  min = Infinity;
  max = -Infinity;

  constructor(name: string, unit: string) {
    this.name = name;
    this.unit = unit;
  }

  get isEmpty(): boolean {
    return this.count === 0;
  }

  take(value: number, nowMs: number): void {
    this.count++;
    this.last = value;
    this.lastMs = nowMs;
    this.min = Math.min(this.min, value);
    this.max = Math.max(this.max, value);
  }

  add({ count, last, lastAgeMs, min, max }: GaugeDelta, receivedAtMs: number): void {
    const atMs = receivedAtMs - lastAgeMs;
    if (atMs > this.lastMs || (atMs === this.lastMs && last > this.last)) {
      this.last = last;
      this.lastMs = atMs;
    }
    this.count += count;
    this.min = Math.min(this.min, min);
    this.max = Math.max(this.max, max);
  }

  toDelta(nowMs: number): GaugeDelta {
    const { name, unit, count, last, lastMs, min, max } = this;
    return { kind: "gauge", name, unit, count, last, lastAgeMs: wholeAge(nowMs, lastMs), min, max };
  }

  reset(): void {
    this.count = this.last = 0;
    this.lastMs = this.max = -Infinity;
    this.min = Infinity;
  }
}

export class TrendRow implements Row<TrendDelta>, ValueRow {
  readonly kind = "trend";
  readonly name: string;
  readonly unit: string;
  readonly values = new Histogram();
  readonly #steps: number;

  constructor(name: string, unit: string) {
    this.name = name;
    this.unit = unit;
    this.#steps = stepsOf(unit);
  }

  get isEmpty(): boolean {
    return this.values.count === 0;
  }

  take(value: number): void {
    this.values.record(value * this.#steps);
  }

  add({ values }: TrendDelta): void {
    this.values.addPacked(values);
  }

  toDelta(): TrendDelta {
    return { kind: "trend", name: this.name, unit: this.unit, values: this.values.pack() };
  }

  reset(): void {
    this.values.reset();
  }
}

export class TransactionRow implements Row<TransactionDelta> {
  readonly kind = "transaction";
  readonly name: string;
  failures = 0;
  cutOff = 0;
  readonly times = new Histogram();
  readonly busyTimes = new Histogram();

  constructor(name: string) {
    this.name = name;
  }

  get isEmpty(): boolean {
    return this.times.count + this.cutOff === 0;
  }

  /** One that has ended. */
  finish(timeMs: number, busyMs: number, outcome: "success" | "failure"): void {
    if (outcome === "failure") this.failures++;
    this.times.record(timeMs * 1000);
    this.busyTimes.record(busyMs * 1000);
  }

  add({ failures, cutOff, times, busyTimes }: TransactionDelta): void {
    this.failures += failures;
    this.cutOff += cutOff;
    this.times.addPacked(times);
    this.busyTimes.addPacked(busyTimes);
  }

  toDelta(): TransactionDelta {
    const { name, failures, cutOff } = this;
    return {
      kind: "transaction",
      name,
      failures,
      cutOff,
      times: this.times.pack(),
      busyTimes: this.busyTimes.pack(),
    };
  }

  reset(): void {
    this.failures = this.cutOff = 0;
    this.times.reset();
    this.busyTimes.reset();
  }
}

export type MetricRow = ShareRow | CounterRow | GaugeRow | TrendRow;
export type MeasureRow = MetricRow | TransactionRow;
