/** The file of `--junit`: thresholds, verdict and requests as test cases, written when the run has ended. */
import type { Output, OutputContext } from "../output.ts";
import { openReportFile } from "../report_file.ts";
import { createSummarySink } from "../summary/concluded_summary.ts";
import { renderJunit } from "./junit_report.ts";

/** @throws {UsageError} when the file cannot be written */
export function openJunitFile(path: string, context: OutputContext): Output {
  const file = openReportFile(path, { ...context, option: "--junit", initial: "" });
  const { sink, recall, close } = createSummarySink((summary, { thresholds = [] }) =>
    file.write(renderJunit(summary, thresholds))
  );
  return {
    sink,
    recall,
    close,
    get failed() {
      return file.failed;
    },
  };
}
