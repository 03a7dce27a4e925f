/**
 * A sink that builds the summary of a run and passes it on when the exit code is known, or, if the run ended without
 * one, when the outputs close.
 */
import type { RunEvent, RunEventSink } from "../../master/run_event.ts";
import type { RunSummary } from "./summary.ts";
import { SummaryBuilder, type SummaryBuilderOptions } from "./summary_builder.ts";

export interface SummarySink {
  readonly sink: RunEventSink;
  /** Takes an event of before a resume. */
  readonly recall: RunEventSink;
  close(): void;
}

/** `runEnded`: has the reason and the thresholds with everything that their sentences need. */
export type RunEnded = Extract<RunEvent, { readonly kind: "runEnded" }>;

export function createSummarySink(
  write: (summary: RunSummary, ended: RunEnded) => void,
  options?: SummaryBuilderOptions,
): SummarySink {
  const builder = new SummaryBuilder(options);
  let isWritten = false;
  const conclude = (exitCode: number | null) => {
    const summary = builder.conclude(exitCode);
    if (summary === undefined || builder.ended === undefined) return;
    isWritten = true;
    write(summary, builder.ended);
  };
  return {
    recall: (event) => builder.take(event),
    sink(event) {
      if (event.kind === "exitCodeDecided") conclude(event.exitCode);
      else builder.take(event);
    },
    close() {
      if (!isWritten) conclude(null);
    },
  };
}
