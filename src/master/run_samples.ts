/**
 * Passes what single requests have left beside their counts on as run events: the lines of `--samples` and the traces of
 * `--trace-share`. Says in the verdict how many lines were dropped on their way.
 */
import type { DeltaMessage } from "../protocol/delta_message.ts";
import type { RunVerdict } from "../stats/verdict/doubt.ts";
import type { RunEventSink } from "./run_event.ts";

export class RunSamples {
  readonly #events: RunEventSink;
  #dropped = 0;

  constructor(events: RunEventSink) {
    this.#events = events;
  }

  /** Of a delta that has just been counted, at the date `wallMs`. */
  take({ samples: batch, exemplars }: Pick<DeltaMessage, "samples" | "exemplars">, wallMs: number): void {
    if (batch !== undefined) {
      this.#dropped += batch.dropped;
      this.#events({ kind: "sampled", batch });
    }
    if (exemplars !== undefined) {
      const requests = exemplars.map(({ ageMs, ...request }) => ({ ...request, wallMs: wallMs - ageMs }));
      this.#events({ kind: "traced", requests });
    }
  }

  /** The figures count every request; only lines of the file are missing. */
  noteIn(verdict: RunVerdict): RunVerdict {
    if (this.#dropped === 0) return verdict;
    const note =
      `${this.#dropped} requests have no line in the file of --samples: the load was faster than the lines could be carried`;
    return { ...verdict, notes: [...verdict.notes ?? [], note] };
  }
}
