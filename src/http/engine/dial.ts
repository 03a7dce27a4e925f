/** A connection that is being opened for a waiting request, with the time that it may take. Tells the pool how it ended. */
import { type Destination, openConnection } from "./open_connection.ts";
import type { OriginPool } from "./origin_pool.ts";
import { toWireError } from "./socket_failure.ts";
import { WheelEntry } from "./timer_wheel.ts";
import type { WaitingRequest } from "./waiting_request.ts";
import { TimeoutError } from "../bytes/wire_error.ts";

export class Dial extends WheelEntry {
  /** For whom it was started. May have been served by another connection meanwhile. */
  readonly waiting: WaitingRequest;
  readonly #pool: OriginPool;
  readonly #abort = new AbortController();
  #over = false;

  constructor(pool: OriginPool, waiting: WaitingRequest) {
    super();
    this.#pool = pool;
    this.waiting = waiting;
  }

  start(destination: Destination): void {
    const connectMs = this.waiting.request.timeouts?.connectMs ?? 0;
    if (connectMs > 0) {
      this.deadlineMs = this.#pool.clock.nowMs() + connectMs;
      this.#pool.wheel.watch(this);
    }
    openConnection(destination, this.#pool, this.#abort.signal).then((opened) => {
      if (!this.#finish()) opened.connection.close();
      else this.#pool.dialed(this, opened.connection, opened.setup);
    }, (problem) => {
      if (this.#finish()) this.#pool.dialFailed(this, toWireError(problem));
    });
  }

  expired(): void {
    if (!this.#finish()) return;
    this.#abort.abort();
    this.#pool.dialFailed(this, new TimeoutError("connect"));
  }

  /** Nobody needs it any more. The pool is not called again. */
  cancel(): void {
    if (this.#finish()) this.#abort.abort();
  }

  /** True the first time. */
  #finish(): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.#pool.wheel.forget(this);
    return true;
  }
}
