/** The file of `--junit`: thresholds, verdict and requests as test cases, written when the run has ended. */
import type { Output, OutputContext } from "../files/output.ts";
import { openSummaryOutput } from "../summary/summary_output.ts";
import { renderJunit } from "./junit_report.ts";

/** @throws {UsageError} when the file cannot be written */
export function openJunitFile(path: string, context: OutputContext): Output {
  return openSummaryOutput(
    { path, option: "--junit", context },
    (summary, { thresholds = [] }) => renderJunit(summary, thresholds),
  );
}
