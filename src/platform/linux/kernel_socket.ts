/**
 * A socket of our own, apart from how the kernel is asked for its events. Keeps what was not sent yet, and owns its opening and its end.
 * The kernel's buffer takes nearly every write at once; the rest is kept here, in order, and goes out when the kernel has room.
 */
import type { ReceiveRoom, Socket, SocketError, SocketReceiver } from "../socket.ts";
import { EAGAIN, toKernelError } from "./kernel_error.ts";
import type { Libc } from "./libc.ts";
import { MSG_DONTWAIT, MSG_NOSIGNAL } from "./message_flags.ts";
import type { StampedReceive } from "./stamped_receive.ts";

const SHUT_WR = 1;
/** Up to here a chunk is handed over as a copy of its own, which its receiver may keep; a larger one is shown where it is. */
export const MAX_COPY_BYTES = 16 * 1024;

const encoder = new TextEncoder();

/** Called once: without an error when the connection is there. */
export type Opened = (error: SocketError | undefined) => void;

export abstract class KernelSocket implements Socket {
  fd = -1;
  connectMs = 0;
  readonly tlsMs = -1;
  reusesMemory = false;
  /** Set until the connection is there or has failed. */
  protected opening: Opened | undefined;
  protected hasEnded = false;
  protected readonly libc: Libc;
  protected readonly receiver: SocketReceiver;
  /** Oldest first; mostly undefined. */
  protected unsent: Uint8Array[] | undefined;
  #isEnding = false;
  /** Of the receiver, for the bytes of this call. */
  #room: ReceiveRoom | undefined;
  /** The kernel reports a reset once: to the send that found it, and then receiving looks like an orderly end. */
  #sendErrno = 0;

  constructor(libc: Libc, receiver: SocketReceiver) {
    this.libc = libc;
    this.receiver = receiver;
  }

  /** Sends the bytes; false if some of them are in `unsent` now. There are no older ones. */
  protected abstract send(bytes: Uint8Array): boolean;
  /** Calls `writable` when the kernel takes more. */
  protected abstract waitWritable(): void;
  /** Gives the descriptor back; nothing of it is reported any more. */
  protected abstract release(): void;
  /** False while it is open whether all that was written is with the kernel. */
  protected abstract readonly isSent: boolean;
  abstract pause(): void;
  abstract resume(): void;

  write(data: Uint8Array | string): boolean {
    if (this.fd < 0) return true; // gone: `closed` has been called
    const bytes = typeof data === "string" ? encoder.encode(data) : data;
    if (this.unsent === undefined) return this.send(bytes);
    this.unsent.push(bytes);
    return false;
  }

  /** `send` by a call of its own. */
  protected sendNow(bytes: Uint8Array): boolean {
    const sent = this.libc.send(this.fd, bytes, bytes.length, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent === bytes.length) return true;
    if (sent < 0 && !this.#mayRetry(this.libc.errno())) return true;
    this.unsent = [sent > 0 ? bytes.subarray(sent) : bytes];
    this.waitWritable();
    return false;
  }

  #mayRetry(errno: number): boolean {
    if (errno === EAGAIN) return true;
    this.sendFailed(errno);
    return false;
  }

  /** Receiving tells that the connection is gone; this is why. */
  protected sendFailed(errno: number): void {
    this.#sendErrno = errno;
    this.unsent = undefined;
  }

  /** The kernel takes more. */
  protected writable(): void {
    const unsent = this.unsent ?? [];
    for (let first = unsent[0]; first !== undefined; first = unsent[0]) {
      const sent = this.libc.send(this.fd, first, first.length, MSG_DONTWAIT | MSG_NOSIGNAL);
      if (sent < 0) {
        if (this.#mayRetry(this.libc.errno())) this.waitWritable();
        return;
      }
      if (sent < first.length) {
        unsent[0] = first.subarray(sent);
        return this.waitWritable();
      }
      unsent.shift();
    }
    const wasWaiting = this.unsent !== undefined;
    this.unsent = undefined;
    if (this.#isEnding) this.#shutDown();
    else if (wasWaiting) this.receiver.drained();
  }

  protected opened(error: SocketError | undefined): void {
    const { opening } = this;
    this.opening = undefined;
    if (error !== undefined) this.#drop();
    opening?.(error);
  }

  /** Receives by a call of its own, as `recv`. What came is to be handed over by `deliver`. */
  protected receiveNow(stamped: StampedReceive, readMs: number): number {
    this.#room = this.receiver.room?.();
    return stamped.receive(this.fd, this.#room, readMs);
  }

  protected deliver(stamped: StampedReceive, count: number): void {
    const room = this.#room;
    const { memory, receivedMs } = stamped;
    if (room === undefined) return this.received(memory, 0, count, receivedMs);
    const size = room.to - room.from;
    this.reusesMemory = true;
    if (count <= size) this.receiver.filled?.(count, undefined, receivedMs);
    else this.receiver.filled?.(size, memory.subarray(0, count - size), receivedMs);
  }

  /** Bytes that were received. They may lie in memory that is written over after this call. */
  protected received(memory: Uint8Array, from: number, to: number, atMs: number): void {
    if (this.receiver.shown !== undefined) {
      this.reusesMemory = true;
      return this.receiver.shown(memory, from, to, atMs);
    }
    const isSmall = to - from <= MAX_COPY_BYTES;
    this.reusesMemory = !isSmall;
    this.receiver.data(isSmall ? memory.slice(from, to) : memory.subarray(from, to), atMs);
  }

  /** The other side's end. */
  protected ended(): void {
    if (this.#sendErrno !== 0) return this.lost(toKernelError(this.#sendErrno));
    this.hasEnded = true;
    this.receiver.ended();
  }

  protected lost(error: SocketError | undefined): void {
    if (this.fd < 0) return;
    this.#drop();
    this.receiver.closed(error);
  }

  #drop(): void {
    this.unsent = undefined;
    if (this.fd < 0) return;
    this.release();
    this.fd = -1;
  }

  end(): void {
    if (this.fd < 0) return;
    this.#isEnding = true;
    if (this.unsent !== undefined) return;
    if (this.isSent) this.#shutDown();
    else this.waitWritable();
  }

  #shutDown(): void {
    this.libc.shutdown(this.fd, SHUT_WR);
    if (this.hasEnded) this.destroy();
  }

  destroy(): void {
    if (this.fd < 0) return;
    this.#drop();
    if (this.opening === undefined) queueMicrotask(() => this.receiver.closed(undefined));
    this.opening = undefined;
  }
}
