/**
 * Runs a poller (a ring, an epoll set) as a guest of the thread's own event loop: it is woken when something is ready, handles it in turns, and lets
 * the loop have its timers, messages and other sockets after each turn. Between two rounds of a turn the promises that the first one resolved have run,
 * so that a user's next request is part of the next round.
 */
import process from "node:process";
import { EventfdWake } from "./eventfd_wake.ts";
import type { Kernel } from "./mapping.ts";

/** How long a turn may take while the poller is busy. Ten times of it made timers of the thread late by 2 ms. */
const TURN_MS = 0.05;
/** The wake-up outlives the last socket by this much: a connection per request does not make a new one each time. */
const LINGER_MS = 100;

/** Whether a round waits a moment for what is about to come, if nothing is ready. */
export type Patience = "none" | "some";

export interface Poller {
  /** Handles all that is ready; how many events that was. */
  round(patience: Patience): number;
  /** Whether the next event signals the eventfd. */
  readonly isArmed: boolean;
  /** The next event signals the eventfd. True if events of before may have been missed: one more round is needed. */
  arm(): boolean;
  /** Events need not signal: they are looked for. */
  disarm(): void;
  /** The eventfd was signalled. */
  woken(): void;
  /** Requests wait that the next round hands over. */
  readonly hasQueued: boolean;
  /** Hands over what is queued. */
  flush(): void;
}

export class LoopGuest {
  #poller!: Poller;
  readonly #wake: EventfdWake;
  readonly #drainMicrotasks: () => void;
  #sockets = 0;
  #lingering: ReturnType<typeof setTimeout> | undefined;
  #inTurn = false;
  #isFlushing = false;
  /** The last turn ended by its time. */
  #isBusy = false;
  #isClosed = false;

  constructor(kernel: Kernel) {
    this.#wake = new EventfdWake(kernel, () => {
      this.#poller.woken();
      this.#turn();
    });
    this.#drainMicrotasks =
      (process.getBuiltinModule("bun:jsc") as unknown as { drainMicrotasks(): void }).drainMicrotasks;
  }

  /** Code of a turn runs, and turns follow each other. */
  get isInBusyTurn(): boolean {
    return this.#inTurn && this.#isBusy;
  }

  /** What the poller signals. */
  get eventfd(): number {
    return this.#wake.fd;
  }

  /** Called once, before the poller has anything to say. */
  serve(poller: Poller): void {
    this.#poller = poller;
  }

  /** The poller does not work: it is not called again. */
  close(): void {
    clearTimeout(this.#lingering);
    this.#isClosed = true;
    this.#wake.close();
  }

  /** Throws a `SystemError` where no descriptor is left for the wake-up: there is no such socket then. */
  socketOpened(): void {
    clearTimeout(this.#lingering);
    this.#lingering = undefined;
    if (this.#sockets === 0) this.#wake.start();
    this.#sockets++;
  }

  socketClosed(): void {
    if (--this.#sockets > 0) return;
    clearTimeout(this.#lingering);
    this.#lingering = setTimeout(() => this.#wake.stop(), LINGER_MS);
  }

  /** Something was queued: the next round hands it over, or the end of the current task. */
  queued(): void {
    if (this.#inTurn || this.#isFlushing) return;
    this.#isFlushing = true;
    queueMicrotask(this.#flush);
  }

  readonly #flush = (): void => {
    this.#isFlushing = false;
    if (!this.#inTurn && !this.#isClosed && this.#poller.hasQueued) this.#poller.flush();
  };

  readonly #turn = (): void => {
    const poller = this.#poller;
    const until = performance.now() + TURN_MS;
    this.#inTurn = true;
    let patience: Patience = "none";
    for (let rounds = 1;; rounds++) {
      if (poller.round(patience) === 0) {
        if (poller.isArmed) break;
        // What a busy thread waits for is on its way: to sleep in the kernel until then costs less than to be woken through the thread's loop.
        const next: Patience = this.#isBusy && patience === "none" ? "some" : "none";
        if (next === "none") {
          this.#isBusy = false;
          if (!poller.arm()) break;
        }
        patience = next;
        continue;
      }
      patience = "none";
      this.#drainMicrotasks();
      // While little happens signals stay on: what comes after this round signals again.
      if (poller.isArmed && !poller.hasQueued) break;
      if (rounds > 1) poller.disarm();
      if (performance.now() > until) {
        this.#isBusy = true;
        poller.disarm(); // the next turn begins by itself
        setImmediate(this.#turn);
        break;
      }
    }
    this.#inTurn = false;
    if (poller.hasQueued) poller.flush();
  };
}
