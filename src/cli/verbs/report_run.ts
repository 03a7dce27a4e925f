/**
 * `locust-ts report`: the tables and files of a run out of its journal, as the run itself made them. Of a run whose
 * master was killed, or that is still going on, it makes them from what was written, and says where that ends.
 */
import type { Clock } from "../../base/clock.ts";
import { UsageError } from "../../base/errors.ts";
import type { PlannedLine } from "../../master/journal/journal_line.ts";
import { RunReplay } from "../../master/journal/run_replay.ts";
import { EXIT_FINE, EXIT_USAGE } from "../terminal/exit_code.ts";
import { fillInPaths } from "../options/reading/option_fields.ts";
import { OUTPUT_OPTIONS } from "../options/table/output_options.ts";
import { type OpenOutputs, openOutputs } from "../outputs/open_outputs.ts";
import { OUTPUTS } from "../outputs/output_list.ts";
import type { ProcessDeps } from "../terminal/process_deps.ts";
import { createTables } from "../run/setup/run_reports.ts";
import { findPlan, replayRun } from "./replay_run.ts";
import { withoutCommandsInJson } from "../terminal/harmless_output.ts";
import type { ReportOptions } from "../options/simple_verbs.ts";

type ReportDeps = Pick<ProcessDeps, "stdout" | "stderr" | "env" | "clock">;

/**
 * Resolves to the exit code.
 * @throws {UsageError} when the file is no journal, holds no run, or an output cannot be written
 */
export async function reportRun(options: ReportOptions, deps: ReportDeps): Promise<number> {
  const planned = await findPlan(options.journal);
  if (planned === undefined) {
    throw new UsageError(
      `Cannot report "${options.journal}": no run has been started in it; give the journal of a run`,
    );
  }
  const replay = new RunReplay();
  await using outputs = await openReportOutputs(options, planned, { replay, deps });
  const problems = await replayRun(options.journal, planned, { replay, sink: outputs.sink });
  for (const problem of problems) deps.stderr.write(`${problem}\n`);
  await outputs.settle();
  outputs.conclude();
  return outputs.failed ? EXIT_USAGE : EXIT_FINE;
}

async function openReportOutputs(
  options: ReportOptions,
  { settings, startWallMs }: PlannedLine,
  { replay, deps }: { readonly replay: RunReplay; readonly deps: ReportDeps },
): Promise<OpenOutputs> {
  const { plan, load, runTimeSeconds = null, profile } = settings;
  const facts = {
    users: load.kind === "users" ? load.users : null,
    spawnRate: load.kind === "users" ? load.spawnRate : null,
    runTimeSeconds,
    host: plan.host,
    profile,
    startedWallMs: startWallMs,
  };
  const clock: Clock = deps.clock;
  return await openOutputs({
    entries: OUTPUTS,
    options: fillInPaths(OUTPUT_OPTIONS, options, facts),
    fixed: [createTables(options.json ? deps.stderr : deps.stdout, deps.env, options)],
    context: {
      clock,
      pace: "atOnce",
      details: () => replay.ledger.details(),
      reportError: (message) => deps.stderr.write(`${message}\n`),
      warn: (message) => deps.stderr.write(`${message}\n`),
      env: deps.env,
      log: (message) => deps.stderr.write(`${message}\n`),
      print: (text) => deps.stdout.write(withoutCommandsInJson(text)),
    },
    run: `report of ${options.journal}`,
    alsoWritten: [],
  });
}
