/**
 * The sockets of this thread over one io_uring. A turn is one system call: it hands over what was queued (sends, new connections, closings), lets the kernel
 * receive into buffers that all sockets share, and the results are given to their sockets. Small sends are copied into memory of ours and read by the
 * kernel during that call, never later (MSG_DONTWAIT); a place in the table of sockets is used again after the last result of its old socket.
 */
import { BufferRing } from "./buffer_ring.ts";
import type { LoopGuest, Patience, Poller } from "./loop_guest.ts";
import { type Kernel, mapMemory } from "./mapping.ts";
import { ENOBUFS } from "./kernel_error.ts";
import { MSG_DONTWAIT, MSG_NOSIGNAL } from "./message_flags.ts";
import { ReceiveClock } from "./receive_clock.ts";
import { ReorderWatch } from "./reorder_watch.ts";
import { Ring, type RingSize } from "./ring.ts";
import { RING_SENDS } from "./send_stamps.ts";
import { MessageHeader, readStamp } from "./stamped_message.ts";
import { StampedReceive } from "./stamped_receive.ts";

const OP_POLL_ADD = 6;
const OP_RECVMSG = 10;
const OP_ASYNC_CANCEL = 14;
const OP_CONNECT = 16;
const OP_CLOSE = 19;
const OP_SEND = 26;
const SQE_BUFFER_SELECT = 1 << 5;
/** No result if it succeeds. */
const SQE_CQE_SKIP = 1 << 6;
const RECV_MULTISHOT = 1 << 1;
const CQE_MORE = 1 << 1;
const REGISTER_EVENTFD = 4;
const POLLIN = 1;
const POLLOUT = 4;
/** With WAITALL a short send counts as failed, and has a result in spite of SKIP. */
const SEND_FLAGS = MSG_NOSIGNAL | MSG_DONTWAIT | 0x100;

/** Kinds of results, in the lowest bits of the upper half of `user_data`; the rest is the generation of the place. */
const KIND_BITS = 3;
const KIND_MASK = (1 << KIND_BITS) - 1;
/** With the index of the place, `user_data` stays a number that JavaScript holds exactly. */
const MAX_GENERATION = 0x1_ffff;
const IGNORED = 0;
const SEND = 1;
const RECEIVE = 2;
const CONNECT = 3;
const WRITABLE = 4;
const READABLE = 5;
/** Those that wait in the kernel; a send is over when it has been handed over. */
const CANCELLED = { receive: RECEIVE, connect: CONNECT, writable: WRITABLE, readable: READABLE } as const;

const ARENA_BYTES = 64 * 1024;
/** A larger send is not copied, but made by a call of its own. */
export const MAX_RING_SEND = 4096;
/** Sends are handed over in batches of this size: a larger one would delay its first requests, which are being timed. */
const MAX_BATCH = 32;
/** While little happens, and code is slow, also when the first send of a batch has waited this long. */
const MAX_WAIT_MS = 0.008;
const DEFAULT_SIZE: RingSize = { requests: 512, results: 16_384 };

/** A socket, as the loop tells it the results of its requests. */
export interface RingUser {
  connected(result: number, atMs: number): void;
  /** `stampMs`: when the last byte came, if the kernel says it; `roundMs`: the time of this round. */
  arrived(memory: Uint8Array, from: number, to: number, stampMs: number | undefined, roundMs: number): void;
  /** `more`: the request continues. */
  receiveEnded(result: number, more: boolean): void;
  /** A send that did not go out as a whole. */
  sendEnded(result: number): void;
  /** When the kernel got the last send. */
  handedOverMs: number;
  /** The kernel takes more to send. */
  pollEnded(): void;
  /** There is something to receive. */
  readable(roundMs: number): void;
}

export class RingLoop implements Poller {
  readonly kernel: Kernel;
  isArmed = true;
  /** Sends of this epoch and before have succeeded, or have reported that they failed. */
  confirmedEpoch = 0;
  /** For sockets that receive by themselves. */
  readonly receiver: StampedReceive;
  readonly reorders: ReorderWatch;
  readonly #ring: Ring;
  readonly #buffers: BufferRing;
  readonly #clock: ReceiveClock;
  readonly #header: MessageHeader;
  readonly #arena: Uint8Array;
  readonly #arenaAt: number;
  #arenaUsed = 0;
  #batch = 0;
  #batchSinceMs = 0;
  /** Connects or closings are queued: they take longer than sends, and are no part of the time of those. */
  #hasSlow = false;
  /** Whose sends are in the batch, and how many requests were queued with each; beyond it, those of earlier ones. */
  readonly #senders: RingUser[] = [];
  readonly #queuedWith = new Uint32Array(MAX_BATCH);
  /** Bytes have come for which there was no buffer. */
  #lacksBuffers = false;
  #guest!: LoopGuest;
  readonly #sockets: (RingUser | undefined)[] = [];
  readonly #generations: number[] = [];
  readonly #free: number[] = [];

