/**
 * The threads of a worker as one: what the master says to a worker goes to all of them, split where it must be, and what they
 * say comes out summed where it can be. Owns the handles and the watch over them; the run in them is `PoolRun`'s. Merges no
 * statistics (the reporter does) and knows no link.
 *
 * Invariant: whatever user code does in a thread, every request made here is answered: `stopped` comes after the grace
 * time at the latest, without the threads that hang, and says what was lost with them.
 */
import { basename } from "node:path";
import type { Clock, Timer } from "../../base/clock.ts";
import { UsageError } from "../../base/errors.ts";
import type { Logger } from "../../base/logger.ts";
import type { SocketChoice, SocketKind } from "../../base/socket_kind.ts";
import { BUNDLE_FILE } from "../../platform/loading/bundle_format.ts";
import type { CompilerThreads } from "../../platform/threads/compiler_threads.ts";
import { type MachineClock, waitedMs } from "../../platform/machine/machine_clock.ts";
import type { ArrivalOrder } from "../../protocol/arrivals_message.ts";
import type { DeltaMessage } from "../../protocol/delta_message.ts";
import type { LocustfileDescription, LocustfileSource } from "../../protocol/locustfile_description.ts";
import type { AnswerMessage } from "../../protocol/question_message.ts";
import type { FromThread, ReportPace, ToThread } from "../../protocol/thread_message.ts";
import { CountedLines } from "../../protocol/counted_lines.ts";
import type { UserMessage } from "../../protocol/user_message.ts";
import type { IndexesByClass, RunPlan, UsersByClass } from "../../protocol/worker_message.ts";
import { createTurnMemory } from "../../user/cluster/shared_turns.ts";
import { ageDelta } from "../../stats/delta/delta.ts";
import { LeavingThreads } from "./leaving_threads.ts";
import { createLogDeduplicator, type LogDeduplicator } from "./log_deduplicator.ts";
import { PoolRun, type PoolRunReceiver, type ShownRun } from "./pool_run.ts";
import type { ThreadHandle } from "./thread_handle.ts";
import { watchThreads } from "./thread_watch.ts";
import { ThreadsHealth, type ThreadsPart } from "./threads_health.ts";

const LOAD_TIMEOUT_MS = 60_000;
/** Threads that a run can begin without start this much later: the first users need the cores. */
const LATE_START_MS = 100;

/** The pool's reports, always from the event loop. */
export interface ThreadPoolReceiver extends PoolRunReceiver {
  /** `made`: which thread counted it, and up to what time of the pool's clock. */
  delta(
    runId: string,
    delta: DeltaMessage,
    pace: ReportPace,
    made: { readonly thread: number; readonly atMs: number },
  ): void;
  /** User code has something for the test as a whole. */
  userMessage(message: UserMessage): void;
  /** A thread died in this run. */
  threadGone(runId: string, thread: number): void;
  /** No thread is left: the worker can run no users until the next `startRun`. */
  failed(problem: string): void;
}

export interface ThreadPoolOptions {
  /** Of `start_threads.ts`. Those that wait are started when they get users, at the latest soon after the pool is open. */
  readonly handles: readonly ThreadHandle[];
  readonly source: LocustfileSource;
  /** `environment.parsedOptions` as far as known; a run's plan replaces it. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly workerId: string;
  /** Read when the locustfile is loaded and at each start of a run: the master may have given it meanwhile. */
  readonly workerIndex: number;
  readonly logLevel: string;
  /** `auto` if absent. */
  readonly socket?: SocketChoice;
  readonly logger: Logger;
  readonly clock: Clock;
  /** The one that the threads have as well; absent: there is none. */
  readonly machineClock?: MachineClock | undefined;
  /** Those of this process, where it does nothing but run the threads; absent: they are left alone. */
  readonly compilers?: Pick<CompilerThreads, "standBack"> | undefined;
  readonly receiver: ThreadPoolReceiver;
  readonly loadTimeoutMs?: number;
  /** What others in this process have printed while they imported the locustfile. */
  readonly deduplicator?: LogDeduplicator;
}

