/**
 * Response times of each stretch of a run, for the heat map. Bounded: when there are too many stretches, neighbours are
 * merged.
 */
import type { SummarySpan } from "../../src/report/summary/summary.ts";

export type HeatSpan = Pick<SummarySpan, "second" | "seconds" | "times">;

/** The heat map has up to 120 columns: four stretches for each are more than it shows. */
const MAX_SPANS = 480;

export class HeatHistory {
  #spans: HeatSpan[] = [];
  #stretch = 1;

  clear(): void {
    this.#spans = [];
    this.#stretch = 1;
  }

  /** End of the last stretch; steps before it are not taken. */
  get lastTick(): number {
    const last = this.#spans.at(-1);
    return last === undefined ? 0 : last.second + last.seconds;
  }

  add(spans: readonly HeatSpan[]): void {
    for (const span of spans) {
      if (span.second < this.lastTick) continue;
      const last = this.#spans.at(-1);
      if (last !== undefined && last.seconds + span.seconds <= this.#stretch) {
        this.#spans[this.#spans.length - 1] = mergeSpans(last, span);
      } else {
        this.#spans.push({ second: span.second, seconds: span.seconds, times: span.times });
      }
      if (this.#spans.length > MAX_SPANS) this.#halve();
    }
  }

  read(): readonly HeatSpan[] {
    return this.#spans;
  }

  #halve(): void {
    const merged: HeatSpan[] = [];
    for (let i = 0; i < this.#spans.length; i += 2) {
      const [a, b] = [this.#spans[i] as HeatSpan, this.#spans[i + 1]];
      merged.push(b === undefined ? a : mergeSpans(a, b));
    }
    this.#spans = merged;
    this.#stretch *= 2;
  }
}

function mergeSpans(a: HeatSpan, b: HeatSpan): HeatSpan {
  const counts = new Map(a.times);
  for (const [bound, count] of b.times) counts.set(bound, (counts.get(bound) ?? 0) + count);
  const times = [...counts].sort(([x], [y]) => x - y);
  return { second: a.second, seconds: b.second + b.seconds - a.second, times };
}
