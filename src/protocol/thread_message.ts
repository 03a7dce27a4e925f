/** The messages between a worker process and one of its threads (a Web Worker that runs users). Plain data only. */
import type { MachineReading } from "../base/clock.ts";
import type { SocketChoice, SocketKind } from "../base/socket_kind.ts";
import type { ArrivalOrder } from "./arrivals_message.ts";
import type { DeltaMessage } from "./delta_message.ts";
import type { LocustfileDescription, LocustfileSource } from "./locustfile_description.ts";
import type { OnceEvent } from "./once_message.ts";
import type { AnswerMessage } from "./question_message.ts";
import type { Enveloped, UserMessage } from "./user_message.ts";
import type { Friction, StartingUsers } from "./health_message.ts";
import type { IndexesByClass, RunPlan, UsersByClass } from "./worker_message.ts";

/** Ahead of `load`, which waits for it: imports the locustfile while the worker is still getting ready. */
export interface PrepareMessage {
  readonly kind: "prepare";
  readonly source: LocustfileSource;
  readonly logLevel: string;
  readonly socket: SocketChoice;
}

export type ToThread =
  | PrepareMessage
  | {
    readonly kind: "load";
    readonly source: LocustfileSource;
    readonly threadIndex: number;
    /** Threads of this worker. */
    readonly threads: number;
    readonly options: Readonly<Record<string, unknown>>;
    readonly workerId: string;
    readonly workerIndex: number;
    readonly logLevel: string;
    /** For plain TCP connections of this thread. */
    readonly socket: SocketChoice;
    /** Int32 cells shared with the worker: [0] what runs now (index into `activities`), [1] beats of the thread's loop. */
    readonly activity: SharedArrayBuffer;
  }
  /**
   * `workerIndex`: known since `load`, or another since then; absent where it is the same. `askedWallMs`: when the
   * worker's other threads got it; absent where all get it at once. `turns`: the turns in feeds, which the threads of
   * this run share; absent where there is one.
   */
  | {
    readonly kind: "startRun";
    readonly plan: RunPlan;
    readonly workerIndex?: number;
    readonly askedWallMs?: number;
    readonly turns?: SharedArrayBuffer;
  }
  /** In place of a run: each task of each class of the plan one time, reported as `once` messages and a last `onceEnded`. */
  | { readonly kind: "runOnce"; readonly plan: RunPlan }
  | {
    readonly kind: "assign";
    readonly runId: string;
    readonly epoch: number;
    readonly users: UsersByClass;
    readonly fresh: IndexesByClass;
  }
  | { readonly kind: "arrivals"; readonly order: ArrivalOrder }
  | { readonly kind: "pauseArrivals"; readonly runId: string }
  | { readonly kind: "spawningComplete"; readonly userCount: number }
  | { readonly kind: "resetStats"; readonly runId: string; readonly resets: number }
  | { readonly kind: "changeHost"; readonly runId: string; readonly host?: string }
  | { readonly kind: "changeOptions"; readonly runId: string; readonly options: Readonly<Record<string, unknown>> }
  | { readonly kind: "custom"; readonly type: string; readonly data: unknown }
  | AnswerMessage
  /** Whether the worker has a link to its master. At first it has. */
  | { readonly kind: "master"; readonly state: "here" | "away" }
  | { readonly kind: "event"; readonly name: string; readonly fields: Readonly<Record<string, unknown>> }
  | { readonly kind: "stop"; readonly runId: string }
  /** `exitCode`: of the process, as listeners of `quit` get it. */
  | { readonly kind: "quit"; readonly exitCode: number };

export type ReportPace = "due" | "now";

export interface ThreadHealth {
  readonly loopLagP99Ms: number;
  readonly latenessP99Ms: number;
  readonly users: UsersByClass;
  /** Streams of arrivals that are over, and of which no user of this thread is left; absent: none. */
  readonly endedStreams?: readonly number[];
  readonly starting?: readonly StartingUsers[];
  /** Absent from threads that do not measure it. */
  readonly friction?: Friction;
  /** The longest time that code of the locustfile computed without returning to the event loop, and the number of what ran. */
  readonly blocked?: { readonly ms: number; readonly activity: number };
  /** The number of what ran while the thread stood still for seconds; absent: it did not. */
  readonly stoodIn?: number;
  /** Task starts a second that the pace of its users asks for; absent where none is paced. */
  readonly pacedPerSecond?: number;
}

export type FromThread =
  /**
   * The locustfile has been imported, as `prepare` asked. `plain`: what it holds, where it needs no control thread
   * before its first user: it has neither problems, shapes, nor listeners of events that fire there.
   */
  | { readonly kind: "prepared"; readonly plain?: LocustfileDescription }
  | {
    readonly kind: "loaded";
    readonly description: LocustfileDescription;
    readonly activities: readonly string[];
    /** The one that is used. */
    readonly socket: SocketKind;
  }
  | { readonly kind: "loadFailed"; readonly problems: readonly string[] }
  | { readonly kind: "applied"; readonly runId: string; readonly epoch: number; readonly users: UsersByClass }
  /** To an order with `hold`: this thread starts no arrival of that time of the run or later until the next order. */
  | { readonly kind: "arrivalsHeld"; readonly runId: string; readonly hold: number; readonly atMs: number }
  /** Once a second while a run is on, and a last one before `stopped`. */
  | {
    readonly kind: "delta";
    readonly runId: string;
    readonly delta: DeltaMessage;
    readonly health: ThreadHealth;
    /** `now`: with this the run may have made its iterations, which the master is to know at once. */
    readonly pace: ReportPace;
    /** When the ages in the delta were true. Absent: there is no such clock. */
    readonly reading?: MachineReading;
  }
  /** All users have ended, or could not be ended: `leftBehind` of them hang in something that cannot be aborted. */
  | { readonly kind: "stopped"; readonly runId: string; readonly leftBehind: number }
  | { readonly kind: "once"; readonly event: OnceEvent }
  | { readonly kind: "onceEnded" }
  | Enveloped<UserMessage>
  /** The answer to `quit`: the listeners of `quitting` and `quit` have had their turn. */
  | { readonly kind: "left" };
