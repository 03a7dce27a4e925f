/** The file of `--markdown`: the run as a comment for a pull request, written when it has ended. */
import type { Output, OutputContext } from "../files/output.ts";
import { openSummaryOutput } from "../summary/summary_output.ts";
import { renderComment } from "./markdown_summary.ts";

/** @throws {UsageError} when the file cannot be written */
export function openMarkdownFile(path: string, context: OutputContext): Output {
  return openSummaryOutput(
    { path, option: "--markdown", context },
    (summary, ended) => renderComment({ summary, ended }),
  );
}
