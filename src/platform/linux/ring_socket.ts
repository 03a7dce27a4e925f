/**
 * A socket over io_uring: one receive request serves it until it ends, small writes go with those of other sockets. While large answers come, it only asks
 * the ring when there is something, and receives much at once by a call of its own.
 */
import { FULL_BUFFER } from "./buffer_ring.ts";
import type { SocketReceiver } from "../sockets/socket.ts";
import { EAGAIN, ECANCELED, EINTR, ENOBUFS, toKernelError } from "./kernel_error.ts";
import { KernelSocket, type Opening, OWN_FLAG } from "./kernel_socket.ts";
import type { Libc } from "./libc.ts";
import type { ReorderWatch } from "./reorder_watch.ts";
import { MAX_RING_SEND, type RingLoop } from "./ring_loop.ts";

const RECEIVING = OWN_FLAG;
const PAUSED = OWN_FLAG << 1;
const WAITING = OWN_FLAG << 2; // until the kernel takes more
/** Receives by calls of its own, until two small receives after each other: the large answers are over. */
const LARGE = OWN_FLAG << 3;
const ONE_SMALL = OWN_FLAG << 4;
/** What is under way while it receives only asks. */
const ASKS = OWN_FLAG << 5;

export class RingSocket extends KernelSocket {
  handedOverMs = 0;
  readonly #loop: RingLoop;
  #id = -1;
  /** Requests of this socket whose last result has not come. */
  #underWay = 0;
  /** The last write that went through the ring, and when it does. */
  #last: Uint8Array | undefined;
  #lastEpoch = 0;

  constructor(loop: RingLoop, receiver: SocketReceiver) {
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
    this.#id = this.#loop.add(this);
    this.#underWay++;
    this.#loop.connect(this.#id, fd, name);
  }

  connected(result: number, atMs: number): void {
    if (this.#isOver()) return;
    this.connectMs += atMs;
    if (result === 0) this.#receive();
    this.opened(result === 0 ? undefined : toKernelError(-result));
  }

  #receive(): void {
    this.set(RECEIVING);
    this.#underWay++;
    if (this.is(LARGE)) {
      this.set(ASKS);
      this.#loop.waitReadable(this.#id, this.fd);
    } else {
      this.unset(ASKS);
      this.#loop.receive(this.#id, this.fd);
    }
  }

  #stopReceiving(): void {
    if (this.is(RECEIVING)) this.#loop.cancel(this.#id, this.is(ASKS) ? "readable" : "receive");
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

  arrived(memory: Uint8Array, from: number, to: number, stampMs: number | undefined, roundMs: number): void {
    if (this.fd < 0) return;
    const atMs = this.trusted(stampMs, roundMs) ?? roundMs;
    if (to - from === FULL_BUFFER && !this.is(LARGE)) {
      this.set(LARGE);
      this.unset(ONE_SMALL);
      this.#stopReceiving();
    }
    this.received(memory, from, to, atMs);
  }

  readable(roundMs: number): void {
    this.unset(RECEIVING);
    if (this.#isOver() || this.is(PAUSED)) return;
    const { receiver } = this.#loop;
    let sum = 0;
    for (let calls = 0; calls === 0 || (calls === 1 && this.dropsNext); calls++) {
      const count = this.receiveNow(receiver);
      if (count === 0) return this.ended();
      if (count < 0) {
        const errno = this.libc.errno();
        if (errno !== EAGAIN && errno !== EINTR) return this.lost(toKernelError(errno));
        break;
      }
      sum += count;
      this.deliver(receiver, count, roundMs);
    }
    if (sum > 0) this.#noteSize(sum);
    this.#receiveUnlessPaused();
  }

  #noteSize(bytes: number): void {
    if (bytes > FULL_BUFFER) this.unset(ONE_SMALL);
    else if (this.is(ONE_SMALL)) this.unset(LARGE);
    else this.set(ONE_SMALL);
  }

  /** The receive request has ended (`more`: is about to), by an error, by the other side's end, or because there was no buffer. */
  receiveEnded(result: number, more: boolean): void {
    if (more) return;
    this.unset(RECEIVING);
    if (this.#isOver()) return;
    if (result === 0) this.ended();
    else if (result > 0 || result === -ENOBUFS || result === -ECANCELED) this.#receiveUnlessPaused();
    else this.lost(toKernelError(-result));
  }

  #receiveUnlessPaused(): void {
    if (!this.is(PAUSED | RECEIVING) && !this.hasEnded && this.fd >= 0) this.#receive();
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
    if (this.is(WAITING)) return;
    this.set(WAITING);
    this.#underWay++;
    this.#loop.waitWritable(this.#id, this.fd);
  }

  pollEnded(): void {
    this.unset(WAITING);
    if (!this.#isOver()) this.writable();
  }

  protected release(): void {
    this.#last = undefined;
    this.#stopReceiving();
    if (this.is(WAITING)) this.#loop.cancel(this.#id, "writable");
    if (this.opening !== undefined) this.#loop.cancel(this.#id, "connect");
    this.#loop.closeSocket(this.fd);
    this.#loop.socketClosed();
    this.#leaveIfOver();
  }

  pause(): void {
    if (this.is(PAUSED) || this.fd < 0) return;
    this.set(PAUSED);
    this.#stopReceiving();
  }

  resume(): void {
    this.unset(PAUSED);
    this.#receiveUnlessPaused();
  }
}
