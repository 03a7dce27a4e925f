/** A connection that is being opened for a waiting request, within the request's time limit. Reports the result to its owner. */
import type { Clock } from "../../base/clock.ts";
import type { Connection } from "./connection.ts";
import type { OpenedConnection } from "./open_connection.ts";
import { type TimerWheel, WheelEntry } from "./timer_wheel.ts";
import type { WaitingRequest } from "./waiting_request.ts";
import { TimeoutError, toWireError, type WireError } from "../bytes/wire_error.ts";
import type { ConnectionSetup } from "./wire_times.ts";

/** The pool that the connection is opened for. Exactly one of the two is called, unless the dial is cancelled. */
export interface DialOwner {
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  dialed(dial: Dial, connection: Connection, setup: ConnectionSetup): void;
  dialFailed(dial: Dial, error: WireError): void;
}

export class Dial extends WheelEntry {
  /** The request that it was started for. Another connection may have served it meanwhile. */
  readonly waiting: WaitingRequest;
  readonly #owner: DialOwner;
  readonly #abort = new AbortController();
  #over = false;

  constructor(owner: DialOwner, waiting: WaitingRequest) {
    super();
    this.#owner = owner;
    this.waiting = waiting;
  }

  start(open: (signal: AbortSignal) => Promise<OpenedConnection>): void {
    const connectMs = this.waiting.request.timeouts?.connectMs ?? 0;
    if (connectMs > 0) {
      this.deadlineMs = this.#owner.clock.nowMs() + connectMs;
      this.#owner.wheel.watch(this);
    }
    open(this.#abort.signal).then((opened) => {
      if (!this.#finish()) opened.connection.close();
      else this.#owner.dialed(this, opened.connection, opened.setup);
    }, (problem) => {
      if (this.#finish()) this.#owner.dialFailed(this, toWireError(problem));
    });
  }

  expired(): void {
    if (!this.#finish()) return;
    this.#abort.abort();
    this.#owner.dialFailed(this, new TimeoutError("connect"));
  }

  /** No request needs it any more. The owner is not called again. */
  cancel(): void {
    if (this.#finish()) this.#abort.abort();
  }

  /** True the first time. */
  #finish(): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.#owner.wheel.forget(this);
    return true;
  }
}
