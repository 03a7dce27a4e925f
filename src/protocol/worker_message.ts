/**
 * The messages between a master and a worker. The same values travel over the memory link of a local run and, packed by
 * `codec.ts`, over TCP. Types only.
 *
 * Assignments are absolute and carry an epoch; deltas carry a sequence number. So each message may come twice, and a link may
 * be cut anywhere, without a user or a request being counted twice.
 */
import type { MachineReading } from "../base/clock.ts";
import type { ArrivalOrder } from "./arrivals_message.ts";
import type { DeltaMessage, SampleFormat } from "./delta_message.ts";
import type { IterationPlan } from "./iterations_message.ts";
import type { AnswerMessage } from "./question_message.ts";
import type { ScenarioPlan } from "./scenario_message.ts";
import type { Enveloped, UserMessage } from "./user_message.ts";
import type { WorkerHealth } from "./health_message.ts";

/** Major: a different one is refused. Minor: newer fields that the other side ignores. */
export const PROTOCOL_MAJOR = 1;
export const PROTOCOL_MINOR = 4;

/** The first minor version whose workers know `arrivals`. */
export const ARRIVALS_MINOR = 1;

/** The first minor version whose masters know `ask` and `withdraw`. */
export const QUESTIONS_MINOR = 2;
/** The first minor version whose workers know streams of the kind `target`. */
export const TARGETS_MINOR = 2;

/** The first minor version whose workers know scenarios. */
export const SCENARIOS_MINOR = 2;

/** The first minor version whose workers know `iterations` of a plan. */
export const ITERATIONS_MINOR = 2;

/** The first minor version whose workers keep to `untilMs` of `arrivals`, and answer `hold`. */
export const HANDOVERS_MINOR = 4;

/** Id of the one worker of a run on one machine, which lives in the master's own process. */
export const LOCAL_WORKER_ID = "local";

/** Users per user class, by class name. A class that is not named has none. */
export type UsersByClass = Readonly<Record<string, number>>;

/** Index numbers of users to start, per user class: unique within a run, over all workers. */
export type IndexesByClass = Readonly<Record<string, readonly number[]>>;

export type WorkerState = "ready" | "spawning" | "running" | "stopping";

/** A worker as it introduces itself. */
export interface WorkerIntroduction {
  readonly protocol: readonly [major: number, minor: number];
  readonly version: string;
  readonly workerId: string;
  readonly host: string;
  readonly threads: number;
}

export interface HelloMessage extends WorkerIntroduction {
  readonly kind: "hello";
  /** 32 random bytes of the worker, new for each connection. */
  readonly nonce: Uint8Array;
  /** The proof that the worker knows the token (see `proof.ts`); absent where it has none. */
  readonly proof?: Uint8Array;
}

/** A data file beside a locustfile that is too large for one message: it is asked for part by part. */
export interface LargeFile {
  /** Relative, with forward slashes. */
  readonly path: string;
  readonly size: number;
  /** When it was changed last, as far as the master's file system knows. */
  readonly changedMs: number;
}

/** The worker has a locustfile, names it, and reports the run that it still has after a reconnect. */
export interface ReadyMessage {
  readonly kind: "ready";
  readonly locustfileHash: string;
  readonly userClasses: readonly string[];
  /** What its threads use for plain TCP: `uring`, `epoll`, `runtime`. */
  readonly socket?: string;
  /** The run whose users it still keeps, if any, with their count and the index numbers it has not used yet. */
  readonly run?: {
    readonly runId: string;
    readonly epoch: number;
    readonly users: UsersByClass;
    readonly spareIndexes: IndexesByClass;
  };
}

export type ToMaster =
  | HelloMessage
  | ReadyMessage
  | {
    readonly kind: "heartbeat";
    readonly state: WorkerState;
    readonly users: number;
    /** The same by class. Absent: as in the last `applied`. */
    readonly usersByClass?: UsersByClass;
    readonly health: WorkerHealth;
  }
  | {
    readonly kind: "applied";
    readonly runId: string;
    readonly epoch: number;
    readonly users: UsersByClass;
    /** Streams of arrivals that the master has said are over, and of which no user is left here. Absent: none, or an older worker. */
    readonly endedStreams?: readonly number[];
  }
  | {
    readonly kind: "stats";
    readonly runId: string;
    readonly seq: number; // 1, 2, 3 … per worker and run
    readonly spanMs: number; // how long the delta was collected
    readonly reachAgeMs?: number; // up to so long before the message left its threads had counted; absent: to then
    readonly delta: DeltaMessage;
    readonly reading?: MachineReading; // when the ages in the delta were true; absent: there is no such clock
  }
  | Enveloped<UserMessage>
  /** To an order with `hold`: no arrival of this time of the run or later was started, nor will be until the next order. */
  | { readonly kind: "arrivalsHeld"; readonly runId: string; readonly hold: number; readonly atMs: number }
  /** All users have ended; `lastSeq` is the run's last delta of this worker. */
  | { readonly kind: "stopped"; readonly runId: string; readonly lastSeq: number; readonly abandoned: number }
  /** Asks for a part of a large file: the bytes from there on. One at a time; asked again on a new connection. */
  | { readonly kind: "fetchPart"; readonly hash: string; readonly path: string; readonly offset: number }
  /** The worker is about to leave: its users move to other workers now; its last counts and `bye` follow. */
  | { readonly kind: "leaving"; readonly reason: string }
  | { readonly kind: "bye"; readonly reason: string };

