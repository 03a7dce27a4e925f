/** The file of `--summary-file`: the summary of the run as JSON, written when it has ended. */
import type { Output, OutputContext } from "../output.ts";
import { openReportFile } from "../report_file.ts";
import { createSummarySink } from "./concluded_summary.ts";
import type { RunSummary } from "./summary.ts";

/** @throws {UsageError} when the file cannot be written */
export function openSummaryFile(path: string, context: OutputContext): Output {
  const file = openReportFile(path, { ...context, option: "--summary-file", initial: "" });
  const write = (summary: RunSummary) => file.write(`${JSON.stringify(summary)}\n`);
  const { sink, recall, close } = createSummarySink(write, { measureHistory: "kept" });
  return {
    sink,
    recall,
    close,
    get failed() {
      return file.failed;
    },
  };
}
