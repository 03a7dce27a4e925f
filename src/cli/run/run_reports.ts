/**
 * Where a run is shown and written: opens what the options ask for before the run starts, and fans the run's events out to all
 * of it. With `--json` standard output holds the JSON alone, and the tables go to standard error.
 */
import type { Logger } from "../../base/logger.ts";
import type { RunEvent, RunEventSink } from "../../master/run_event.ts";
import { chooseColors } from "../../report/colors.ts";
import { openCsvFiles } from "../../report/csv_files.ts";
import { createFinalTables } from "../../report/final_tables.ts";
import { createJsonFileReport, createJsonReport, openJsonFile } from "../../report/json_report.ts";
import { createLineLog } from "../../report/line_log.ts";
import { createRunLog } from "../../report/run_log.ts";
import { createLiveView } from "../../report/terminal_live.ts";
import type { EntryDetail } from "../../stats/ledger.ts";
import type { Logging } from "../terminal/logging.ts";
import type { RunOptions } from "../options/options.ts";
import type { ProcessDeps } from "../process_deps.ts";

/** Locust's console interval, for lines where there is no terminal to repaint. */
const LINE_INTERVAL_SECONDS = 2;

export interface RunReports extends Disposable {
  readonly sink: RunEventSink;
  /** Shows what stands on the screen last: the final tables, the JSON of `--json`. Once, however often it is called. */
  conclude(): void;
  /** True when a file could not be written whole: the exit code must not be 0. */
  readonly failed: boolean;
}

export interface ReportInput {
  readonly options: RunOptions;
  readonly deps: Pick<ProcessDeps, "stdout" | "stderr" | "env" | "clock">;
  readonly logging: Logging;
  readonly logger: Logger;
  /** Whole histograms of the run, asked at its end. */
  readonly details: () => readonly EntryDetail[];
}

/** @throws {UsageError} when a file cannot be opened */
export function openRunReports(input: ReportInput): RunReports {
  const { options, deps, logging, logger } = input;
  const reportError = (message: string) => logger.error(message);
  const tables = options.json ? deps.stderr : deps.stdout;
  const csv = options.csvPrefix === undefined ? undefined : openCsvFiles(options.csvPrefix, {
    history: options.csvFullHistory ? "full" : "aggregated",
    reportError,
  });
  const jsonFile = options.jsonFile === undefined ? undefined : openJsonFile(`${options.jsonFile}.json`, reportError);
  const atOnce: RunEventSink[] = [
    createRunLog({ main: logging.named("locust.main"), runners: logger }),
    ...openProgress(input, tables),
    ...(csv === undefined ? [] : [csv.sink]),
    ...(jsonFile === undefined
      ? []
      : [createJsonFileReport({ write: jsonFile.write, details: input.details, nowMs: () => deps.clock.nowMs() })]),
  ];
  const last: RunEventSink[] = [
    ...(options.skipLogSetup ? [] : [createFinalTables({
      width: tables.isTty ? tables.columns() : null,
      colors: chooseColors(deps.env, tables.isTty ? "terminal" : "other"),
      write: (text) => tables.write(text),
    })]),
    ...(options.json ? [createJsonReport({ write: (text) => deps.stdout.write(text), details: input.details })] : []),
  ];
  let held: RunEvent | undefined;
  return {
    sink(event) {
      atOnce.forEach((sink) => guard(sink, event, reportError));
      if (event.kind === "runEnded") held = event;
      else last.forEach((sink) => guard(sink, event, reportError));
    },
    conclude() {
      const ended = held;
      held = undefined;
      if (ended !== undefined) last.forEach((sink) => guard(sink, ended, reportError));
    },
    get failed() {
      return csv?.failed === true || jsonFile?.failed === true || logging.problem !== undefined;
    },
    [Symbol.dispose]() {
      logging.setCover(undefined);
      csv?.close();
    },
  };
}

/** The live table on a terminal, a line now and then elsewhere; nothing with `--only-summary`, nor where nothing is logged. */
function openProgress({ options, deps, logging, logger }: ReportInput, tables: ReportInput["deps"]["stdout"]) {
  if (options.onlySummary || options.skipLogSetup) return [];
  if (!tables.isTty) {
    return [createLineLog({ writeLine: (line) => logger.info(line), intervalSeconds: LINE_INTERVAL_SECONDS })];
  }
  const view = createLiveView({
    write: (text) => tables.write(text),
    size: () => ({ columns: tables.columns(), rows: tables.rows() }),
    colors: chooseColors(deps.env, "terminal"),
  });
  if (deps.stderr.isTty) logging.setCover({ hide: () => view.clear(), show: () => view.repaint() });
  tables.onResize(() => view.repaint());
  return [view.sink];
}

/** A report that breaks is told and does not stop the run. */
function guard(sink: RunEventSink, event: RunEvent, reportError: (message: string) => void): void {
  try {
    sink(event);
  } catch (error) {
    reportError(`A report failed: ${error instanceof Error ? error.stack ?? error.message : String(error)}`);
  }
}
