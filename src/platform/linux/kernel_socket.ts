/**
 * A socket of our own, apart from how the kernel is asked for its events. Keeps what was not sent yet, and owns its opening and its end.
 * The kernel's buffer takes nearly every write at once; the rest is kept here, in order, and goes out when the kernel has room.
 */
import type { Socket, SocketError, SocketReceiver } from "../sockets/socket.ts";
import { EAGAIN, toKernelError } from "./kernel_error.ts";
import type { Libc } from "./libc.ts";
import { MSG_DONTWAIT, MSG_NOSIGNAL } from "./message_flags.ts";
import type { ReorderWatch } from "./reorder_watch.ts";
import type { StampedReceive } from "./stamped_receive.ts";

const SHUT_WR = 1;
/** Stamps that are not older are taken without asking whether packets came out of order, which costs as much as a tenth of a request. */
const RECENT_MS = 0.25;
export const SEND_FLAGS = MSG_DONTWAIT | MSG_NOSIGNAL;
/** Up to here a chunk is handed over as a copy of its own, which its receiver may keep; a larger one is shown where it is. */
const MAX_COPY_BYTES = 16 * 1024;

const encoder = new TextEncoder();

/** Whoever waits for the connection: one of the two is called, once. */
export interface Opening {
  socket: KernelSocket | undefined;
  opened(socket: KernelSocket): void;
  failed(error: SocketError): void;
}

/** What is true of a socket, as bits of one number: there are as many sockets as users, and a field for each would double their size. */
const ENDED = 1; // the other side's end has come
const ENDING = 2; // ours follows what is unsent
const REUSES = 4;
const REORDERED = 8; // packets came out of order since the last write
const WAS_REORDERED = 16; // at any time
/** From here on they are the subclass's. */
export const OWN_FLAG = 32;
/**
 * Above them is the reason why a send failed. The kernel reports a reset once: to the send that found it, and then receiving looks like an orderly
 * end.
 */
const ERRNO_BITS = 16;

export abstract class KernelSocket implements Socket {
  fd = -1;
  /** While it is being opened: when that began, as a negative number. */
  connectMs = 0;
  /** Set until the connection is there or has failed. */
  protected opening: Opening | undefined;
  protected readonly receiver: SocketReceiver;
  /** Oldest first; mostly undefined. */
  protected unsent: Uint8Array[] | undefined;
  #flags = 0;

  constructor(receiver: SocketReceiver) {
    this.receiver = receiver;
  }

  protected abstract readonly libc: Libc;
  protected abstract readonly reorders: ReorderWatch;
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

  get tlsMs(): number {
    return -1;
  }

  get reusesMemory(): boolean {
    return this.is(REUSES);
  }

  protected get hasEnded(): boolean {
    return this.is(ENDED);
  }

  protected is(flag: number): boolean {
    return (this.#flags & flag) !== 0;
  }

  protected set(flag: number): void {
    this.#flags |= flag;
  }

  protected unset(flag: number): void {
    this.#flags &= ~flag;
  }

  /** Before the kernel is asked for the connection. */
  protected begin(fd: number, opening: Opening): void {
    this.fd = fd;
    this.opening = opening;
    this.connectMs = -performance.now();
    opening.socket = this;
  }

  write(data: Uint8Array | string): boolean {
    if (this.fd < 0) return true; // gone: `closed` has been called
    const bytes = typeof data === "string" ? encoder.encode(data) : data;
    this.unset(REORDERED);
    if (this.unsent === undefined) return this.send(bytes);
    this.unsent.push(bytes);
    return false;
  }

  /** `send` by a call of its own. */
  protected sendNow(bytes: Uint8Array): boolean {
    const sent = this.libc.send(this.fd, bytes, bytes.length, SEND_FLAGS);
    return sent === bytes.length || this.keepRest(bytes, sent < 0 ? -this.libc.errno() : sent);
  }

  /** After a send that did not take all of it; `result`: a number of bytes, or the negative number of the error. False: the rest is in `unsent`, or nothing more goes out. */
  protected keepRest(bytes: Uint8Array, result: number): boolean {
    if (result < 0 && !this.#mayRetry(-result)) return false; // lost: `closed` follows
    this.unsent = [result > 0 ? bytes.subarray(result) : bytes];
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
    this.#flags |= errno << ERRNO_BITS;
    this.unsent = undefined;
  }

  /** The kernel takes more. */
  protected writable(): void {
    const unsent = this.unsent ?? [];
    for (let first = unsent[0]; first !== undefined; first = unsent[0]) {
      const sent = this.libc.send(this.fd, first, first.length, SEND_FLAGS);
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
    if (this.is(ENDING)) this.#shutDown();
    else if (wasWaiting) this.receiver.drained();
  }

  protected opened(error: SocketError | undefined): void {
    const { opening } = this;
    this.opening = undefined;
    if (error === undefined) return opening?.opened(this);
    this.#drop();
    opening?.failed(error);
  }

  /** Receives by a call of its own, as `recv`. What came is to be handed over by `deliver`. */
  protected receiveNow(stamped: StampedReceive): number {
    return stamped.receive(this.fd, this.receiver.room?.());
  }

  /** What follows now is not wanted: to drop it at once saves being told of it. */
  protected get dropsNext(): boolean {
    return this.fd >= 0 && this.receiver.room?.()?.use === "drop";
  }

  /** `roundMs`: when the kernel was asked what has come. */
  protected deliver(stamped: StampedReceive, count: number, roundMs: number): void {
    const { room, memory } = stamped;
    const receivedMs = this.trusted(stamped.stampMs, roundMs) ?? performance.now();
    if (room === undefined) return this.received(memory, 0, count, receivedMs);
    const size = room.to - room.from;
    this.set(REUSES);
    if (count <= size) this.receiver.filled?.(count, undefined, receivedMs);
    else this.receiver.filled?.(size, memory.subarray(0, count - size), receivedMs);
  }

  /**
   * The stamp of bytes that were received, if it says when they came. It is that of the last byte, so that it does not where packets came out of order,
   * for the rest of the answer: what is known then is that they had come when they were received.
   */
  protected trusted(stampMs: number | undefined, roundMs: number): number | undefined {
    if (stampMs === undefined) return undefined;
    return roundMs - stampMs <= RECENT_MS || !this.#isReordered() ? stampMs : undefined;
  }

  #isReordered(): boolean {
    if (this.is(REORDERED)) return true;
    if (this.fd < 0 || !this.reorders.hasNew(this.fd)) return false;
    this.set(REORDERED | WAS_REORDERED);
    return true;
  }

  /** Bytes that were received. They may lie in memory that is written over after this call. */
  protected received(memory: Uint8Array, from: number, to: number, atMs: number): void {
    if (this.receiver.shown !== undefined) {
      this.set(REUSES);
      return this.receiver.shown(memory, from, to, atMs);
    }
    const isSmall = to - from <= MAX_COPY_BYTES;
    if (isSmall) this.unset(REUSES);
    else this.set(REUSES);
    this.receiver.data(isSmall ? memory.slice(from, to) : memory.subarray(from, to), atMs);
  }

  /** The other side's end. */
  protected ended(): void {
    const errno = this.#flags >>> ERRNO_BITS;
    if (errno !== 0) return this.lost(toKernelError(errno));
    this.set(ENDED);
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
    if (this.is(WAS_REORDERED)) this.reorders.forget(this.fd);
    this.release();
    this.fd = -1;
  }

  end(): void {
    if (this.fd < 0) return;
    this.set(ENDING);
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
