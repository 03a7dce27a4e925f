/**
 * A socket over an epoll set: one system call per send and per receive. Where turns follow each other, those of several sockets are made together, the
 * loop's code in between.
 */
import type { SocketReceiver } from "../sockets/socket.ts";
import { EPOLLIN, type EpollLoop, EPOLLOUT, READABLE } from "./epoll_loop.ts";
import { EAGAIN, EINPROGRESS, EINTR, toKernelError } from "./kernel_error.ts";
import { KernelSocket, type Opening, OWN_FLAG, SEND_FLAGS } from "./kernel_socket.ts";
import type { Libc } from "./libc.ts";
import type { ReorderWatch } from "./reorder_watch.ts";
import { type ReceiveSlots, SLOT_BYTES } from "./receive_slots.ts";

const SOL_SOCKET = 1;
const SO_ERROR = 4;
const INT_BYTES = Int32Array.of(4);
/** The last receive filled what it had: the next one is not into a slot. */
const LARGE = OWN_FLAG;
/** A send is in the batch. */
const BATCHED = OWN_FLAG << 1;

export class EpollSocket extends KernelSocket {
  generation = 0;
  handedOverMs = 0;
  readonly #loop: EpollLoop;
  #events = EPOLLOUT;

  constructor(loop: EpollLoop, receiver: SocketReceiver) {
    super(receiver);
    this.#loop = loop;
  }

  protected get libc(): Libc {
    return this.#loop.kernel.libc;
  }

  protected get reorders(): ReorderWatch {
    return this.#loop.reorders;
  }

  open(fd: number, name: Uint8Array, opening: Opening): void {
    this.begin(fd, opening);
    const outcome = this.libc.connect(fd, name, name.length);
    const errno = outcome < 0 ? this.libc.errno() : EINPROGRESS;
    this.generation = this.#loop.add(this, EPOLLOUT);
    if (errno !== EINPROGRESS) this.opened(toKernelError(errno));
  }

  /** What the set reports of this socket. */
  happened(events: number, atMs: number): void {
    if (this.opening !== undefined) return this.#connected(atMs);
    if ((events & EPOLLOUT) !== 0) this.#roomCame();
    if ((events & ~EPOLLOUT) !== 0 && this.fd >= 0) this.#receive(events, atMs);
  }

  #connected(atMs: number): void {
    const errno = Int32Array.of(0);
    this.libc.getsockopt(this.fd, SOL_SOCKET, SO_ERROR, errno, INT_BYTES);
    this.connectMs += atMs;
    if (errno[0] === 0) this.#watch(READABLE);
    this.opened(errno[0] === 0 ? undefined : toKernelError(errno[0] ?? 0));
  }

  #roomCame(): void {
    this.#watch(this.#events & ~EPOLLOUT);
    this.writable();
  }

  takesSlot(): boolean {
    return this.opening === undefined && !this.is(LARGE) && this.receiver.room?.() === undefined;
  }

  tookSlot(slots: ReceiveSlots, slot: number, atMs: number): void {
    if (this.fd < 0) return;
    const result = slots.resultOf(slot);
    if (result <= 0) return this.#gotNothing(-result);
    const from = slots.startOf(slot);
    this.received(slots.memory, from, from + result, this.trusted(slots.stampOf(slot), atMs) ?? performance.now());
    if (result < SLOT_BYTES) return;
    this.set(LARGE);
    this.#watchAgain(this.#events);
  }

  #receive(events: number, atMs: number, call: "first" | "second" = "first"): void {
    const { receiver } = this.#loop;
    const count = this.receiveNow(receiver);
    if (count < SLOT_BYTES) this.unset(LARGE);
    if (count > 0) {
      // Fewer bytes than there was room for are all that there were, if nothing but bytes was reported.
      const isAll = (events & ~EPOLLOUT) === EPOLLIN && count < receiver.capacity;
      this.deliver(receiver, count, atMs);
      if (isAll) return;
      return call === "first" && this.dropsNext
        ? this.#receive(events, atMs, "second")
        : this.#watchAgain(this.#events);
    }
    this.#gotNothing(count < 0 ? this.libc.errno() : 0);
  }

  /** After a receive that failed with `errno`; 0: the other side's end. */
  #gotNothing(errno: number): void {
    if (errno === 0) {
      if (this.hasEnded) return this.lost(undefined); // both ends are over
      this.#watchAgain(this.#events & ~READABLE);
      return this.ended();
    }
    if (errno === EINTR) this.#watchAgain(this.#events);
    else if (errno !== EAGAIN) this.lost(toKernelError(errno));
  }

  #watch(events: number): void {
    if (events !== this.#events) this.#watchAgain(events);
  }

  #watchAgain(events: number): void {
    if (this.fd < 0) return;
    this.#events = events;
    this.#loop.watch(this.fd, this.generation, events);
  }

  protected send(bytes: Uint8Array): boolean {
    if (this.is(BATCHED)) this.#loop.flush(); // a batch has one send of each socket
    if (this.unsent !== undefined) {
      this.unsent.push(bytes);
      return false;
    }
    this.set(BATCHED);
    if (this.#loop.sendLater(this, bytes)) return true;
    this.unset(BATCHED);
    this.#loop.flush();
    return this.sendNow(bytes);
  }

  sendQueued(address: number, memory: Uint8Array, from: number, to: number): void {
    if (this.fd < 0) return;
    const sent = this.libc.send(this.fd, address, to - from, SEND_FLAGS);
    this.sentQueued(sent < 0 ? -this.libc.errno() : sent, memory, from, to);
  }

  sentQueued(result: number, memory: Uint8Array, from: number, to: number): void {
    this.unset(BATCHED);
    if (result < to - from) this.keepRest(memory.slice(from, to), result);
  }

  override end(): void {
    this.#loop.flush();
    super.end();
  }

  protected get isSent(): boolean {
    return true;
  }

  protected waitWritable(): void {
    this.#watch(this.#events | EPOLLOUT);
  }

  protected release(): void {
    this.#loop.flush();
    this.unsent = undefined;
    this.#loop.closeSocket(this.fd);
  }

  pause(): void {
    this.#watch(this.#events & ~READABLE);
  }

  resume(): void {
    if (!this.hasEnded) this.#watch(this.#events | READABLE);
  }
}
