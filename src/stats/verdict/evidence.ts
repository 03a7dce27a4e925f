/**
 * The evidence of a verdict: everything that was observed of the load generator during a run, as plain data. `HealthMonitor` collects
 * it, rules read it. It holds counts and no judgements.
 */
import type { UrlGroup } from "../../protocol/snapshot_message.ts";
import type { Friction, ProcessLimits, StartingUsers } from "../../protocol/health_message.ts";
import type { LedgerCounts } from "../ledger/ledger.ts";

/** In how many of a number of seconds something was observed, and its worst value. */
export interface SecondCounts {
  readonly seconds: number;
  readonly of: number;
  readonly worst: number;
}

export interface WorkerEvidence {
  readonly id: string;
  readonly loopLate: SecondCounts; // worst in ms
  readonly startsLate: SecondCounts; // worst in ms
  readonly cpuFull: SecondCounts; // worst in percent of the machine
  /** Seconds in which the loop stood still while garbage was collected; worst in ms of collecting. */
  readonly gcPauses: SecondCounts;
  /** Seconds in which code of the locustfile computed without returning to the loop; worst in ms, and in what it was. */
  readonly blocked: SecondCounts & { readonly doing: string };
  /** Seconds in which its control group had used up its CPU quota; worst in ms that it lost by that. */
  readonly throttled: SecondCounts;
  /** Over the whole run. */
  readonly friction: Friction;
  /** The readings that were nearest to their limits. */
  readonly limits: Omit<ProcessLimits, "throttled">;
  /** What it did; nothing where the counts and the observed time are not of the same part of the run. */
  readonly work: WorkerWork | undefined;
  /** The fastest five seconds in a row, and what a calibration of its machine reached, in requests per second. */
  readonly speed?: { readonly perSecond: number; readonly calibratedPerSecond: number };
}

export interface WorkerWork {
  readonly threads: number;
  readonly requests: number;
  /** Null where no request had a time. */
  readonly meanMs: number | null;
  /** Users times seconds, by class. */
  readonly userSeconds: Readonly<Record<string, number>>;
}

/** A threshold's percentile that stands on too few samples. */
export interface ThinPercentile {
  readonly expression: string;
  readonly statistic: string;
  readonly samples: number;
  readonly needed: number;
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

/** The cause of a run's end: its own plan, a person or the locustfile, or a failure (a shape that threw, a control thread that died). */
export type RunEnd = "plan" | "hand" | "failure";

/** What a master knows of a run that another one began. */
export interface EarlierEvidence {
  /** Between the last line of that one's journal and the start of this one. */
  readonly awayMs: number;
  readonly usersReached: number;
  readonly absent: readonly AbsentWorker[];
}

/** A worker of a version that cannot do what the load needs. */
export interface OlderWorker {
  readonly id: string;
  /** It starts no arrivals; or its users keep no target rate, and make load as fast as they can; of the others it gets no users at all. */
  readonly lacks: "arrivals" | "targets" | "scenarios" | "iterations";
}

/** The task starts of a target rate. */
export interface TargetEvidence {
  readonly name: string;
  /** Of its users. */
  readonly asked: number;
  readonly started: number;
  /** Were due while the class had no user. */
  readonly unserved: number;
}

/** A run with a warm-up that has no steady part. `endedIn`: the phase that its load ended in; `steady`: before a report of that had come. */
export interface UnsteadyRun {
  readonly endedIn: "ramp" | "warmUp" | "steady";
  readonly warmUpSeconds: number;
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
    /** They end after a number of iterations: the first may be gone before the last is there. Absent: they run until they are stopped. */
    readonly areLimited?: true;
  };
  /** Users that were still in `onStart` when their workers were last heard before the stop. */
  readonly starting: readonly StartingUsers[];
  readonly workers: readonly WorkerEvidence[];
  readonly hung: readonly HungThread[];
  readonly absent: readonly AbsentWorker[];
  /** Absent: none. */
  readonly older?: readonly OlderWorker[];
  /** Ticks of the master that came late; worst in ms. */
  readonly masterLate: SecondCounts;
  readonly counts: LedgerCounts;
  /** Arrivals by the schedule of an open load; absent where no class has an arrival rate. */
  readonly plannedArrivals?: number;
  /** The run has scenarios, and all of them waited for their time when it ended. */
  readonly noScenarioBegan?: true;
  /** Absent: there is a steady part, or none was asked for. */
  readonly unsteady?: UnsteadyRun | undefined;
  /** Classes with a target rate; absent: none. */
  readonly targets?: readonly TargetEvidence[];
  /** Failed requests that never left this machine, by the text of their failure. */
  readonly ownFailures: Readonly<Record<string, number>>;
  readonly thinPercentiles: readonly ThinPercentile[];
  /** Calls of event listeners that threw, in threads and in the control thread. */
  readonly failedListeners: number;
  /** How long the master was gone, in a run that another one began; the last time, if that happened again. */
  readonly resumedAfterMs: number | undefined;
  /** Reports of workers that an earlier master had acknowledged and its journal does not hold. */
  readonly skippedDeltas: number;
  /** What happened to workers of other processes, in the words of the workers table. */
  readonly incidents: readonly { readonly id: string; readonly incidents: readonly string[] }[];
  /** Rows that stand for many URLs; absent: none. */
  readonly urlGroups?: readonly UrlGroup[];
}
