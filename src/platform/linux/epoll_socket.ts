/** A socket over an epoll set: one system call per send and per receive. */
import type { SocketReceiver } from "../socket.ts";
import { EPOLLIN, type EpollLoop, EPOLLOUT, READABLE } from "./epoll_loop.ts";
import { EAGAIN, EINPROGRESS, EINTR, toKernelError } from "./kernel_error.ts";
import { KernelSocket, type Opening } from "./kernel_socket.ts";
import type { Libc } from "./libc.ts";

const SOL_SOCKET = 1;
const SO_ERROR = 4;
const INT_BYTES = Int32Array.of(4);

export class EpollSocket extends KernelSocket {
  generation = 0;
  readonly #loop: EpollLoop;
  #events = EPOLLOUT;

  constructor(loop: EpollLoop, receiver: SocketReceiver) {
    super(receiver);
    this.#loop = loop;
  }

  protected get libc(): Libc {
    return this.#loop.kernel.libc;
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

  #receive(events: number, atMs: number): void {
    const { receiver } = this.#loop;
    const count = this.receiveNow(receiver, atMs);
    if (count > 0) {
      // Fewer bytes than there was room for are all that there were, if nothing but bytes was reported.
      const isAll = (events & ~EPOLLOUT) === EPOLLIN && count < receiver.capacity;
      this.deliver(receiver, count);
      return isAll ? undefined : this.#watchAgain(this.#events);
    }
    if (count === 0) {
      if (this.hasEnded) return this.lost(undefined); // both ends are over
      this.#watchAgain(this.#events & ~READABLE);
      return this.ended();
    }
    const errno = this.libc.errno();
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
    return this.sendNow(bytes);
  }

  protected get isSent(): boolean {
    return true;
  }

  protected waitWritable(): void {
    this.#watch(this.#events | EPOLLOUT);
  }

  protected release(): void {
    this.#loop.closeSocket(this.fd);
  }

  pause(): void {
    this.#watch(this.#events & ~READABLE);
  }

  resume(): void {
    if (!this.hasEnded) this.#watch(this.#events | READABLE);
  }
}
