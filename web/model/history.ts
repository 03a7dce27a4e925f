/**
 * The history of a run, one step a second, in typed arrays: ten hours are a few megabytes and no garbage. Steps come
 * from the server's own axis, in order; one that was there already is not taken again. A figure that was not measured
 * is NaN.
 */
import type { ApiHistoryPoint } from "../../src/server/answers/api_snapshot.ts";
import { HISTORY_FIELDS, type HistoryColumns, type HistoryField } from "../view/history_columns.ts";
import { ratedSeconds } from "../view/rated_seconds.ts";

/** Arrivals are together in a step, and absent where there were none. */
const OF_ARRIVALS = ["asked", "started", "dropped"] as const satisfies readonly HistoryField[];
type ArrivalField = typeof OF_ARRIVALS[number];

export type HistoryStep = Pick<ApiHistoryPoint, Exclude<HistoryField, ArrivalField> | "arrivals" | "feeds">;

/** Beyond this the page asks the server for the history anew, thinned: two hours in steps of a second. */
export const MAX_STEPS = 7200;

export class RunHistory {
  #capacity = 512;
  #length = 0;
  #columns = allocate(this.#capacity);
  readonly #feeds = new Map<string, Float64Array>();

  get length(): number {
    return this.#length;
  }

  /** End of the last step in whole seconds: what `?since=` takes. */
  get lastTick(): number {
    if (this.#length === 0) return 0;
    const last = this.#length - 1;
    return (this.#columns.second[last] as number) + (this.#columns.seconds[last] as number);
  }

  clear(): void {
    this.#length = 0;
    this.#feeds.clear();
  }

  add(steps: readonly HistoryStep[]): void {
    for (const step of steps) {
      if (step.second < this.lastTick) continue;
      if (this.#length === this.#capacity) this.#grow();
      for (const field of HISTORY_FIELDS) this.#columns[field][this.#length] = figureOf(step, field);
      this.#addFeeds(step.feeds ?? {});
      this.#length++;
    }
  }

  read(): HistoryColumns {
    const columns: Partial<Record<HistoryField, Float64Array>> = {};
    for (const field of HISTORY_FIELDS) columns[field] = this.#columns[field].subarray(0, this.#length);
    return columns as HistoryColumns;
  }

  /** Rows of each feed that were used by the end of each step; NaN before the first. */
  readFeeds(): ReadonlyMap<string, Float64Array> {
    return new Map([...this.#feeds].map(([name, used]) => [name, used.subarray(0, this.#length)]));
  }

  #addFeeds(used: NonNullable<HistoryStep["feeds"]>): void {
    for (const name of Object.keys(used)) {
      if (!this.#feeds.has(name)) this.#feeds.set(name, new Float64Array(this.#capacity).fill(NaN));
    }
    for (const [name, rows] of this.#feeds) rows[this.#length] = used[name] ?? NaN;
  }

  #grow(): void {
    this.#capacity *= 2;
    const larger = allocate(this.#capacity);
    for (const field of HISTORY_FIELDS) larger[field].set(this.#columns[field]);
    this.#columns = larger;
    for (const [name, rows] of this.#feeds) {
      const copy = new Float64Array(this.#capacity).fill(NaN);
      copy.set(rows);
      this.#feeds.set(name, copy);
    }
  }
}

function figureOf(step: HistoryStep, field: HistoryField): number {
  if (field === "countedSeconds") return ratedSeconds(step);
  return (isOfArrivals(field) ? step.arrivals?.[field] : step[field]) ?? NaN;
}

function isOfArrivals(field: HistoryField): field is ArrivalField {
  return (OF_ARRIVALS as readonly HistoryField[]).includes(field);
}

function allocate(capacity: number): Record<HistoryField, Float64Array> {
  const columns: Partial<Record<HistoryField, Float64Array>> = {};
  for (const field of HISTORY_FIELDS) columns[field] = new Float64Array(capacity);
  return columns as Record<HistoryField, Float64Array>;
}
