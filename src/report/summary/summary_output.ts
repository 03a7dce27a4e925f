/** An output whose file is made of the summary of a run, and written when that has ended. */
import type { Output, OutputContext } from "../files/output.ts";
import { openReportFile } from "../files/report_file.ts";
import { createSummarySink, type RunEnded } from "./concluded_summary.ts";
import type { RunSummary } from "./summary.ts";
import type { SummaryBuilderOptions } from "./summary_builder.ts";

/** @throws {UsageError} when the file cannot be written, which names the option */
export function openSummaryOutput(
  { path, option, context }: { readonly path: string; readonly option: string; readonly context: OutputContext },
  render: (summary: RunSummary, ended: RunEnded) => string,
  needs?: SummaryBuilderOptions,
): Output {
  const file = openReportFile(path, { ...context, option, initial: "" });
  const summaries = createSummarySink((summary, ended) => file.write(render(summary, ended)), needs);
  return {
    ...summaries,
    get failed() {
      return file.failed;
    },
  };
}
