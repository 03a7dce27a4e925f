/**
 * The context that all users of one thread and run share: environment, recorder, clock, seed, the times of a stop, and callbacks.
 * Made once per run by the thread; a user holds one reference to it.
 */
import type { Clock } from "../../base/clock.ts";
import { detachedClock } from "../../base/detached_clock.ts";
import type { NextTrace } from "../../base/trace_share.ts";
import type { Logger } from "../../base/logger.ts";
import type { EngineWatch } from "../../http/engine/engine_options.ts";
import type { WireTap } from "../../http/engine/tapped_engine.ts";
import { Recorder } from "../../stats/recording/recorder.ts";
import { createLoopYielder, type LoopYielder } from "../timing/loop_yielder.ts";
import { createErrorReport, type ErrorReport, type SharedLog } from "./error_report.ts";
import type { RequestHook } from "../events/request_hook.ts";
import type { PaceWatch } from "../timing/wait_time.ts";
import { measureIn } from "../measures/measure_sink.ts";
import { WakeQueue } from "../timing/wake_queue.ts";

/** How long a request in flight, and then the `onStop` hooks, may take when a user must stop. */
export const GRACE_MS = 5000;

/** What users need of the environment of their test. */
export interface UserEnvironment {
  readonly events: { readonly request: RequestHook; readonly userError: UserErrorHook };
  /** False: an exception in a task ends its user. */
  readonly catchExceptions: boolean;
  readonly logger: Logger;
}

/** `events.userError`, for the one that fires it. */
interface UserErrorHook {
  readonly hasListeners: boolean;
  fire(fields: {
    readonly userInstance: unknown;
    readonly taskSet: unknown;
    readonly exception: unknown;
    readonly tb: readonly string[];
  }): void;
}

export interface RunContextOptions<E extends UserEnvironment = UserEnvironment> {
  readonly environment: E;
  readonly recorder: Recorder;
  readonly clock: Clock;
  /** Of the run: user 17 draws the same numbers on whatever thread it runs. 0 if absent. */
  readonly seed?: number;
  readonly graceMs?: number;
  /** How long tasks may continue after a stop that lets them finish; 0: without limit. */
  readonly stopTimeoutMs?: number;
  readonly logger?: Logger;
  /** For exceptions, where equal ones of several threads are logged once. */
  readonly sharedLog?: SharedLog;
  readonly yielder?: LoopYielder;
  /** Cell 0 is set to the number of the task that runs, from the locustfile's list of activities. */
  readonly activity?: Int32Array;
  /** `StopTest` was thrown in a user. `failed`: the locustfile cannot continue (no host, a wait time that is no number). */
  readonly onStopTest?: (message: string, cause: "asked" | "failed") => void;
  /** A user woke from a wait so many milliseconds late. */
  readonly onWoke?: (lateMs: number) => void;
  /** Learns what holds requests and task starts back on the generator's side. */
  readonly watch?: EngineWatch & PaceWatch;
  /** Sees every HTTP exchange of the users. */
  readonly tap?: WireTap;
  /** Gives some requests a trace context. */
  readonly nextTrace?: NextTrace | undefined;
}

export interface RunContext<E extends UserEnvironment = UserEnvironment>
  extends Required<Omit<RunContextOptions<E>, "activity" | "sharedLog" | "onWoke" | "tap" | "watch" | "nextTrace">> {
  readonly activity: Int32Array | undefined;
  readonly onWoke: ((lateMs: number) => void) | undefined;
  readonly tap: WireTap | undefined;
  readonly nextTrace: NextTrace | undefined;
  readonly watch: (EngineWatch & PaceWatch) | undefined;
  readonly errors: ErrorReport;
  /** Wakes its users from their waits. */
  readonly wakes: WakeQueue;
}

/**
 * Makes a run context; what listeners and custom clients fire at `events.request`, and what `checks` and `metrics` take, is counted in it
 * from now on.
 */
export function createRunContext<E extends UserEnvironment>(options: RunContextOptions<E>): RunContext<E> {
  const runContext = assembleContext(options);
  options.environment.events.request.countIn(runContext);
  measureIn(runContext);
  return runContext;
}

function assembleContext<E extends UserEnvironment>(options: RunContextOptions<E>): RunContext<E> {
  const { clock } = options;
  const logger = options.logger ?? options.environment.logger;
  return {
    environment: options.environment,
    recorder: options.recorder,
    clock,
    seed: options.seed ?? 0,
    graceMs: options.graceMs ?? GRACE_MS,
    stopTimeoutMs: options.stopTimeoutMs ?? 0,
    logger,
    yielder: options.yielder ?? createLoopYielder(clock),
    activity: options.activity,
    onStopTest: options.onStopTest ?? ((message) => logger.error(message)),
    onWoke: options.onWoke,
    tap: options.tap,
    nextTrace: options.nextTrace,
    watch: options.watch,
    errors: createErrorReport(options.recorder, logger, options.sharedLog),
    wakes: new WakeQueue(clock),
  };
}

/** The run context of a user that is not run: made by hand in a test or a script. Its samples appear in no report. */
export function createDetachedContext(environment: UserEnvironment): RunContext {
  return assembleContext({ environment, clock: detachedClock, recorder: new Recorder({ clock: detachedClock }) });
}
