/**
 * The descriptors and mappings that a thread has from the kernel, in memory that its owner shares: a thread that is ended from outside cannot
 * give them back, so its owner does. The thread notes each one after it got it and strikes it out before it gives it back, so that nothing in the
 * list can belong to another thread.
 */
import process from "node:process";
import type { Libc } from "./libc.ts";

/** Descriptors beyond this one are not noted: a thread that is ended from outside leaves them open. */
const MAX_FDS = 2 ** 18;
const MAX_MAPPINGS = 16;
const MAPPING_BYTES = 16;
/** Not fewer than a ring takes requests. */
const MAX_CLOSINGS = 512;
const FDS_AT = MAX_MAPPINGS * MAPPING_BYTES;
const CLOSINGS_AT = FDS_AT + MAX_FDS / 8;
const BYTES = CLOSINGS_AT + (1 + MAX_CLOSINGS) * 4;
/** In place of a length: the address stands for a context of asynchronous I/O. */
const AIO_CONTEXT = -1;
const CALL_IO_DESTROY = process.arch === "arm64" ? 1 : 207;

let ofThisThread: ThreadResources | undefined;

/** Those of this thread: its owner's if it shares some, else only this thread can give them back. */
export function ownResources(): ThreadResources {
  return ofThisThread ??= new ThreadResources();
}

/** Notes from here on what this thread gets, where its owner sees it. Before its first socket. */
export function shareResources(memory: SharedArrayBuffer): void {
  ofThisThread = new ThreadResources(memory);
}

export class ThreadResources {
  readonly memory: SharedArrayBuffer;
  readonly #mappings: Float64Array;
  readonly #fds: Uint32Array;
  /**
   * How many descriptors the next call will close, and these. Who makes the call sets the number to 0 right before it: a
   * thread that is ended from outside ends at a call or in a loop, and not between the two.
   */
  readonly closings: Int32Array;

  /** With `memory`: the owner's side of what a thread has made. */
  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(BYTES)) {
    this.memory = memory;
    this.#mappings = new Float64Array(memory, 0, MAX_MAPPINGS * 2);
    this.#fds = new Uint32Array(memory, FDS_AT, MAX_FDS / 32);
    this.closings = new Int32Array(memory, CLOSINGS_AT);
  }

  addFd(fd: number): void {
    if (fd < MAX_FDS) this.#fds[fd >>> 5]! |= 1 << (fd & 31);
  }

  removeFd(fd: number): void {
    if (fd < MAX_FDS) this.#fds[fd >>> 5]! &= ~(1 << (fd & 31));
  }

  /** The closing is queued: the kernel has not got it. */
  closeLater(fd: number): void {
    const count = this.closings[0]! + 1;
    if (count > MAX_CLOSINGS) return this.removeFd(fd);
    this.closings[count] = fd;
    this.removeFd(fd);
    this.closings[0] = count;
  }

  addMapping(address: number, length: number): void {
    const free = this.#slotOf(0);
    if (free < 0) return;
    this.#mappings[free * 2 + 1] = length;
    this.#mappings[free * 2] = address;
  }

  addAioContext(context: number): void {
    this.addMapping(context, AIO_CONTEXT);
  }

  removeMapping(address: number): void {
    const slot = this.#slotOf(address);
    if (slot >= 0) this.#mappings[slot * 2] = 0;
  }

  #slotOf(address: number): number {
    for (let slot = 0; slot < MAX_MAPPINGS; slot++) {
      if (this.#mappings[slot * 2] === address) return slot;
    }
    return -1;
  }

  /** For the owner, when the thread is gone: gives everything back. Descriptors first, so that no ring writes to memory that is gone. */
  release(libc: Pick<Libc, "close" | "munmap" | "syscallOnAio">): void {
    for (let index = 1; index <= this.closings[0]!; index++) libc.close(this.closings[index]!);
    this.closings[0] = 0;
    for (let word = 0; word < this.#fds.length; word++) {
      for (let bits = this.#fds[word] ?? 0; bits !== 0; bits &= bits - 1) {
        libc.close(word * 32 + 31 - Math.clz32(bits & -bits));
      }
      this.#fds[word] = 0;
    }
    for (let slot = 0; slot < MAX_MAPPINGS; slot++) {
      const address = this.#mappings[slot * 2] ?? 0;
      const length = this.#mappings[slot * 2 + 1] ?? 0;
      this.#mappings[slot * 2] = 0;
      if (address === 0) continue;
      if (length === AIO_CONTEXT) libc.syscallOnAio(CALL_IO_DESTROY, address, 0, 0, null);
      else libc.munmap(address, length);
    }
  }
}
