/**
 * Collects the evidence of a verdict while a run is in progress: the only place where observations come together. It counts; the rules
 * in `doubts/` judge. One `observeWorker` per worker and second, one `observeTick` per tick.
 */
import type { StartingUsers, WorkerHealth } from "../../protocol/health_message.ts";
import { LOCAL_WORKER_ID, type UsersByClass } from "../../protocol/worker_message.ts";
import type { ScenarioState } from "../../protocol/scenario_message.ts";
import type { PaceSnapshot } from "../../protocol/snapshot_message.ts";
import type { LedgerCounts } from "../ledger/ledger.ts";
import { NO_LOCAL_ADDRESS, TOO_MANY_FILES } from "../groups/own_failures.ts";
import type {
  AbsentWorker,
  EarlierEvidence,
  HungThread,
  OlderWorker,
  RunEnd,
  RunEvidence,
  ThinPercentile,
  UnsteadyRun,
} from "./evidence.ts";
import type { ClassArrivals } from "../../protocol/snapshot_message.ts";
import { PaceWindow } from "../ticks/pace_window.ts";
import { UserSeconds } from "./user_seconds.ts";
import { LATE_MS, SecondCounter, type WorkerMoment, WorkerRecord } from "./worker_record.ts";

/** What the evidence takes from the last snapshot. */
export interface SnapshotOfEnd {
  readonly total: Pick<RunEvidence, "requests" | "failures" | "bytes">;
  readonly workers: readonly (
    & { readonly id: string; readonly threads: number; readonly requests: number }
    & { readonly incidents?: readonly string[] }
  )[];
  readonly failures: readonly { readonly text: string; readonly count: number }[];
  readonly urlGroups?: RunEvidence["urlGroups"] | undefined;
  readonly arrivals?: { readonly planned: number };
  readonly scenarios?: readonly { readonly state: ScenarioState }[];
  readonly classArrivals?: readonly ClassArrivals[];
}

/** What is known in the end beside the last snapshot. */
export interface Conclusion {
  readonly counts: LedgerCounts;
  /** Arrivals that workers have had the time to report: those of the last moments are not missing yet. Absent: all that are planned. */
  readonly reportable?: number;
  readonly skippedDeltas?: number;
  /** The mean response time of a worker's requests; null where none had a time. */
  readonly meanMsOf?: (workerId: string) => number | null;
  readonly thinPercentiles?: readonly ThinPercentile[];
  readonly unsteady?: UnsteadyRun | undefined;
}

export class HealthMonitor {
  readonly #workers = new Map<string, WorkerRecord>();
  readonly #userSeconds = new Map<string, UserSeconds>();
  readonly #hung = new Map<string, HungThread>();
  readonly #absent = new Map<string, AbsentWorker>();
  readonly #older = new Map<string, OlderWorker>();
  readonly #starting = new Map<string, readonly StartingUsers[]>();
  readonly #masterLate = new SecondCounter();
  readonly #pace = new PaceWindow();
  /** By class with a target rate: task starts that were due while it had no user. */
  readonly #unserved = new Map<string, number>();
  #target = 0;
  #wanted = 0;
  #reached = 0;
  #endedBy: RunEnd = "plan";
  #placeable: number | undefined;
  #areLimited = false;
  #failedListeners = 0;
  #resumedAfterMs: number | undefined;

  /** The worker's own measurements of its last second. */
  observeWorker(id: string, health: WorkerHealth, moment: WorkerMoment): void {
    let worker = this.#workers.get(id);
    if (worker === undefined) this.#workers.set(id, worker = new WorkerRecord());
    worker.take(health, moment);
    this.#pace.observe(id, health);
    this.observeHung(id, health);
    this.#starting.set(id, health.starting ?? []);
  }

  /** Intended and achieved task starts of paced users over the last ticks; undefined where none is paced. */
  get pace(): PaceSnapshot | undefined {
    return this.#pace.read();
  }

  /** How many users run, how many are wanted at this moment of a ramp, and how many in its end. */
  observeUsers(running: number, ramp: { readonly wanted: number; readonly target: number }): void {
    this.#reached = Math.max(this.#reached, running);
    this.#wanted = Math.max(this.#wanted, ramp.wanted);
    this.#target = Math.max(this.#target, ramp.target);
  }

  /** A worker runs so many users of each class from now on. */
  observeUsersOf(id: string, users: UsersByClass, nowMs: number): void {
    let seconds = this.#userSeconds.get(id);
    if (seconds === undefined) this.#userSeconds.set(id, seconds = new UserSeconds());
    seconds.change(users, nowMs);
  }

  /** A ramp is complete: so many users have been started, and no more will be. */
  observeRamped(users: number, ramp: { readonly wanted: number; readonly target: number }): void {
    this.observeUsers(users, ramp);
    this.#placeable = users < ramp.target ? users : undefined;
  }

  /** Users end after a number of iterations. */
  observeIterations(): void {
    this.#areLimited = true;
  }

  /** The cause of the run's end. */
  observeEnd(by: RunEnd): void {
    this.#endedBy = by;
  }

  /** How late the master's tick came, and how long after the one before. */
  observeTick(lateMs: number, spanMs: number): void {
    this.#masterLate.count(lateMs, LATE_MS);
    this.#pace.rotate(spanMs);
  }

  /** A worker was away for `awayMs`, or still is. The latest observation of a worker counts. */
  observeAbsence(absent: AbsentWorker): void {
    this.#absent.set(absent.id, absent);
  }

  /** The run is resumed: what an earlier master has observed counts as observed. */
  observeResume(earlier: EarlierEvidence | undefined): void {
    this.#resumedAfterMs = earlier?.awayMs ?? 0;
    this.#reached = Math.max(this.#reached, earlier?.usersReached ?? 0);
    for (const absent of earlier?.absent ?? []) this.observeAbsence(absent);
  }

