/**
 * Serves HTTP: `Bun.serve` under Bun, `Deno.serve` under Deno, both with the same `fetch` handler, which decides what is served.
 * A listener that cannot be opened rejects with a LocustError whose code names the reason; the caller knows the flag and adds
 * the advice.
 */
import { type ErrorCode, LocustError } from "../base/errors.ts";

/** Who asks. */
export interface RequestInfo {
  /** The address of the other end of the connection; empty where the runtime does not know it. */
  readonly remoteAddress: string;
}

/**
 * Answers one request. What it throws becomes a 500 without details. The body of an answer may be a stream without end: it is
 * cancelled when the reader leaves and when the server closes.
 */
export type FetchHandler = (request: Request, info: RequestInfo) => Response | Promise<Response>;

export interface ServeOptions {
  readonly host: string;
  /** 0: the system chooses one. */
  readonly port: number;
  readonly fetch: FetchHandler;
  /** PEM texts; absent: plain HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Completes the error of a taken port: `choose another with --port`. */
  readonly advice: string;
}

export interface HttpServer {
  readonly port: number;
  /** Stops listening and drops the connections that are open. */
  close(): Promise<void>;
}

/** The part of Bun's API that is used here. */
interface BunServe {
  serve(options: {
    readonly hostname: string;
    readonly port: number;
    readonly idleTimeout: number;
    readonly reusePort: boolean;
    readonly tls?: { readonly cert: string; readonly key: string };
    readonly fetch: (request: Request, server: BunServer) => Response | Promise<Response>;
    readonly error: () => Response;
  }): BunServer;
}

interface BunServer {
  readonly port: number;
  requestIP(request: Request): { readonly address: string } | null;
  stop(closeConnections: boolean): Promise<void>;
}

/** Opens a listener. Error codes: `address_in_use`, `address_unavailable`, `not_permitted`, `listen_failed`. */
export function serveHttp(options: ServeOptions): Promise<HttpServer> {
  const bun = (globalThis as { readonly Bun?: BunServe }).Bun;
  try {
    return Promise.resolve(bun === undefined ? serveWithDeno(options) : serveWithBun(bun, options));
  } catch (cause) {
    return Promise.reject(listenError(cause, options));
  }
}

function serveWithBun(bun: BunServe, options: ServeOptions): HttpServer {
  const server = bun.serve({
    hostname: options.host,
    port: options.port,
    idleTimeout: 0, // a client's pause is its own matter; Bun would cut it off after 10 s
    reusePort: false,
    ...(options.tls === undefined ? {} : { tls: options.tls }),
    fetch: (request, serving) => options.fetch(request, { remoteAddress: serving.requestIP(request)?.address ?? "" }),
    error: serverError,
  });
  return { port: server.port, close: () => server.stop(true) };
}

function serveWithDeno(options: ServeOptions): HttpServer {
  const stop = new AbortController();
  const server = Deno.serve({
    hostname: options.host,
    port: options.port,
    signal: stop.signal,
    onListen: () => {}, // Deno would print a line of its own
    onError: serverError,
    ...options.tls,
  }, (request, { remoteAddr }) => options.fetch(request, { remoteAddress: addressOf(remoteAddr) }));
  return {
    port: server.addr.port,
    close: () => {
      stop.abort();
      return server.finished;
    },
  };
}

function addressOf(address: Deno.Addr): string {
  return "hostname" in address ? address.hostname : "";
}

function serverError(): Response {
  return new Response("internal error\n", { status: 500 });
}

function listenError(cause: unknown, options: ServeOptions): LocustError {
  const systemCode = (cause as { readonly code?: unknown } | null)?.code;
  const { code, text } = listenFailure(typeof systemCode === "string" ? systemCode : "", cause);
  return new LocustError(`Cannot listen on ${options.host}:${options.port}: ${text}; ${options.advice}`, {
    code,
    cause,
  });
}

function listenFailure(systemCode: string, cause: unknown): { readonly code: ErrorCode; readonly text: string } {
  switch (systemCode) {
    case "EADDRINUSE":
      return { code: "address_in_use", text: "address in use" };
    case "EADDRNOTAVAIL":
      return { code: "address_unavailable", text: "this machine has no such address" };
    case "EACCES":
    case "EPERM":
      return { code: "not_permitted", text: "permission denied" };
    default:
      return { code: "listen_failed", text: cause instanceof Error ? cause.message : String(cause) };
  }
}
