/**
 * Memory that the kernel receives into: a group of buffers from which a ring takes one for what has come on a socket, so that idle connections need none.
 * Begins with few and has more when they did not suffice: memory that was never used is not there.
 *
 *     struct io_uring_recvmsg_out | control message with the time stamp | bytes
 */
import type { Kernel } from "./mapping.ts";
import { mapMemory } from "./mapping.ts";
import type { Ring } from "./ring.ts";
import { CONTROL_BYTES } from "./stamped_message.ts";

const REGISTER_PBUF_RING = 22;
const CQE_BUFFER = 1;
const CQE_BUFFER_SHIFT = 16;

/**
 * For answers of up to 16 KB in one piece. An odd number of cache lines, so that the beginnings of buffers, which small answers use, do not fight for
 * the same places of the cache.
 */
const BUFFER_BYTES = 261 * 64;
/** Buffers are used in turn: few of them stay in the cache. */
const FIRST_BUFFERS = 64;
/** All of their memory counts as memory of the program, which lets the collector wait for more garbage: 17 MB of them added 20 MB. */
const MAX_BUFFERS = 256;
const ENTRY_BYTES = 16;

/** Words of `struct io_uring_recvmsg_out`: lengths of name, control message and bytes, flags. */
const CONTROL_LENGTH = 1;
const LENGTH = 2;
const HEADER_BYTES = 16;
const BYTES_AT = HEADER_BYTES + CONTROL_BYTES;
/** A result with so many bytes has filled its buffer: more are likely to follow. */
export const FULL_BUFFER = BUFFER_BYTES - BYTES_AT;

export class BufferRing {
  readonly group = 1;
  readonly memory: Uint8Array;
  /** The same memory. */
  readonly words: Uint32Array;
  readonly #at: number;
  readonly #entries: Uint32Array;
  readonly #shorts: Uint16Array;
  #count = 0;
  #tail = 0;

  constructor(kernel: Kernel, ring: Ring) {
    const memory = mapMemory(kernel, MAX_BUFFERS * BUFFER_BYTES);
    this.#at = memory.address;
    this.memory = new Uint8Array(memory.buffer);
    this.words = new Uint32Array(memory.buffer);
    const { address, buffer } = mapMemory(kernel, MAX_BUFFERS * ENTRY_BYTES);
    this.#entries = new Uint32Array(buffer);
    this.#shorts = new Uint16Array(buffer);
    const high = Math.floor(address / 2 ** 32);
    const request = Uint32Array.of(address >>> 0, high, MAX_BUFFERS, this.group, 0, 0, 0, 0, 0, 0);
    ring.register(REGISTER_PBUF_RING, request, 1, "PBUF_RING");
    this.#growTo(FIRST_BUFFERS);
  }

  /** There was no buffer left. */
  grow(): void {
    if (this.#count < MAX_BUFFERS) this.#growTo(this.#count * 2);
  }

  #growTo(count: number): void {
    while (this.#count < count) this.#add(this.#count++);
    this.publish();
  }

  /** `struct io_uring_buf`: address, length, id. */
  #add(id: number): void {
    const word = (this.#tail & MAX_BUFFERS - 1) * 4;
    const address = this.#at + id * BUFFER_BYTES;
    this.#entries[word] = address >>> 0;
    this.#entries[word + 1] = Math.floor(address / 2 ** 32);
    this.#entries[word + 2] = BUFFER_BYTES;
    this.#shorts[word * 2 + 6] = id;
    this.#tail = (this.#tail + 1) & 0xffff;
  }

  /** Whether a result with these flags has a buffer. */
  has(flags: number): boolean {
    return (flags & CQE_BUFFER) !== 0;
  }

  /** The place in `memory` of the bytes of a result. */
  startOf(flags: number): number {
    return (flags >>> CQE_BUFFER_SHIFT) * BUFFER_BYTES + BYTES_AT;
  }

  /** How many bytes there are; 0 at the end of the connection. */
  lengthOf(flags: number): number {
    return this.words[this.#headerOf(flags) + LENGTH] ?? 0;
  }

  #headerOf(flags: number): number {
    return (flags >>> CQE_BUFFER_SHIFT) * (BUFFER_BYTES / 4);
  }

  /** The place in `words` of the control message. */
  controlOf(flags: number): number {
    return this.#headerOf(flags) + HEADER_BYTES / 4;
  }

  controlLengthOf(flags: number): number {
    return this.words[this.#headerOf(flags) + CONTROL_LENGTH] ?? 0;
  }

  /** The result was read. */
  giveBack(flags: number): void {
    this.#add(flags >>> CQE_BUFFER_SHIFT);
  }

  /** Shows the kernel which buffers it has again. The tail is the last field of the first entry. */
  publish(): void {
    Atomics.store(this.#shorts, 7, this.#tail);
  }
}
