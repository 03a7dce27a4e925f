/** The file of `--markdown`: the run as a comment for a pull request, written when it has ended. */
import type { Output, OutputContext } from "../output.ts";
import { openReportFile } from "../report_file.ts";
import { createSummarySink } from "../summary/concluded_summary.ts";
import { renderComment } from "./markdown_summary.ts";

/** @throws {UsageError} when the file cannot be written */
export function openMarkdownFile(path: string, context: OutputContext): Output {
  const file = openReportFile(path, { ...context, option: "--markdown", initial: "" });
  const { sink, recall, close } = createSummarySink((summary, ended) => file.write(renderComment({ summary, ended })));
  return {
    sink,
    recall,
    close,
    get failed() {
      return file.failed;
    },
  };
}
