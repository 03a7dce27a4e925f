/**
 * A socket over io_uring: one receive request serves it until it ends, small writes go with those of other sockets. While large answers come, it only asks
 * the ring when there is something, and receives much at once by a call of its own.
 */
import { FULL_BUFFER } from "./buffer_ring.ts";
import type { SocketReceiver } from "../socket.ts";
import { EAGAIN, ECANCELED, EINTR, ENOBUFS, toKernelError } from "./kernel_error.ts";
import { KernelSocket, type Opened } from "./kernel_socket.ts";
import { MAX_RING_SEND, type RingLoop } from "./ring_loop.ts";

/** So many small receives after each other: the large answers are over. */
const FEW = 2;

export class RingSocket extends KernelSocket {
  handedOverMs = 0;
  readonly #loop: RingLoop;
  #id = -1;
  /** Requests of this socket whose last result has not come. */
  #underWay = 0;
  /** The last write that went through the ring, and when it does. */
  #last: Uint8Array | undefined;
  #lastEpoch = 0;
  #startedMs = 0;
  #isReceiving = false;
  #isPaused = false;
  #isWaiting = false;
  /** Receives by calls of its own. */
  #isLarge = false;
  #smallReceives = 0;

  constructor(loop: RingLoop, receiver: SocketReceiver) {
    super(loop.kernel.libc, receiver);
    this.#loop = loop;
  }

  open(fd: number, name: Uint8Array, opened: Opened): void {
    this.fd = fd;
    this.opening = opened;
    this.#startedMs = performance.now();
    this.#id = this.#loop.add(this);
    this.#underWay++;
    this.#loop.connect(this.#id, fd, name);
  }

  connected(result: number, atMs: number): void {
    if (this.#isOver()) return;
    this.connectMs = atMs - this.#startedMs;
    if (result === 0) this.#receive();
    this.opened(result === 0 ? undefined : toKernelError(-result));
  }

  #receive(): void {
    this.#isReceiving = true;
    this.#underWay++;
    if (this.#isLarge) this.#loop.waitReadable(this.#id, this.fd);
    else this.#loop.receive(this.#id, this.fd);
  }

  /** Counts one request as ended; true if the socket is closed. */
  #isOver(): boolean {
    this.#underWay--;
    if (this.fd >= 0) return false;
    this.#leaveIfOver();
    return true;
  }

  #leaveIfOver(): void {
    if (this.#underWay > 0 || this.#id < 0) return;
    this.#loop.remove(this.#id);
    this.#id = -1;
  }

  arrived(memory: Uint8Array, from: number, to: number, atMs: number): void {
    if (this.fd < 0) return;
    if (to - from === FULL_BUFFER && !this.#isLarge) {
      this.#isLarge = true;
      this.#smallReceives = 0;
      if (this.#isReceiving) this.#loop.stopReceiving(this.#id);
    }
    this.received(memory, from, to, atMs);
  }

  readable(readMs: number): void {
    this.#isReceiving = false;
    if (this.#isOver() || this.#isPaused) return;
    const { receiver } = this.#loop;
    const count = this.receiveNow(receiver, readMs);
    if (count === 0) return this.ended();
    if (count > 0) {
      this.#smallReceives = count > FULL_BUFFER ? 0 : this.#smallReceives + 1;
      this.#isLarge = this.#smallReceives < FEW;
      this.deliver(receiver, count);
    } else {
      const errno = this.libc.errno();
      if (errno !== EAGAIN && errno !== EINTR) return this.lost(toKernelError(errno));
    }
    this.#receiveUnlessPaused();
  }

  /** The receive request has ended (`more`: is about to), by an error, by the other side's end, or because there was no buffer. */
  receiveEnded(result: number, more: boolean): void {
    if (more) return;
    this.#isReceiving = false;
    if (this.#isOver()) return;
    if (result === 0) this.ended();
    else if (result > 0 || result === -ENOBUFS || result === -ECANCELED) this.#receiveUnlessPaused();
    else this.lost(toKernelError(-result));
  }

  #receiveUnlessPaused(): void {
    if (!this.#isPaused && !this.#isReceiving && !this.hasEnded && this.fd >= 0) this.#receive();
  }

  protected get isSent(): boolean {
    return this.#lastEpoch <= this.#loop.confirmedEpoch;
  }

  protected send(bytes: Uint8Array): boolean {
    if (!this.isSent) {
      this.unsent = [bytes]; // goes out after what is on its way, if that went out
      this.waitWritable();
      return false;
    }
    if (bytes.length > MAX_RING_SEND) return this.sendNow(bytes);
    this.#last = bytes;
    this.#lastEpoch = this.#loop.nextEpoch;
    this.#loop.send(this, this.#id, this.fd, bytes);
    return true;
  }

  /** The last write did not go out as a whole. */
  sendEnded(result: number): void {
    const last = this.#last;
    this.#last = undefined;
    if (this.fd < 0 || last === undefined) return;
    if (result < 0 && result !== -EAGAIN) return this.sendFailed(-result);
    this.unsent = [last.subarray(Math.max(result, 0)), ...this.unsent ?? []];
    this.waitWritable();
  }

  protected waitWritable(): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    this.#underWay++;
    this.#loop.waitWritable(this.#id, this.fd);
  }

  pollEnded(): void {
    this.#isWaiting = false;
    if (!this.#isOver()) this.writable();
  }

  protected release(): void {
    this.#last = undefined;
    this.#loop.closeSocket(this.fd);
    this.#loop.socketClosed();
    this.#leaveIfOver();
  }

  pause(): void {
    if (this.#isPaused || this.fd < 0) return;
    this.#isPaused = true;
    if (this.#isReceiving) this.#loop.stopReceiving(this.#id);
  }

  resume(): void {
    this.#isPaused = false;
    this.#receiveUnlessPaused();
  }
}
