/**
 * One thread of the pool, seen from the worker's main loop: started, loading, ready, or gone; or waiting, for something
 * to do. Owns the Web Worker and the cells it shares with it, and judges from these cells whether the thread is alive.
 * What it says is passed on unread.
 *
 * The cells are how a hang is noticed: the thread's own timer counts up in them, whatever user code does not let it do.
 */
import { readThreadState } from "../../platform/linux/own_threads.ts";
import type { StartThread, ThreadHost } from "../../platform/threads/thread_host.ts";
import { ACTIVITY_CELL, ACTIVITY_CELLS, BEAT_CELL, NUMBER_CELL } from "../../protocol/activity_cells.ts";
import type { LocustfileDescription } from "../../protocol/locustfile_description.ts";
import type { FromThread, PrepareMessage, ToThread } from "../../protocol/thread_message.ts";
import { SilentThread } from "./silent_thread.ts";

/** A thread whose beats stand still for this long is hung: no honest task keeps the event loop for two seconds. */
const HUNG_AFTER_MS = 2000;

/**
 * Messages that are kept until somebody listens: a locustfile that prints more than so many lines at its import prints
 * in a loop.
 */
const MAX_EARLY = 1000;

/**
 * Messages to a thread that has yet to load the locustfile: that takes less than a second, and nobody sends a thousand
 * in one.
 */
const MAX_KEPT = 1000;

export type ThreadState = "waiting" | "started" | "loading" | "ready" | "gone";

export interface ThreadReceiver {
  message(handle: ThreadHandle, message: FromThread): void;
  /** The thread died. It is `gone` already. */
  failed(handle: ThreadHandle, problem: string): void;
}

export class ThreadHandle {
  readonly index: number;
  readonly #entry: URL;
  readonly #startThread: StartThread;
  #host: ThreadHost<FromThread, ToThread> | undefined;
  #receiver: ThreadReceiver | undefined;
  /** From before somebody listened. */
  readonly #early: FromThread[] = [];
  #earlyLost = 0; // beyond the bound
  #earlyDeath: string | undefined;
  /** Of a thread that is started late: what it is to hear once it has loaded. */
  #kept: ToThread[] | undefined;
  #cells = new Int32Array(new SharedArrayBuffer(4 * ACTIVITY_CELLS));
  #lastBeat = 0;
  #silentMs = 0;
  #silent = new SilentThread();
  readonly #readThread: typeof readThreadState;
  readonly #prepared = Promise.withResolvers<LocustfileDescription | undefined>();
  state: ThreadState = "gone";
  /** What the thread can be seen doing, by the number in its activity cell. */
  activities: readonly string[] = [];

  constructor(
    options: {
      readonly index: number;
      readonly entry: URL;
      readonly startThread: StartThread;
      readonly readThread?: typeof readThreadState;
    },
  ) {
    this.#readThread = options.readThread ?? readThreadState;
    this.index = options.index;
    this.#entry = options.entry;
    this.#startThread = options.startThread;
  }

