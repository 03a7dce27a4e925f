/**
 * One request and its response as a promise, for the path that may need several: redirects, retries, a Digest challenge.
 * A failure is a value here, because it is data; the promise never rejects.
 */
import type { HttpEngine } from "./engine.ts";
import type { ExchangeTimes } from "./wire_times.ts";
import type { ResponseSink, WireRequest } from "./wire.ts";
import type { WireError } from "../bytes/wire_error.ts";
import type { WireResponse } from "./wire_response.ts";

export class WireFailure {
  readonly error: WireError;
  readonly times: ExchangeTimes;

  constructor(error: WireError, times: ExchangeTimes) {
    this.error = error;
    this.times = times;
  }
}

export type ExchangeOutcome = WireResponse | WireFailure;

/** Sends; `watch` holds the sink until the exchange ends, so that it can be cancelled. */
export function exchange(
  engine: HttpEngine,
  request: WireRequest,
  watch: Set<ResponseSink> | undefined,
): Promise<ExchangeOutcome> {
  return new Promise((resolve) => {
    const sink: ResponseSink = {
      completed(response) {
        watch?.delete(sink);
        resolve(response);
      },
      failed(error, times) {
        watch?.delete(sink);
        resolve(new WireFailure(error, times));
      },
    };
    watch?.add(sink);
    engine.send(request, sink);
  });
}
