/**
 * Memory that the kernel receives into: a group of buffers from which a ring takes one when bytes arrive, so that idle connections need none.
 * Where the kernel can (Linux 6.12), large buffers are used up piece by piece; else each holds what came at once.
 */
import type { Kernel, Mapping } from "./mapping.ts";
import { mapMemory } from "./mapping.ts";
import type { Ring } from "./ring.ts";

const REGISTER_PBUF_RING = 22;
const PBUF_RING_INCREMENTAL = 2;
const CQE_BUFFER = 1;
const CQE_BUFFER_MORE = 1 << 4;
const CQE_BUFFER_SHIFT = 16;

const TOTAL_BYTES = 1024 * 1024;
const LARGE = 8;
const SMALL = 256;
const ENTRY_BYTES = 16;
const PAGE = 4096;

export class BufferRing {
  readonly group = 1;
  readonly memory: Uint8Array;
  readonly #at: number;
  readonly #incremental: boolean;
  readonly #size: number;
  readonly #mask: number;
  readonly #entries: Uint32Array;
  readonly #words: Uint16Array;
  /** Of each buffer: the bytes that were given out. */
  readonly #used: Uint32Array;
  #tail = 0;

  constructor(kernel: Kernel, ring: Ring) {
    const memory = mapMemory(kernel, TOTAL_BYTES);
    this.#at = memory.address;
    this.memory = new Uint8Array(memory.buffer);
    const entries = mapMemory(kernel, Math.max(PAGE, SMALL * ENTRY_BYTES));
    this.#incremental = register(ring, entries, this.group);
    const count = this.#incremental ? LARGE : SMALL;
    this.#size = TOTAL_BYTES / count;
    this.#mask = count - 1;
    this.#entries = new Uint32Array(entries.buffer, 0, count * (ENTRY_BYTES / 4));
    this.#words = new Uint16Array(entries.buffer, 0, count * (ENTRY_BYTES / 2));
    this.#used = new Uint32Array(count);
    for (let id = 0; id < count; id++) this.#add(id);
    this.publish();
  }

  /** `struct io_uring_buf`: address, length, id. */
  #add(id: number): void {
    const word = (this.#tail & this.#mask) * 4;
    const address = this.#at + id * this.#size;
    this.#entries[word] = address >>> 0;
    this.#entries[word + 1] = Math.floor(address / 2 ** 32);
    this.#entries[word + 2] = this.#size;
    this.#words[word * 2 + 6] = id;
    this.#tail = (this.#tail + 1) & 0xffff;
    this.#used[id] = 0;
  }

  /** Whether a result with these flags has bytes in a buffer. */
  has(flags: number): boolean {
    return (flags & CQE_BUFFER) !== 0;
  }

  /** The place in `memory` of the bytes of a result. */
  startOf(flags: number): number {
    const id = flags >>> CQE_BUFFER_SHIFT;
    return id * this.#size + (this.#used[id] ?? 0);
  }

  /** The bytes of a result were read. Results must be given back in their order. */
  giveBack(flags: number, length: number): void {
    const id = flags >>> CQE_BUFFER_SHIFT;
    if (this.#incremental && (flags & CQE_BUFFER_MORE) !== 0) this.#used[id]! += length;
    else this.#add(id);
  }

  /** Shows the kernel which buffers it has again. The tail is the last field of the first entry. */
  publish(): void {
    Atomics.store(this.#words, 7, this.#tail);
  }
}

/** True if the buffers are used up piece by piece. */
function register(ring: Ring, { address }: Mapping, group: number): boolean {
  const request = (count: number, flags: number) =>
    Uint32Array.of(address >>> 0, Math.floor(address / 2 ** 32), count, group | flags << 16, 0, 0, 0, 0, 0, 0);
  try {
    ring.register(REGISTER_PBUF_RING, request(LARGE, PBUF_RING_INCREMENTAL), 1, "PBUF_RING");
    return true;
  } catch {
    ring.register(REGISTER_PBUF_RING, request(SMALL, 0), 1, "PBUF_RING");
    return false;
  }
}
