/**
 * `metrics`: numbers of a test's own, beside its requests. A metric is made once, usually where the locustfile's
 * constants are, and takes values while users run. Values that are given where no run is on are counted nowhere, which
 * is said once for each metric.
 */
import { LocustError } from "../../base/errors.ts";
import { describeKind, givenText, requiredText } from "../../base/given_text.ts";
import type { MetricKind } from "../../protocol/measures_message.ts";
import type { ValueRow } from "../../stats/measures/measure_rows.ts";
import { type MeasureSink, measureSink } from "./measure_sink.ts";

/** Metrics of a locustfile: what is beyond the limit of a run would show no values. */
const MAX_METRICS = 500;

/** A distribution: median, percentiles, minimum, maximum, mean. */
export interface Trend {
  readonly name: string;
  readonly unit: string;
  /** Counts a value from 0 on. @throws LocustError for anything else */
  add(value: number): void;
}

/** A sum. */
export interface Counter {
  readonly name: string;
  readonly unit: string;
  /** Adds a number from 0 on, or 1. @throws LocustError for anything else */
  add(value?: number): void;
}

/** The share of cases in which a condition holds. */
export interface Rate {
  readonly name: string;
  /** Counts a case: true (or a number other than 0), or false. @throws LocustError for anything else */
  add(value: boolean | number): void;
}

/** A value that goes up and down: the last one counts. */
export interface Gauge {
  readonly name: string;
  readonly unit: string;
  /** @throws LocustError for anything but a number */
  set(value: number): void;
}

class Metric implements Trend, Counter, Rate, Gauge {
  readonly kind: MetricKind;
  readonly name: string;
  readonly unit: string;
  #sink: MeasureSink | undefined;
  #row: ValueRow | undefined;
  #hasWarned = false;

  constructor(kind: MetricKind, name: string, unit: string) {
    this.kind = kind;
    this.name = name;
    this.unit = unit;
  }

  add(given?: number | boolean, stray?: unknown): void {
    if (this.kind === "gauge") throw this.#refuse("add to a gauge; use set()");
    if (stray !== undefined) throw this.#refuseMore(stray);
    const value = given === undefined && this.kind === "counter" ? 1 : given;
    const number = this.kind === "rate" && typeof value === "boolean" ? Number(value) : value;
    if (typeof number !== "number" || !(number >= 0 && number < Infinity)) {
      const wanted = this.kind === "rate" ? "pass true or false" : "pass a number from 0";
      throw this.#refuse(`add ${describeKind(value)}; ${wanted}`);
    }
    this.#take(number);
  }

  set(value: number, stray?: unknown): void {
    if (this.kind !== "gauge") throw this.#refuse(`set a ${this.kind}; use add()`);
    if (stray !== undefined) throw this.#refuseMore(stray);
    if (typeof value !== "number" || !Number.isFinite(value)) {
      throw this.#refuse(`set ${describeKind(value)}; pass a number`);
    }
    this.#take(value);
  }

  #take(value: number): void {
    const sink = measureSink();
    if (sink === undefined) return this.#warn();
    if (sink !== this.#sink) {
      this.#sink = sink;
      this.#row = sink.recorder.measures.metric(this.kind, this.name, this.unit);
    }
    this.#row?.take(value, this.kind === "gauge" ? sink.clock.nowMs() : 0); // a look at the clock costs more than the rest
  }

  #warn(): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    console.warn(
      `The metric "${this.name}" got a value where no user runs, which is not counted; give it values in tasks and hooks of users`,
    );
  }

  /** k6 has tags there. */
  #refuseMore(stray: unknown): LocustError {
    return this.#refuse(
      `take ${
        describeKind(stray)
      } after the value: metrics have no tags; make one for each value, as in metrics.${this.kind}("${this.name} eu")`,
    );
  }

  #refuse(what: string): LocustError {
    return new LocustError(`Cannot use the metric "${this.name}": it cannot ${what}`, { code: "bad_sample" });
  }
}

/** What metrics of other tools are given values with; not in the types, so that an editor marks them too. */
const OTHER_WORDS = ["inc", "incr", "increment", "record", "observe", "update", "push", "emit", "put", "log"];

for (const word of OTHER_WORDS) {
  Object.defineProperty(Metric.prototype, word, {
    value(this: Metric): never {
      const call = this.kind === "gauge" ? "set()" : "add()";
      throw new LocustError(`Cannot use ${word}() of the metric "${this.name}": a ${this.kind} has none; use ${call}`, {
        code: "bad_sample",
      });
    },
  });
}

const made = new Map<string, Metric>();

function make(kind: MetricKind, givenName: string, givenUnit?: string): Metric {
  const name = requiredText(givenName, "the name of a metric");
  if (name === "") throw new LocustError(`Cannot make a ${kind}: its name is empty; pass one, as in "time to paint"`);
  const unit = givenText(givenUnit, "the unit of a metric") ?? "";
  const known = made.get(name);
  if (known !== undefined && known.kind === kind && known.unit === unit) return known;
  if (known !== undefined) {
    const was = known.unit === "" ? known.kind : `${known.kind} in ${known.unit}`;
    throw new LocustError(
      `Cannot make the ${kind} "${name}": there is a metric of this name, a ${was}; choose another name`,
    );
  }
  if (made.size >= MAX_METRICS) {
    throw new LocustError(
      `Cannot make the ${kind} "${name}": there are ${MAX_METRICS} metrics; make them once, with names that have no ids in them`,
    );
  }
  const metric = new Metric(kind, name, unit);
  made.set(name, metric);
  return metric;
}

/** The counters that there are: one that nothing was added to is a sum of 0, and no missing figure. */
export function counterNames(): readonly string[] {
  return [...made.values()].filter(({ kind }) => kind === "counter").map(({ name }) => name);
}

/**
 * Makes your own metrics. The same name and kind gives the same metric. Units are free text; known ones (`ms`, `s`,
 * `us`, `B`, `KB`, `MB`, `%`) are formatted.
 *
 * @example
 * ```ts
 * const timeToPaint = metrics.trend("time to paint", "ms");
 * const orders = metrics.counter("orders");
 *
 * export class Buyer extends HttpUser {
 *   @task
 *   async buy() {
 *     const res = await this.client.post("/orders", { json: { item: 7 } });
 *     if (res.ok) orders.add();
 *     timeToPaint.add(res.elapsed + 40);
 *   }
 * }
 * ```
 */
export const metrics = {
  /** A distribution, as for response times: values from 0 on, percentiles in reports. */
  trend: (name: string, unit?: string): Trend => make("trend", name, unit),
  /** A sum of numbers from 0 on. */
  counter: (name: string, unit?: string): Counter => make("counter", name, unit),
  /** The share of cases in which a condition holds. */
  rate: (name: string): Rate => make("rate", name),
  /** A value that goes up and down. */
  gauge: (name: string, unit?: string): Gauge => make("gauge", name, unit),
} as const;
