/**
 * The options of a session: the settings of its user class as plain data, with Locust's defaults, and the differences
 * between the two clients. One object per class serves all its users.
 */
import type { ConnectSocket } from "../../platform/sockets/socket.ts";
import { basicAuthorization } from "../request/basic_auth.ts";
import type { ClientPool } from "./client_pool.ts";
import type { EngineProxy, EngineTls } from "../engine/engine_options.ts";
import type { HttpEngine } from "../engine/engine.ts";
import type { HeaderFields } from "../bytes/header_list.ts";
import type { RedirectRule } from "../request/redirect.ts";
import type { Pem, Timeout, TlsSettings } from "../request/request_options.ts";
import { checkTlsSettings } from "../request/option_values.ts";
import { credentialsOf } from "../request/request_url.ts";
import { UsageError } from "../../base/errors.ts";
import type { WireTimeouts } from "../engine/wire.ts";

/** Settings of a session. Times are seconds. */
export interface SessionOptions {
  /** Put before every URL that is not absolute. `user:password@` in it becomes Basic authentication. */
  readonly baseUrl?: string | URL | undefined;
  /** Seconds for name look-up, TCP and TLS together. Default 60. */
  readonly connectionTimeout?: number | undefined;
  /** Seconds without a byte from the server. Default 60. */
  readonly networkTimeout?: number | undefined;
  /** Default 30. */
  readonly maxRedirects?: number | undefined;
  /** How often a timeout or failed connection is tried again within one sample. Default 0. */
  readonly maxRetries?: number | undefined;
  /** True: bodies of responses below 400 are counted, but not kept. Default false. */
  readonly discardBody?: boolean | undefined;
  /** True: certificates are not verified. Default: true for `FastHttpSession`, false for `HttpSession`. */
  readonly insecure?: boolean | undefined;
  readonly defaultHeaders?: HeaderFields | undefined;
  /** Connections per host. Default 10. */
  readonly concurrency?: number | undefined;
  /** `http://user:password@host:port`. Proxies of the environment are ignored. */
  readonly proxy?: string | undefined;
  readonly tls?: TlsSettings | undefined;
  /** IP address to connect from. */
  readonly sourceAddress?: string | undefined;
  /** Seconds that a connection may be idle before it is closed. Default 60. */
  readonly idleTimeout?: number | undefined;
  /** Seconds that an address is used without asking again. Default 60. */
  readonly dnsTtl?: number | undefined;
  /** Largest head of a response. Default 256 KB. */
  readonly maxHeadBytes?: number | undefined;
  /** Most fields in the head of a response. Default 2000. */
  readonly maxHeadFields?: number | undefined;
  /** Connections shared with other users. */
  readonly pool?: ClientPool | undefined;
  /** An engine that the caller opens and closes. */
  readonly engine?: HttpEngine | undefined;
  /** How sockets are opened; default: the fastest way of this runtime. */
  readonly connectSocket?: ConnectSocket | undefined;
}

/** The differences between the two clients. */
export interface SessionTraits {
  readonly redirectRule: RedirectRule;
  readonly headRedirects: "follow" | "manual";
  readonly insecureByDefault: boolean;
  /** The name of a row: the URL as it was passed, or path and query of what was requested. */
  readonly naming: "as-passed" | "path";
  /** Whether `json` asks for JSON in return (Accept). */
  readonly jsonAccept: "ask" | "leave";
}

export const FAST_TRAITS: SessionTraits = {
  redirectRule: "fast",
  headRedirects: "follow",
  insecureByDefault: true,
  naming: "as-passed",
  jsonAccept: "ask",
};

export const HTTP_TRAITS: SessionTraits = {
  redirectRule: "http",
  headRedirects: "manual",
  insecureByDefault: false,
  naming: "path",
  jsonAccept: "leave",
};

const DEFAULT_TIMEOUT_S = 60;
export const DEFAULT_MAX_REDIRECTS = 30;

/** The limits of a session's requests that set none. */
export function sessionTimeouts(options: SessionOptions): WireTimeouts {
  return {
    connectMs: (options.connectionTimeout ?? DEFAULT_TIMEOUT_S) * 1000,
    responseMs: (options.networkTimeout ?? DEFAULT_TIMEOUT_S) * 1000,
  };
}

/** The limits of one request; limits that it does not set are the session's. */
export function requestTimeouts(timeout: Timeout | undefined, session: WireTimeouts): WireTimeouts {
  if (timeout === undefined) return session;
  if (typeof timeout === "number") {
    const ms = toMs("timeout", timeout);
    return { connectMs: ms, responseMs: ms };
  }
  return {
    ...session,
    ...timeout.connect !== undefined && { connectMs: toMs("timeout.connect", timeout.connect) },
    ...timeout.response !== undefined && { responseMs: toMs("timeout.response", timeout.response) },
    ...timeout.total !== undefined && { totalMs: toMs("timeout.total", timeout.total) },
  };
}

/** The settings that a user may change for its own session. */
export type ConnectionSettings = Pick<SessionOptions, "proxy" | "tls" | "sourceAddress">;

/** TLS of the engine for a session, or for one request with its own. */
export function engineTls(options: SessionOptions, traits: SessionTraits, own: TlsSettings = {}): EngineTls {
  const settings = { ...options.tls, ...own };
  const verify = settings.verify ?? !(options.insecure ?? traits.insecureByDefault);
  return {
    verify,
    ...isGiven(settings.ca) && { ca: isPemList(settings.ca) ? settings.ca.map(pemText) : pemText(settings.ca) },
    ...isGiven(settings.cert) && { cert: pemText(settings.cert) },
    ...isGiven(settings.key) && { key: pemText(settings.key) },
    ...isGiven(settings.serverName) && { serverName: settings.serverName },
  };
}

/** Throws a `UsageError` for settings that no connection can be opened with. */
export function checkConnectionSettings(settings: ConnectionSettings): void {
  checkTlsSettings(settings.tls);
  if (isGiven(settings.proxy)) parseProxy(settings.proxy);
}

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== undefined && value !== null;
}

function pemText(pem: Pem): string {
  return typeof pem === "string" ? pem : new TextDecoder().decode(pem);
}

function isPemList(ca: Pem | readonly Pem[]): ca is readonly Pem[] {
  return Array.isArray(ca);
}

/** The proxy of a setting such as `http://user:password@host:8080`; without a scheme it is one of HTTP. */
export function parseProxy(given: string | URL): EngineProxy {
  const text = typeof given !== "string" || given.includes("://") ? given : `http://${given}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const defaultPort = url === undefined ? undefined : PROXY_PORTS[url.protocol];
  if (url === undefined || defaultPort === undefined || url.hostname === "") {
    throw new UsageError('Cannot use "proxy": it is not a URL like "http://host:8080" or "socks5://host:1080"');
  }
  const credentials = credentialsOf(url);
  const place = {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? defaultPort : Number(url.port),
  };
  if (url.protocol === "http:") {
    return { ...place, ...credentials !== undefined && { authorization: basicAuthorization(credentials) } };
  }
  const resolves = url.protocol === "socks5h:" ? "proxy" : "we";
  return { ...place, socks: { resolves, ...credentials !== undefined && { credentials } } };
}

const PROXY_PORTS: Readonly<Record<string, number>> = { "http:": 80, "socks5:": 1080, "socks5h:": 1080 };

function toMs(option: string, seconds: number): number {
  if (typeof seconds === "number" && seconds > 0) return seconds * 1000;
  throw new UsageError(`Cannot send the request: "${option}" is ${seconds}; give a number of seconds above 0`);
}
