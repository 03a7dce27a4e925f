/** The pool of a connection, as the connection sees it: what it asks of it, and what it tells it. */
import type { EngineContext, EngineTls } from "./engine_options.ts";
import type { Origin } from "./origin.ts";
import type { ResponseSink, WireRequest } from "./wire.ts";

/** Where connections go, and what they have in common: the same object for all users of a class. */
export interface Place {
  readonly context: EngineContext;
  readonly origin: Origin;
  readonly tls: EngineTls;
}

export interface ConnectionOwner<Connection> {
  /** Never another one: a connection keeps it, so that its requests need not look at their pool. */
  readonly place: Place;
  /** A connection to this server has served twice. Set by the connection, read when one is lost. */
  keepsConnections: boolean;
  /** The head in the form that this server is reached by. */
  toWireForm(head: Uint8Array): Uint8Array;
  /** The server has not seen this request: send it on a fresh connection. */
  retry(request: WireRequest, sink: ResponseSink, startMs: number): void;
  /** Not called by a connection that is alone. */
  released(connection: Connection): void;
  removed(connection: Connection): void;
}

/** A server that announces its idle limit is left this long before it, so that no request meets the closing. */
const KEEP_ALIVE_MARGIN_MS = 500;

/** How long a connection may be idle whose server announced `keepAliveSeconds` (-1: nothing). */
export function idleLimitMs({ context }: Place, keepAliveSeconds: number): number {
  const own = context.idleLimitMs;
  if (keepAliveSeconds < 0) return own;
  return Math.min(own, Math.max(KEEP_ALIVE_MARGIN_MS, keepAliveSeconds * 1000 - KEEP_ALIVE_MARGIN_MS));
}
