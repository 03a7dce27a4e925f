/**
 * Counts what all rows together gained from one tick to the next: the steps of a run's history. A taken span is plain
 * data; spans add up, so that a long history can be thinned without loss.
 */
import type { ArrivalCounts } from "../../protocol/arrivals_message.ts";
import { Entry } from "../delta/entry.ts";

export interface CountedSpan {
  readonly requests: number;
  readonly failures: number;
  readonly bytes: number;
  /** Packed histogram of the response times. */
  readonly times: Uint8Array;
  /** Absent where there were none. */
  readonly arrivals?: ArrivalCounts;
  /** The time in which this was counted: rates are over it. Absent: not known, as in journals of earlier versions. */
  readonly countedMs?: number;
}

export class SpanCounter {
  readonly #entry = new Entry("", "");

  add(counted: Entry): void {
    this.#entry.add(counted);
  }

  /** What was added since the call before. */
  take(): CountedSpan {
    const { requests, failures, bytes, times } = this.#entry;
    const span = { requests, failures, bytes, times: times.times.pack() };
    this.#entry.reset();
    return span;
  }
}
