/** `locust-ts compare`: the figures of two runs side by side. The comparison itself is in `report/comparison`. */
import { UsageError } from "../../base/errors.ts";
import { chooseColors } from "../../report/tables/colors.ts";
import { compareRuns, type Comparison } from "../../report/comparison/comparison.ts";
import { renderComparisonMarkdown, renderComparisonText } from "../../report/comparison/comparison_lines.ts";
import { changeOf, findCompared, parseFailOn } from "../../report/comparison/fail_on.ts";
import { RunReplay } from "../../master/journal/run_replay.ts";
import { readComparedRun, type ReplayRun } from "../../report/comparison/read_run.ts";
import type { ProcessDeps } from "../terminal/process_deps.ts";
import { findPlan, replayRun } from "./replay_run.ts";
import { withoutCommandsInJson } from "../terminal/harmless_output.ts";
import type { CompareOptions } from "../options/simple_verbs.ts";

/**
 * Resolves to the exit code.
 * @throws {UsageError} when a file cannot be read, or a `--fail-on` is about no row
 */
export async function compareFiles(
  { a, b, failOn, format }: CompareOptions,
  { stdout, stderr, env }: Pick<ProcessDeps, "stdout" | "stderr" | "env">,
): Promise<number> {
  const limits = failOn.map(parseFailOn);
  const replay: ReplayRun = async (journal, { sink, counted }) => {
    const planned = await findPlan(journal);
    if (planned === undefined) {
      throw new UsageError(`Cannot compare "${journal}": no run has been started in it; give the journal of a run`);
    }
    const problems = await replayRun(journal, planned, { replay: new RunReplay(counted), sink });
    for (const problem of problems) stderr.write(`${problem}\n`);
  };
  const comparison = compareRuns(await readComparedRun(a, replay), await readComparedRun(b, replay), limits);
  const problems = limits.flatMap((limit) => {
    const found = findCompared(limit, comparison);
    const wrong = found.length === 0
      ? "neither run has such a row, check, transaction or metric; write the name as in its table"
      : found.every((each) => changeOf(limit, each) === undefined)
      ? "what it names has no such figure; the figures of each are in the comparison"
      : undefined;
    return wrong === undefined ? [] : [`Cannot use --fail-on "${limit.expression}": ${wrong}`];
  });
  if (problems.length > 0) throw new UsageError(problems);
  stdout.write(render(comparison, format, stdout, env));
  return comparison.exitCode;
}

function render(
  comparison: Comparison,
  format: CompareOptions["format"],
  stdout: ProcessDeps["stdout"],
  env: ProcessDeps["env"],
): string {
  switch (format) {
    case "json":
      return withoutCommandsInJson(`${JSON.stringify(comparison, null, 2)}\n`);
    case "markdown":
      return renderComparisonMarkdown(comparison);
    case "text":
      return renderComparisonText(comparison, {
        width: stdout.isTty ? stdout.columns() : null,
        colors: chooseColors(env, stdout.isTty ? "terminal" : "other"),
      });
  }
}
