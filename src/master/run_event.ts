/**
 * The events of a run, in order: the one stream that feeds terminal, files, journal, report and web UI, so that they
 * cannot disagree. Plain data; every event can be written to the journal and read back.
 */
import type { ExemplarDelta, FailedTimesDelta, SampleBatch } from "../protocol/delta_message.ts";
import type { IterationPlan } from "../protocol/iterations_message.ts";
import type { TaskRatios } from "../protocol/locustfile_description.ts";
import type { ScenarioMoment } from "../load/scenarios/scenario_progress.ts";
import type { ScenarioPlan } from "../protocol/scenario_message.ts";
import type {
  CapacityAim,
  CapacityEnd,
  CapacityProgress,
  CapacityReport,
  CapacityStep,
} from "../protocol/capacity_message.ts";
import type { LostUsers } from "./workers/lost_users.ts";
import type { SnapshotMessage } from "../protocol/snapshot_message.ts";
import type { ThresholdStatus } from "../protocol/threshold_message.ts";
import type { LedgerState } from "../stats/ledger/ledger_state.ts";
import type { CountedSpan } from "../stats/ledger/span_counter.ts";
import type { RunVerdict } from "../stats/verdict/doubt.ts";

/** Why a run ended. A closed list: sentence and exit code follow from it. */
export type StopReason =
  | { readonly kind: "runTime"; readonly seconds: number }
  /** All that were asked for are done: `count` of all users together, or of each. */
  | { readonly kind: "iterations"; readonly count: number; readonly of: "all" | "eachUser" }
  | { readonly kind: "shapeEnded"; readonly shape: string }
  | { readonly kind: "scenariosEnded" }
  | { readonly kind: "shapeFailed"; readonly shape: string; readonly problem: string }
  | { readonly kind: "interrupted"; readonly signal: "SIGINT" | "SIGTERM" | "SIGHUP" }
  | { readonly kind: "stopTest"; readonly message: string } // StopTest or runner.stop() of user code
  | { readonly kind: "quit"; readonly message: string } // runner.quit() of user code
  | { readonly kind: "requested" } // the UI, or a library's stop()
  | { readonly kind: "thresholdBroken"; readonly threshold: string; readonly measured: string } // one with `abort`
  | { readonly kind: "searchEnded"; readonly end: CapacityEnd } // a capacity search has its answer
  | { readonly kind: "unfinished" } // its journal ends before it does
  | { readonly kind: "failed"; readonly problem: string }; // the run cannot continue

/** A disturbance of a worker that is not missing. */
export type WorkerTrouble =
  /** It has a moment to dial again before its users go to others. */
  | { readonly kind: "linkBroke"; readonly reason: string }
  | { readonly kind: "wasSilent"; readonly silentMs: number }
  /** Its version starts no arrivals, or knows no target rates: its users make load without one. */
  | { readonly kind: "isOlder"; readonly lacks: "arrivals" | "targets" | "scenarios" | "iterations" }
  | { readonly kind: "threadHung"; readonly thread: number; readonly silentMs: number; readonly doing: string };

/**
 * One step of the run's history: what was counted in [fromSecond, toSecond) of the run, also across a reset of the
 * statistics.
 */
export interface RunSpan extends CountedSpan {
  readonly fromSecond: number;
  readonly toSecond: number;
  /** Since the start of the run, at its end. */
  readonly elapsedMs: number;
  readonly users: number;
}

/** A part of the run begins. After a new ramp upwards the ones before it count as ramp. */
export interface PhaseBegan {
  readonly kind: "phaseBegan";
  readonly phase: "ramp" | "warmUp" | "steady" | "coolDown";
  /** Since the start of the run. */
  readonly elapsedMs: number;
  /** What had been counted, at both ends of the steady part of a run with a warm-up. */
  readonly ledger?: LedgerState;
}

export interface DrainingWorker {
  readonly id: string;
  readonly state: "here" | "missing";
  readonly users: number; // that still run, as last reported; 0 of a missing one
  /** The run waits this much longer. */
  readonly atMostMs: number;
}

/** A request that carried a trace context. */
export interface TracedRequest extends Omit<ExemplarDelta, "ageMs"> {
  /** Date of its end. */
  readonly wallMs: number;
}

