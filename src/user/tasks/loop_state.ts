/**
 * The state of one user's task loop: the set that runs, the task in it, and the exception that leaves it. Written by
 * the loop (`task_loop.ts`), read by the code that reports on the user. Holds no rule about stopping: that is the
 * user's lifecycle.
 */
import { forgottenTransactions } from "../measures/transaction.ts";
import type { UserLifecycle } from "../lifecycle/user_lifecycle.ts";
import type { RunnableSet, TaskReceiver } from "./task_receiver.ts";

/** The key of a user's loop state, on the user. */
export const LOOP: unique symbol = Symbol("loop");

/** A set of tasks that was entered and not left: the innermost one runs. */
export interface RunningFrame {
  readonly receiver: TaskReceiver;
  readonly parent: RunningFrame | undefined;
  readonly plan: { readonly owner: string };
}

/** Made when it is needed: most users have none of it. */
interface Extras {
  flattened?: Map<RunnableSet, TaskReceiver>;
  escaping?: { readonly thrown: unknown } | undefined;
  failuresInARow: number;
  startMs: number;
}

export class LoopState {
  readonly lifecycle: UserLifecycle;
  /** The innermost set of tasks that runs. */
  frame: RunningFrame | undefined;
  /** What runs, for error reports: `Shopper.order`. */
  where: string;
  #extras: Extras | undefined;

  constructor(lifecycle: UserLifecycle) {
    this.lifecycle = lifecycle;
    this.where = lifecycle.className;
  }

  /** Under equal weights: the sets that have become receivers of flattened tasks. */
  get flattened(): ReadonlyMap<RunnableSet, TaskReceiver> | undefined {
    return this.#extras?.flattened;
  }

  /** The same, to be added to. */
  get ownFlattened(): Map<RunnableSet, TaskReceiver> {
    return this.#ownExtras.flattened ??= new Map();
  }

  /** An exception that was counted and leaves its set: it must not be counted again further out. */
  get escaping(): { readonly thrown: unknown } | undefined {
    return this.#extras?.escaping;
  }

  set escaping(escaping: { readonly thrown: unknown } | undefined) {
    if (this.#extras !== undefined || escaping !== undefined) this.#ownExtras.escaping = escaping;
  }

  /** Tasks that failed at once, one after the other. */
  get failuresInARow(): number {
    return this.#extras?.failuresInARow ?? 0;
  }

  set failuresInARow(inARow: number) {
    if (this.#extras !== undefined || inARow > 0) this.#ownExtras.failuresInARow = inARow;
  }

  /** The start of the task after a failure; not kept for any other. */
  get startMs(): number {
    return this.#extras?.startMs ?? 0;
  }

  set startMs(ms: number) {
    if (this.#extras !== undefined) this.#extras.startMs = ms;
  }

  /** To be written to. */
  get #ownExtras(): Extras {
    return this.#extras ??= { failuresInARow: 0, startMs: 0 };
  }

  get user(): TaskReceiver {
    return this.lifecycle.user as unknown as TaskReceiver; // the user that holds this state
  }

  /** Warns of a task that ended before a single answer to the requests that it began with: an `await` was forgotten. */
  warnOfForgottenAwait(): void {
    const { requests, runContext } = this.lifecycle;
    if (requests.hasOpenBlocks) return; // an answer waits for its verdict
    runContext.errors.warnOnce(
      `"${this.where}" ended before any answer to its requests, which continue beside the tasks after it; ` +
        'write "await this.client.get(…)"',
    );
  }

  /** Warns of a task that did not wait for a transaction that it began: an `await` was forgotten. */
  warnOfForgottenTransactions(): void {
    for (const { path, place } of forgottenTransactions(this.lifecycle)) {
      this.lifecycle.runContext.errors.warnOnce(
        `"${this.where}" ended before its transaction "${path}"${place === undefined ? "" : ` at ${place}`}, ` +
          'which continues beside the tasks after it; write "await this.transaction(…)"',
      );
    }
  }

  /** Warns of a task that did not wait for a pause of its own. */
  warnOfForgottenSleep(): void {
    this.lifecycle.runContext.errors.warnOnce(
      `"${this.where}" ended while a pause that it began was on, and did not wait for it; write "await this.sleep(…)"`,
    );
  }
}
