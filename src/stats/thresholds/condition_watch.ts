/**
 * One condition over one group of rows: its figure now, or its worst window, and since when it is broken. The owner feeds it a figure
 * a second.
 */
import { type Counted, countSamples, evaluateStatistic, lackOf } from "./statistic.ts";
import { meets, type ThresholdCondition } from "./threshold.ts";

export class ConditionWatch {
  readonly #condition: ThresholdCondition;
  #measured: number | null = null;
  #samples = 0;
  #unit = "";
  #isMeasured = false;
  #brokenAtSeconds: number | undefined;
  #lacks: "samples" | "figure" | "time" | undefined;

  constructor(condition: ThresholdCondition) {
    this.#condition = condition;
    this.#lacks = condition.windowSeconds === undefined ? "samples" : "time";
  }

  get measured(): number | null {
    return this.#measured;
  }

  get lacks(): "samples" | "figure" | "time" | undefined {
    return this.#lacks;
  }

  /** False before the first figure. */
  get isMeasured(): boolean {
    return this.#isMeasured;
  }

  get brokenAtSeconds(): number | undefined {
    return this.#brokenAtSeconds;
  }

  /** Samples behind the figure. */
  get samples(): number {
    return this.#samples;
  }

  /** Of the metric that is judged; empty where it is none, or has none. */
  get unit(): string {
    return this.#unit;
  }

  /** The figure over the whole counted part, as of `atSeconds`. Later ones replace it. */
  takeWhole(counted: Counted, atSeconds: number): void {
    const measured = evaluateStatistic(this.#condition.statistic, counted);
    this.#unit = counted.measures?.unit ?? "";
    this.#measured = measured;
    this.#samples = countSamples(this.#condition.statistic, counted);
    this.#lacks = measured === null ? lackOf(this.#condition.statistic, counted) : undefined;
    if (measured === null) return;
    this.#isMeasured = true;
    if (meets(this.#condition, measured)) this.#brokenAtSeconds = undefined;
    else this.#brokenAtSeconds ??= atSeconds;
  }

  /** The figure of the window that ends at `atSeconds`. The worst one stays; one without samples is broken. */
  takeWindow(counted: Counted, atSeconds: number): void {
    const measured = evaluateStatistic(this.#condition.statistic, counted);
    this.#unit = counted.measures?.unit ?? "";
    this.#isMeasured = true;
    if (measured === null) {
      this.#lacks = lackOf(this.#condition.statistic, counted);
      this.#brokenAtSeconds ??= atSeconds;
      return;
    }
    if (this.#lacks === "time") this.#lacks = undefined;
    if (this.#measured === null || isWorse(this.#condition, measured, this.#measured)) {
      this.#measured = measured;
      this.#samples = countSamples(this.#condition.statistic, counted);
    }
    if (!meets(this.#condition, measured)) this.#brokenAtSeconds ??= atSeconds;
  }
}

/** Whether `a` is farther to the wrong side than `b`. */
export function isWorse(condition: Pick<ThresholdCondition, "operator">, a: number, b: number): boolean {
  return condition.operator.startsWith("<") ? a > b : a < b;
}
