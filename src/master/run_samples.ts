/** Passes the lines of `--samples` on as run events, and says in the verdict how many were dropped on their way. */
import type { SampleBatch } from "../protocol/delta_message.ts";
import type { RunVerdict } from "../stats/verdict/doubt.ts";
import type { RunEventSink } from "./run_event.ts";

export class RunSamples {
  readonly #events: RunEventSink;
  #dropped = 0;

  constructor(events: RunEventSink) {
    this.#events = events;
  }

  take(batch: SampleBatch | undefined): void {
    if (batch === undefined) return;
    this.#dropped += batch.dropped;
    this.#events({ kind: "sampled", batch });
  }

  /** The figures count every request; only lines of the file are missing. */
  noteIn(verdict: RunVerdict): RunVerdict {
    if (this.#dropped === 0) return verdict;
    const note =
      `${this.#dropped} requests have no line in the file of --samples: the load was faster than the lines could be carried`;
    return { ...verdict, notes: [...verdict.notes ?? [], note] };
  }
}
