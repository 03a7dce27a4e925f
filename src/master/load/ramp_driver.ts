/**
 * Moves the number of wanted users to a target at a given rate, and reports each new number when it is due: 100 per
 * second is one each 10 ms. The arithmetic is `load/ramp.ts`; this class owns the timer.
 */
import type { Clock, Timer } from "../../base/clock.ts";
import { rampUsers } from "../../load/ramp.ts";

/** Changes closer together than this are reported as one: a thousand users per second are ten each 10 ms. */
const FINEST_STEP_MS = 10;

export class RampDriver {
  readonly #clock: Clock;
  readonly #onUsers: (users: number) => void;
  #timer: Timer | undefined;
  #users = 0;
  #target = 0;

  constructor(clock: Clock, onUsers: (users: number) => void) {
    this.#clock = clock;
    this.#onUsers = onUsers;
  }

  /** Users wanted at the end of the ramp. */
  get target(): number {
    return this.#target;
  }

  /** Users wanted at this moment of the ramp. */
  get wanted(): number {
    return this.#users;
  }

  /** Whether the wanted number has reached the target. */
  get isComplete(): boolean {
    return this.#users === this.#target;
  }

  /** Begins a ramp from the number wanted now. A rate of 0 keeps that number. */
  go(target: number, perSecond: number): void {
    this.cancel();
    const from = this.#users;
    const startedAtMs = this.#clock.nowMs();
    this.#target = perSecond > 0 ? target : from;
    const step = () => {
      const users = rampUsers(from, this.#target, perSecond, this.#clock.nowMs() - startedAtMs);
      if (users !== this.#users) {
        this.#users = users;
        this.#onUsers(users);
      }
      if (users === this.#target) return;
      const moved = Math.abs(users - from);
      const nextAtMs = startedAtMs + (moved / perSecond) * 1000;
      this.#timer = this.#clock.schedule(Math.max(FINEST_STEP_MS, nextAtMs - this.#clock.nowMs()), step);
    };
    step();
  }

  /** Takes a number as given, without a ramp: a resumed run continues from there. */
  jumpTo(users: number): void {
    this.#users = users;
  }

  cancel(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