/** Loads the locustfile in every thread. Rejects with a `UsageError` that lists its problems when it cannot run. */
export async function openThreadPool(options: ThreadPoolOptions): Promise<ThreadPool> {
  const pool = new ThreadPool(options);
  try {
    await pool.open();
  } catch (error) {
    pool.terminate();
    throw error;
  }
  return pool;
}

interface Opening {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export class ThreadPool {
  readonly #options: ThreadPoolOptions;
  readonly #health = new ThreadsHealth();
  #description: LocustfileDescription | undefined;
  #opening: Opening | undefined;
  #leaving: LeavingThreads | undefined;
  #run: PoolRun | undefined;
  readonly #counted = new CountedLines();
  readonly #sockets = new Map<ThreadHandle, SocketKind>();
  #watch: Timer | undefined;
  #lateStart: Timer | undefined;

  /** Of this process, for listeners of `quit`; set it when it is known. */
  exitCode = 0;
  readonly #deduplicator: LogDeduplicator;

  constructor(options: ThreadPoolOptions) {
    this.#options = options;
    this.#deduplicator = options.deduplicator ?? createLogDeduplicator();
  }

  async open(): Promise<void> {
    const { clock, logger, handles, source, compilers, loadTimeoutMs = LOAD_TIMEOUT_MS } = this.#options;
    const looked = (sinceMs: number) => {
      compilers?.standBack();
      this.#run?.tick(sinceMs);
    };
    this.#watch = watchThreads({ handles, clock, logger, looked });
    const timeout = clock.schedule(loadTimeoutMs, () => this.#opening?.reject(tooSlow(source, loadTimeoutMs)));
    try {
      await new Promise<void>((resolve, reject) => {
        this.#opening = { resolve, reject };
        for (const handle of handles) if (handle.state !== "waiting") this.#load(handle, this.#options.options);
      });
      this.#lateStart = clock.schedule(LATE_START_MS, () => {
        for (const handle of handles) this.#wake(handle);
      });
    } finally {
      this.#opening = undefined;
      timeout.cancel();
    }
  }

