/** The file of `--summary-file`: the summary of the run as JSON, written when it has ended. */
import type { Output, OutputContext } from "../files/output.ts";
import { openSummaryOutput } from "./summary_output.ts";

/** @throws {UsageError} when the file cannot be written */
export function openSummaryFile(path: string, context: OutputContext): Output {
  return openSummaryOutput(
    { path, option: "--summary-file", context },
    (summary) => `${JSON.stringify(summary)}\n`,
    { measureHistory: "kept" },
  );
}
