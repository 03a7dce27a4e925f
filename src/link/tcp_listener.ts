/**
 * The master's port: accepts connections, keeps the unproved ones within bounds, and hands each out as a link. What is
 * said on a link is `master/workers/handshake.ts`'s business; it calls `trust` on the ones that have proved themselves.
 */
import { createServer as createTcpServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";
import type { Clock } from "../base/clock.ts";
import { describeThrown, LocustError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import { createMasterCodec } from "../protocol/wire/codec.ts";
import { MAX_UNPROVED_FRAME_BYTES } from "../protocol/wire/framing.ts";
import type { ToMaster, ToWorker } from "../protocol/worker_message.ts";
import { formatHostPort } from "./address.ts";
import { HANDSHAKE_LIMITS, type HandshakeLimits, HandshakeQueue, type PendingConnection } from "./handshake_queue.ts";
import { describeSocketError, TcpLink } from "./tcp_link.ts";
import { describeHandshakeFailure, describeWorkerCertificate } from "./tls_trouble.ts";

/** PEM texts. With `ca`, workers must show a certificate from there. */
export interface ListenTls {
  readonly cert: string;
  readonly key: string;
  readonly ca?: string;
}

export interface ListenOptions {
  /** `*` or empty: every interface, both address families. */
  readonly host: string;
  /** 0: the system chooses. */
  readonly port: number;
  readonly tls?: ListenTls;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits?: Partial<HandshakeLimits>;
  /** A connection to listen to; call `trust` when it has proved itself, and it leaves the bounds of the unproved. */
  readonly onLink: (link: Link, trust: () => void) => void;
}

type Link = TcpLink<ToMaster, ToWorker>;

export interface TcpListener {
  readonly port: number;
  /** Stops accepting and dismisses who has not proved itself. Links that were handed out live on. */
  close(): Promise<void>;
}

/** A master with 1,000 workers that dial at once after its restart. The system may cap it. */
const BACKLOG = 4096;
/** Refused connections are logged one by one up to here, then summed up. */
const LOGGED_PER_MINUTE = 20;
/** Hosts and causes that are remembered as logged. */
const MAX_CAUSES = 1000;

/** Listens or rejects with a `LocustError`. */
export async function openTcpListener(options: ListenOptions): Promise<TcpListener> {
  const queue = new HandshakeQueue(options);
  const tell = createComplaints(options.logger, options.clock);
  const server = createServer(options, (socket) => receive(socket, options, queue, tell), tell);
  await listen(server, options);
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : options.port,
    close() {
      queue.close("the master is closing");
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function receive(
  socket: Socket,
  options: ListenOptions,
  queue: HandshakeQueue,
  tell: (peer: string, reason: string) => void,
): void {
  const peer = describePeer(socket);
  const link: Link = new TcpLink({
    socket,
    clock: options.clock,
    codec: createMasterCodec(),
    peer,
    frameLimitBytes: MAX_UNPROVED_FRAME_BYTES,
    onUnsendable: (problem) => options.logger.error(problem),
  });
  let isTrusted = false;
  const connection: PendingConnection = {
    listen: () =>
      options.onLink(link, () => {
        isTrusted = true;
        queue.leave(connection);
        link.trust();
      }),
    dismiss: (reason) => {
      tell(peer, reason);
      link.abort(reason);
    },
  };
  socket.on("close", () => {
    if (!isTrusted) queue.leave(connection);
  });
  queue.enter(connection);
}

function createServer(
  options: ListenOptions,
  onSocket: (socket: Socket) => void,
  tell: (peer: string, reason: string) => void,
): Server {
  if (options.tls === undefined) return createTcpServer(onSocket);
  const mutual = options.tls.ca !== undefined;
  const server = createTlsServer(
    // A worker without a valid certificate gets a sentence, and nothing else: see `refuseCertificate`.
    { ...options.tls, requestCert: mutual, rejectUnauthorized: false, handshakeTimeout: 5000 },
    (socket) => !mutual || socket.authorized === true ? onSocket(socket) : refuseCertificate(socket, options, tell),
  );
  boundHandshakes(server, options.limits?.waiting ?? HANDSHAKE_LIMITS.waiting, tell);
  server.on("tlsClientError", (error: unknown, socket: Socket) => {
    tell(describePeer(socket), describeHandshakeFailure(error));
    socket.destroy();
  });
  return server;
}

/** Its encrypted connection carries one message, the refusal; whatever it sends is not read. */
function refuseCertificate(
  socket: TLSSocket,
  { clock, logger }: ListenOptions,
  tell: (peer: string, reason: string) => void,
): void {
  const peer = describePeer(socket);
  const shown = Object.keys(socket.getPeerCertificate() ?? {}).length > 0 ? "a certificate" : "none";
  const reason = describeWorkerCertificate(socket.authorizationError, shown);
  tell(peer, reason);
  const link: Link = new TcpLink({
    socket,
    clock,
    codec: createMasterCodec(),
    peer,
    onUnsendable: (problem) => logger.error(problem),
  });
  link.send({ kind: "refused", reason });
  link.close(reason);
  socket.resume(); // unread bytes would keep its end from being noticed
}

/** Connections whose TLS handshake is not over are no connections yet, and need a bound of their own. */
function boundHandshakes(server: Server, limit: number, tell: (peer: string, reason: string) => void): void {
  const unfinished = new Set<string>();
  server.on("connection", (socket: Socket) => {
    const peer = describePeer(socket);
    if (unfinished.size >= limit) {
      tell(peer, `${limit} TLS handshakes are already in progress`);
      return socket.destroy();
    }
    unfinished.add(peer);
    socket.on("close", () => unfinished.delete(peer));
  });
  server.on("secureConnection", (socket: Socket) => unfinished.delete(describePeer(socket)));
  server.on("tlsClientError", (_: unknown, socket: Socket) => unfinished.delete(describePeer(socket)));
}

/** A port for both address families has IPv4 peers by IPv6 names. */
const MAPPED = /^::ffff:(?=\d+\.)/i;

function describePeer({ remoteAddress, remotePort }: Socket): string {
  return formatHostPort({ host: remoteAddress?.replace(MAPPED, "") ?? "unknown", port: remotePort ?? 0 });
}

function listen(server: Server, options: ListenOptions): Promise<void> {
  const { host, port } = options;
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) =>
      reject(
        new LocustError(
          `Cannot listen on ${formatHostPort({ host, port })}: ${describeSocketError(error)}; ` +
            "choose another with --master-bind-host or --master-bind-port",
          { code: "cannot_listen", cause: error },
        ),
      );
    server.once("error", fail);
    server.listen({ port, backlog: BACKLOG, ...(host === "" || host === "*" ? {} : { host }) }, () => {
      server.off("error", fail);
      server.on(
        "error",
        (error) => options.logger.error(`A connection could not be accepted: ${describeThrown(error)}`),
      );
      resolve();
    });
  });
}

/**
 * Logs each host and cause once, and no more than a few lines a minute: neither a scanner nor a worker that dials again
 * fills the log.
 */
function createComplaints(logger: Logger, clock: Clock): (peer: string, reason: string) => void {
  const known = new Set<string>();
  let minuteStartMs = clock.nowMs();
  let logged = 0;
  let unlogged = 0;
  return (peer, reason) => {
    if (clock.nowMs() - minuteStartMs > 60_000) {
      if (unlogged > 0) logger.warning(`${unlogged} more connections were refused`);
      minuteStartMs = clock.nowMs();
      logged = unlogged = 0;
    }
    const cause = `${peer.replace(/:\d+$/, "")} ${reason}`;
    if (known.has(cause)) return;
    if (logged >= LOGGED_PER_MINUTE) return void unlogged++;
    if (known.size >= MAX_CAUSES) known.clear();
    known.add(cause);
    logged++;
    logger.warning(`Connection from ${peer} refused: ${reason}`);
  };
}
