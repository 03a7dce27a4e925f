/**
 * The HTTP/1.1 engine: takes requests as bytes and passes responses to their sinks. One per user (like a browser), or one per
 * class when its users share their connections. Knows no cookies, redirects or content codings: those are the session's.
 */
import { DnsCache } from "./dns_cache.ts";
import { type EngineContext, engineContextOf, type EngineOptions, type EngineTls } from "./engine_options.ts";
import type { Origin } from "./origin.ts";
import { OriginPool, type PoolOwner } from "./origin_pool.ts";
import { SignalledSink } from "./signalled_sink.ts";
import type { ResponseSink, WireRequest } from "./wire.ts";
import type { WireResponse } from "./wire_response.ts";
import { AbortedError } from "../bytes/wire_error.ts";
import { WireTimes } from "./wire_times.ts";

export class HttpEngine implements PoolOwner {
  readonly #context: EngineContext;
  #dns: DnsCache | undefined;
  /** The pool of the last request: most users talk to one origin. */
  #lastPool: OriginPool | undefined;
  /** Few, so chained and searched one by one: a map or a list costs each user more than the search. */
  #newestPool: OriginPool | undefined;

  constructor(options: EngineOptions) {
    this.#context = engineContextOf(options);
  }

  /** Sends, or waits in line for a connection. Never calls the sink before it returns; never throws. */
  send(request: WireRequest, sink: ResponseSink): void {
    const nowMs = this.#context.clock.nowMs();
    this.#context.watch?.called(nowMs);
    if (request.signal !== undefined) return this.#sendSignalled(request, sink, request.signal, nowMs);
    this.#poolOf(request).send(request, sink, nowMs);
  }

  #sendSignalled(request: WireRequest, sink: ResponseSink, signal: AbortSignal, nowMs: number): void {
    if (signal.aborted) {
      const unsent = { startMs: nowMs, sentMs: -1, firstByteMs: -1, retried: false, setup: undefined };
      return queueMicrotask(() => sink.failed(new AbortedError(), new WireTimes(unsent, nowMs)));
    }
    const signalled = new SignalledSink(sink, signal, (own) => this.cancel(own));
    this.#poolOf(request).send(request, signalled, nowMs);
  }

  /** `send` as a promise. Rejects with a `WireError`. */
  exchange(request: WireRequest): Promise<WireResponse> {
    return new Promise((resolve, reject) => this.send(request, { completed: resolve, failed: reject }));
  }

  #poolOf(request: WireRequest): OriginPool {
    const tls = request.tls ?? this.#context.tls;
    const last = this.#lastPool;
    if (last !== undefined && last.origin === request.origin && last.tls === tls) return last;
    return this.#lastPool = this.#findPool(request.origin, tls);
  }

  #findPool(origin: Origin, tls: EngineTls): OriginPool {
    for (let pool = this.#newestPool; pool !== undefined; pool = pool.older) {
      if (pool.origin.key === origin.key && pool.tls === tls) return pool;
    }
    const pool = new OriginPool(this, this.#context, origin, tls);
    pool.older = this.#newestPool;
    return this.#newestPool = pool;
  }

  /** Addresses of names, shared by all origins of this engine. */
  get dns(): DnsCache {
    const { resolveHost, clock, dnsTtlMs } = this.#context;
    return this.#dns ??= new DnsCache(resolveHost, clock, dnsTtlMs);
  }

  /** Fails the request of this sink with `AbortedError` if it is still under way, the body of a streamed one included. */
  cancel(sink: ResponseSink): void {
    for (let pool = this.#newestPool; pool !== undefined; pool = pool.older) if (pool.cancel(sink)) return;
  }

  /** Fails everything that is under way or in line with `AbortedError`. The engine stays usable. */
  abortAll(): void {
    for (let pool = this.#newestPool; pool !== undefined; pool = pool.older) pool.abortAll();
  }

  /** Requests sent or in line, bodies that are being streamed included. */
  get pending(): number {
    let pending = 0;
    for (let pool = this.#newestPool; pool !== undefined; pool = pool.older) pending += pool.pending;
    return pending;
  }

  /** Closes idle connections now, and the busy ones after their response. A later request opens new ones. */
  close(): void {
    for (let pool = this.#newestPool; pool !== undefined; pool = pool.older) pool.close();
  }
}
