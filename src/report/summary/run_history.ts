/**
 * The steps of a run's history, bounded: when there are too many, neighbours are added up into steps of 10 s, then of 60 s and more,
 * aligned to whole steps. Histograms are added bucket by bucket, so that a thinned step has the exact percentiles of its time.
 */
import type { RunSpan } from "../../master/run_event.ts";
import { addArrivals, type ArrivalCounts, NO_ARRIVALS } from "../../protocol/arrivals_message.ts";
import { Histogram } from "../../stats/histogram.ts";

/** An hour of seconds. */
export const MAX_SPANS = 3600;

/** Steps in seconds. */
const STEPS = [1, 10, 60, 600, 3600] as const;

export interface HistorySpan {
  readonly second: number;
  readonly seconds: number;
  /** The largest number in the span. */
  readonly users: number;
  readonly requests: number;
  readonly failures: number;
  readonly bytes: number;
  readonly times: Uint8Array;
  /** Absent where there were none. */
  readonly arrivals?: ArrivalCounts;
}

export class RunHistory {
  #maxSpans: number;
  #spans: HistorySpan[] = [];
  #step = 0;

  constructor(maxSpans = MAX_SPANS) {
    this.#maxSpans = maxSpans;
  }

  /** Of the steps that are kept now. */
  get stepSeconds(): number {
    return STEPS[this.#step] as number;
  }

  /** Keeps no more than so many steps from now on. */
  limit(maxSpans: number): void {
    this.#maxSpans = maxSpans;
    this.#thinToLimit();
  }

  /** Ascending, without overlap. */
  get spans(): readonly HistorySpan[] {
    return this.#spans;
  }

  add(span: Omit<RunSpan, "elapsedMs">): void {
    const { fromSecond, toSecond, users, requests, failures, bytes, times, arrivals } = span;
    const last = this.#spans.at(-1);
    if (toSecond <= fromSecond && requests === 0 && arrivals === undefined) return;
    // What arrived after the last second had ended still belongs to the run: it joins that second.
    const seconds = toSecond > fromSecond || last !== undefined ? toSecond - fromSecond : 1;
    const counts = { users, requests, failures, bytes, times, ...(arrivals === undefined ? {} : { arrivals }) };
    const added = { second: fromSecond, seconds, ...counts };
    if (last !== undefined && (seconds === 0 || this.#isSameStep(last, added))) {
      this.#spans[this.#spans.length - 1] = merge([last, added]);
    } else {
      this.#spans.push(added);
    }
    this.#thinToLimit();
  }

  #thinToLimit(): void {
    while (this.#spans.length > this.#maxSpans && this.#step < STEPS.length - 1) this.#thin();
  }

  #isSameStep(a: HistorySpan, b: HistorySpan): boolean {
    const step = STEPS[this.#step] as number;
    return step > 1 && Math.floor(a.second / step) === Math.floor(b.second / step);
  }

  #thin(): void {
    const step = STEPS[++this.#step] as number;
    const groups = new Map<number, HistorySpan[]>();
    for (const span of this.#spans) {
      const key = Math.floor(span.second / step);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [span]);
      else group.push(span);
    }
    this.#spans = [...groups.values()].map(merge);
  }
}

function merge(spans: readonly HistorySpan[]): HistorySpan {
  const first = spans[0] as HistorySpan;
  const last = spans[spans.length - 1] as HistorySpan;
  if (spans.length === 1) return first;
  const times = new Histogram();
  for (const span of spans) times.addPacked(span.times);
  const sum = (read: (span: HistorySpan) => number) => spans.reduce((total, span) => total + read(span), 0);
  return {
    second: first.second,
    seconds: last.second + last.seconds - first.second,
    users: Math.max(...spans.map((span) => span.users)),
    requests: sum((span) => span.requests),
    failures: sum((span) => span.failures),
    bytes: sum((span) => span.bytes),
    times: times.pack(),
    ...mergeArrivals(spans),
  };
}

function mergeArrivals(spans: readonly HistorySpan[]): Pick<HistorySpan, "arrivals"> {
  if (spans.every(({ arrivals }) => arrivals === undefined)) return {};
  return { arrivals: spans.reduce((sum, { arrivals = NO_ARRIVALS }) => addArrivals(sum, arrivals), NO_ARRIVALS) };
}
