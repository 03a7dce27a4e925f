/**
 * Calls off what is being opened, as an AbortSignal does, for those of whom there are thousands: an AbortController with its signal and a listener
 * takes the runtime half a dozen objects for each connection, this is one.
 */
import type { ConnectAbort, ConnectSignal } from "../../platform/sockets/socket.ts";

export class LightSignal implements ConnectSignal {
  aborted = false;
  #listeners: ConnectAbort | ConnectAbort[] | undefined; // nearly always one

  /** Calls the listeners, once. */
  abort(): void {
    const listeners = this.#listeners ?? [];
    this.aborted = true;
    this.#listeners = undefined;
    for (const listener of Array.isArray(listeners) ? listeners : [listeners]) {
      if (typeof listener === "function") listener();
      else listener.handleEvent();
    }
  }

  addEventListener(_type: "abort", listener: ConnectAbort): void {
    if (this.aborted) return; // as with an AbortSignal: who comes late has to look
    const known = this.#listeners;
    if (known === undefined) this.#listeners = listener;
    else if (Array.isArray(known)) known.push(listener);
    else this.#listeners = [known, listener];
  }

  removeEventListener(_type: "abort", listener: ConnectAbort): void {
    const known = this.#listeners;
    if (known === listener) this.#listeners = undefined;
    else if (Array.isArray(known)) this.#listeners = known.filter((each) => each !== listener);
  }
}