  /** Throws a `SystemError` if the kernel lacks a part of it, or does not allow it. */
  constructor(kernel: Kernel, eventfd: number, size: RingSize = DEFAULT_SIZE) {
    this.kernel = kernel;
    this.#ring = new Ring(kernel, size);
    this.#clock = new ReceiveClock(kernel.libc);
    this.reorders = new ReorderWatch(kernel.libc);
    try {
      this.#header = MessageHeader.one(kernel);
      this.receiver = new StampedReceive(kernel, this.#clock);
      this.#buffers = new BufferRing(kernel, this.#ring);
      this.#ring.register(REGISTER_EVENTFD, Int32Array.of(eventfd), 1, "EVENTFD");
      const arena = mapMemory(kernel, ARENA_BYTES);
      this.#arenaAt = arena.address;
      this.#arena = new Uint8Array(arena.buffer);
    } catch (problem) {
      this.#ring.close();
      throw problem;
    }
  }

  /** Called once, before the first socket. */
  live(guest: LoopGuest): void {
    this.#guest = guest;
  }

  /** Only before the first socket, or after the last result: the kernel must not write to memory of the ring any more. */
  close(): void {
    this.#ring.close();
  }

  get hasQueued(): boolean {
    return this.#ring.queued > 0;
  }

  /** Of what is queued now. */
  get nextEpoch(): number {
    return this.#ring.epoch + 1;
  }

  arm(): boolean {
    this.#ring.signal(true);
    this.isArmed = true;
    return true;
  }

  disarm(): void {
    if (!this.isArmed) return;
    this.#ring.signal(false);
    this.isArmed = false;
  }

  woken(): void {}

  flush(): void {
    this.#handOver();
    this.#arenaUsed = 0;
  }

  #handOver(): void {
    this.#hasSlow = false;
    this.#handOverToLastGroup();
    this.#ring.submit();
  }

