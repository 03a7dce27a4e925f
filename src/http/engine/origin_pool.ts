/**
 * The connections of one engine to one origin: idle ones on a stack (the one used last is the least likely to have been
 * closed by the server), requests without a connection in a line. At most `concurrency` connections are open or being opened.
 * Invariant: a request is on a connection, in the line, waiting for its own dial, or has been reported to its sink.
 */
import type { Clock } from "../../base/clock.ts";
import type { Connection } from "./connection.ts";
import type { ConnectionOwner, Place } from "./connection_owner.ts";
import { Dial, type DialOwner } from "./dial.ts";
import type { TlsSession } from "../../platform/sockets/socket.ts";
import type { DnsCache } from "./dns_cache.ts";
import type { EngineContext, EngineTls } from "./engine_options.ts";
import type { Origin } from "./origin.ts";
import { toAbsoluteForm } from "./proxy_tunnel.ts";
import { isSink } from "./signalled_sink.ts";
import type { TimerWheel } from "./timer_wheel.ts";
import { type WaitingOwner, WaitingRequest } from "./waiting_request.ts";
import type { ResponseSink, WireRequest } from "./wire.ts";
import { AbortedError, type WireError } from "../bytes/wire_error.ts";
import type { ConnectionSetup } from "./wire_times.ts";

/** The engine: its pools share one cache of addresses. */
export interface PoolOwner {
  readonly dns: DnsCache;
}

/** What most pools have no more once their first connection is there. */
interface Parts {
  readonly line: WaitingRequest[];
  readonly dials: Dial[];
  session?: TlsSession;
  /** Behind a proxy: the last head, and the same in absolute-form. */
  turned?: { readonly from: Uint8Array; readonly to: Uint8Array };
}

/** Theirs, never written to. */
const NO_PARTS: Parts = { line: [], dials: [] };

const places = new WeakMap<EngineContext, Place>();

/** The latest of a context is shared: users of a class mostly talk to one origin. */
function placeOf(context: EngineContext, origin: Origin, tls: EngineTls): Place {
  const known = places.get(context);
  if (known?.origin === origin && known.tls === tls) return known;
  const place = { context, origin, tls };
  places.set(context, place);
  return place;
}

export class OriginPool implements ConnectionOwner<Connection>, DialOwner, WaitingOwner {
  readonly place: Place;
  /** In the chain of the engine's pools. */
  older: OriginPool | undefined;
  /** True once a connection has served twice: this server does not hang up after each answer. */
  keepsConnections = false;
  readonly #engine: PoolOwner;
  /** Linked lists through the connections, because ten thousand pools hold one connection each. */
  #open: Connection | undefined;
  #idle: Connection | undefined;
  #openCount = 0;
  #parts = NO_PARTS;

  constructor(engine: PoolOwner, context: EngineContext, origin: Origin, tls: EngineTls) {
    this.#engine = engine;
    this.place = placeOf(context, origin, tls);
  }

  // No fields: there are as many pools as users.

