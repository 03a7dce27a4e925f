/**
 * Keeps the history of the rows of each value of a tag, as `entry_histories.ts` does of the rows of the run.
 *
 * Bound: values whose rows come to more than `MAX_ROWS` in all have none: a difference of two histograms is taken for
 * each row once a second.
 */
import type { RunSpan } from "../../master/run_event.ts";
import type { SplitSnapshot } from "../../protocol/snapshot_message.ts";
import type { HistorySpan } from "../../report/summary/run_history.ts";
import { EntryHistories } from "./entry_histories.ts";

const MAX_ROWS = 200;
/** Of one row: with all rows about 20 MB. */
const MAX_ROW_STEPS = 300;

export class SplitHistories {
  readonly #values = new Map<string, EntryHistories>();

  /** Takes in what was counted up to the end of the span. */
  take(splits: readonly SplitSnapshot[] = [], span: RunSpan, users: number): void {
    for (const { tag, values } of splits) {
      for (const { value, total, entries } of values) {
        this.#historiesOf(tag, value, entries.length + 1)?.take([total, ...entries], span, users);
      }
    }
  }

  /** The steps of a row with a value; undefined where they are not kept. */
  of(tag: string, value: string, method: string, name: string): readonly HistorySpan[] | undefined {
    return this.#values.get(keyOf(tag, value))?.of(method, name);
  }

  #historiesOf(tag: string, value: string, rows: number): EntryHistories | undefined {
    const known = this.#values.get(keyOf(tag, value));
    if (known !== undefined) return known;
    const kept = [...this.#values.values()].reduce((sum, { size }) => sum + size, 0);
    if (kept + rows > MAX_ROWS) return undefined;
    const bounds = { rows: MAX_ROWS - kept, steps: MAX_ROWS * MAX_ROW_STEPS, rowSteps: MAX_ROW_STEPS };
    const histories = new EntryHistories(bounds);
    this.#values.set(keyOf(tag, value), histories);
    return histories;
  }
}

function keyOf(tag: string, value: string): string {
  return `${tag}\0${value}`;
}
