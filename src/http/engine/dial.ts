/** A connection that is being opened for a waiting request, within the request's time limit. Reports the result to its owner. */
import type { Connection } from "./connection.ts";
import { LightSignal } from "./light_signal.ts";
import { type Destination, openConnection, type OpenedConnection } from "./open_connection.ts";
import { OpeningSteps } from "./opening_steps.ts";
import { WheelEntry } from "./timer_wheel.ts";
import type { WaitingRequest } from "./waiting_request.ts";
import { TimeoutError, toWireError, type WireError } from "../bytes/wire_error.ts";
import type { ConnectionSetup } from "./wire_times.ts";

/** The pool that the connection is opened for. Exactly one of the two is called, unless the dial is cancelled. */
export interface DialOwner extends Destination {
  dialed(dial: Dial, connection: Connection, setup: ConnectionSetup): void;
  dialFailed(dial: Dial, error: WireError): void;
}

export class Dial extends WheelEntry {
  /** The request that it was started for. Another connection may have served it meanwhile. */
  readonly waiting: WaitingRequest;
  /** How far it is. */
  readonly steps = new OpeningSteps();
  readonly #owner: DialOwner;
  readonly #abort = new LightSignal();
  #over = false;

  constructor(owner: DialOwner, waiting: WaitingRequest) {
    super();
    this.#owner = owner;
    this.waiting = waiting;
  }

  start(): void {
    const connectMs = this.waiting.request.timeouts?.connectMs ?? 0;
    if (connectMs > 0) {
      this.deadlineMs = this.#owner.place.context.clock.nowMs() + connectMs;
      this.#owner.place.context.wheel.watch(this);
    }
    void this.#open(); // what it can fail by goes to the owner
  }

  async #open(): Promise<void> {
    let opened: OpenedConnection;
    try {
      opened = await openConnection(this.#owner, this.#abort, this.steps);
    } catch (problem) {
      if (this.#finish()) this.#owner.dialFailed(this, toWireError(problem));
      return;
    }
    if (!this.#finish()) opened.connection.close();
    else this.#owner.dialed(this, opened.connection, opened.setup);
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
    this.#owner.place.context.wheel.forget(this);
    return true;
  }
}
