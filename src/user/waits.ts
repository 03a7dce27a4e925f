/**
 * The waits a user is in: usually none or one, several if it waits in parallel. Each ends when its time is over, or rejects when
 * the user must stop. No AbortSignal per wait: ten thousand waiting users are the normal case.
 */
import type { Clock, Timer } from "../base/clock.ts";

/** Why a user sleeps: by its wait time between tasks (a stop always ends that), or inside a task. */
export type WaitKind = "wait" | "sleep";

interface Wait {
  readonly kind: WaitKind;
  readonly timer: Timer;
  readonly reject: (reason: Error) => void;
  next: Wait | undefined;
}

export class Waits {
  #first: Wait | undefined;

  /** True while a wait of this kind is on. */
  has(kind: WaitKind): boolean {
    for (let wait = this.#first; wait !== undefined; wait = wait.next) if (wait.kind === kind) return true;
    return false;
  }

  /** Resolves after `ms`, unless it is ended before. `woke` runs just before, with how late it was. */
  start(kind: WaitKind, ms: number, clock: Clock, woke: (lateMs: number) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const dueMs = clock.nowMs() + ms;
      const timer = clock.schedule(ms, () => {
        this.#remove(wait);
        woke(clock.nowMs() - dueMs);
        resolve();
      });
      const wait: Wait = { kind, timer, reject, next: this.#first };
      this.#first = wait;
    });
  }

  /** Ends the waits of a kind, or all: their promises reject with what `reason` makes. */
  end(reason: () => Error, kind?: WaitKind): void {
    let kept: Wait | undefined;
    for (let wait = this.#first; wait !== undefined;) {
      const { next } = wait;
      if (kind === undefined || wait.kind === kind) {
        wait.timer.cancel();
        wait.reject(reason());
      } else {
        wait.next = kept;
        kept = wait;
      }
      wait = next;
    }
    this.#first = kept;
  }

  #remove(gone: Wait): void {
    if (this.#first === gone) {
      this.#first = gone.next;
      return;
    }
    for (let wait = this.#first; wait !== undefined; wait = wait.next) {
      if (wait.next === gone) wait.next = gone.next;
    }
  }
}
