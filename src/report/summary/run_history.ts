/**
 * The steps of a run's history, thinned where there are too many. Histograms are added bucket by bucket, so that a
 * thinned step has the exact percentiles of its time.
 */
import type { RunSpan } from "../../master/run_event.ts";
import { addArrivals, type ArrivalCounts, NO_ARRIVALS } from "../../protocol/arrivals_message.ts";
import { Histogram } from "../../stats/histogram/histogram.ts";
import type { UsedRows } from "./feed_steps.ts";
import { sumCounted } from "./counted_time.ts";
import { ThinnedSteps, type TimeStep } from "./thinned_steps.ts";

/** An hour of seconds. */
export const MAX_SPANS = 3600;

export interface HistorySpan extends TimeStep {
  /** In which this was counted: rates are over it. Not known of journals of earlier versions. */
  readonly countedSeconds?: number;
  /** The largest number in the span. */
  readonly users: number;
  readonly requests: number;
  readonly failures: number;
  readonly bytes: number;
  readonly times: Uint8Array;
  /** Absent where there were none. */
  readonly arrivals?: ArrivalCounts;
  /** Rows of feeds that were used by the end of the step; absent where there were none. */
  readonly feeds?: UsedRows;
}

export class RunHistory {
  readonly #steps: ThinnedSteps<HistorySpan>;

  constructor(maxSpans = MAX_SPANS) {
    this.#steps = new ThinnedSteps(maxSpans, sumOf);
  }

  /** Of the steps that are kept now. */
  get stepSeconds(): number {
    return this.#steps.stepSeconds;
  }

  /** Keeps no more than so many steps from now on. */
  limit(maxSpans: number): void {
    this.#steps.limit(maxSpans);
  }

  /** Ascending, without overlap. */
  get spans(): readonly HistorySpan[] {
    return this.#steps.steps;
  }

  add(span: Omit<RunSpan, "elapsedMs"> & Pick<HistorySpan, "feeds">): void {
    const { fromSecond, toSecond, users, requests, failures, bytes, times, arrivals, feeds, countedMs } = span;
    const hasRows = feeds !== undefined && this.spans.length > 0; // of a step that is there
    if (toSecond <= fromSecond && requests === 0 && arrivals === undefined && !hasRows) return;
    // What arrived after the last second had ended still belongs to the run: it joins that second.
    const seconds = toSecond > fromSecond || this.spans.length > 0 ? toSecond - fromSecond : 1;
    const counts = { users, requests, failures, bytes, times };
    this.#steps.add({
      second: fromSecond,
      seconds,
      ...(countedMs === undefined ? {} : { countedSeconds: countedMs / 1000 }),
      ...counts,
      ...(arrivals === undefined ? {} : { arrivals }),
      ...(feeds === undefined ? {} : { feeds }),
    });
  }
}

function sumOf(spans: readonly HistorySpan[]): Omit<HistorySpan, keyof TimeStep> {
  const times = new Histogram();
  for (const span of spans) times.addPacked(span.times);
  const sum = (read: (span: HistorySpan) => number) => spans.reduce((total, span) => total + read(span), 0);
  return {
    ...sumCounted(spans),
    users: Math.max(...spans.map((span) => span.users)),
    requests: sum((span) => span.requests),
    failures: sum((span) => span.failures),
    bytes: sum((span) => span.bytes),
    times: times.pack(),
    ...mergeArrivals(spans),
    ...lastFeeds(spans),
  };
}

/** Their rows are counted from the start of the run on. */
function lastFeeds(spans: readonly HistorySpan[]): Pick<HistorySpan, "feeds"> {
  const feeds = spans.findLast((span) => span.feeds !== undefined)?.feeds;
  return feeds === undefined ? {} : { feeds };
}

function mergeArrivals(spans: readonly HistorySpan[]): Pick<HistorySpan, "arrivals"> {
  if (spans.every(({ arrivals }) => arrivals === undefined)) return {};
  return { arrivals: spans.reduce((sum, { arrivals = NO_ARRIVALS }) => addArrivals(sum, arrivals), NO_ARRIVALS) };
}
