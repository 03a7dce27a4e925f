/** The sockets of this thread over one epoll set, whose readiness wakes the thread's own event loop by asynchronous I/O. */
import process from "node:process";
import { AioPoll } from "./aio_poll.ts";
import { EINTR } from "./kernel_error.ts";
import type { LoopGuest, Patience, Poller } from "./loop_guest.ts";
import { closeFd, type Kernel, ownFd } from "./mapping.ts";
import { ReceiveClock } from "./receive_clock.ts";
import { ReorderWatch } from "./reorder_watch.ts";
import { ReceiveSlots, SLOTS } from "./receive_slots.ts";
import { type BatchSender, SendBatch } from "./send_batch.ts";
import { StampedReceive } from "./stamped_receive.ts";

export const EPOLL_CLOEXEC = 0o2000000;
export const CTL_ADD = 1;
const CTL_MODIFY = 3;
/** Bytes, urgent ones, and the other side's end: an event with more than `EPOLLIN` says that one receive may leave something behind. */
export const EPOLLIN = 1;
export const READABLE = EPOLLIN | 2 | 0x2000;
export const EPOLLOUT = 4;
/** A state is reported when it comes, not in each round for as long as it lasts: the kernel does not look at each socket once more. */
export const EDGE = 0x8000_0000;
/** `epoll_wait` with a time in nanoseconds (Linux 5.11), on all machines. */
const CALL_EPOLL_PWAIT2 = 441;
/** How long a patient round waits, as that of the ring. */
const WAIT_NS = 50_000;
const MAX_EVENTS = 128;
/** `struct epoll_event`: packed on x86-64 only. In words of 32 bits: size, and place of the 64 bits that are ours. */
const EVENT = process.arch === "x64" ? { words: 3, data: 1 } : { words: 4, data: 2 };

/** A `struct epoll_event`. */
export function createEpollEvent(events: number): Uint32Array {
  const event = new Uint32Array(EVENT.words);
  event[0] = events;
  return event;
}

/** A socket, as the loop tells it what happened. */
export interface EpollUser extends BatchSender {
  readonly fd: number;
  readonly generation: number;
  happened(events: number, atMs: number): void;
  /** There are bytes, and nothing else happened: whether `tookSlot` will handle them, in place of `happened`. */
  takesSlot(): boolean;
  /** What was received is in the slot, until the end of the call. The socket may be closed by now. */
  tookSlot(slots: ReceiveSlots, slot: number, atMs: number): void;
}

function throwLater(problem: unknown): void {
  queueMicrotask(() => {
    throw problem;
  });
}

export class EpollLoop implements Poller {
  readonly kernel: Kernel;
  readonly receiver: StampedReceive;
  readonly reorders: ReorderWatch;
  isArmed = false;
  readonly #fd: number;
  readonly #aio: AioPoll;
  readonly #batch: SendBatch;
  readonly #slots: ReceiveSlots;
  /** Whose bytes are in the slots. */
  readonly #takers: EpollUser[] = [];
  readonly #clock: ReceiveClock;
  readonly #events = new Uint32Array(MAX_EVENTS * EVENT.words);
  readonly #event = createEpollEvent(0);
  /** `struct timespec`: seconds and nanoseconds, 64 bits each. */
  readonly #waitTime = Uint32Array.of(0, 0, WAIT_NS, 0);
  /** False where the kernel or the container has no wait of less than a millisecond. */
  #canWait = true;
  readonly #sockets: (EpollUser | undefined)[] = [];
  #guest!: LoopGuest;
  #generation = 0;