  observeOlder(worker: OlderWorker): void {
    this.#older.set(worker.id, worker);
  }

  observeListenerFailures(count: number): void {
    this.#failedListeners += count;
  }

  /** So many task starts of a target rate were due, and no user of the class was there. */
  observeUnserved(userClass: string, starts: number): void {
    this.#unserved.set(userClass, (this.#unserved.get(userClass) ?? 0) + starts);
  }

  /** Statistics begin anew: what is held against counts does too. */
  observeReset(nowMs: number): void {
    this.#unserved.clear();
    for (const worker of this.#workers.values()) worker.reset();
    for (const seconds of this.#userSeconds.values()) seconds.reset(nowMs);
  }

  /** All threads of a worker have ended in order: none hangs. */
  observeAnswered(workerId: string): void {
    for (const known of this.#hung.values()) {
      if (known.workerId === workerId) this.#hung.set(keyOf(known), { ...known, now: "recovered" });
    }
  }

  evidence(
    { total, workers, failures: groups, arrivals, classArrivals = [], scenarios = [], urlGroups }: SnapshotOfEnd,
    conclusion: Conclusion,
  ): RunEvidence {
    const { requests, failures, bytes } = total;
    const { counts, reportable = Infinity, skippedDeltas = 0, meanMsOf = () => null, thinPercentiles = [] } =
      conclusion;
    const { unsteady } = conclusion;
    // Counts of a resumed run are of all its masters, observations of this one alone. Of a worker that was away they are of the rest of the
    // time: it kept users meanwhile, of which nobody knew.
    const comparable = this.#resumedAfterMs === undefined ? workers.filter(({ id }) => !this.#absent.has(id)) : [];
    const workOf = new Map(
      comparable.map(({ id, threads, requests }) => {
        const userSeconds = this.#userSeconds.get(id)?.read() ?? {};
        return [id, { threads, requests, meanMs: meanMsOf(id), userSeconds }];
      }),
    );
    return {
      requests,
      failures,
      bytes,
      users: {
        target: this.#target,
        wanted: this.#wanted,
        reached: this.#reached,
        endedBy: this.#endedBy,
        ...(this.#placeable === undefined ? {} : { placeable: this.#placeable }),
        ...(this.#areLimited ? { areLimited: true } : {}),
      },
      starting: sumStarting([...this.#starting.values()].flat()),
      workers: [...this.#workers].map(([id, record]) => record.read(id, workOf.get(id))),
      hung: [...this.#hung.values()],
      absent: [...this.#absent.values()],
      older: [...this.#older.values()],
      masterLate: this.#masterLate.read(),
      counts,
      ...(arrivals === undefined ? {} : { plannedArrivals: Math.min(arrivals.planned, reportable) }),
      ...(scenarios.length > 0 && scenarios.every(({ state }) => state === "waiting") ? { noScenarioBegan: true } : {}),
      targets: classArrivals.filter(({ kind }) => kind === "target")
        .map(({ name, asked, started }) => ({
          name,
          asked,
          started,
          unserved: Math.round(this.#unserved.get(name) ?? 0),
        })),
      ...(urlGroups === undefined ? {} : { urlGroups }),
      ...(unsteady === undefined ? {} : { unsteady }),
      ownFailures: countOwn(groups),
      thinPercentiles,
      failedListeners: this.#failedListeners,
      resumedAfterMs: this.#resumedAfterMs,
      skippedDeltas,
      incidents: workers.flatMap(({ id, incidents }) =>
        incidents === undefined || id === LOCAL_WORKER_ID ? [] : [{ id, incidents }]
      ),
    };
  }

  /** Threads that hang, and what those that answer again hung in: also while the run is stopping. */
  observeHung(workerId: string, { hung: silent, stood = [] }: WorkerHealth): void {
    const hungNow = new Set(silent.map(({ thread }) => thread));
    for (const { thread, doing } of stood) {
      const known = this.#hung.get(keyOf({ workerId, thread }));
      if (known !== undefined) this.#hung.set(keyOf(known), { ...known, doing });
    }
    for (const known of this.#hung.values()) {
      if (known.workerId !== workerId || hungNow.has(known.thread)) continue;
      this.#hung.set(keyOf(known), { ...known, now: "recovered" });
    }
    for (const { thread, silentMs, doing } of silent) {
      const known = this.#hung.get(keyOf({ workerId, thread }));
      const longestMs = Math.max(silentMs, known?.silentMs ?? 0);
      this.#hung.set(keyOf({ workerId, thread }), { workerId, thread, doing, silentMs: longestMs, now: "hung" });
    }
  }
}

function countOwn(groups: SnapshotOfEnd["failures"]): Readonly<Record<string, number>> {
  const own: Record<string, number> = { [NO_LOCAL_ADDRESS]: 0, [TOO_MANY_FILES]: 0 };
  for (const { text, count } of groups) if (Object.hasOwn(own, text)) own[text] = (own[text] ?? 0) + count;
  return own;
}

function keyOf({ workerId, thread }: { readonly workerId: string; readonly thread: number }): string {
  return `${thread} ${workerId}`;
}

/** By class, over all workers. */
function sumStarting(parts: readonly StartingUsers[]): StartingUsers[] {
  const byClass = new Map<string, StartingUsers>();
  for (const part of parts) {
    const { users = 0, longestMs = 0 } = byClass.get(part.userClass) ?? {};
    byClass.set(part.userClass, {
      userClass: part.userClass,
      users: users + part.users,
      longestMs: Math.max(longestMs, part.longestMs),
    });
  }
  return [...byClass.values()];
}
