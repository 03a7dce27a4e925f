/**
 * A sink that builds the summary of a run and passes it on when the exit code is known, or, if the run ended without one, when
 * the outputs close.
 */
import type { RunEventSink } from "../../master/run_event.ts";
import type { RunSummary } from "./summary.ts";
import { SummaryBuilder } from "./summary_builder.ts";

export interface SummarySink {
  readonly sink: RunEventSink;
  close(): void;
}

export function createSummarySink(write: (summary: RunSummary) => void): SummarySink {
  const builder = new SummaryBuilder();
  let isWritten = false;
  const conclude = (exitCode: number | null) => {
    const summary = builder.conclude(exitCode);
    if (summary === undefined) return;
    isWritten = true;
    write(summary);
  };
  return {
    sink(event) {
      if (event.kind === "exitCodeDecided") conclude(event.exitCode);
      else builder.take(event);
    },
    close() {
      if (!isWritten) conclude(null);
    },
  };
}
