/**
 * Threads that were told to quit: they fire `quitting` and `quit`, and say when they have. One that does not say so is
 * not waited for.
 */
import type { Clock } from "../../base/clock.ts";
import type { ThreadHandle } from "./thread_handle.ts";

const QUIT_GRACE_MS = 5000;

export class LeavingThreads {
  readonly #pending: Set<ThreadHandle>;
  readonly #gone = Promise.withResolvers<void>();

  constructor(handles: readonly ThreadHandle[]) {
    this.#pending = new Set(handles);
  }

  /** A thread has left, or died. */
  left(handle: ThreadHandle): void {
    if (this.#pending.delete(handle) && this.#pending.size === 0) this.#gone.resolve();
  }

  /** Resolves when all have left, after the grace time at the latest. */
  async wait(clock: Clock): Promise<void> {
    if (this.#pending.size === 0) return;
    const timeout = clock.schedule(QUIT_GRACE_MS, () => this.#gone.resolve());
    await this.#gone.promise;
    timeout.cancel();
  }
}
