/**
 * `locust-ts report`: the tables and files of a run out of its journal, as the run itself made them. Of a run whose master was killed, or
 * that is still going on, it makes them from what was written, and says where that ends.
 */
import type { Clock } from "../../base/clock.ts";
import { UsageError } from "../../base/errors.ts";
import type { PlannedLine } from "../../master/journal_line.ts";
import { createReading, type JournalReading, readJournal } from "../../master/read_journal.ts";
import type { RunEvent } from "../../master/run_event.ts";
import { RunReplay } from "../../master/run_replay.ts";
import type { SnapshotMessage } from "../../protocol/snapshot_message.ts";
import { EXIT_FINE, EXIT_USAGE } from "../exit_code.ts";
import { fillInPaths } from "../options/option_fields.ts";
import { OUTPUT_OPTIONS } from "../options/output_options.ts";
import { type OpenOutputs, openOutputs } from "../outputs/open_outputs.ts";
import { OUTPUTS } from "../outputs/output_list.ts";
import type { ProcessDeps } from "../process_deps.ts";
import { createTables } from "../run/run_reports.ts";
import type { ReportOptions } from "./simple_verbs.ts";

type Ended = Extract<RunEvent, { readonly kind: "runEnded" }>;
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
  const reading = createReading();
  const end = await replayRun(options.journal, planned.settings.plan.runId, { replay, reading, outputs });
  const problems = describeReading(options.journal, reading, replay.lostLines);
  for (const problem of problems) deps.stderr.write(`${problem}\n`);
  outputs.sink(end.ended ?? endOfCutRun(replay, end, reading));
  outputs.sink({ kind: "exitCodeDecided", exitCode: end.exitCode });
  await outputs.settle();
  outputs.conclude();
  return outputs.failed ? EXIT_USAGE : EXIT_FINE;
}

/** How the last run in the file was planned, and begun: a run that was resumed is planned more than once. */
async function findPlan(journal: string): Promise<PlannedLine | undefined> {
  let planned: PlannedLine | undefined;
  for await (const line of readJournal(journal, createReading(), ["journalOpened", "runPlanned"])) {
    if (line.kind !== "runPlanned") continue;
    const { startWallMs } = planned?.settings.plan.runId === line.settings.plan.runId ? planned : line;
    planned = { ...line, startWallMs };
  }
  return planned;
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
    fixed: [createTables(options.json ? deps.stderr : deps.stdout, deps.env)],
    context: {
      clock,
      pace: "atOnce",
      details: () => replay.ledger.details(),
      reportError: (message) => deps.stderr.write(`${message}\n`),
      warn: (message) => deps.stderr.write(`${message}\n`),
      env: deps.env,
      log: (message) => deps.stderr.write(`${message}\n`),
      print: (text) => deps.stdout.write(text),
    },
    run: `report of ${options.journal}`,
    alsoWritten: [],
  });
}

interface ReplayedEnd {
  readonly ended: Ended | undefined;
  readonly last: SnapshotMessage | undefined;
  /** As of the last tick. */
  readonly thresholds: Ended["thresholds"];
  readonly exitCode: number | null;
}

/** Hands the events of one run to the outputs, also where a later master resumed it, up to its end. */
async function replayRun(
  journal: string,
  runId: string,
  { replay, reading, outputs }: {
    readonly replay: RunReplay;
    readonly reading: JournalReading;
    readonly outputs: OpenOutputs;
  },
): Promise<ReplayedEnd> {
  let isOurs = false;
  let ended: Ended | undefined;
  let last: SnapshotMessage | undefined;
  let thresholds: Ended["thresholds"];
  let exitCode: number | null = null;
  for await (const line of readJournal(journal, reading)) {
    if (line.kind === "runStarted") isOurs = line.runId === runId;
    const event = replay.take(line);
    if (!isOurs || event === undefined) continue;
    if (event.kind === "ticked") ({ snapshot: last, thresholds } = event);
    if (event.kind === "exitCodeDecided") exitCode = event.exitCode;
    else if (event.kind === "runEnded") ended = { ...event, snapshot: { ...event.snapshot } }; // all of it is computed now
    else outputs.sink(event);
  }
  return { ended, last, thresholds, exitCode };
}

/** What the master would have said if it had ended where its journal does. */
function endOfCutRun(replay: RunReplay, { last, thresholds }: ReplayedEnd, reading: JournalReading): Ended {
  const snapshot = replay.ledger.snapshot({
    state: last?.state ?? "stopped",
    userCount: last?.userCount ?? 0,
    targetUserCount: last?.targetUserCount ?? 0,
    usersByClass: last?.usersByClass ?? {},
    workers: last?.workers ?? [],
  });
  const at = new Date(reading.wallMs).toISOString();
  return {
    kind: "runEnded",
    reason: { kind: "unfinished" },
    snapshot,
    ledger: replay.ledger.save(),
    ...(thresholds === undefined ? {} : { thresholds }),
    verdict: {
      kind: "degraded",
      doubts: [{
        kind: "journal-cut",
        severity: "degraded",
        sentence:
          `The journal ends at ${at} in the middle of the run (line ${reading.lines}, byte ${reading.bytes}): what came later is missing`,
        advice:
          "if the run has not ended, make the report again when it has ended; if its master was killed, continue it " +
          "with --resume while its workers look for a master",
      }],
    },
  };
}

/** Sentences about what could not be read. */
function describeReading(journal: string, reading: JournalReading, lostLines: number): readonly string[] {
  const problems: string[] = [];
  if (reading.damagedLines > 0) problems.push(`${reading.damagedLines} damaged lines of "${journal}" were left out`);
  if (lostLines > 0) {
    problems.push(
      `${lostLines} lines of "${journal}" refer to damaged ones: what they counted is missing in the figures`,
    );
  }
  if (reading.isTorn) {
    problems.push(
      `"${journal}" ends within a line: it was read up to line ${reading.lines}, byte ${reading.bytes}, ` +
        `written ${new Date(reading.wallMs).toISOString()}`,
    );
  }
  return problems;
}
