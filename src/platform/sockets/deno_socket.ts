/**
 * `Socket` over `Deno.connect`: the fast path when run from source by Deno. Deno reads into memory of the caller, so
 * each socket owns one buffer that the next read overwrites; it grows with the data, because most sockets carry short
 * responses.
 */
import {
  type ConnectSignal,
  type ConnectSocket,
  type Socket,
  type SocketAddress,
  SocketError,
  type SocketReceiver,
} from "./socket.ts";
import { toSocketError } from "./socket_error.ts";

/** The part of Deno that is used here. */
interface DenoConn {
  read(into: Uint8Array): Promise<number | null>;
  write(bytes: Uint8Array): Promise<number>;
  closeWrite(): Promise<void>;
  close(): void;
  setNoDelay?(on: boolean): void;
}

interface DenoConnect {
  connect(options: {
    readonly hostname?: string;
    readonly port?: number;
    readonly transport?: "unix";
    readonly path?: string;
    readonly signal?: AbortSignal;
  }): Promise<DenoConn>;
}

const DENO = (globalThis as { readonly Deno?: DenoConnect }).Deno;
const encoder = new TextEncoder();
const FIRST_READ = 4 * 1024;
const LARGEST_READ = 256 * 1024;

class DenoSocket implements Socket {
  readonly reusesMemory = true;
  readonly connectMs: number;
  readonly tlsMs = -1;
  readonly #conn: DenoConn;
  readonly #receiver: SocketReceiver;
  #buffer = new Uint8Array(FIRST_READ);
  /** Waiting to be written, oldest first; the first one is under way. */
  readonly #unsent: Uint8Array[] = [];
  #ending = false;
  #gone = false;
  #paused = false;
  #wake: (() => void) | undefined;

  constructor(conn: DenoConn, receiver: SocketReceiver, connectMs: number) {
    this.#conn = conn;
    this.#receiver = receiver;
    this.connectMs = connectMs;
  }

  async readAll(): Promise<void> {
    try {
      while (!this.#gone) {
        if (this.#paused) await new Promise<void>((resolve) => this.#wake = resolve);
        const length = await this.#conn.read(this.#buffer);
        if (this.#gone) return;
        if (length === null) break;
        this.#receiver.data(this.#buffer.subarray(0, length));
        if (length === this.#buffer.length && length < LARGEST_READ) this.#buffer = new Uint8Array(length * 4);
      }
      if (this.#gone) return;
      this.#receiver.ended();
      this.#close(undefined);
    } catch (problem) {
      this.#close(problem);
    }
  }

  write(bytes: Uint8Array | string): boolean {
    if (this.#gone) return true;
    this.#unsent.push(typeof bytes === "string" ? encoder.encode(bytes) : bytes);
    if (this.#unsent.length > 1) return false;
    void this.#writeAll(); // ends in `#close` when it fails
    return bytes.length <= FIRST_READ;
  }

  async #writeAll(): Promise<void> {
    try {
      for (let first = this.#unsent[0]; first !== undefined; first = this.#unsent[0]) {
        for (let at = 0; at < first.length;) at += await this.#conn.write(first.subarray(at));
        this.#unsent.shift();
      }
      if (this.#gone) return;
      if (this.#ending) await this.#conn.closeWrite();
      else this.#receiver.drained();
    } catch (problem) {
      this.#close(problem);
    }
  }

  end(): void {
    if (this.#ending || this.#gone) return;
    this.#ending = true;
    if (this.#unsent.length === 0) void this.#writeAll();
  }

  destroy(): void {
    this.#close(undefined);
  }

  #close(problem: unknown): void {
    if (this.#gone) return;
    this.#gone = true;
    this.resume();
    this.#conn.close();
    // Never from inside the receiver's own call.
    queueMicrotask(() => this.#receiver.closed(problem === undefined ? undefined : toSocketError(problem)));
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#wake?.();
    this.#wake = undefined;
  }
}

/** Connects by `Deno.connect`; knows no TLS and no local address. Undefined outside of Deno. */
export const connectDenoSocket: ConnectSocket | undefined = DENO === undefined ? undefined : connect;

async function connect(address: SocketAddress, receiver: SocketReceiver, signal?: ConnectSignal): Promise<Socket> {
  const startedMs = performance.now();
  const abort = new AbortController(); // Deno takes nothing less
  const onAbort = () => abort.abort();
  if (signal?.aborted) onAbort();
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    const conn = await (DENO as DenoConnect).connect({
      ...(address.unixPath === undefined
        ? { hostname: address.host ?? "", port: address.port ?? 0 }
        : { transport: "unix", path: address.unixPath }),
      signal: abort.signal,
    });
    if (abort.signal.aborted) conn.close();
    abort.signal.throwIfAborted();
    conn.setNoDelay?.(true);
    const socket = new DenoSocket(conn, receiver, performance.now() - startedMs);
    queueMicrotask(() => void socket.readAll()); // not before the caller has the socket
    return socket;
  } catch (problem) {
    throw abort.signal.aborted ? new SocketError("other", "ABORT_ERR", problem) : toSocketError(problem);
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}
