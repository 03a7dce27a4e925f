/**
 * Owns the receivers of a run's events: live view, final tables, and the outputs that the options ask for. With
 * `--json` standard output holds the JSON alone, and the tables go to standard error.
 */
import { basename } from "node:path";
import type { Logger } from "../../../base/logger.ts";
import { canRepaint, chooseColors } from "../../../report/tables/colors.ts";
import { createFinalTables } from "../../../report/tables/final_tables.ts";
import { openGithubOutput } from "../../../report/github/github_output.ts";
import { createLineLog } from "../../../report/terminal/line_log.ts";
import type { OutputContext } from "../../../report/files/output.ts";
import { withoutCommandsInJson } from "../../terminal/harmless_output.ts";
import { createLiveView } from "../../../report/terminal/terminal_live.ts";
import type { RunOptions } from "../../options/reading/options.ts";
import { EXPORTS } from "../../outputs/export_list.ts";
import { type OutputEntry, OUTPUTS } from "../../outputs/output_list.ts";
import { type FixedSink, type OpenOutputs, openOutputs } from "../../outputs/open_outputs.ts";
import type { ProcessDeps } from "../../terminal/process_deps.ts";
import type { Logging } from "../../terminal/logging.ts";

/** Locust's console interval, for lines where there is no terminal to repaint. */
const LINE_INTERVAL_SECONDS = 2;

export type RunReports = OpenOutputs;

export interface ReportInput {
  readonly options: RunOptions;
  readonly deps: Pick<ProcessDeps, "stdout" | "stderr" | "env" | "clock">;
  readonly logging: Logging;
  readonly logger: Logger;
  readonly details: OutputContext["details"];
}

/** @throws {UsageError} when an output cannot be opened */
export async function openRunReports(input: ReportInput): Promise<RunReports> {
  const { options, deps, logging, logger } = input;
  const tables = options.json ? deps.stderr : deps.stdout;
  const outputs = await openOutputs({
    entries: [...OUTPUTS, ...EXPORTS, ...listGithubOutputs(deps.env, tables)],
    options,
    fixed: [
      ...openProgress(input, tables),
      ...(options.skipLogSetup ? [] : [createTables(tables, deps.env, options)]),
    ],
    context: {
      clock: deps.clock,
      start: options.resume === undefined ? "new" : "resumed",
      details: input.details,
      reportError: (message) => logger.error(message),
      warn: (message) => logger.warning(message),
      env: deps.env,
      log: (message) => logger.info(message),
      print: (text) => deps.stdout.write(withoutCommandsInJson(text)),
    },
    run: `run of ${basename(options.locustfile ?? "a locustfile")}`,
    alsoWritten: listJournals(options),
  });
  return {
    ...outputs,
    get failed() {
      return outputs.failed || logging.problem !== undefined;
    },
    async [Symbol.asyncDispose]() {
      logging.setCover(undefined);
      await outputs[Symbol.asyncDispose]();
    },
  };
}

/** The journal that is written, and the one that is continued. */
function listJournals({ journal, resume }: RunOptions): readonly { readonly option: string; readonly path: string }[] {
  return [
    ...(journal === undefined || journal === "none" ? [] : [{ option: "journal", path: journal }]),
    ...(resume === undefined || resume === journal ? [] : [{ option: "resume", path: resume }]),
  ];
}

/** The tables at the end, on standard output or, beside `--json`, standard error. */
export function createTables(
  output: ProcessDeps["stdout"],
  env: ProcessDeps["env"],
  { latencies }: Pick<RunOptions, "latencies">,
): FixedSink {
  const sink = createFinalTables({
    width: output.isTty ? output.columns() : null,
    colors: chooseColors(env, output.isTty ? "terminal" : "other"),
    latencies,
    write: (text) => output.write(text),
  });
  return { sink, shown: "last" };
}

/** Within GitHub Actions: annotations beside the tables, and the summary of the step. */
function listGithubOutputs(
  env: ProcessDeps["env"],
  tables: ProcessDeps["stdout"],
): readonly OutputEntry<unknown>[] {
  if (env["GITHUB_ACTIONS"] !== "true") return [];
  return [{
    option: "GITHUB_ACTIONS",
    open: (_options, { reportError }) =>
      openGithubOutput({
        stepSummary: env["GITHUB_STEP_SUMMARY"],
        reportError,
        print: (text) => tables.command(text),
      }),
    shown: "now",
  }];
}

/**
 * The live table on a terminal that can repaint, a line every few seconds elsewhere; nothing with `--only-summary`, nor
 * where nothing is logged.
 */
function openProgress(
  { options, deps, logging, logger }: ReportInput,
  tables: ReportInput["deps"]["stdout"],
): readonly FixedSink[] {
  if (options.onlySummary || options.skipLogSetup) return [];
  if (!tables.isTty || !canRepaint(deps.env)) {
    const writeLine = (line: string) => logger.info(line);
    return [{ sink: createLineLog({ writeLine, intervalSeconds: LINE_INTERVAL_SECONDS }), shown: "now" }];
  }
  const view = createLiveView({
    write: (text) => tables.write(text),
    size: () => ({ columns: tables.columns(), rows: tables.rows() }),
    colors: chooseColors(deps.env, "terminal"),
  });
  if (deps.stderr.isTty) logging.setCover({ hide: () => view.clear(), show: () => view.repaint() });
  tables.onResize(() => view.repaint());
  return [{ sink: view.sink, shown: "now" }];
}