/** The plan of a run, which the workers get before its first user starts. */
export interface RunPlan {
  readonly runId: string;
  readonly host?: string; // overrides the host of every class
  readonly seed: number;
  readonly stopTimeoutSeconds: number; // --stop-timeout; 0: the request in flight only
  readonly tags: readonly string[];
  readonly excludeTags: readonly string[];
  readonly userClasses: readonly string[]; // the selected ones, by name
  /** Absent: users differ by their classes alone. Else assignments and arrivals name a scenario with each class. */
  readonly scenarios?: readonly ScenarioPlan[];
  /** Per-class changes of `--config-users` and `--equal-weights`, applied in every thread. */
  readonly classSettings: readonly Readonly<Record<string, unknown>>[];
  readonly equalWeights: boolean;
  /** Everything of `environment.parsedOptions`, custom options included; plain data. */
  readonly options: Readonly<Record<string, unknown>>;
  /** What `events.runSetup` returned: JSON-safe, frozen in each thread. */
  readonly shared: unknown;
  readonly phases: boolean; // --phases: keep phase histograms
  /** Share of the requests that carry a trace context, from 0 to 1; absent: none. */
  readonly traceShare?: number;
  readonly samples?: SampleFormat; // --samples: a line per request
  /** Times of failed requests are kept by type of the error; absent: they are not. */
  readonly failedTimes?: true;
  /** Examples of failed requests are kept; absent: they are not. */
  readonly failureSamples?: true;
  /** URLs that differ only in ids are counted apart. */
  readonly urlGrouping?: "off";
  /** Of classes whose users make a number of iterations; absent: none. */
  readonly iterations?: readonly IterationPlan[];
}

export type ToWorker =
  | { readonly kind: "challenge"; readonly nonce: Uint8Array }
  | {
    readonly kind: "welcome";
    readonly workerIndex: number;
    readonly protocol: readonly [major: number, minor: number];
    readonly locustfileHash: string;
    /** The proof that the master knows the token too; absent where neither side has one. */
    readonly proof?: Uint8Array;
  }
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "heartbeat" }
  /** The bundled locustfile, for a worker that has none of that hash. `files` are data files beside it. */
  | {
    readonly kind: "locustfile";
    readonly hash: string;
    readonly source: string;
    readonly files: readonly { readonly path: string; readonly bytes: Uint8Array }[];
    /** Absent: none. */
    readonly large?: readonly LargeFile[];
    /** `environment.parsedOptions` as the master knows it, for `init`; the plan of a run replaces it. Absent: from an older master. */
    readonly options?: Readonly<Record<string, unknown>>;
  }
  /** To `fetchPart`. `problem`: why there is no such part. */
  | {
    readonly kind: "filePart";
    readonly hash: string;
    readonly path: string;
    readonly offset: number;
    readonly bytes: Uint8Array;
    readonly problem?: string;
  }
  | { readonly kind: "startRun"; readonly plan: RunPlan }
  | {
    readonly kind: "assign";
    readonly runId: string;
    readonly epoch: number;
    readonly users: UsersByClass;
    /** Index numbers that this worker has not been given before; it starts its next users with them, in this order. */
    readonly fresh: IndexesByClass;
  }
  /** Once a second in a run with arrivals, and whenever this worker's part of them changes. */
  | { readonly kind: "arrivals" } & ArrivalOrder
  /** The ramp is complete: `events.spawningComplete` fires in each thread. */
  | { readonly kind: "spawningComplete"; readonly runId: string; readonly userCount: number }
  /** Clears the counts: only samples that start from now on count; their deltas carry `resets`. Seen before: changes nothing. */
  | { readonly kind: "resetStats"; readonly runId: string; readonly resets: number }
  /** The base URL of users that run and users to come; absent: that of their classes. */
  | { readonly kind: "changeHost"; readonly runId: string; readonly host?: string }
  /** Options of the locustfile, in `environment.parsedOptions` of users that run and users to come, from now on. */
  | { readonly kind: "changeOptions"; readonly runId: string; readonly options: Readonly<Record<string, unknown>> }
  | { readonly kind: "ack"; readonly runId: string; readonly seq: number }
  | { readonly kind: "stop"; readonly runId: string }
  | { readonly kind: "custom"; readonly type: string; readonly data: unknown }
  /** To a worker that has asked. */
  | AnswerMessage
  /** Leave: stop what runs, deliver, say `bye`, end the process. */
  | { readonly kind: "quit"; readonly reason: string };
