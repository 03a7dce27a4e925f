/**
 * Wakes the sleeping users of a thread: a heap by due time with one timer for the earliest, instead of one timer per
 * sleeper. Ten thousand sleeping users cost an array slot each, and no runtime slows down from many timers.
 *
 * Invariant: `heap[sleeper.slot] === sleeper` for everyone who sleeps; a parent is never due after its children.
 */
import type { Clock, Timer } from "../../base/clock.ts";

/** A sleeping user. Owned by the code that added it; the queue keeps `slot`. */
export interface Sleeper {
  readonly dueMs: number;
  /** Place in the heap; -1 when it does not sleep. */
  slot: number;
  /** It is `lateMs` past `dueMs`. Must not throw. */
  wake(lateMs: number): void;
}

export class WakeQueue {
  readonly #clock: Pick<Clock, "nowMs" | "schedule">;
  readonly #heap: Sleeper[] = [];
  #timer: Timer | undefined;
  #timerDueMs = Number.POSITIVE_INFINITY;

  constructor(clock: Pick<Clock, "nowMs" | "schedule">) {
    this.#clock = clock;
  }

  /** Sleepers now. */
  get size(): number {
    return this.#heap.length;
  }

  add(sleeper: Sleeper): void {
    this.#heap.push(sleeper);
    this.#rise(sleeper, this.#heap.length - 1);
    if (sleeper.slot === 0) this.#arm();
  }

  /** Cancels a sleep. Removing one that is not in the queue is no error. */
  remove(sleeper: Sleeper): void {
    const { slot } = sleeper;
    if (slot < 0) return;
    sleeper.slot = -1;
    const last = this.#heap.pop();
    if (last !== undefined && last !== sleeper) this.#place(last, slot);
    if (this.#heap.length === 0) this.#disarm();
  }

  /**
   * One timer, for the first. A timer that is early for a new first one is kept: it fires, finds no sleeper, and is set
   * again.
   */
  #arm(): void {
    const [first] = this.#heap;
    if (first === undefined || first.dueMs >= this.#timerDueMs) return;
    this.#disarm();
    this.#timerDueMs = first.dueMs;
    this.#timer = this.#clock.schedule(first.dueMs - this.#clock.nowMs(), this.#ring);
  }

  #disarm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#timerDueMs = Number.POSITIVE_INFINITY;
  }

  readonly #ring = (): void => {
    this.#timer = undefined;
    this.#timerDueMs = Number.POSITIVE_INFINITY;
    const nowMs = this.#clock.nowMs();
    for (let [first] = this.#heap; first !== undefined && first.dueMs <= nowMs; [first] = this.#heap) {
      this.remove(first);
      first.wake(nowMs - first.dueMs);
    }
    this.#arm();
  };

  /** Puts a sleeper where another was: up or down from there. */
  #place(sleeper: Sleeper, slot: number): void {
    this.#rise(sleeper, slot);
    if (sleeper.slot === slot) this.#sink(sleeper, slot);
  }

  #rise(sleeper: Sleeper, from: number): void {
    let slot = from;
    while (slot > 0) {
      const above = (slot - 1) >> 1;
      const parent = this.#heap[above] as Sleeper;
      if (parent.dueMs <= sleeper.dueMs) break;
      this.#set(parent, slot);
      slot = above;
    }
    this.#set(sleeper, slot);
  }

  #sink(sleeper: Sleeper, from: number): void {
    const heap = this.#heap;
    let slot = from;
    for (let below = 2 * slot + 1; below < heap.length; below = 2 * slot + 1) {
      const right = heap[below + 1];
      let child = heap[below] as Sleeper;
      if (right !== undefined && right.dueMs < child.dueMs) {
        child = right;
        below++;
      }
      if (child.dueMs >= sleeper.dueMs) break;
      this.#set(child, slot);
      slot = below;
    }
    this.#set(sleeper, slot);
  }

  #set(sleeper: Sleeper, slot: number): void {
    this.#heap[slot] = sleeper;
    sleeper.slot = slot;
  }
}
