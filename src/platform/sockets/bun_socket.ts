/**
 * `Socket` over `Bun.connect`: the fast path of the executable. One set of callbacks serves all sockets of a thread;
 * each finds its state in `data` of Bun's socket. Bun delivers fresh memory per chunk and does not queue unwritten
 * bytes, so the rest is kept here until `drain`.
 */
import { ipVersion } from "../../base/ip_address.ts";
import {
  type ConnectSignal,
  type ConnectSocket,
  type Socket,
  type SocketAddress,
  SocketError,
  type SocketReceiver,
  type TlsOptions,
  type TlsSession,
} from "./socket.ts";
import { toConnectError } from "./connect_error.ts";
import { isTlsText, isVerificationProblem, toSocketError } from "./socket_error.ts";

/** The part of Bun's socket that is used here. */
interface RawSocket {
  data: BunSocket;
  write(bytes: Uint8Array | string, offset?: number, length?: number): number;
  end(): void;
  terminate(): void;
  pause(): void;
  resume(): void;
  setNoDelay(on: boolean): boolean;
  getSession(): Uint8Array | undefined;
  setSession(session: Uint8Array): void;
}

interface RawTls {
  readonly rejectUnauthorized: boolean;
  readonly serverName: string;
  readonly ca?: string | readonly string[];
  readonly cert?: string;
  readonly key?: string;
  readonly ALPNProtocols?: string;
}

interface BunConnect {
  connect(options: {
    readonly hostname?: string;
    readonly port?: number;
    readonly unix?: string;
    readonly tls?: RawTls;
    readonly data: BunSocket;
    readonly socket: typeof CALLBACKS;
  }): Promise<unknown>;
}

const BUN = (globalThis as { readonly Bun?: BunConnect }).Bun;
const encoder = new TextEncoder();

const CALLBACKS = {
  open(raw: RawSocket): void {
    raw.data.opened(raw);
  },
  handshake(raw: RawSocket, accepted: boolean, problem: { readonly code?: string } | null): void {
    raw.data.shookHands(accepted, problem);
  },
  data(raw: RawSocket, bytes: Uint8Array): void {
    raw.data.receiver.data(bytes);
  },
  drain(raw: RawSocket): void {
    raw.data.flush();
  },
  end(raw: RawSocket): void {
    raw.data.remoteEnded();
  },
  close(raw: RawSocket, problem?: unknown): void {
    raw.data.gone(problem);
  },
  // Bun reports a failed connect here and by rejecting; the rejection is the one that is used.
  connectError(): void {},
  // Called for TLS errors after the handshake, and for exceptions of the callbacks above, which must not be lost.
  error(raw: RawSocket, problem: unknown): void {
    if (isTlsText(problem)) return raw.data.broken(problem);
    queueMicrotask(() => {
      throw problem;
    });
  },
};

/** State of a socket that is being opened; dropped afterwards, because there may be ten thousand open sockets. */
interface Opening {
  readonly resolve: (socket: Socket) => void;
  readonly reject: (error: SocketError) => void;
  readonly stage: "socket" | "handshake";
  readonly verifies: boolean;
  readonly onTcpConnected: SocketAddress["onTcpConnected"];
  startedMs: number;
}

class BunSocket implements Socket {
  readonly receiver: SocketReceiver;
  readonly reusesMemory = false;
  connectMs = 0;
  tlsMs = -1;
  #raw: RawSocket | undefined;
  /** Bytes that did not fit into the kernel's buffer, oldest first; mostly undefined. */
  #unsent: Uint8Array[] | undefined;
  #ending = false;
  #opening: Opening | undefined;
  #problem: unknown;
  readonly #session: TlsSession | undefined;

  constructor(receiver: SocketReceiver, session: TlsSession | undefined, opening: Opening) {
    this.receiver = receiver;
    this.#session = session;
    this.#opening = opening;
  }

  opened(raw: RawSocket): void {
    this.#raw = raw;
    const opening = this.#opening;
    if (opening === undefined) return raw.terminate(); // cancelled meanwhile
    raw.setNoDelay(true);
    const now = performance.now();
    this.connectMs = now - opening.startedMs;
    opening.startedMs = now;
    if (opening.stage === "socket") return this.#succeed();
    opening.onTcpConnected?.();
    const ticket = this.#session?.live?.ticket ?? this.#session?.ticket;
    if (ticket !== undefined) raw.setSession(ticket);
  }

  shookHands(accepted: boolean, problem: { readonly code?: string } | null): void {
    const opening = this.#opening;
    if (opening === undefined) return;
    // Bun reports an expired certificate as a failure even without verification.
    if (!accepted && (opening.verifies || !isVerificationProblem(problem))) {
      return this.giveUp(toSocketError(problem, "handshake"));
    }
    this.tlsMs = performance.now() - opening.startedMs;
    if (this.#session !== undefined) this.#session.live = this;
    this.#succeed();
  }

  #succeed(): void {
    const opening = this.#opening as Opening;
    this.#opening = undefined;
    opening.resolve(this);
  }

