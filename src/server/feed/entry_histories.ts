/**
 * The history of each row of the statistics: what it counted from step to step, from the differences of its histograms,
 * thinned with exact percentiles as the history of the whole run is. A difference is taken once a step, and when a
 * history is read. Bounded by the number of rows and by steps that get longer the more rows there are.
 */
import type { RunSpan } from "../../master/run_event.ts";
import type { EntrySnapshot } from "../../protocol/snapshot_message.ts";
import { reachAfter } from "../../report/summary/counted_time.ts";
import { type HistorySpan, RunHistory } from "../../report/summary/run_history.ts";
import { Histogram } from "../../stats/histogram/histogram.ts";
import { subtractPacked } from "../../stats/histogram/subtract_times.ts";
import { successorOf } from "../../stats/groups/url_names.ts";

/** The bounds of the rows of a run. */
const USUAL_BOUNDS: HistoryBounds = { rows: 2000, steps: 200_000, rowSteps: 1800 };
/** With more rows than this the steps are 10 s from the start: 2,000 differences every second would cost a tenth of a core. */
const MANY_ROWS = 400;
const STEP_OF_MANY = 10;

export interface HistoryBounds {
  /** That have a history; one that appears later has none. */
  readonly rows: number;
  /** Of all rows together, about 350 bytes each. */
  readonly steps: number;
  /** Of one row. */
  readonly rowSteps: number;
}

interface Moment {
  readonly second: number;
  /** The seconds that have been counted so far; undefined: it is not known. */
  readonly reached: number | undefined;
}

interface Counted extends Moment {
  readonly times: Uint8Array;
  readonly requests: number;
  readonly failures: number;
}

interface EntryState {
  readonly history: RunHistory;
  /** At the end of the last step that was taken, and now. */
  taken: Counted;
  now: Counted;
  /** The largest number since then. */
  users: number;
}

const NO_TIMES = new Histogram().pack();

export class EntryHistories {
  readonly #entries = new Map<string, EntryState>();
  readonly #bounds: HistoryBounds;
  #reached: number | undefined = 0;

  constructor(bounds = USUAL_BOUNDS) {
    this.#bounds = bounds;
  }

  /** Rows that have a history. */
  get size(): number {
    return this.#entries.size;
  }

  /** Takes in what was counted up to the end of the span. */
  take(entries: readonly EntrySnapshot[], span: RunSpan, users: number): void {
    const before = { second: span.fromSecond, reached: this.#reached };
    this.#reached = reachAfter(before.reached, span);
    this.#takeInGone(entries, before);
    for (const entry of entries) {
      const state = this.#stateOf(entry, before);
      if (state === undefined) continue;
      const { requests, failures } = entry;
      if (requests < state.now.requests) {
        // The statistics were reset.
        this.#takeStep(state);
        state.taken = { ...NOTHING, second: state.now.second, reached: state.now.reached };
      }
      state.now = { times: entry.times ?? NO_TIMES, requests, failures, second: span.toSecond, reached: this.#reached };
      state.users = Math.max(state.users, users);
      const step = Math.max(state.history.stepSeconds, this.#entries.size > MANY_ROWS ? STEP_OF_MANY : 1);
      if (Math.floor(span.toSecond / step) > Math.floor(state.taken.second / step)) this.#takeStep(state);
    }
  }

  /** The steps of a row; undefined for one that is unknown. */
  of(method: string, name: string): readonly HistorySpan[] | undefined {
    const state = this.#entries.get(keyOf({ method, name }));
    if (state === undefined) return undefined;
    if (state.now.second > state.taken.second || state.now.requests > state.taken.requests) this.#takeStep(state);
    return state.history.spans;
  }

  /** Rows that were grouped into another one: its history goes on from what they had counted, their own ends. */
  #takeInGone(entries: readonly EntrySnapshot[], from: Moment): void {
    const rows = new Map(entries.map((entry) => [keyOf(entry), entry]));
    for (const [key, gone] of this.#entries) {
      if (rows.has(key)) continue;
      this.#entries.delete(key);
      const successor = rows.get(keyOf(successorOf(rowOf(key), (row) => rows.has(keyOf(row)))));
      const state = successor === undefined ? undefined : this.#stateOf(successor, from);
      if (state === undefined) continue;
      state.taken = addCounted(state.taken, gone.now);
      state.now = addCounted(state.now, gone.now);
    }
  }

  #takeStep(state: EntryState): void {
    const { history, taken, now, users } = state;
    const requests = now.requests - taken.requests;
    history.add({
      fromSecond: taken.second,
      toSecond: now.second,
      users,
      requests,
      failures: now.failures - taken.failures,
      bytes: 0,
      times: requests === 0 ? NO_TIMES : subtractPacked(now.times, taken.times),
      ...(now.reached === undefined || taken.reached === undefined
        ? {}
        : { countedMs: (now.reached - taken.reached) * 1000 }),
    });
    state.taken = now;
    state.users = 0;
  }

  #stateOf(entry: EntrySnapshot, from: Moment): EntryState | undefined {
    const key = keyOf(entry);
    const known = this.#entries.get(key);
    if (known !== undefined || this.#entries.size >= this.#bounds.rows) return known;
    const state = {
      history: new RunHistory(this.#maxRowSteps),
      taken: { ...NOTHING, ...from },
      now: { ...NOTHING, ...from },
      users: 0,
    };
    this.#entries.set(key, state);
    // Doublings are enough: between them all rows together have at most twice their steps.
    if (Number.isInteger(Math.log2(this.#entries.size))) {
      for (const { history } of this.#entries.values()) history.limit(this.#maxRowSteps);
    }
    return state;
  }

  get #maxRowSteps(): number {
    return Math.min(this.#bounds.rowSteps, Math.floor(this.#bounds.steps / (this.#entries.size + 1)));
  }
}

const NOTHING = { times: NO_TIMES, requests: 0, failures: 0 };

function keyOf({ method, name }: { readonly method: string; readonly name: string }): string {
  return `${method}\0${name}`;
}

function rowOf(key: string): { readonly method: string; readonly name: string } {
  const end = key.indexOf("\0");
  return { method: key.slice(0, end), name: key.slice(end + 1) };
}

function addCounted(a: Counted, b: Counted): Counted {
  const times = Histogram.unpack(a.times);
  times.addPacked(b.times);
  return {
    times: times.pack(),
    requests: a.requests + b.requests,
    failures: a.failures + b.failures,
    second: Math.max(a.second, b.second),
    reached: a.reached === undefined || b.reached === undefined ? undefined : Math.max(a.reached, b.reached),
  };
}
