/**
 * Output of a run within GitHub Actions: annotations as lines of the log, and the Markdown summary appended to the
 * summary of the step.
 */
import { appendFileSync, statSync } from "node:fs";
import { describeUnwritable } from "../../base/given_file.ts";
import { renderMarkdown } from "../markdown/markdown_summary.ts";
import type { Output, OutputContext } from "../files/output.ts";
import { createSummarySink, type RunEnded } from "../summary/concluded_summary.ts";
import type { RunSummary } from "../summary/summary.ts";
import { annotateRun, githubCommand } from "./github_commands.ts";

/** GitHub shows no summary at all of a step whose file is larger. */
const MAX_STEP_SUMMARY_BYTES = 1024 * 1024;

export interface GithubOptions extends Pick<OutputContext, "reportError" | "print"> {
  /** Value of `GITHUB_STEP_SUMMARY`. */
  readonly stepSummary: string | undefined;
}

export function openGithubOutput({ stepSummary, reportError, print }: GithubOptions): Output {
  let failed = false;
  const write = (summary: RunSummary, ended: RunEnded) => {
    for (const line of annotateRun(summary.verdict, ended.thresholds ?? [])) print(`${line}\n`);
    if (stepSummary === undefined || stepSummary === "") return;
    try {
      const used = statSync(stepSummary, { throwIfNoEntry: false })?.size ?? 0;
      const text = renderMarkdown(
        { summary, ended },
        (each) => used + new TextEncoder().encode(`\n${each}`).length <= MAX_STEP_SUMMARY_BYTES,
      );
      if (text !== undefined) return appendFileSync(stepSummary, used > 0 ? `\n${text}` : text);
      print(
        `${githubCommand("warning", "The summary of this step has reached GitHub's 1 MiB: the run is not in it")}\n`,
      );
    } catch (error) {
      failed = true;
      reportError(`Cannot write to the step summary "${stepSummary}": ${describeUnwritable(error)}`);
    }
  };
  const { sink, recall, close } = createSummarySink(write);
  return {
    sink,
    recall,
    close,
    get failed() {
      return failed;
    },
  };
}
