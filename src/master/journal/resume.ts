/**
 * A run out of its journal: what its master had counted and acknowledged, and where it was. Reads files, starts
 * nothing.
 */
import { UsageError } from "../../base/errors.ts";
import type { CapacityStep } from "../../protocol/capacity_message.ts";
import { LOCAL_WORKER_ID } from "../../protocol/worker_message.ts";
import type { LedgerState } from "../../stats/ledger/ledger_state.ts";
import type { AbsentWorker, EarlierEvidence } from "../../stats/verdict/evidence.ts";
import { resumeStreams } from "../scenarios/plan_scenarios.ts";
import type { EarlierMissing } from "../workers/roster_worker.ts";
import type { DeliveriesState } from "../workers/deliveries.ts";
import { withChange } from "./changed_settings.ts";
import type { JournalLine } from "./journal_line.ts";
import { createReading, readJournal } from "./read_journal.ts";
import { SharedHistory, type SharedState } from "../questions/shared_state.ts";
import type { StopReason } from "../run_event.ts";
import type { ThresholdMonitor } from "../../stats/thresholds/threshold_monitor.ts";
import { ThresholdRecall } from "../judging/threshold_recall.ts";
import { RunReplay } from "./run_replay.ts";
import type { RunProgress, RunSettings } from "../run_settings.ts";

export interface RecoveredRun {
  readonly settings: RunSettings;
  readonly ledger: LedgerState;
  readonly deliveries: DeliveriesState;
  readonly progress: RunProgress;
  /** For the verdict. */
  readonly seen: Omit<EarlierEvidence, "awayMs">;
  /** Workers that were missing when the journal ended. */
  readonly missing: readonly EarlierMissing[];
  /** What its thresholds had been found to be; absent where it has none. */
  readonly thresholds?: ThresholdMonitor;
  /** Those of its capacity search; absent where it has none. */
  readonly capacitySteps?: readonly CapacityStep[];
  /** What its threads had been given. */
  readonly shared: SharedState;
  /** Why it was to end, if its master died while it waited for the last numbers. */
  readonly stopping?: StopReason;
  readonly startedWallMs: number;
  /** When the last line of the run was written. */
  readonly wallMs: number;
  /** A run that ended in order is complete: it cannot be resumed. */
  readonly hasEnded: boolean;
  readonly damagedLines: number;
}

/** Numbers of users that are left out at least when a run is resumed. */
const MIN_INDEX_GAP = 100;

/**
 * The state that the resumed run starts from, `awayMs` after the end of its journal. The earlier master may have given
 * numbers to users after its last line: in that second each user can have been started and moved, so twice as many
 * numbers as users are left out.
 */
export function resumedProgress({ progress, settings, seen, missing }: RecoveredRun, awayMs: number): RunProgress {
  const asked = settings.load.kind === "users" ? settings.load.users : 0;
  const gap = Math.max(MIN_INDEX_GAP, 2 * Math.max(asked, progress.wantedUsers));
  return {
    ...progress,
    nextIndex: progress.nextIndex + gap,
    elapsedMs: progress.elapsedMs + awayMs,
    earlier: { ...seen, awayMs },
    ...(missing.length === 0 ? {} : { missing }),
  };
}

/** The last run in a journal, to be resumed. Throws a `UsageError` if there is none. */
export async function recoverRun(path: string): Promise<RecoveredRun> {
  const run = await findRun(path);
  if (run !== undefined) return run;
  throw new UsageError(`Cannot resume the run of "${path}": no run has been started in it; leave out --resume`);
}

/** The last run in a journal, if one was started. Throws a `UsageError` if the file is no journal. */
async function findRun(path: string): Promise<RecoveredRun | undefined> {
  const reading = createReading();
  const replay = new RunReplay();
  let recovery: Recovery | undefined;
  const recall = new ThresholdRecall(() => replay.ledger);
  let startedWallMs = 0;
  for await (const line of readJournal(path, reading)) {
    const event = replay.take(line);
    if (line.kind === "runPlanned") recall.plan(line.settings);
    else if (line.kind === "counted" || line.kind === "checkpoint") recall.elapsed(line.progress.elapsedMs);
    if (event !== undefined) recall.take(event);
    if (line.kind === "runStarted") startedWallMs = line.wallMs;
    else if (line.kind === "runPlanned") recovery = startRecovery(line.settings, startedWallMs, recovery);
    else if (recovery !== undefined) takeLine(recovery, line);
  }
  if (recovery === undefined) return undefined;
  return {
    settings: resumeSettings(recovery),
    ledger: replay.ledger.save(),
    ...(recall.monitor === undefined ? {} : { thresholds: recall.monitor }),
    shared: recovery.shared.sum,
    deliveries: { runId: recovery.settings.plan.runId, ...ofOthers(recovery) },
    ...(recovery.settings.capacity === undefined ? {} : { capacitySteps: recovery.capacitySteps }),
    ...(recovery.stopping === undefined ? {} : { stopping: recovery.stopping }),
    progress: recovery.progress,
    seen: { usersReached: recovery.usersReached, absent: [...recovery.absent.values()] },
    missing: [...recovery.missing].map(([id, { silentMs, sinceMs, ...lost }]) => ({
      id,
      silentMs: silentMs + Math.max(0, recovery.wallMs - sinceMs),
      ...lost,
    })),
    startedWallMs: recovery.startedWallMs,
    wallMs: recovery.wallMs,
    hasEnded: recovery.hasEnded,
    damagedLines: reading.damagedLines + replay.lostLines,
  };
}

