/**
 * What was seen of the load generator itself during a run: the material of the verdict. The collector only counts; whether a count
 * is a reason for doubt is decided in `verdict.ts`. One `observeWorker` per worker and second, one `observeTick` per tick.
 */
import { LOCAL_WORKER_ID, type WorkerHealth } from "../protocol/worker_message.ts";
import type { LedgerCounts } from "./ledger.ts";

/** From here on a loop or a start is late: response times are wrong by as much. */
export const LATE_MS = 50;

/** From here on the machine's cores are full. */
export const CPU_FULL_PERCENT = 90;

/** How often something was seen in a number of seconds, and the worst of it. */
export interface Sightings {
  readonly seconds: number;
  readonly of: number;
  readonly worst: number;
}

export interface WorkerEvidence {
  readonly id: string;
  readonly loopLate: Sightings; // worst in ms
  readonly startsLate: Sightings; // worst in ms
  readonly cpuFull: Sightings; // worst in percent of the machine
}

export interface HungThread {
  readonly workerId: string;
  readonly thread: number;
  readonly doing: string; // class and task
  readonly silentMs: number;
  readonly now: "hung" | "recovered";
}

/** A worker that was away. `returned`: its numbers came with it. `lost`: it did not come back before the end. */
export interface AbsentWorker {
  readonly id: string;
  readonly users: number;
  readonly kind: "returned" | "lost";
  readonly awayMs: number;
  /** `undelivered`: it made requests that were never counted, or may have. */
  readonly numbers: "complete" | "undelivered";
}

/** Whose doing the end of a run was: its own plan's, somebody's, or a failure's (a shape that threw, a control thread that died). */
export type RunEnd = "plan" | "hand" | "failure";

/** What a master knows of a run that another one began. */
export interface EarlierEvidence {
  /** Between the last word of that one and the first of this one. */
  readonly awayMs: number;
  readonly usersReached: number;
  readonly absent: readonly AbsentWorker[];
}

export interface RunEvidence {
  readonly requests: number;
  /** Of them: failed ones, and bytes of bodies that came for all of them. */
  readonly failures: number;
  readonly bytes: number;
  /** The highest target, the most that a ramp had asked for when the run ended, and the highest number of users that ran. */
  readonly users: {
    readonly target: number;
    readonly wanted: number;
    readonly reached: number;
    readonly endedBy: RunEnd;
    /** How many users the classes take, where a completed ramp shows that it is fewer than the target (fixed counts only). */
    readonly placeable?: number;
  };
  readonly workers: readonly WorkerEvidence[];
  readonly hung: readonly HungThread[];
  readonly absent: readonly AbsentWorker[];
  /** Ticks of the master that came late; worst in ms. */
  readonly masterLate: Sightings;
  readonly counts: LedgerCounts;
  /** Listeners of events on the master's side that threw. */
  readonly failedListeners: number;
  /** How long the master was gone, in a run that another one began; the last time, if that happened again. */
  readonly resumedAfterMs: number | undefined;
  /** Reports of workers that an earlier master had acknowledged and its journal does not hold. */
  readonly skippedDeltas: number;
  /** What happened to workers of other processes, in the words of the workers table. */
  readonly incidents: readonly { readonly id: string; readonly incidents: readonly string[] }[];
}

/** What the evidence takes from the last snapshot. */
export interface SnapshotOfEnd {
  readonly total: Pick<RunEvidence, "requests" | "failures" | "bytes">;
  readonly workers: readonly { readonly id: string; readonly incidents?: readonly string[] }[];
}

class Sighting implements Sightings {
  seconds = 0;
  of = 0;
  worst = 0;

  see(value: number, from: number): void {
    this.of++;
    if (value > from) this.seconds++;
    if (value > this.worst) this.worst = value;
  }
}

interface MutableWorker {
  readonly id: string;
  readonly loopLate: Sighting;
  readonly startsLate: Sighting;
  readonly cpuFull: Sighting;
}

export class EvidenceCollector {
  readonly #workers = new Map<string, MutableWorker>();
  readonly #hung = new Map<string, HungThread>();
  readonly #absent = new Map<string, AbsentWorker>();
  readonly #masterLate = new Sighting();
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
      worker = { id, loopLate: new Sighting(), startsLate: new Sighting(), cpuFull: new Sighting() };
      this.#workers.set(id, worker);
    }
    worker.loopLate.see(health.loopLagP99Ms, LATE_MS);
    worker.startsLate.see(health.latenessP99Ms, LATE_MS);
    worker.cpuFull.see(health.machineCpuPercent, CPU_FULL_PERCENT);
    this.#observeHung(id, health.hung);
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

  /** Who ends the run. */
  observeEnd(by: RunEnd): void {
    this.#endedBy = by;
  }

  /** How late the master's tick came. */
  observeTick(lateMs: number): void {
    this.#masterLate.see(lateMs, LATE_MS);
  }

  /** A worker was away for `awayMs`, or still is. The last word about a worker counts. */
  observeAbsence(absent: AbsentWorker): void {
    this.#absent.set(absent.id, absent);
  }

  /** The run is gone on with: what an earlier master has seen counts as seen. */
  observeResume(earlier: EarlierEvidence | undefined): void {
    this.#resumedAfterMs = earlier?.awayMs ?? 0;
    this.#reached = Math.max(this.#reached, earlier?.usersReached ?? 0);
    for (const absent of earlier?.absent ?? []) this.observeAbsence(absent);
  }

  observeListenerFailure(): void {
    this.#failedListeners++;
  }

  evidence({ total, workers }: SnapshotOfEnd, counts: LedgerCounts, skippedDeltas = 0): RunEvidence {
    const { requests, failures, bytes } = total;
    const copy = ({ seconds, of, worst }: Sighting): Sightings => ({ seconds, of, worst });
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