  /**
   * The sends of the batch, a group at a time. What is left is stamped: the last group, and what was queued after it. To be handed over at once.
   */
  #handOverToLastGroup(): void {
    const count = this.#batch;
    this.#batch = 0;
    let handedOver = 0;
    for (let from = 0; from < count; from += RING_SENDS) {
      const to = Math.min(from + RING_SENDS, count);
      const nowMs = performance.now();
      for (let index = from; index < to; index++) this.#senders[index]!.handedOverMs = nowMs;
      if (to === count) return;
      const all = this.#queuedWith[to - 1]!;
      this.#ring.submit(all - handedOver);
      handedOver = all;
    }
  }

  /** Takes a place; its index. */
  add(socket: RingUser): number {
    this.#guest.socketOpened(); // before all else, because it may throw
    const id = this.#free.pop() ?? this.#sockets.length;
    this.#sockets[id] = socket;
    this.#generations[id] = ((this.#generations[id] ?? 0) + 1) & MAX_GENERATION;
    return id;
  }

  /** The socket is closed; some of its results may be still to come. */
  socketClosed(): void {
    this.#guest.socketClosed();
  }

  /** The last result has come. */
  remove(id: number): void {
    this.#sockets[id] = undefined;
    this.#free.push(id);
  }

  connect(id: number, fd: number, name: Uint8Array): void {
    const address = this.#place(name);
    this.#beginSlow();
    this.#queue(OP_CONNECT, 0, 0, fd, name.length, address, 0, 0, id, CONNECT, 0);
  }

  /** What takes long is handed over apart from sends. */
  #beginSlow(): void {
    if (this.#batch > 0 || this.#ring.isFull) this.#handOver();
    this.#hasSlow = true;
  }

  /** The bytes may change after this call. */
  send(socket: RingUser, id: number, fd: number, bytes: Uint8Array): void {
    if (this.#hasSlow) this.#handOver();
    const address = this.#place(bytes);
    this.#queue(OP_SEND, SQE_CQE_SKIP, 0, fd, 0, address, bytes.length, SEND_FLAGS, id, SEND, 0);
    this.#senders[this.#batch] = socket;
    this.#queuedWith[this.#batch++] = this.#ring.queued;
    if (this.#batch >= MAX_BATCH || (this.isArmed && this.#hasWaited())) this.flush();
  }

  #hasWaited(): boolean {
    const nowMs = performance.now();
    if (this.#batch === 1) this.#batchSinceMs = nowMs;
    return nowMs - this.#batchSinceMs > MAX_WAIT_MS;
  }

  /** From now on, what comes is handed over as it comes. */
  receive(id: number, fd: number): void {
    const { address } = this.#header;
    this.#queue(OP_RECVMSG, SQE_BUFFER_SELECT, RECV_MULTISHOT, fd, 0, address, 1, 0, id, RECEIVE, this.#buffers.group);
  }

  /**
   * Ends a request that is under way, by its name: the kernel finds it at once. By its descriptor it would look at the requests of all sockets, for 0.1 ms of
   * each closing where there are 17,000.
   */
  cancel(id: number, what: keyof typeof CANCELLED): void {
    const word = this.#userWord(id, CANCELLED[what]);
    this.#queue(OP_ASYNC_CANCEL, SQE_CQE_SKIP, 0, 0, 0, id + word * 2 ** 32, 0, 0, 0, IGNORED, 0);
  }

  waitWritable(id: number, fd: number): void {
    this.#queue(OP_POLL_ADD, 0, 0, fd, 0, 0, 0, POLLOUT, id, WRITABLE, 0);
  }

  waitReadable(id: number, fd: number): void {
    this.#queue(OP_POLL_ADD, 0, 0, fd, 0, 0, 0, POLLIN, id, READABLE, 0);
  }

  /** Its requests have ended, or `cancel` was called for them: they would keep the connection alive. */
  closeSocket(fd: number): void {
    this.#beginSlow();
    this.#queue(OP_CLOSE, SQE_CQE_SKIP, 0, fd, 0, 0, 0, 0, 0, IGNORED, 0);
    this.kernel.resources.closeLater(fd);
  }

  /** Copies bytes to where the kernel finds them at the next handing over; their address. */
  #place(bytes: Uint8Array): number {
    if (this.#arenaUsed + bytes.length > ARENA_BYTES) this.flush();
    const at = this.#arenaUsed;
    this.#arena.set(bytes, at);
    this.#arenaUsed = (at + bytes.length + 7) & ~7;
    return this.#arenaAt + at;
  }

  #userWord(id: number, kind: number): number {
    return kind | (this.#generations[id] ?? 0) << KIND_BITS;
  }

  /** Writes a `struct io_uring_sqe`. */
  #queue(
    op: number,
    flags: number,
    priority: number,
    fd: number,
    offset: number,
    address: number,
    length: number,
    opFlags: number,
    id: number,
    kind: number,
    group: number,
  ): void {
    if (this.#ring.queued === 0) this.#guest.queued();
    if (this.#ring.isFull) this.#handOver();
    const word = this.#ring.next();
    const { sqes } = this.#ring;
    sqes[word] = op | flags << 8 | priority << 16;
    sqes[word + 1] = fd;
    sqes[word + 2] = offset;
    sqes[word + 3] = 0;
    sqes[word + 4] = address >>> 0;
    sqes[word + 5] = Math.floor(address / 2 ** 32);
    sqes[word + 6] = length;
    sqes[word + 7] = opFlags;
    sqes[word + 8] = id;
    sqes[word + 9] = kind === IGNORED ? IGNORED : this.#userWord(id, kind);
    sqes[word + 10] = group;
    sqes[word + 11] = 0;
    sqes[word + 12] = 0;
    sqes[word + 13] = 0;
    sqes[word + 14] = 0;
    sqes[word + 15] = 0;
  }

  round(patience: Patience): number {
    const ring = this.#ring;
    this.#handOverToLastGroup();
    if (patience === "none") ring.turn();
    else ring.wait();
    this.#hasSlow = false;
    this.#arenaUsed = 0;
    const { epoch, resultsEnd } = ring;
    const complete = !ring.overflows;
    const count = (resultsEnd - ring.head) | 0;
    if (count > 0) {
      const atMs = this.#clock.read();
      while (ring.head !== resultsEnd) {
        const word = (ring.head & ring.cqMask) * 4;
        ring.head = (ring.head + 1) | 0;
        const { cqes } = ring;
        this.#result(cqes[word]!, cqes[word + 1]!, cqes[word + 2]!, cqes[word + 3]!, atMs);
      }
      ring.advance();
      if (this.#lacksBuffers) this.#buffers.grow();
      this.#lacksBuffers = false;
      this.#buffers.publish();
    }
    if (complete) this.confirmedEpoch = epoch;
    return count;
  }

  #result(id: number, userWord: number, result: number, flags: number, atMs: number): void {
    const kind = userWord & KIND_MASK;
    if (kind === IGNORED) return;
    const socket = this.#generations[id] === userWord >>> KIND_BITS ? this.#sockets[id] : undefined;
    try {
      if (kind === RECEIVE) this.#received(socket, result, flags, atMs);
      else if (kind === CONNECT) socket?.connected(result, atMs);
      else if (kind === WRITABLE) socket?.pollEnded();
      else if (kind === READABLE) socket?.readable(atMs);
      else socket?.sendEnded(result);
    } catch (problem) {
      queueMicrotask(() => {
        throw problem;
      });
    }
  }

  #received(socket: RingUser | undefined, result: number, flags: number, roundMs: number): void {
    const buffers = this.#buffers;
    const more = (flags & CQE_MORE) !== 0;
    let outcome = result;
    if (buffers.has(flags)) {
      const length = outcome = buffers.lengthOf(flags);
      const from = buffers.startOf(flags);
      const stamp = readStamp(buffers.words, buffers.controlOf(flags), buffers.controlLengthOf(flags), this.#clock);
      try {
        if (length > 0) socket?.arrived(buffers.memory, from, from + length, stamp, roundMs);
      } finally {
        buffers.giveBack(flags);
      }
    } else if (result === -ENOBUFS) this.#lacksBuffers = true;
    if (!more || outcome <= 0) socket?.receiveEnded(outcome, more);
  }
}
