/**
 * Replays the last run of a journal for `report` and `compare`: finds it, hands its events to a sink, makes the end of
 * a run whose journal is cut, and describes what could not be read.
 */
import { answerSoFar } from "../../report/summary/summary_capacity.ts";
import { formatAmount } from "../../base/text/text.ts";
import type { PlannedLine } from "../../master/journal/journal_line.ts";
import { createReading, type JournalReading, readJournal } from "../../master/journal/read_journal.ts";
import type { RunEvent, RunEventSink, RunSpan } from "../../master/run_event.ts";
import type { RunReplay } from "../../master/journal/run_replay.ts";
import type { CapacityAim, CapacityReport, CapacityStep } from "../../protocol/capacity_message.ts";
import type { SnapshotMessage } from "../../protocol/snapshot_message.ts";

type Ended = Extract<RunEvent, { readonly kind: "runEnded" }>;

/** How the last run in the file was planned, and begun: a run that was resumed is planned more than once. */
export async function findPlan(journal: string): Promise<PlannedLine | undefined> {
  let planned: PlannedLine | undefined;
  for await (const line of readJournal(journal, createReading(), ["journalOpened", "runPlanned"])) {
    if (line.kind !== "runPlanned") continue;
    const { startWallMs } = planned?.settings.plan.runId === line.settings.plan.runId ? planned : line;
    planned = { ...line, startWallMs };
  }
  return planned;
}

interface ReplayedEnd {
  readonly ended: Ended | undefined;
  readonly last: SnapshotMessage | undefined;
  /** Of the last tick. */
  readonly span: RunSpan | undefined;
  /** As of the last tick. */
  readonly thresholds: Ended["thresholds"];
  readonly exitCode: number | null;
  /** Of a capacity search, as far as its steps go. */
  readonly capacity: CapacityReport | undefined;
}

/** Hands the events of one run to the sink, up to its exit code. Resolves to sentences about what could not be read. */
export async function replayRun(
  journal: string,
  planned: PlannedLine,
  { replay, sink }: { readonly replay: RunReplay; readonly sink: RunEventSink },
): Promise<readonly string[]> {
  const reading = createReading();
  const end = await replayEvents(journal, planned.settings.plan.runId, { replay, reading, sink });
  sink(end.ended ?? endOfCutRun(replay, end, reading));
  sink({ kind: "exitCodeDecided", exitCode: end.exitCode });
  return describeReading(journal, reading, replay.lostLines);
}

/** Also where a later master resumed the run. */
async function replayEvents(
  journal: string,
  runId: string,
  { replay, reading, sink }: {
    readonly replay: RunReplay;
    readonly reading: JournalReading;
    readonly sink: RunEventSink;
  },
): Promise<ReplayedEnd> {
  let isOurs = false;
  let ended: Ended | undefined;
  let last: SnapshotMessage | undefined;
  let span: RunSpan | undefined;
  let thresholds: Ended["thresholds"];
  let exitCode: number | null = null;
  let aim: CapacityAim | undefined;
  const steps: CapacityStep[] = [];
  for await (const line of readJournal(journal, reading)) {
    if (line.kind === "runStarted") isOurs = line.runId === runId;
    const event = replay.take(line);
    if (!isOurs || event === undefined) continue;
    if (event.kind === "runStarted") aim = event.capacity;
    if (event.kind === "capacityStep") steps.push(event.step);
    if (event.kind === "ticked") ({ snapshot: last, span, thresholds } = event);
    if (event.kind === "exitCodeDecided") exitCode = event.exitCode;
    else if (event.kind === "runEnded") ended = { ...event, snapshot: { ...event.snapshot } }; // all of it is computed now
    else sink(event);
  }
  return { ended, last, span, thresholds, exitCode, capacity: aim === undefined ? undefined : answerSoFar(aim, steps) };
}

/** What the master would have said if it had ended where its journal does. */
function endOfCutRun(
  replay: RunReplay,
  { last, span, thresholds, capacity }: ReplayedEnd,
  reading: JournalReading,
): Ended {
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
    span: spanOfCut(replay, { after: span, snapshot }),
    ledger: replay.ledger.save(),
    ...(thresholds === undefined ? {} : { thresholds }),
    ...(capacity === undefined ? {} : { capacity }),
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

/** The second of which the journal has the counts and no tick: they are in the totals, so they are in the history too. */
function spanOfCut(
  replay: RunReplay,
  { after, snapshot: { elapsedMs, userCount } }: {
    readonly after: RunSpan | undefined;
    readonly snapshot: SnapshotMessage;
  },
): RunSpan {
  const counted = replay.takeSpan();
  const fromSecond = after?.toSecond ?? 0;
  const hasCounts = counted.requests > 0 || counted.arrivals !== undefined;
  const toSecond = hasCounts ? Math.max(fromSecond, Math.round(elapsedMs / 1000)) : fromSecond;
  return { fromSecond, toSecond, elapsedMs, users: userCount, ...counted };
}

/** Sentences about what could not be read. */
function describeReading(journal: string, reading: JournalReading, lostLines: number): readonly string[] {
  const problems: string[] = [];
  if (reading.damagedLines > 0) problems.push(`${reading.damagedLines} damaged lines of "${journal}" were left out`);
  if (lostLines > 0) {
    problems.push(
      `${
        formatAmount(lostLines, "line")
      } of "${journal}" depend on damaged lines and cannot be read: their counts are missing in the figures`,
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