  get #line(): WaitingRequest[] {
    return this.#parts.line;
  }

  get #dials(): Dial[] {
    return this.#parts.dials;
  }

  /** To be written to. */
  get #ownParts(): Parts {
    if (this.#parts === NO_PARTS) this.#parts = { line: [], dials: [] };
    return this.#parts;
  }

  #dropEmptyParts(): void {
    const { line, dials, session, turned } = this.#parts;
    const isEmpty = line.length === 0 && dials.length === 0 && session === undefined && turned === undefined;
    if (isEmpty) this.#parts = NO_PARTS;
  }

  get context(): EngineContext {
    return this.place.context;
  }

  get origin(): Origin {
    return this.place.origin;
  }

  get tls(): EngineTls {
    return this.place.tls;
  }

  get clock(): Clock {
    return this.context.clock;
  }

  get wheel(): TimerWheel {
    return this.context.wheel;
  }

  /** Requests on a connection or waiting for one. */
  get pending(): number {
    let pending = this.#line.length + this.#dials.filter((dial) => dial.waiting.retried).length;
    for (const connection of this.#all()) if (!connection.isIdle) pending++;
    return pending;
  }

  /** A copy, because connections are removed during the iteration. */
  #all(): Connection[] {
    const all: Connection[] = [];
    for (let each = this.#open; each !== undefined; each = each.nextOpen) all.push(each);
    return all;
  }

  send(request: WireRequest, sink: ResponseSink, nowMs: number): void {
    const first = this.#open;
    const connection = this.#idle;
    if (first?.isAlone && first.isIdle) first.begin(request, sink, nowMs, nowMs, false, undefined);
    else if (connection !== undefined) {
      this.#idle = connection.nextIdle;
      connection.nextIdle = undefined;
      connection.begin(request, sink, nowMs, nowMs, false, undefined);
    } else this.#wait(new WaitingRequest(this, request, sink, nowMs, "first"));
  }

  /** The server had closed the connection before it saw this request: once more, on a fresh one, before all others. */
  retry(request: WireRequest, sink: ResponseSink, startMs: number): void {
    this.#endAlone();
    const waiting = new WaitingRequest(this, request, sink, startMs, "retry");
    this.#watch(waiting);
    this.#dial(waiting);
  }

  /** From here on the only connection tells when it can serve again: somebody may wait for it, or another one is there. */
  #endAlone(): void {
    const alone = this.#open;
    if (alone === undefined || !alone.isAlone) return;
    alone.isAlone = false;
    if (alone.isIdle) this.#idle = alone;
  }

  #wait(waiting: WaitingRequest): void {
    this.#endAlone();
    this.#watch(waiting);
    this.#ownParts.line.push(waiting);
    waiting.isHeldBack = this.#isFull;
    this.#openMore();
  }

  /** Whether as many connections as are allowed are open, or being opened. */
  get #isFull(): boolean {
    return this.#openCount + this.#dials.length >= this.context.concurrency;
  }

  #watch(waiting: WaitingRequest): void {
    if (waiting.deadlineMs < Infinity) this.wheel.watch(waiting);
  }

  /** One dial for each request in the line that has none, as far as the limit allows. */
  #openMore(): void {
    for (const waiting of this.#line) {
      if (this.#isFull) return;
      if (!this.#dials.some((dial) => dial.waiting === waiting)) this.#dial(waiting);
    }
  }

  #dial(waiting: WaitingRequest): void {
    const dial = new Dial(this, waiting);
    this.#ownParts.dials.push(dial);
    dial.start();
  }

  get dns(): DnsCache {
    return this.#engine.dns;
  }

  get session(): TlsSession | undefined {
    return this.origin.secure ? this.#ownParts.session ??= {} : undefined;
  }

  // ---- called by dials

  dialed(dial: Dial, connection: Connection, setup: ConnectionSetup): void {
    const lost = connection.lostBeforeUse;
    if (lost !== undefined) return this.dialFailed(dial, lost);
    this.#dialOver(dial);
    this.#endAlone();
    connection.nextOpen = this.#open;
    this.#open = connection;
    this.#openCount++;
    const nowMs = this.clock.nowMs();
    this.context.watch?.connected(nowMs);
    if (this.#takeOff(dial.waiting)) this.#begin(connection, dial.waiting, nowMs, setup);
    else this.released(connection);
  }

  dialFailed(dial: Dial, error: WireError): void {
    this.#dialOver(dial);
    dial.waiting.setup = dial.steps.end(this.clock.nowMs());
    this.giveUp(dial.waiting, error);
    this.#openMore();
  }

  // ---- called by connections

  /** The connection can serve again. */
  released(connection: Connection): void {
    const waiting = this.#line[0];
    if (waiting === undefined && this.#openCount === 1) {
      connection.isAlone = true;
      return;
    }
    if (waiting === undefined) {
      connection.nextIdle = this.#idle;
      this.#idle = connection;
      return;
    }
    this.#takeOff(waiting);
    this.#begin(connection, waiting, this.clock.nowMs(), undefined); // the last byte may have come some time ago
  }

  /** The connection is closed. */
  removed(connection: Connection): void {
    this.#unlinkIdle(connection);
    if (this.#unlinkOpen(connection)) this.#openCount--;
    this.#openMore();
  }

  #unlinkIdle(connection: Connection): void {
    if (this.#idle === connection) this.#idle = connection.nextIdle;
    for (let each = this.#idle; each !== undefined; each = each.nextIdle) {
      if (each.nextIdle === connection) each.nextIdle = connection.nextIdle;
    }
    connection.nextIdle = undefined;
  }

  #unlinkOpen(connection: Connection): boolean {
    let found = this.#open === connection;
    if (found) this.#open = connection.nextOpen;
    for (let each = this.#open; each !== undefined && !found; each = each.nextOpen) {
      found = each.nextOpen === connection;
      if (found) each.nextOpen = connection.nextOpen;
    }
    connection.nextOpen = undefined;
    return found;
  }

  /** The head as this origin is reached: absolute-form behind a proxy. */
  toWireForm(head: Uint8Array): Uint8Array {
    const { origin } = this;
    const { proxy } = this.context;
    if (proxy === undefined || proxy.socks !== undefined || origin.secure || origin.unixPath !== undefined) return head;
    const { turned } = this.#parts;
    if (turned?.from === head) return turned.to;
    return (this.#ownParts.turned = { from: head, to: toAbsoluteForm(head, origin, proxy) }).to;
  }

  #begin(
    connection: Connection,
    waiting: WaitingRequest,
    nowMs: number,
    setup: ConnectionSetup | undefined,
  ): void {
    connection.begin(waiting.request, waiting.sink, waiting.startMs, nowMs, waiting.retried, setup);
  }

  /** False if it has been served or has failed. */
  #takeOff(waiting: WaitingRequest): boolean {
    if (waiting.isOver) return false;
    waiting.isOver = true;
    this.wheel.forget(waiting);
    if (waiting.isHeldBack) this.context.watch?.queued(this.clock.nowMs() - waiting.startMs);
    if (!waiting.retried) removeFrom(this.#line, waiting);
    this.#dropEmptyParts();
    return true;
  }

  #dialOver(dial: Dial): void {
    removeFrom(this.#dials, dial);
    this.#dropEmptyParts();
  }

  /** Fails a waiting request; its dial continues if another request can use it. */
  giveUp(waiting: WaitingRequest, error: WireError): void {
    if (!this.#takeOff(waiting)) return;
    const dial = this.#dials.find((candidate) => candidate.waiting === waiting);
    if (dial !== undefined) waiting.setup = dial.steps.end(this.clock.nowMs());
    if (dial !== undefined && this.#line.length < this.#dials.length) {
      dial.cancel();
      this.#dialOver(dial);
    }
    waiting.fail(error, this.clock.nowMs());
  }

  /** Aborts the request of that sink. False if it is not here. */
  cancel(sink: ResponseSink): boolean {
    const connection = this.#all().find((candidate) => isSink(candidate.sink, sink));
    connection?.abort();
    const waiting = connection === undefined ? this.#findWaiting(sink) : undefined;
    if (waiting !== undefined) this.giveUp(waiting, new AbortedError());
    return connection !== undefined || waiting !== undefined;
  }

  #findWaiting(sink: ResponseSink): WaitingRequest | undefined {
    return this.#line.find((waiting) => isSink(waiting.sink, sink)) ??
      this.#dials.find((dial) => isSink(dial.waiting.sink, sink) && !dial.waiting.isOver)?.waiting;
  }

  /** Fails all requests in progress; idle connections stay. */
  abortAll(): void {
    for (const waiting of [...this.#line]) this.giveUp(waiting, new AbortedError());
    for (const dial of [...this.#dials]) this.giveUp(dial.waiting, new AbortedError());
    for (const connection of this.#all()) if (!connection.isIdle) connection.abort();
  }

  /** Idle connections close now, busy ones after their response. */
  close(): void {
    for (const connection of this.#all()) connection.retire();
  }
}

function removeFrom<Item>(items: Item[], item: Item): void {
  const index = items.indexOf(item);
  if (index >= 0) items.splice(index, 1);
}
