/**
 * A connected byte stream, as the HTTP engine and the TCP link use it. `connect_socket.ts` chooses among its
 * implementations: our own over io_uring or epoll (`linux/`), `Bun.connect`, `Deno.connect`, and `node:net`/`node:tls`
 * (local address, TLS over a tunnel, which the others lack). No implementation buffers received data: a chunk is valid
 * during the call of `data`, and longer if not `reusesMemory`.
 */

export interface TlsOptions {
  readonly serverName?: string;
  readonly verify: boolean;
  readonly ca?: string | readonly string[];
  readonly cert?: string;
  readonly key?: string;
  readonly alpn?: readonly string[];
}

/**
 * One user's TLS session with one server: given to each of its connections, so that the next one resumes the session of
 * the last. Opaque to its owner, filled by the sockets.
 */
export interface TlsSession {
  ticket?: Uint8Array | undefined;
  /** The last connection, if it is still open: its newest ticket is better. */
  live?: { readonly ticket: Uint8Array | undefined } | undefined;
}

export interface SocketAddress {
  /** An IP address (names are resolved before), or absent for a unix socket. */
  readonly host?: string;
  readonly port?: number;
  readonly unixPath?: string;
  readonly localAddress?: string;
  readonly tls?: TlsOptions;
  readonly session?: TlsSession;
  /** Called when TCP is connected, before TLS: this address answers, no other has to be tried. */
  readonly onTcpConnected?: () => void;
  /** `startTls` will be called on it: the way through a proxy. */
  readonly upgradable?: true;
}

/** Why a socket failed. The names of failures derive from it. */
export type SocketErrorCode =
  | "refused"
  | "reset"
  | "unreachable"
  | "timed_out"
  | "address_unavailable"
  | "too_many_files"
  | "tls"
  | "other";

export class SocketError extends Error {
  readonly code: SocketErrorCode;
  /** The system's or TLS library's own code: `ECONNREFUSED`, `CERT_HAS_EXPIRED`. Never an address, port or time. */
  readonly detail: string;

  constructor(code: SocketErrorCode, detail: string, cause?: unknown) {
    super(detail === "" ? code : `${code} (${detail})`, cause === undefined ? undefined : { cause });
    this.name = "SocketError";
    this.code = code;
    this.detail = detail;
  }
}

/**
 * Memory of a receiver for bytes that come next: `bytes[from, to)`. One object may stand for all rooms of a thread: it
 * is read at once.
 */
export interface ReceiveRoom {
  bytes: Uint8Array;
  from: number;
  to: number;
  /**
   * `first`: what has no room there is received all the same, and shown. `only`: it is left for the next time. `drop`:
   * there is no memory, so many bytes are not wanted, and need not be copied.
   */
  use: "first" | "only" | "drop";
}

export interface SocketReceiver {
  /**
   * Bytes that arrived. The memory may be reused after the call. `atMs`: the reading of `performance.now()` when they
   * were there, of sockets that find many at once and hand them over one after the other.
   */
  data(bytes: Uint8Array, atMs?: number): void;
  /**
   * The same of sockets that receive into memory of their own: `memory[from, to)`, which is written over after the
   * call. Absent: they call `data` with a copy, or with a view.
   */
  shown?(memory: Uint8Array, from: number, to: number, atMs: number): void;
  /**
   * Asked by sockets that can receive into the memory of others, right before they do; undefined: into theirs. What
   * came is told by `filled`, in place of `data`.
   */
  room?(): ReceiveRoom | undefined;
  /**
   * `count` bytes are in the room of the last call of `room`, or were dropped. If there are more the room is full:
   * those lie in memory that is written over after the call.
   */
  filled?(count: number, more: Uint8Array | undefined, atMs: number): void;
  /** Everything that `write` queued has gone out. */
  drained(): void;
  /** The other side sent its end (FIN); we may still write. */
  ended(): void;
  /** The socket is gone; an error if it was not an orderly close. Called exactly once. */
  closed(error: SocketError | undefined): void;
}

export interface Socket {
  /**
   * False while bytes are still queued, or when the connection is lost: wait for `drained` or `closed` before writing
   * much more, and leave their memory alone. After true, up to 4 KB may be read again: do not write over them.
   */
  write(bytes: Uint8Array | string): boolean;
  /** Sends the queued bytes, then the end (FIN). */
  end(): void;
  /** Drops everything at once. */
  destroy(): void;
  /**
   * The reading of `performance.now()` when the system got the last write; 0 or absent where that was during the call
   * of `write`.
   */
  readonly handedOverMs?: number;
  /** Milliseconds that TCP and TLS took, measured at connect. */
  readonly connectMs: number;
  readonly tlsMs: number;
  /** Stops reading, so that TCP slows the sender down; data that was read already may still arrive. */
  pause(): void;
  resume(): void;
  /** The memory of a chunk is written over after the call of `data`: copy it to keep it. */
  readonly reusesMemory: boolean;
  /** Of an `upgradable` socket: speaks TLS from here on; resolves with the milliseconds it took, rejects with a `SocketError`. */
  startTls?(tls: TlsOptions, session?: TlsSession): Promise<number>;
}

/** As an AbortSignal takes it: a function, or an object that needs none. */
export type ConnectAbort = (() => void) | { handleEvent(): void };

/**
 * Says that a connection is not wanted any more while it is being opened. An AbortSignal is one; the engine has one
 * that costs less.
 */
export interface ConnectSignal {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: ConnectAbort, options?: { readonly once: true }): void;
  removeEventListener(type: "abort", listener: ConnectAbort): void;
}

/** Connects or rejects with a `SocketError`. The receiver is called only after the promise resolved. */
export type ConnectSocket = (
  address: SocketAddress,
  receiver: SocketReceiver,
  signal?: ConnectSignal,
) => Promise<Socket>;
