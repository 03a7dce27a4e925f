/**
 * `locust-ts report`: the tables and files of a run out of its journal, as the run itself would have made them. Of a run whose
 * master was killed it makes them from what was written, and says so.
 */
import { type Clock, sleepOn } from "../../base/clock.ts";
import { UsageError } from "../../base/errors.ts";
import type { JournalLine } from "../../master/journal_line.ts";
import { readJournal } from "../../master/read_journal.ts";
import { findRun, type RecoveredRun } from "../../master/resume.ts";
import type { RunEvent } from "../../master/run_event.ts";
import type { SnapshotMessage } from "../../protocol/snapshot_message.ts";
import { Ledger } from "../../stats/ledger.ts";
import { EXIT_FINE, EXIT_USAGE } from "../exit_code.ts";
import { fillInPaths } from "../options/option_fields.ts";
import { OUTPUT_OPTIONS } from "../options/output_options.ts";
import { openOutputs } from "../outputs/open_outputs.ts";
import { OUTPUTS } from "../outputs/output_list.ts";
import type { ProcessDeps } from "../process_deps.ts";
import { createTables } from "../run/run_reports.ts";
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
  const clock = stoppedClock(run.wallMs);
  const ledger = Ledger.restore(run.ledger, { clock, awayMs: 0 });
  const { plan, load, runTimeSeconds = null, profile } = run.settings;
  const facts = {
    users: load.kind === "users" ? load.users : null,
    spawnRate: load.kind === "users" ? load.spawnRate : null,
    runTimeSeconds,
    host: plan.host,
    profile,
    startedWallMs: run.startedWallMs,
  };
  await using outputs = await openOutputs({
    entries: OUTPUTS,
    options: fillInPaths(OUTPUT_OPTIONS, options, facts),
    fixed: [createTables(options.json ? deps.stderr : deps.stdout, deps.env)],
    context: {
      clock,
      details: () => ledger.details(),
      reportError: (message) => deps.stderr.write(`${message}\n`),
      warn: (message) => deps.stderr.write(`${message}\n`),
      env: deps.env,
      log: (message) => deps.stderr.write(`${message}\n`),
      print: (text) => deps.stdout.write(text),
    },
    run: `report of ${options.journal}`,
    alsoWritten: [],
  });
  let last: SnapshotMessage | undefined;
  let ended: Ended | undefined;
  let exitCode: number | null = null;
  for await (const event of eventsOf(options.journal, run.settings.plan.runId)) {
    if (event.kind === "ticked") {
      const workers = event.snapshot.workers.length > 0 ? event.snapshot.workers : last?.workers ?? [];
      last = { ...event.snapshot, workers };
      outputs.sink({ ...event, snapshot: last });
    } else if (event.kind === "runEnded") {
      ended = event;
    } else if (event.kind === "exitCodeDecided") {
      exitCode = event.exitCode;
    } else {
      outputs.sink(event);
    }
  }
  if (run.damagedLines > 0) {
    deps.stderr.write(`${run.damagedLines} damaged lines of "${options.journal}" were left out\n`);
  }
  outputs.sink(ended ?? endOfCutRun(run, ledger, last));
  outputs.sink({ kind: "exitCodeDecided", exitCode });
  await outputs.settle();
  outputs.conclude();
  return outputs.failed ? EXIT_USAGE : EXIT_FINE;
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
    reason: { kind: "unfinished" },
    snapshot,
    ledger: ledger.save(),
    verdict: {
      kind: "degraded",
      doubts: [{
        kind: "journal-cut",
        severity: "degraded",
        sentence: `The journal ends at ${at} in the middle of the run: the last second at most is missing`,
        advice: "resume such a run with --resume while its workers still look for a master; then nothing is lost",
      }],
    },
  };
}

/** The events of one run, also where a later master resumed it. */
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