export type RunEvent =
  | {
    readonly kind: "runStarted";
    readonly runId: string;
    readonly wallMs: number;
    readonly version: string;
    readonly locustfile: string; // base name
    readonly host?: string;
    readonly profile?: string;
    readonly userClasses: readonly string[];
    readonly targetUsers: number | null; // null: a shape decides
    readonly spawnRate: number | null;
    readonly runTimeSeconds: number | null;
    /** Absent where no number of iterations was asked for. */
    readonly iterations?: readonly Pick<IterationPlan, "name" | "kind" | "count">[];
    readonly shape?: string;
    /** Of an open load; absent where no class has an arrival rate. */
    readonly arrivals?: readonly {
      readonly userClasses: readonly string[];
      /** `50/s`, `1m:50/s, 5m:200/s poisson` */
      readonly rate: string;
      readonly maxUsers: number;
    }[];
    /** Classes whose users keep a rate together; absent: none. */
    readonly targets?: readonly { readonly userClass: string; readonly rate: string }[];
    /** Loads of their own; absent where the run has none. */
    readonly scenarios?: readonly ScenarioPlan[];
    /** Of a capacity search. */
    readonly capacity?: CapacityAim;
    readonly seed: number;
    readonly runtime?: string; // `Bun 1.4.5`
    /** Options that were set, by their long names; secrets are `***`. */
    readonly options?: Readonly<Record<string, string | number | boolean | readonly (string | number)[] | null>>;
    /** The planned shares of classes and tasks. */
    readonly taskRatios?: TaskRatios;
  }
  | PhaseBegan
  | { readonly kind: "rampStarted"; readonly users: number; readonly spawnRate: number; readonly fromUsers: number }
  | { readonly kind: "rampCompleted"; readonly usersByClass: Readonly<Record<string, number>>; readonly users: number }
  | {
    readonly kind: "ticked";
    readonly snapshot: SnapshotMessage;
    readonly span?: RunSpan;
    /** How each condition of the thresholds stands; absent where there are none. */
    readonly thresholds?: readonly ThresholdStatus[];
    /** How far a capacity search is; absent where there is none. */
    readonly capacity?: CapacityProgress;
  }
  /** A scenario has begun, its load is over, or its last user has ended. */
  | { readonly kind: "scenarioMoved"; readonly scenario: ScenarioMoment; readonly elapsedMs: number }
  /** A step of a capacity search was judged. */
  | { readonly kind: "capacityStep"; readonly step: CapacityStep; readonly elapsedMs: number }
  /** With `--samples`: lines for its file. A journal does not hold them. */
  | { readonly kind: "sampled"; readonly batch: SampleBatch }
  /** With `--trace-share`: some of the requests that carried a trace context. A journal does not hold them. */
  | { readonly kind: "traced"; readonly requests: readonly TracedRequest[] }
  /** With OpenTelemetry: times of failed requests since the event before. A journal does not hold them. */
  | { readonly kind: "failuresTimed"; readonly groups: readonly FailedTimesDelta[] }
  /** The statistics are about to be set to zero. The snapshot is of what goes; a journal does not hold it. */
  | { readonly kind: "statsReset"; readonly snapshot?: SnapshotMessage }
  /** Another arrival rate, from now on; or another target rate of all classes that have one. */
  | { readonly kind: "rateChanged"; readonly rate: string; readonly elapsedMs: number; readonly of?: "targets" }
  /** Users take another base URL; null: that of their classes. Credentials are masked. */
  | { readonly kind: "hostChanged"; readonly host: string | null }
  /** Options of the locustfile have other values. Secrets are masked. */
  | { readonly kind: "optionsChanged"; readonly options: Readonly<Record<string, unknown>> }
  | { readonly kind: "workerJoined"; readonly workerId: string; readonly index: number; readonly workers: number }
  | LostUsers & {
    readonly kind: "workerMissing";
    readonly workerId: string;
    readonly silentMs: number;
    readonly users: number;
    readonly brokenBy?: string | undefined; // how its link ended, if it did: a worker that is only silent has none
  }
  | { readonly kind: "workerReturned"; readonly workerId: string; readonly awayMs: number }
  | { readonly kind: "workerTroubled"; readonly workerId: string; readonly trouble: WorkerTrouble }
  | { readonly kind: "workerLeft"; readonly workerId: string; readonly reason: string }
  /** With the users that run then. */
  | {
    readonly kind: "stopping";
    readonly reason: StopReason;
    readonly users?: number;
    readonly usersByClass?: Readonly<Record<string, number>>;
  }
  /** The load has stopped, and the run waits for these workers: their users finish, their last numbers are on the way. */
  | { readonly kind: "draining"; readonly workers: readonly DrainingWorker[] }
  | {
    readonly kind: "runEnded";
    readonly reason: StopReason;
    readonly snapshot: SnapshotMessage;
    readonly verdict: RunVerdict;
    /** What was counted after the last tick, and the whole ledger. */
    readonly span?: RunSpan;
    readonly ledger?: LedgerState;
    readonly thresholds?: readonly ThresholdStatus[];
    /** What a capacity search has found, with all its steps. */
    readonly capacity?: CapacityReport;
  }
  /** Follows `runEnded`, from the owner of the run; null where the run was cut off. */
  | { readonly kind: "exitCodeDecided"; readonly exitCode: number | null };

/** How a run ended and what its numbers are worth. */
export interface RunOutcome {
  readonly reason: StopReason;
  readonly snapshot: SnapshotMessage;
  readonly verdict: RunVerdict;
  readonly thresholds?: readonly ThresholdStatus[];
  readonly capacity?: CapacityReport;
}

/** A receiver of run events. It never throws into the run: the caller that connected it logs and remembers its failures. */
export type RunEventSink = (event: RunEvent) => void;
