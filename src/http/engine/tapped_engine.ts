/**
 * An engine that reports each exchange to a tap: for `--once`, which prints every request. A class of its own, so that the
 * engine of a run has no cost from it.
 */
import { HttpEngine } from "./engine.ts";
import type { EngineOptions } from "./engine_options.ts";
import type { ExchangeTimes } from "./wire_times.ts";
import type { ResponseSink, WireRequest } from "./wire.ts";
import type { WireError } from "../bytes/wire_error.ts";
import type { WireResponse } from "./wire_response.ts";

/** Sees exchanges when they end. May not throw, and may not read a streamed body. */
export interface WireTap {
  completed(request: WireRequest, response: WireResponse): void;
  failed(request: WireRequest, error: WireError, times: ExchangeTimes): void;
}

export class TappedEngine extends HttpEngine {
  readonly #tap: WireTap;
  readonly #sinks = new WeakMap<ResponseSink, ResponseSink>();

  constructor(options: EngineOptions, tap: WireTap) {
    super(options);
    this.#tap = tap;
  }

  override send(request: WireRequest, sink: ResponseSink): void {
    const tapped: ResponseSink = {
      completed: (response) => {
        this.#tap.completed(request, response);
        sink.completed(response);
      },
      failed: (error, times) => {
        this.#tap.failed(request, error, times);
        sink.failed(error, times);
      },
    };
    this.#sinks.set(sink, tapped);
    super.send(request, tapped);
  }

  /** By the sink that was given to `send`, or by that of a request with a signal. */
  override cancel(sink: ResponseSink): void {
    super.cancel(this.#sinks.get(sink) ?? sink);
  }
}