  /** What the locustfile holds. */
  get description(): LocustfileDescription {
    if (this.#description === undefined) throw new Error("the pool has not been opened");
    return this.#description;
  }

  /** The worker's name, as its threads know it. */
  get workerId(): string {
    return this.#options.workerId;
  }

  /** Those that report once a second. */
  get readyThreads(): number {
    return this.#options.handles.filter(({ state }) => state === "ready").length;
  }

  /** The sockets that the threads use for plain TCP: `uring`; `uring, epoll` if they differ. */
  get socket(): string {
    return [...new Set(this.#sockets.values())].join(", ");
  }

  /** The run that users are kept for, if any: for `ready` after a reconnect. */
  get run(): ShownRun | undefined {
    return this.#run;
  }

  /** The threads' part of the worker's health. */
  takeHealth(): ThreadsPart {
    return this.#health.take(this.#options.handles);
  }

  /** Begins a run without users, in place of an earlier one. Threads that were lost in that are replaced. */
  startRun(plan: RunPlan): void {
    const { handles, receiver, logger, workerIndex, clock, machineClock } = this.#options;
    const wake = (handle: ThreadHandle) => this.#wake(handle);
    this.#run = new PoolRun({ plan, handles, receiver, logger, clock, machineClock, wake });
    this.#health.clear();
    this.#counted.clear();
    const turns = createTurnMemory();
    for (const handle of handles) {
      if (handle.state === "gone") {
        handle.start();
        this.#load(handle, plan.options);
      }
      const late = handle.isLate ? { askedWallMs: clock.wallMs() } : {};
      handle.post({ kind: "startRun", plan, workerIndex, turns, ...late });
    }
  }

  /** Takes in an absolute assignment; one of another run changes nothing. */
  assign(runId: string, epoch: number, users: UsersByClass, fresh: IndexesByClass): void {
    this.#runOf(runId)?.assign(epoch, users, fresh);
  }

  /** Takes in which arrivals this worker starts; those of another run change nothing. */
  arrive(order: ArrivalOrder): void {
    this.#runOf(order.runId)?.arrive(order);
  }

  /** No arrival starts until the next order. */
  pauseArrivals(runId: string): void {
    this.#runOf(runId)?.masterLost();
    for (const handle of this.#options.handles) handle.post({ kind: "pauseArrivals", runId });
  }

  /** Ends all users of the run; `stopped` is reported when they are gone. Calling it again changes nothing. */
  stop(runId: string): void {
    this.#runOf(runId)?.stop();
  }

  spawningComplete(userCount: number): void {
    for (const handle of this.#options.handles) handle.post({ kind: "spawningComplete", userCount });
  }

  /** Statistics begin anew in every thread, with what is started from now on. */
  resetStats(runId: string, resets: number): void {
    for (const handle of this.#options.handles) handle.post({ kind: "resetStats", runId, resets });
  }

  /** Another base URL, or other options, for the users of every thread. */
  tellAll(message: Extract<ToThread, { kind: "changeHost" | "changeOptions" }>): void {
    for (const handle of this.#options.handles) handle.post(message);
  }

  custom(type: string, data: unknown): void {
    for (const handle of this.#options.handles) handle.post({ kind: "custom", type, data });
  }

  /** An answer of the master to a question of one thread. */
  answer(message: AnswerMessage): void {
    this.#options.handles.find(({ index }) => index === message.thread)?.post(message);
  }

  /** Whether there is a link to the master. */
  tellMaster(state: "here" | "away"): void {
    for (const handle of this.#options.handles) handle.post({ kind: "master", state });
  }

  /** Fires an event by its public name in every thread. */
  event(name: string, fields: Readonly<Record<string, unknown>>): void {
    for (const handle of this.#options.handles) handle.post({ kind: "event", name, fields });
  }

  /** Fires an event about the whole process in one thread, the first that answers. */
  processEvent(name: string, fields: Readonly<Record<string, unknown>>): void {
    const handle = this.#options.handles.find(({ state, hung }) => state === "ready" && !hung);
    handle?.post({ kind: "event", name, fields });
  }

  /** Lets the threads fire `quitting` and `quit`, and ends them; hung ones at once. */
  async [Symbol.asyncDispose](): Promise<void> {
    const answering = this.#options.handles.filter((handle) => handle.state === "ready" && !handle.hung);
    const leaving = this.#leaving = new LeavingThreads(answering);
    for (const handle of answering) handle.post({ kind: "quit", exitCode: this.exitCode });
    await leaving.wait(this.#options.clock);
    this.terminate();
  }

  /** Ends every thread at once. */
  terminate(): void {
    this.#watch?.cancel();
    this.#watch = undefined;
    this.#lateStart?.cancel();
    for (const handle of this.#options.handles) handle.terminate();
  }

  /** Starts a thread that waits; one that does not is left alone. */
  #wake(handle: ThreadHandle): void {
    if (handle.state !== "waiting") return;
    handle.start();
    this.#load(handle, this.#run?.plan.options ?? this.#options.options);
  }

  #load(handle: ThreadHandle, options: Readonly<Record<string, unknown>>): void {
    const { source, workerId, workerIndex, logLevel, socket = "auto" } = this.#options;
    handle.listen({
      message: (_handle, message) => this.#heard(handle, message),
      failed: (_handle, problem) => this.#lost(handle, problem),
    });
    const { length: threads } = this.#options.handles;
    handle.load({ kind: "load", source, options, workerId, workerIndex, threads, logLevel, socket });
  }

  #useSocket(handle: ThreadHandle, kind: SocketKind): void {
    const { logger, socket: asked = "auto" } = this.#options;
    this.#sockets.set(handle, kind);
    logger.debug(`Thread ${handle.index} uses ${kind} for plain TCP`);
    if (asked === "auto" || asked === kind) return;
    logger.warning(
      `Cannot use --socket ${asked} in thread ${handle.index}: it does not work on this machine or in this container; ${kind} is used`,
    );
  }

  #heard(handle: ThreadHandle, message: FromThread): void {
    const { receiver } = this.#options;
    switch (message.kind) {
      case "loaded":
        this.#description ??= message.description;
        this.#useSocket(handle, message.socket);
        if (this.#options.handles.every(({ state }) => state === "ready" || state === "waiting")) {
          this.#opening?.resolve();
        }
        return;
      case "loadFailed":
        if (this.#opening !== undefined) {
          return this.#opening.reject(new UsageError(message.problems, { code: "locustfile" }));
        }
        handle.terminate();
        return this.#lost(handle, message.problems.join("\n"));
      case "applied":
        return this.#runOf(message.runId)?.appliedBy(handle, message.epoch, message.users);
      case "arrivalsHeld":
        return this.#runOf(message.runId)?.heldBy(handle, message.hold, message.atMs);
      case "delta":
        this.#health.note(handle, message.health);
        this.#runOf(message.runId)?.usersToldBy(handle, message.health);
        return this.#passOn(handle.index, message);
      case "stopped":
        return this.#runOf(message.runId)?.stoppedBy(handle, message.leftBehind);
      case "userMessage":
        if (this.#isLogged(handle, message.message)) return;
        return receiver.userMessage(message.message);
      case "left":
        return this.#leftBy(handle);
    }
  }

  /** Another thread has logged the same: an exception of the run, or a line that it printed while it loaded the same file. */
  #isLogged(handle: ThreadHandle, message: UserMessage): boolean {
    if (this.#counted.isRepeated(message)) return true;
    if (message.kind !== "log" || message.during !== "load") return false;
    return !this.#deduplicator.isNew(`thread ${handle.index}`, message.message);
  }

  #leftBy(handle: ThreadHandle): void {
    handle.terminate();
    this.#leaving?.left(handle);
  }

  /** A thread died. The others take its users; when there are no others, that is the end of what this worker can do. */
  #lost(handle: ThreadHandle, problem: string): void {
    if (this.#leaving !== undefined) return this.#leftBy(handle);
    const sentence = `Thread ${handle.index} died: ${problem}`;
    if (this.#opening !== undefined) {
      return this.#opening.reject(new UsageError(`Cannot load the locustfile: ${sentence}`, { code: "locustfile" }));
    }
    this.#health.drop(handle);
    this.#options.logger.error(`${sentence}; its users and its counts of the last second are lost`);
    if (this.#run !== undefined) this.#options.receiver.threadGone(this.#run.plan.runId, handle.index);
    this.#run?.lost(handle, "a thread that died");
    if (this.#options.handles.every(({ state }) => state === "gone")) {
      this.#options.receiver.failed(`no thread is left to run users; the last one died: ${problem}`);
    }
  }

  /** What has waited for this loop is older than it was when it left its thread. */
  #passOn(thread: number, { runId, delta, pace, reading }: Extract<FromThread, { kind: "delta" }>): void {
    const { clock, machineClock, receiver } = this.#options;
    const nowMs = clock.nowMs();
    const waited = waitedMs(machineClock, reading, nowMs);
    receiver.delta(runId, ageDelta(delta, waited), pace, { thread, atMs: nowMs - waited });
  }

  #runOf(runId: string): PoolRun | undefined {
    return this.#run?.plan.runId === runId ? this.#run : undefined;
  }
}

function tooSlow(source: LocustfileSource, timeoutMs: number): UsageError {
  const files = source.files.map((file) => basename(file) === BUNDLE_FILE ? "the master's locustfile" : `"${file}"`)
    .join(", ");
  return new UsageError(
    `Cannot load ${files}: the import has not ended within ${timeoutMs / 1000} s; ` +
      "look for a top-level await that never settles or a loop that never ends",
    { code: "locustfile" },
  );
}
