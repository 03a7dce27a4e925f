/**
 * The history of each row of the statistics: what it counted from tick to tick, from the differences of its histograms, thinned with
 * exact percentiles as the history of the whole run is. Bounded by the number of rows and by steps that get longer the more rows
 * there are.
 */
import type { RunSpan } from "../master/run_event.ts";
import type { EntrySnapshot } from "../protocol/snapshot_message.ts";
import { type HistorySpan, RunHistory } from "../report/summary/run_history.ts";
import { Histogram } from "../stats/histogram.ts";
import { subtractTimes } from "../stats/subtract_times.ts";

/** Rows that have a history; one that appears later has none. */
const MAX_ROWS = 2000;
/** Steps of all rows together, about 100 bytes each. */
const MAX_STEPS = 400_000;

interface EntryState {
  readonly history: RunHistory;
  times: Uint8Array;
  requests: number;
  failures: number;
  second: number;
}

const NO_TIMES = new Histogram().pack();

export class EntryHistories {
  readonly #entries = new Map<string, EntryState>();

  /** Adds what was counted up to the end of the span. */
  take(entries: readonly EntrySnapshot[], span: RunSpan, users: number): void {
    for (const entry of entries) {
      const state = this.#stateOf(entry, span.fromSecond);
      if (state === undefined) continue;
      const isReset = entry.requests < state.requests;
      const requests = entry.requests - (isReset ? 0 : state.requests);
      const failures = entry.failures - (isReset ? 0 : state.failures);
      const now = entry.times ?? NO_TIMES;
      const times = requests === 0 ? NO_TIMES : subtractTimes(now, isReset ? NO_TIMES : state.times).pack();
      state.history.add({
        fromSecond: state.second,
        toSecond: span.toSecond,
        users,
        requests,
        failures,
        bytes: 0,
        times,
      });
      state.times = now;
      state.requests = entry.requests;
      state.failures = entry.failures;
      state.second = span.toSecond;
    }
  }

  /** The steps of a row; undefined for one that is unknown. */
  of(method: string, name: string): readonly HistorySpan[] | undefined {
    return this.#entries.get(`${method}\0${name}`)?.history.spans;
  }

  #stateOf({ method, name }: EntrySnapshot, second: number): EntryState | undefined {
    const key = `${method}\0${name}`;
    const known = this.#entries.get(key);
    if (known !== undefined || this.#entries.size >= MAX_ROWS) return known;
    const maxSteps = Math.floor(MAX_STEPS / Math.max(110, this.#entries.size + 1));
    const state = { history: new RunHistory(maxSteps), times: NO_TIMES, requests: 0, failures: 0, second };
    this.#entries.set(key, state);
    return state;
  }
}
