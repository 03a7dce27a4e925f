/**
 * The runner as user code sees it, wherever it runs: in a thread it stands for the worker, in the control thread for
 * the master. Implemented by `thread/` and `control/`. Types only.
 */
import type { Environment } from "./environment.ts";
import type { StatsView } from "./stats_view.ts";
import type { UserClass } from "./user_class.ts";

/** Locust's names of a runner's state. */
export type RunnerState = "ready" | "spawning" | "running" | "cleanup" | "stopping" | "stopped" | "missing";

/** A message of `sendMessage`, as its listener gets it. */
export interface CustomMessage {
  readonly type: string;
  /** Plain data, as it was sent. */
  readonly data: unknown;
  /** Who sent it: a worker's id, or undefined if it came from the master. */
  readonly workerId: string | undefined;
  /** The environment that it arrived in. */
  readonly environment: Environment | undefined;
  /** The same by Locust's names. */
  readonly msg: { readonly type: string; readonly data: unknown; readonly nodeId: string | undefined };
}

/** A worker, as the master sees it. */
export interface WorkerView {
  readonly id: string;
  readonly state: string;
  readonly users: number;
}

export interface RunnerFacade {
  /** Where this code runs: in a thread of a worker, or in the control thread of the master. */
  readonly role: "worker" | "master";
  /** The environment that this runner is the runner of. */
  readonly environment: Environment | undefined;
  readonly state: RunnerState;
  /** Users that run now: of this thread in a thread, of the whole run in the control thread. */
  readonly userCount: number;
  readonly targetUserCount: number;
  /** The latest reading of the run's statistics; zeros before the first one, and in threads. */
  readonly stats: StatsView;
  /** The workers of the run; empty in threads. */
  readonly workers: readonly WorkerView[];
  /** How many workers there are; 0 in threads. */
  readonly workerCount: number;
  /** This worker's id; `local` in a local run. */
  readonly clientId: string;
  /** 0… in the order of joining; -1 in the control thread. */
  readonly workerIndex: number;
  /** 0… among the threads of this worker; -1 in the control thread. To share data out among users, go by `user.index`. */
  readonly threadIndex: number;
  /** Threads of this worker; 0 in the control thread. */
  readonly threads: number;
  /** From a thread to the control thread; from the control thread to one worker, or to all threads of all workers. */
  sendMessage(type: string, data?: unknown, workerId?: string): void;
  /** Listens for messages of a type. Several listeners are called in the order of registration. */
  registerMessage(type: string, listener: (message: CustomMessage) => unknown): void;
  /** Ends the run and the program. */
  quit(): void;
  /** Ends the run; a program with a web UI stays. */
  stop(): void;
  /** Starts or changes the run: users wanted, users per second. Only in the control thread. */
  start?(userCount: number, spawnRate: number): void;
}

/** How a run ended. */
export interface RunSummary {
  /** One sentence. */
  readonly reason: string;
  /** Whether its numbers can be trusted. */
  readonly verdict: "valid" | "degraded" | "invalid";
  /** Why not: a sentence each. */
  readonly doubts: readonly string[];
}

export interface StartOptions {
  /** Restricts the run, or from now on its new users, to these classes of the environment. */
  readonly userClasses?: readonly UserClass[];
}

/** The runner of a program of its own, in library use. */
export interface ProgramRunner extends RunnerFacade, AsyncDisposable {
  readonly environment: Environment;
  /** Starts a run, or changes the one that is on: users wanted, users per second. */
  start(userCount: number, spawnRate: number, options?: StartOptions): Promise<void>;
  /** Starts a run that follows `environment.shapeClass`, and ends when the shape does. */
  startShape(): Promise<void>;
  /** Ends the run; everything is counted when it resolves. */
  stop(): Promise<void>;
  /** Resolves when the run has ended, for whatever reason. */
  whenStopped(): Promise<RunSummary>;
  /** Ends the run if one is on, and lets everything go. */
  quit(): Promise<void>;
}
