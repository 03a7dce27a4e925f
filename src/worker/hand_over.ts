/**
 * The wait of a worker that leaves: its users end when it has started the last arrival that is its own. Others have
 * those that follow, and the master needs a moment to say which is the last.
 */
import type { Clock, Timer } from "../base/clock.ts";

/** A master that has not said it by then is away, or slow; supervisors do not wait for long. */
const LONGEST_MS = 3000;

/** What is known of a run's arrivals. */
export interface GivenArrivals {
  /** Time until the last one that was given to this worker; 0: there is none. Infinity: there is no last one. */
  readonly arrivalsEndInMs: number;
}

export class HandOver {
  readonly #clock: Pick<Clock, "schedule">;
  readonly #end: () => void;
  #timer: Timer | undefined;

  constructor(clock: Pick<Clock, "schedule">, end: () => void) {
    this.#clock = clock;
    this.#end = end;
  }

  /** Ends at once where nothing is to be handed over. */
  begin(run: GivenArrivals | undefined): void {
    this.#wait(run?.arrivalsEndInMs ?? 0);
  }

  /** An order has come, which may say which arrival is the last. */
  look({ arrivalsEndInMs }: GivenArrivals): void {
    if (this.#timer !== undefined && arrivalsEndInMs !== Infinity) this.#wait(arrivalsEndInMs);
  }

  /** There is no link any more: nothing more will be said. */
  giveUp(): void {
    if (this.#timer !== undefined) this.#wait(0);
  }

  #wait(ms: number): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (ms <= 0) return this.#end();
    this.#timer = this.#clock.schedule(Math.min(ms, LONGEST_MS), () => {
      this.#timer = undefined;
      this.#end();
    });
  }
}
