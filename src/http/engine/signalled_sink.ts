/** Joins a request to its AbortSignal: aborting cancels it, ending it takes the listener off. For requests with a signal only. */
import type { ExchangeTimes } from "./wire_times.ts";
import type { ResponseSink } from "./wire.ts";
import type { WireError } from "../bytes/wire_error.ts";
import type { WireResponse } from "./wire_response.ts";

export class SignalledSink implements ResponseSink, EventListenerObject {
  readonly #sink: ResponseSink;
  readonly #signal: AbortSignal;
  readonly #cancel: (sink: ResponseSink) => void;

  constructor(sink: ResponseSink, signal: AbortSignal, cancel: (sink: ResponseSink) => void) {
    this.#sink = sink;
    this.#signal = signal;
    this.#cancel = cancel;
    signal.addEventListener("abort", this, { once: true });
  }

  /** Whether `sink` is this one, or the one that the caller knows. */
  stands(sink: ResponseSink): boolean {
    return sink === this || sink === this.#sink;
  }

  handleEvent(): void {
    this.#cancel(this);
  }

  /** The exchange is over: the signal is of no more interest. */
  release(): void {
    this.#signal.removeEventListener("abort", this);
  }

  completed(response: WireResponse): void {
    if (response.stream === undefined) this.release(); // else the signal holds for the body too
    this.#sink.completed(response);
  }

  failed(error: WireError, times: ExchangeTimes): void {
    this.release();
    this.#sink.failed(error, times);
  }
}

/** Whether a request of `own` is the one that was sent with `wanted`. */
export function isSink(own: ResponseSink | undefined, wanted: ResponseSink): boolean {
  return own === wanted || (own instanceof SignalledSink && own.stands(wanted));
}