  /** Fails the opening; later reports of Bun about this socket are ignored. */
  giveUp(error: SocketError): void {
    const opening = this.#opening;
    if (opening === undefined) return; // it is open, or has failed before
    this.#opening = undefined;
    opening.reject(error);
    this.#raw?.terminate();
  }

  /** TLS failed after the handshake; `close` follows and does not say why. */
  broken(problem: unknown): void {
    this.#problem = problem;
    this.#raw?.terminate();
  }

  /** TLS 1.3 tickets come after the handshake, so the newest is read when it is needed. */
  get ticket(): Uint8Array | undefined {
    return this.#raw?.getSession();
  }

  #keepTicket(): void {
    const session = this.#session;
    if (session === undefined || session.live !== this) return;
    session.ticket = this.ticket;
    session.live = undefined;
  }

  write(bytes: Uint8Array | string): boolean {
    if (this.#unsent !== undefined) {
      this.#unsent.push(typeof bytes === "string" ? encoder.encode(bytes) : bytes);
      return false;
    }
    const raw = this.#raw;
    if (raw === undefined) return true; // gone: `closed` has been called
    const written = raw.write(bytes);
    if (written === bytes.length) return true;
    if (written < 0) return false; // lost: `close` follows
    const all = typeof bytes === "string" ? encoder.encode(bytes) : bytes;
    if (written >= all.length) return true; // a text with more bytes than characters
    this.#unsent = [all.subarray(written)];
    return false;
  }

  /** The kernel takes more. */
  flush(): void {
    const unsent = this.#unsent;
    if (unsent === undefined) return;
    for (let first = unsent[0]; first !== undefined; first = unsent[0]) {
      const written = this.#raw?.write(first) ?? -1;
      if (written < 0) return; // `close` follows
      if (written < first.length) {
        unsent[0] = first.subarray(written);
        return;
      }
      unsent.shift();
    }
    this.#unsent = undefined;
    if (this.#ending) this.#raw?.end();
    else this.receiver.drained();
  }

  end(): void {
    this.#keepTicket();
    this.#ending = true;
    if (this.#unsent === undefined) this.#raw?.end();
  }

  destroy(): void {
    this.#keepTicket();
    this.#unsent = undefined;
    this.#raw?.terminate();
  }

  pause(): void {
    this.#raw?.pause();
  }

  resume(): void {
    this.#raw?.resume();
  }

  remoteEnded(): void {
    this.#keepTicket();
    if (this.#opening === undefined) this.receiver.ended();
  }

  gone(problem: unknown): void {
    const opening = this.#opening;
    const wasOpen = this.#raw !== undefined;
    const cause = problem ?? this.#problem;
    this.#raw = undefined;
    this.#unsent = undefined;
    if (this.#session?.live === this) this.#session.live = undefined;
    if (opening !== undefined) this.giveUp(toSocketError(cause ?? { code: "ECONNRESET" }, opening.stage));
    else if (wasOpen) this.receiver.closed(cause === undefined ? undefined : toSocketError(cause));
  }
}

/** Connects by `Bun.connect`. Undefined outside of Bun. */
export const connectBunSocket: ConnectSocket | undefined = BUN === undefined ? undefined : connect;

function connect(address: SocketAddress, receiver: SocketReceiver, signal?: ConnectSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(new SocketError("other", "ABORT_ERR"));
    const stage = address.tls === undefined ? "socket" : "handshake";
    const onAbort = () => socket.giveUp(new SocketError("other", "ABORT_ERR"));
    const settle = () => signal?.removeEventListener("abort", onAbort);
    const socket = new BunSocket(receiver, address.session, {
      resolve: (opened) => (settle(), resolve(opened)),
      reject: (error) => (settle(), reject(error)),
      stage,
      verifies: address.tls?.verify ?? false,
      onTcpConnected: address.onTcpConnected,
      startedMs: performance.now(),
    });
    signal?.addEventListener("abort", onAbort, { once: true });
    const place = address.unixPath !== undefined
      ? { unix: address.unixPath }
      : { hostname: address.host ?? "", port: address.port ?? 0 };
    const tls = address.tls === undefined ? {} : { tls: toRawTls(address.tls) };
    BUN?.connect({ ...place, ...tls, data: socket, socket: CALLBACKS }).catch((problem) => {
      socket.giveUp(toConnectError(problem));
    });
  });
}

function toRawTls(tls: TlsOptions): RawTls {
  return {
    rejectUnauthorized: tls.verify,
    // RFC 6066 §3: no SNI for an IP address. Without a name, Bun verifies the address that it connects to.
    serverName: tls.serverName === undefined || ipVersion(tls.serverName) !== 0 ? "" : tls.serverName,
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls.cert === undefined ? {} : { cert: tls.cert }),
    ...(tls.key === undefined ? {} : { key: tls.key }),
    // Each name with its length before it, as it goes over the wire.
    ...(tls.alpn === undefined
      ? {}
      : { ALPNProtocols: tls.alpn.map((name) => String.fromCharCode(name.length) + name).join("") }),
  };
}