/**
 * What workers on the other side of a link have delivered. The worker of a run on one machine ended with its master,
 * and the next one under its name numbers its deltas from 1 again: they would be taken for those that are counted.
 */
function ofOthers({ applied, finished }: Recovery): Pick<Recovery, "applied" | "finished"> {
  const { [LOCAL_WORKER_ID]: _ended, ...others } = applied;
  return { applied: others, finished: finished.filter((id) => id !== LOCAL_WORKER_ID) };
}

/** Arrivals of scenarios that waited for another one are where it ended. */
function resumeSettings({ settings, progress }: Recovery): RunSettings {
  const { load, arrivals } = settings;
  if (load.kind !== "scenarios" || arrivals === undefined || progress.scenarios === undefined) return settings;
  return { ...settings, arrivals: resumeStreams(arrivals, load.scenarios, progress.scenarios) };
}

interface Recovery {
  settings: RunSettings;
  readonly startedWallMs: number;
  wallMs: number;
  applied: Record<string, number>;
  readonly shared: SharedHistory;
  finished: readonly string[];
  stopping: StopReason | undefined;
  progress: RunProgress;
  usersReached: number;
  readonly capacitySteps: CapacityStep[];
  /** `sinceMs`: the date at which they had been silent for so long. */
  readonly missing: Map<string, Omit<EarlierMissing, "id"> & { readonly sinceMs: number }>;
  /** Workers that were away, or left; one that is missing at the end may still come. */
  readonly absent: Map<string, AbsentWorker>;
  hasEnded: boolean;
}

/** The plan of a run that was resumed before is in the file again, with what was changed then; it is still the same run. */
function startRecovery(settings: RunSettings, startedWallMs: number, earlier: Recovery | undefined): Recovery {
  if (earlier !== undefined && earlier.settings.plan.runId === settings.plan.runId) {
    earlier.settings = settings;
    return earlier;
  }
  return {
    settings,
    startedWallMs,
    wallMs: startedWallMs,
    applied: {},
    shared: new SharedHistory(),
    finished: [],
    stopping: undefined,
    progress: { wantedUsers: 0, nextIndex: 0, elapsedMs: 0 },
    usersReached: 0,
    capacitySteps: [],
    missing: new Map(),
    absent: new Map(),
    hasEnded: false,
  };
}

function takeLine(recovery: Recovery, line: JournalLine): void {
  switch (line.kind) {
    case "counted":
    case "checkpoint": {
      if (line.runId !== recovery.settings.plan.runId) return;
      const { applied, finished = [] } = line.kind === "counted" ? line : line.deliveries;
      recovery.wallMs = Math.max(recovery.wallMs, line.wallMs); // never back: the date of that machine may have been set
      recovery.applied = { ...applied };
      recovery.finished = finished;
      recovery.progress = line.progress;
      return;
    }
    case "shared":
      if (line.runId === recovery.settings.plan.runId) recovery.shared.add(line.changes);
      return;
    case "rampStarted":
    case "rateChanged":
    case "hostChanged":
    case "optionsChanged":
      recovery.settings = withChange(recovery.settings, line);
      return;
    case "scenarioMoved": {
      const { scenarios = [] } = recovery.progress;
      const others = scenarios.map((each) => each.name === line.scenario.name ? line.scenario : each);
      recovery.progress = { ...recovery.progress, scenarios: others };
      return;
    }
    case "ticked":
      recovery.usersReached = Math.max(recovery.usersReached, line.snapshot.userCount);
      return;
    case "capacityStep":
      recovery.capacitySteps.push(line.step);
      return;
    case "workerMissing": {
      const { workerId, silentMs, users, brokenBy } = line;
      recovery.missing.set(workerId, { silentMs, users, brokenBy, sinceMs: recovery.wallMs });
      return;
    }
    case "workerReturned": {
      const { workerId: id, awayMs } = line;
      const users = recovery.missing.get(id)?.users ?? 0;
      recovery.missing.delete(id);
      recovery.absent.set(id, { id, users, kind: "returned", awayMs, numbers: "complete" });
      return;
    }
    case "workerLeft":
      recovery.missing.delete(line.workerId);
      recovery.absent.set(line.workerId, { id: line.workerId, users: 0, kind: "lost", awayMs: 0, numbers: "complete" });
      return;
    case "stopping":
      recovery.stopping = line.reason;
      return;
    case "runEnded":
      recovery.hasEnded = true;
      return;
    default:
      return;
  }
}
