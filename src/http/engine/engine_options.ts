/**
 * The settings of an engine, and the same with their defaults filled in: made once per options object, not once per user.
 */
import type { Clock } from "../../base/clock.ts";
import type { ConnectSocket } from "../../platform/sockets/socket.ts";
import type { HeadLimits } from "../bytes/head_parser.ts";
import { type ResolveHost, resolveHost } from "./dns_cache.ts";
import { type TimerWheel, timerWheelOf } from "./timer_wheel.ts";

/** TLS of a session, a class, or one request. */
export interface EngineTls {
  readonly verify: boolean;
  /** PEM: trusted instead of the system's authorities. */
  readonly ca?: string | readonly string[];
  /** PEM: the client's certificate and key. */
  readonly cert?: string;
  readonly key?: string;
  /** Name for SNI and verification instead of the URL's host. */
  readonly serverName?: string;
}

/** An HTTP proxy: absolute-form for http, CONNECT for https; or a SOCKS proxy. Unix sockets are reached without it. */
export interface EngineProxy {
  /** Absent: HTTP. */
  readonly socks?: SocksSettings;
  /** Name or IP address, without brackets. */
  readonly host: string;
  readonly port: number;
  /** Value of Proxy-Authorization, e.g. `Basic dTpw`. */
  readonly authorization?: string;
}

/** Version 5 (RFC 1928). */
export interface SocksSettings {
  /** Who looks up the name of the origin: `socks5:` and `socks5h:`. */
  readonly resolves: "we" | "proxy";
  readonly credentials?: { readonly user: string; readonly password: string };
}

/** Learns what held requests back on this side. Called once per event, never for a request that found a connection at once. */
export interface EngineWatch {
  /** A request waited so long for the address of its host. */
  lookedUp(ms: number): void;
  /** A request waited so long because `concurrency` connections were busy. */
  queued(ms: number): void;
  /** A user made a request: until then its own code ran. */
  called(nowMs: number): void;
  /** A connection was set up: until then the runtime may have computed for it. */
  connected(nowMs: number): void;
}

/** Give the same object to all users of a class: the derived values are kept once. */
export interface EngineOptions {
  readonly connectSocket: ConnectSocket;
  readonly clock: Clock;
  /** Connections per origin; further requests wait in line. Default 10. */
  readonly concurrency?: number;
  /** A connection unused for longer is closed. Default 60 s. */
  readonly idleLimitMs?: number;
  /** How long an address is used without asking again. Default 60 s. */
  readonly dnsTtlMs?: number;
  /** Default: the system's resolver. */
  readonly resolveHost?: ResolveHost;
  /** Default: verified against the system's authorities. */
  readonly tls?: EngineTls;
  readonly proxy?: EngineProxy;
  /** IP address to connect from. */
  readonly localAddress?: string;
  readonly watch?: EngineWatch;
  /** Default 256 KB, as in browsers. */
  readonly maxHeadBytes?: number;
  /** Lines of one head, continuation lines included. Default 2000. */
  readonly maxHeadFields?: number;
  /** Largest buffered body. Default 1 GiB. */
  readonly maxBodyBytes?: number;
}

/** The largest accepted response. */
export interface ResponseLimits extends HeadLimits {
  readonly maxBodyBytes: number;
}

export interface EngineContext {
  readonly connectSocket: ConnectSocket;
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  readonly limits: ResponseLimits;
  readonly concurrency: number;
  readonly idleLimitMs: number;
  readonly dnsTtlMs: number;
  readonly resolveHost: ResolveHost;
  readonly tls: EngineTls;
  readonly proxy: EngineProxy | undefined;
  readonly localAddress: string | undefined;
  readonly watch: EngineWatch | undefined;
}

const CONTEXTS = new WeakMap<EngineOptions, EngineContext>();

export function engineContextOf(options: EngineOptions): EngineContext {
  let context = CONTEXTS.get(options);
  if (context === undefined) CONTEXTS.set(options, context = createContext(options));
  return context;
}

function createContext(options: EngineOptions): EngineContext {
  return {
    connectSocket: options.connectSocket,
    clock: options.clock,
    wheel: timerWheelOf(options.clock),
    limits: {
      maxHeadBytes: options.maxHeadBytes ?? 256 * 1024,
      maxHeadFields: options.maxHeadFields ?? 2000,
      maxBodyBytes: options.maxBodyBytes ?? 2 ** 30,
    },
    concurrency: options.concurrency ?? 10,
    idleLimitMs: options.idleLimitMs ?? 60_000,
    dnsTtlMs: options.dnsTtlMs ?? 60_000,
    resolveHost: options.resolveHost ?? resolveHost,
    tls: options.tls ?? { verify: true },
    proxy: options.proxy,
    localAddress: options.localAddress,
    watch: options.watch,
  };
}
