/**
 * Collects the evidence of a verdict while a run is in progress: the only place where observations come together. It counts; the rules
 * in `doubts/` judge. One `observeWorker` per worker and second, one `observeTick` per tick.
 */
import { LOCAL_WORKER_ID, type StartingUsers, type WorkerHealth } from "../../protocol/worker_message.ts";
import type { LedgerCounts } from "../ledger.ts";
import type { AbsentWorker, EarlierEvidence, HungThread, RunEnd, RunEvidence, SecondCounts } from "./evidence.ts";

/** A loop or a start that is later than this is counted: response times are wrong by as much, and targets answer in tens of ms. */
export const LATE_MS = 50;

/** From here on the machine's cores are full: the scheduler has no room left for a peak of a second. */
export const CPU_FULL_PERCENT = 90;

/** What the evidence takes from the last snapshot. */
export interface SnapshotOfEnd {
  readonly total: Pick<RunEvidence, "requests" | "failures" | "bytes">;
  readonly workers: readonly { readonly id: string; readonly incidents?: readonly string[] }[];
}

class SecondCounter implements SecondCounts {
  seconds = 0;
  of = 0;
  worst = 0;

  count(value: number, from: number): void {
    this.of++;
    if (value > from) this.seconds++;
    if (value > this.worst) this.worst = value;
  }
}

interface MutableWorker {
  readonly id: string;
  readonly loopLate: SecondCounter;
  readonly startsLate: SecondCounter;
  readonly cpuFull: SecondCounter;
}

export class HealthMonitor {
  readonly #workers = new Map<string, MutableWorker>();
  readonly #hung = new Map<string, HungThread>();
  readonly #absent = new Map<string, AbsentWorker>();
  readonly #starting = new Map<string, readonly StartingUsers[]>();
  readonly #masterLate = new SecondCounter();
  #target = 0;
  #wanted = 0;
  #reached = 0;
  #endedBy: RunEnd = "plan";
  #placeable: number | undefined;
  #failedListeners = 0;
  #resumedAfterMs: number | undefined;

  /** The worker's own measurements of its last second. */
  observeWorker(id: string, health: WorkerHealth): void {
    let worker = this.#workers.get(id);
    if (worker === undefined) {
      worker = { id, loopLate: new SecondCounter(), startsLate: new SecondCounter(), cpuFull: new SecondCounter() };
      this.#workers.set(id, worker);
    }
    worker.loopLate.count(health.loopLagP99Ms, LATE_MS);
    worker.startsLate.count(health.latenessP99Ms, LATE_MS);
    worker.cpuFull.count(health.machineCpuPercent, CPU_FULL_PERCENT);
    this.#observeHung(id, health.hung);
    this.#starting.set(id, health.starting ?? []);
  }

  /** How many users run, how many are wanted at this moment of a ramp, and how many in its end. */
  observeUsers(running: number, ramp: { readonly wanted: number; readonly target: number }): void {
    this.#reached = Math.max(this.#reached, running);
    this.#wanted = Math.max(this.#wanted, ramp.wanted);
    this.#target = Math.max(this.#target, ramp.target);
  }

  /** A ramp is complete: so many users have been started, and no more will be. */
  observeRamped(users: number, ramp: { readonly wanted: number; readonly target: number }): void {
    this.observeUsers(users, ramp);
    this.#placeable = users < ramp.target ? users : undefined;
  }

  /** The cause of the run's end. */
  observeEnd(by: RunEnd): void {
    this.#endedBy = by;
  }

  /** How late the master's tick came. */
  observeTick(lateMs: number): void {
    this.#masterLate.count(lateMs, LATE_MS);
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

  observeListenerFailures(count: number): void {
    this.#failedListeners += count;
  }

  evidence({ total, workers }: SnapshotOfEnd, counts: LedgerCounts, skippedDeltas = 0): RunEvidence {
    const { requests, failures, bytes } = total;
    const copy = ({ seconds, of, worst }: SecondCounter): SecondCounts => ({ seconds, of, worst });
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
      },
      starting: sumStarting([...this.#starting.values()].flat()),
      workers: [...this.#workers.values()].map(({ id, loopLate, startsLate, cpuFull }) => ({
        id,
        loopLate: copy(loopLate),
        startsLate: copy(startsLate),
        cpuFull: copy(cpuFull),
      })),
      hung: [...this.#hung.values()],
      absent: [...this.#absent.values()],
      masterLate: copy(this.#masterLate),
      counts,
      failedListeners: this.#failedListeners,
      resumedAfterMs: this.#resumedAfterMs,
      skippedDeltas,
      incidents: workers.flatMap(({ id, incidents }) =>
        incidents === undefined || id === LOCAL_WORKER_ID ? [] : [{ id, incidents }]
      ),
    };
  }

  #observeHung(workerId: string, silent: WorkerHealth["hung"]): void {
    const hungNow = new Set(silent.map(({ thread }) => thread));
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
