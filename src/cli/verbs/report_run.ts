/**
 * `locust-ts report`: the tables and files of a run out of its journal, as the run itself would have made them. Of a run whose
 * master was killed it makes them from what was written, and says so.
 */
import { type Clock, sleepOn } from "../../base/clock.ts";
import { UsageError } from "../../base/errors.ts";
import type { JournalLine } from "../../master/journal_line.ts";
import { readJournal } from "../../master/read_journal.ts";
import { findRun, type RecoveredRun } from "../../master/resume.ts";
import type { RunEvent, RunEventSink } from "../../master/run_event.ts";
import type { SnapshotMessage } from "../../protocol/snapshot_message.ts";
import { chooseColors } from "../../report/colors.ts";
import { openCsvFiles } from "../../report/csv_files.ts";
import { createFinalTables } from "../../report/final_tables.ts";
import { createJsonReport, openJsonFile } from "../../report/json_report.ts";
import { Ledger } from "../../stats/ledger.ts";
import { EXIT_FINE, EXIT_USAGE } from "../exit_code.ts";
import type { ProcessDeps } from "../process_deps.ts";
import type { ReportOptions } from "./simple_verbs.ts";

type Ended = Extract<RunEvent, { readonly kind: "runEnded" }>;

/**
 * Resolves to the exit code.
 * @throws {UsageError} when the file is no journal, holds no run, or an output cannot be written
 */
export async function reportRun(
  options: ReportOptions,
  deps: Pick<ProcessDeps, "stdout" | "stderr" | "env">,
): Promise<number> {
  const run = await findRun(options.journal);
  if (run === undefined) {
    throw new UsageError(
      `Cannot report "${options.journal}": no run has been started in it; give the journal of a run`,
    );
  }
  const ledger = Ledger.restore(run.ledger, { clock: stoppedClock(run.wallMs), awayMs: 0 });
  const outputs = openOutputs(options, deps, ledger);
  let last: SnapshotMessage | undefined;
  let ended: Ended | undefined;
  for await (const event of eventsOf(options.journal, run.settings.plan.runId)) {
    if (event.kind === "ticked") {
      const workers = event.snapshot.workers.length > 0 ? event.snapshot.workers : last?.workers ?? [];
      last = { ...event.snapshot, workers };
      outputs.sink({ kind: "ticked", snapshot: last });
    } else if (event.kind === "runEnded") {
      ended = event;
    } else if (event.kind === "runStarted" || event.kind === "statsReset") {
      outputs.sink(event); // what the tables are headed by
    }
  }
  if (run.damagedLines > 0) {
    deps.stderr.write(`${run.damagedLines} damaged lines of "${options.journal}" were left out\n`);
  }
  outputs.sink(ended ?? endOfCutRun(run, ledger, last));
  outputs.close();
  return outputs.failed() ? EXIT_USAGE : EXIT_FINE;
}

/** What the master would have said if it had ended where its journal does. */
function endOfCutRun(run: RecoveredRun, ledger: Ledger, last: SnapshotMessage | undefined): Ended {
  const snapshot = ledger.snapshot({
    state: last?.state ?? "stopped",
    userCount: last?.userCount ?? 0,
    targetUserCount: last?.targetUserCount ?? 0,
    usersByClass: last?.usersByClass ?? {},
    workers: last?.workers ?? [],
  });
  const at = new Date(run.wallMs).toISOString();
  return {
    kind: "runEnded",
    reason: { kind: "failed", problem: "the run did not end in order, its master was killed" },
    snapshot,
    verdict: {
      kind: "degraded",
      doubts: [{
        kind: "journal-cut",
        severity: "degraded",
        sentence: `The journal ends at ${at} in the middle of the run: the last second at most is missing`,
        advice: "go on with such a run by --resume while its workers still look for a master, and nothing is lost",
      }],
    },
  };
}

/** The events of one run, also where a later master went on with it. */
async function* eventsOf(journal: string, runId: string): AsyncGenerator<RunEvent> {
  let isOurs = false;
  for await (const line of readJournal(journal)) {
    if (line.kind === "runStarted") isOurs = line.runId === runId;
    if (isOurs && isEvent(line)) yield line;
  }
}

function isEvent(line: JournalLine): line is RunEvent {
  return !["journalOpened", "runPlanned", "counted", "checkpoint"].includes(line.kind);
}

interface Outputs {
  readonly sink: RunEventSink;
  failed(): boolean;
  close(): void;
}

/** With `--json` standard output holds the JSON alone, and the tables go to standard error: as in a run. */
function openOutputs(
  options: ReportOptions,
  { stdout, stderr, env }: Pick<ProcessDeps, "stdout" | "stderr" | "env">,
  ledger: Ledger,
): Outputs {
  const reportError = (message: string) => stderr.write(`${message}\n`);
  const tables = options.json ? stderr : stdout;
  const csv = options.csvPrefix === undefined ? undefined : openCsvFiles(options.csvPrefix, {
    history: options.csvFullHistory ? "full" : "aggregated",
    reportError,
  });
  const jsonFile = options.jsonFile === undefined ? undefined : openJsonFile(`${options.jsonFile}.json`, reportError);
  const details = () => ledger.details();
  const sinks: RunEventSink[] = [
    ...(csv === undefined ? [] : [csv.sink]),
    ...(jsonFile === undefined ? [] : [createJsonReport({ write: jsonFile.write, details })]),
    createFinalTables({
      width: tables.isTty ? tables.columns() : null,
      colors: chooseColors(env, tables.isTty ? "terminal" : "other"),
      write: (text) => tables.write(text),
    }),
    ...(options.json ? [createJsonReport({ write: (text) => stdout.write(text), details })] : []),
  ];
  return {
    sink: (event) => sinks.forEach((sink) => sink(event)),
    failed: () => csv?.failed === true || jsonFile?.failed === true,
    close: () => csv?.close(),
  };
}

/** A clock that shows when the journal's last line was written. */
function stoppedClock(wallMs: number): Clock {
  const clock: Clock = {
    nowMs: () => wallMs,
    wallMs: () => wallMs,
    schedule: () => ({ cancel() {} }),
    sleep: (delayMs, signal) => sleepOn(clock, delayMs, signal),
  };
  return clock;
}
