/**
 * Serves HTTP and WebSockets: `Bun.serve` under Bun, `Deno.serve` under Deno, both with the same handlers, which decide
 * what is served. A listener that cannot be opened rejects with a LocustError whose code names the reason; the caller
 * knows the flag and adds the advice.
 */
import { type ErrorCode, LocustError } from "../base/errors.ts";

/** Who asks. */
export interface RequestInfo {
  /** The address of the other end of the connection; empty where the runtime does not know it. */
  readonly remoteAddress: string;
}

/**
 * Answers one request. What it throws becomes a 500 without details. The body of an answer may be a stream without end:
 * it is cancelled when the reader leaves and when the server closes.
 */
export type FetchHandler = (request: Request, info: RequestInfo) => Response | Promise<Response>;

/** The server's end of a WebSocket. */
export interface ServedSocket {
  /** Without effect when the other end has gone. */
  send(message: SocketMessage): void;
  close(code: number, reason: string): void;
}

export type SocketMessage = string | Uint8Array<ArrayBuffer>;

/** Takes the messages of one WebSocket, in their order. */
export type SocketHandler = (message: SocketMessage, socket: ServedSocket) => void;

export interface ServeOptions {
  readonly host: string;
  /** 0: the system chooses one. */
  readonly port: number;
  readonly fetch: FetchHandler;
  /** Decides about each request to open a WebSocket; one that it does not take is answered by `fetch`. */
  readonly acceptSocket?: (request: Request) => SocketHandler | undefined;
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

/** A larger message closes its WebSocket. */
const MAX_MESSAGE_BYTES = 1_048_576;

/** The part of Bun's API that is used here. */
interface BunServe {
  serve(options: {
    readonly hostname: string;
    readonly port: number;
    readonly idleTimeout: number;
    readonly reusePort: boolean;
    readonly tls?: { readonly cert: string; readonly key: string };
    readonly fetch: (request: Request, server: BunServer) => Response | undefined | Promise<Response>;
    readonly error: () => Response;
    readonly websocket: {
      readonly maxPayloadLength: number;
      readonly idleTimeout: number;
      readonly message: (socket: BunServedSocket, message: SocketMessage) => void;
    };
  }): BunServer;
}

interface BunServedSocket extends ServedSocket {
  readonly data: SocketHandler;
}

interface BunServer {
  readonly port: number;
  requestIP(request: Request): { readonly address: string } | null;
  upgrade(request: Request, options: { readonly data: SocketHandler }): boolean;
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
    fetch(request, serving) {
      const handler = findSocketHandler(request, options);
      if (handler !== undefined && serving.upgrade(request, { data: handler })) return undefined;
      return options.fetch(request, { remoteAddress: serving.requestIP(request)?.address ?? "" });
    },
    error: serverError,
    websocket: {
      maxPayloadLength: MAX_MESSAGE_BYTES,
      idleTimeout: 0,
      message: (socket, message) => socket.data(message, socket),
    },
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
  }, (request, { remoteAddr }) => {
    const handler = findSocketHandler(request, options);
    return handler === undefined
      ? options.fetch(request, { remoteAddress: addressOf(remoteAddr) })
      : openDenoSocket(request, handler);
  });
  return {
    port: server.addr.port,
    close: () => {
      stop.abort();
      return server.finished;
    },
  };
}

/** The handler of a request that asks for a WebSocket; undefined for any other request. */
function findSocketHandler(request: Request, { acceptSocket }: ServeOptions): SocketHandler | undefined {
  if (acceptSocket === undefined || request.headers.get("upgrade")?.toLowerCase() !== "websocket") return undefined;
  return acceptSocket(request);
}

function openDenoSocket(request: Request, handler: SocketHandler): Response {
  const { socket, response } = Deno.upgradeWebSocket(request);
  socket.binaryType = "arraybuffer";
  const served: ServedSocket = {
    send(message) {
      if (socket.readyState === WebSocket.OPEN) socket.send(message);
    },
    close: (code, reason) => socket.close(code, reason),
  };
  socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
    const message = typeof data === "string" ? data : new Uint8Array(data);
    if (message.length <= MAX_MESSAGE_BYTES) handler(message, served);
    else served.close(1009, "the message is too large");
  };
  socket.onerror = () => {}; // a client that is gone; the socket closes
  return response;
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