  /** Throws a `SystemError` if the kernel does not allow it. */
  constructor(kernel: Kernel, eventfd: number) {
    this.kernel = kernel;
    this.#fd = ownFd(kernel, kernel.libc.epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    this.#clock = new ReceiveClock(kernel.libc);
    this.reorders = new ReorderWatch(kernel.libc);
    try {
      this.receiver = new StampedReceive(kernel, this.#clock);
      this.#batch = new SendBatch(kernel);
      this.#slots = new ReceiveSlots(kernel, this.#clock);
      this.#aio = new AioPoll(kernel, this.#fd, eventfd);
    } catch (problem) {
      closeFd(kernel, this.#fd);
      throw problem;
    }
  }

  /** Called once, before the first socket. */
  live(guest: LoopGuest): void {
    this.#guest = guest;
  }

  /** Only before the first socket. */
  close(): void {
    closeFd(this.kernel, this.#fd);
  }

  arm(): boolean {
    this.#aio.arm();
    this.isArmed = true;
    return false;
  }

  disarm(): void {}

  woken(): void {
    if (this.isArmed) this.#aio.reap();
    this.isArmed = false;
  }

  get hasQueued(): boolean {
    return this.#batch.hasSome;
  }

  flush(): void {
    this.#batch.flush();
  }

  /** Later, if there will be more; false if it is to be sent now, after a `flush`. The bytes may change after this call. */
  sendLater(socket: EpollUser, bytes: Uint8Array): boolean {
    return this.#guest.isInBusyTurn && this.#batch.add(socket, bytes);
  }

  /** The generation tells an event of this socket from one of a socket that had its descriptor before. */
  add(socket: EpollUser, events: number): number {
    this.#guest.socketOpened(); // before all else, because it may throw
    this.#sockets[socket.fd] = socket;
    this.#generation = (this.#generation + 1) >>> 0;
    this.#control(CTL_ADD, socket.fd, this.#generation, events);
    if (!this.isArmed) this.arm();
    return this.#generation;
  }

  /** Reports the events also if they were reported before and still hold. */
  watch(fd: number, generation: number, events: number): void {
    this.#control(CTL_MODIFY, fd, generation, events);
  }

  #control(operation: number, fd: number, generation: number, events: number): void {
    const event = this.#event;
    event[0] = events | EDGE;
    event[EVENT.data] = fd;
    event[EVENT.data + 1] = generation;
    this.kernel.libc.epoll_ctl(this.#fd, operation, fd, event);
  }

  /** A closed descriptor leaves the set by itself: no other one refers to its socket. */
  closeSocket(fd: number): void {
    this.#sockets[fd] = undefined;
    closeFd(this.kernel, fd);
    this.#guest.socketClosed();
  }

  round(patience: Patience): number {
    this.flush();
    const events = this.#events;
    const count = patience === "none" ? this.kernel.libc.epoll_wait(this.#fd, events, MAX_EVENTS, 0) : this.#wait();
    if (count <= 0) return 0;
    const atMs = this.#clock.read();
    let taken = 0;
    for (let at = 0; at < count * EVENT.words; at += EVENT.words) {
      const socket = this.#sockets[events[at + EVENT.data]!];
      if (socket === undefined || socket.generation !== events[at + EVENT.data + 1]) continue;
      try {
        if (events[at] !== EPOLLIN || !socket.takesSlot()) socket.happened(events[at]!, atMs);
        else {
          this.#takers[taken] = socket;
          this.#slots.receive(taken++, socket.fd);
        }
      } catch (problem) {
        throwLater(problem);
      }
      if (taken === SLOTS) taken = this.#handOut(taken, atMs);
    }
    this.#handOut(taken, atMs);
    return count;
  }

  /** How many slots are taken now: none. */
  #handOut(taken: number, atMs: number): number {
    for (let slot = 0; slot < taken; slot++) {
      try {
        this.#takers[slot]!.tookSlot(this.#slots, slot, atMs);
      } catch (problem) {
        throwLater(problem);
      }
    }
    return 0;
  }

  #wait(): number {
    if (!this.#canWait) return 0;
    const { libc } = this.kernel;
    const count = libc.syscallToWait(CALL_EPOLL_PWAIT2, this.#fd, this.#events, MAX_EVENTS, this.#waitTime);
    if (count < 0 && libc.errno() !== EINTR) this.#canWait = false;
    return count;
  }
}