  /** The receiver of the thread's messages from now on, and of those that came before. */
  listen(receiver: ThreadReceiver): void {
    this.#receiver = receiver;
    for (const message of this.#early.splice(0)) receiver.message(this, message);
    if (this.#earlyLost > 0) receiver.message(this, describeLost(this.index, this.#earlyLost));
    const death = this.#earlyDeath;
    this.#earlyLost = 0;
    this.#earlyDeath = undefined;
    if (death !== undefined) receiver.failed(this, death);
  }

  /** Is to be started later. What is posted until it has loaded is kept for it. */
  postpone(): void {
    if (this.state !== "gone") return;
    this.state = "waiting";
    this.#kept = [];
  }

  /** Starts the Web Worker; it gets ready for `load` meanwhile. Starts a new one in the place of one that is gone. */
  start(): void {
    if (this.state !== "gone" && this.state !== "waiting") return;
    this.state = "started";
    this.#cells = new Int32Array(new SharedArrayBuffer(4 * ACTIVITY_CELLS));
    this.#lastBeat = 0;
    this.#silentMs = 0;
    this.#silent = new SilentThread();
    this.activities = [];
    this.#early.length = 0;
    this.#earlyLost = 0;
    this.#earlyDeath = undefined;
    const host = this.#startThread<FromThread, ToThread>(this.#entry, `locust-thread-${this.index}`, {
      message: (message) => {
        if (this.#host !== host) return; // of a thread that was terminated
        if (message.kind === "prepared") {
          // What it has printed is to be seen even if the run never begins: the control thread prints it, too.
          return this.#prepared.resolve(this.#early.length === 0 ? message.plain : undefined);
        }
        if (message.kind === "loaded") {
          this.state = "ready";
          this.activities = message.activities;
          this.#postKept();
        }
        if (this.#receiver !== undefined) this.#receiver.message(this, message);
        else if (this.#early.length < MAX_EARLY) this.#early.push(message);
        else this.#earlyLost++;
      },
      failed: (problem) => {
        if (this.#host !== host) return;
        this.#host = undefined;
        this.#kept = undefined;
        this.state = "gone";
        this.#prepared.resolve(undefined);
        if (this.#receiver === undefined) this.#earlyDeath = problem;
        else this.#receiver.failed(this, problem);
      },
    });
    this.#host = host;
  }

  /**
   * Resolves when the locustfile was imported ahead of `load`, to what it holds; to undefined where the control thread
   * is needed for it before the first user, and where the thread died.
   */
  get prepared(): Promise<LocustfileDescription | undefined> {
    return this.#prepared.promise;
  }

  /** Imports the locustfile ahead of `load`. What the thread prints meanwhile is kept until somebody listens. */
  prepare(message: Omit<PrepareMessage, "kind">): void {
    this.#host?.post({ kind: "prepare", ...message });
  }

  load(message: Omit<Extract<ToThread, { kind: "load" }>, "activity" | "threadIndex">): void {
    this.state = "loading";
    this.#host?.post({ ...message, threadIndex: this.index, activity: this.#cells.buffer as SharedArrayBuffer });
  }

  /** Sends a message; to a thread that is gone it does nothing. */
  post(message: ToThread): void {
    if (this.#kept === undefined) this.#host?.post(message);
    else if (message.kind !== "event") this.#keep(this.#kept, message); // a thread without a locustfile has no listeners
  }

  /** It has yet to load the locustfile, and is not waited for. */
  get isLate(): boolean {
    return this.#kept !== undefined;
  }

  /** Ends the thread at once, whatever it does. Its users and what it had not reported are lost. */
  terminate(): void {
    this.#host?.terminate();
    this.#host = undefined;
    this.#kept = undefined;
    this.state = "gone";
  }

  #keep(kept: ToThread[], message: ToThread): void {
    kept.push(message);
    if (kept.length <= MAX_KEPT) return;
    this.terminate();
    this.#receiver?.failed(this, `it was sent more than ${MAX_KEPT} messages before it had loaded the locustfile`);
  }

  #postKept(): void {
    const kept = this.#kept ?? [];
    this.#kept = undefined;
    for (const message of kept) this.post(message);
  }

  /**
   * Looks at the beats. `sinceMs` is the time since the last look *as far as this loop was awake*: after a suspended
   * machine wakes up, no thread counts as hung for the time in which none ran.
   */
  watch(sinceMs: number): void {
    if (this.state !== "loading" && this.state !== "ready") return;
    const beat = Atomics.load(this.#cells, BEAT_CELL);
    if (beat === this.#lastBeat) {
      this.#silentMs += sinceMs;
      this.#silent.look(this.#readThread(Atomics.load(this.#cells, NUMBER_CELL)), sinceMs);
    } else if (this.#silentMs > 0) {
      this.#silentMs = 0;
      this.#silent = new SilentThread();
    }
    this.#lastBeat = beat;
  }

  /** How long the thread has not come back to its event loop. */
  get silentMs(): number {
    return this.#silentMs;
  }

  get hung(): boolean {
    return this.#isSilent && !this.#silent.isStarved;
  }

  /** It does not come back because the machine gives it no core: nothing that its users do. */
  get starved(): boolean {
    return this.#isSilent && this.#silent.isStarved;
  }

  get #isSilent(): boolean {
    return this.#silentMs >= HUNG_AFTER_MS && this.state !== "gone";
  }

  /** What the thread was last seen doing: `Shopper.browse`, or where in its life it is. */
  get doing(): string {
    if (this.state === "loading") return "the import of the locustfile";
    return this.nameOf(Atomics.load(this.#cells, ACTIVITY_CELL));
  }

  /** The words for what the thread says that it did. */
  nameOf(activity: number): string {
    return this.activities[activity] || "code outside of a task";
  }
}

function describeLost(index: number, lost: number): FromThread {
  const message =
    `Thread ${index} printed more than ${MAX_EARLY} lines while it imported the locustfile; ${lost} are not shown`;
  return { kind: "userMessage", message: { kind: "log", level: "WARNING", logger: "locust.runners", message } };
}
