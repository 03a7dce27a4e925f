/**
 * The waits a user is in: usually none or one, several if it waits in parallel. Each ends when its time is over, or
 * rejects when the user must stop. No timer and no AbortSignal of its own: ten thousand waiting users are the normal
 * case. That between two tasks, a rest, has no promise either: what would await it costs three times as much as the
 * wait itself.
 */
import { type Continuation, continuationOf } from "./continuation.ts";
import { WatchedPromise } from "./watched_promise.ts";
import type { Sleeper, WakeQueue } from "./wake_queue.ts";

/** Why a user sleeps: by its wait time between tasks (a stop always ends that), or inside a task. */
export type WaitKind = "wait" | "sleep";

// A promise's two functions right after its constructor: saves a closure and its scope per wait.
let resolveLatest: () => void;
let rejectLatest: (reason: Error) => void;

function captureSettlers(resolve: () => void, reject: (reason: Error) => void): void {
  resolveLatest = resolve;
  rejectLatest = reject;
}

/** Pauses of tasks that nobody has taken. Most are in here for a moment. */
const untaken = new WeakSet<Wait>();

/** Extended by what waits: a user has one object less. */
export abstract class Waits {
  #first: Wait | undefined;

  /** A wait is over; the user continues in the same turn. */
  abstract woke(lateMs: number): void;

  /** A rest is over. `refusal`: the user must stop. Must not throw. */
  abstract rested(refusal: Error | undefined): void;

  /** True while a wait of this kind is on. */
  hasWait(kind: WaitKind): boolean {
    for (let wait = this.#first; wait !== undefined; wait = wait.next) if (wait.kind === kind) return true;
    return false;
  }

  /** True while any wait is on. */
  get isInWait(): boolean {
    return this.#first !== undefined;
  }

  /** True while a pause is on whose end nobody waits for. */
  get isInForgottenPause(): boolean {
    for (let wait = this.#first; wait !== undefined; wait = wait.next) if (untaken.has(wait)) return true;
    return false;
  }

  /**
   * Starts a wait, and gives it the promise by which it is seen whether somebody waits for it. What `start` throws
   * rejects it.
   */
  watchPause(start: () => Promise<void>): Promise<void> {
    const before = this.#first;
    const pause = new WatchedPromise<void>((resolve, reject) => {
      start().then(resolve, reject);
    });
    const begun = this.#first;
    if (begun === undefined || begun === before) return pause;
    untaken.add(begun);
    pause.onTaken = () => void untaken.delete(begun);
    return pause;
  }

  /** Resolves at `dueMs`, unless it is ended before. */
  startWait(kind: WaitKind, dueMs: number, queue: WakeQueue): Promise<void> {
    const promise = new Promise<void>(captureSettlers);
    const Kind = kind === "wait" ? PromisedWait : Sleep;
    queue.add(this.#begin(new Kind(this, dueMs, resolveLatest, rejectLatest)));
    return promise;
  }

  /** Starts a wait of which `rested` is told, in the caller's asynchronous context. */
  startRest(dueMs: number, queue: WakeQueue): void {
    queue.add(this.#begin(new Rest(this, dueMs)));
  }

  /** Resolves when `endIdle` is called, unless it is ended before. Counts as waiting. */
  startIdle(): Promise<void> {
    const promise = new Promise<void>(captureSettlers);
    this.#begin(new PromisedWait(this, Infinity, resolveLatest, rejectLatest));
    return promise;
  }

  #begin(wait: Wait): Wait {
    wait.next = this.#first;
    this.#first = wait;
    return wait;
  }

  /** The one that no queue has. */
  get #idle(): Wait | undefined {
    let wait = this.#first;
    while (wait !== undefined && wait.slot >= 0) wait = wait.next;
    return wait;
  }

  /** Whether it waits for `endIdle`. */
  get isIdle(): boolean {
    return this.#idle !== undefined;
  }

  endIdle(): void {
    const wait = this.#idle;
    if (wait === undefined) return;
    this.dropWait(wait);
    wait.resolve();
  }

  /** Ends the waits of a kind, or all: their promises reject with what `reason` makes. */
  endWaits(queue: WakeQueue, reason: () => Error, kind?: WaitKind): void {
    let kept: Wait | undefined;
    for (let wait = this.#first; wait !== undefined;) {
      const { next } = wait;
      if (kind === undefined || wait.kind === kind) {
        queue.remove(wait);
        wait.reject(reason());
      } else {
        wait.next = kept;
        kept = wait;
      }
      wait = next;
    }
    this.#first = kept;
  }

  /** Takes out one whose time is over. */
  dropWait(gone: Wait): void {
    if (this.#first === gone) {
      this.#first = gone.next;
      return;
    }
    for (let wait = this.#first; wait !== undefined; wait = wait.next) {
      if (wait.next === gone) wait.next = gone.next;
    }
  }
}

abstract class Wait implements Sleeper {
  slot = -1;
  next: Wait | undefined;
  readonly dueMs: number;
  protected readonly waits: Waits;

  constructor(waits: Waits, dueMs: number) {
    this.waits = waits;
    this.dueMs = dueMs;
  }

  abstract resolve(): void;
  abstract reject(reason: Error): void;

  /** No field: there are as many as users. */
  get kind(): WaitKind {
    return "wait";
  }

  wake(lateMs: number): void {
    this.waits.dropWait(this);
    this.waits.woke(lateMs);
    this.resolve();
  }
}

class PromisedWait extends Wait {
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;

  constructor(waits: Waits, dueMs: number, resolve: () => void, reject: (reason: Error) => void) {
    super(waits, dueMs);
    this.resolve = resolve;
    this.reject = reject;
  }
}

class Sleep extends PromisedWait {
  override get kind(): WaitKind {
    return "sleep";
  }
}

/** Tells of its end in a microtask, as a promise does. */
class Rest extends Wait {
  readonly #continuation: Continuation = continuationOf();

  resolve(): void {
    this.#end(undefined);
  }

  reject(reason: Error): void {
    this.#end(reason);
  }

  #end(refusal: Error | undefined): void {
    queueMicrotask(() => this.#continuation.runInAsyncScope(() => this.waits.rested(refusal)));
  }
}
