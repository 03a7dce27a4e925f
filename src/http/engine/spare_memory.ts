/**
 * Memory that the next large answer of this thread is received into, so that it is never copied: an answer that fills it keeps it, a smaller one leaves it
 * to the next. One for all connections: idle ones hold none.
 */
import type { ReceiveRoom } from "../../platform/sockets/socket.ts";
import type { ByteRange } from "./wire_response.ts";
import { allocateRaw, copyBytes } from "../bytes/raw_memory.ts";

/** Answers up to here come in memory of the sockets, and are copied: that costs less than what is done for larger ones. */
const SMALL_BYTES = 16 * 1024;
/** Larger answers than this are collected as they come: no memory is set aside for them. */
const MAX_BYTES = 4 * 1024 * 1024;
/** Sizes are rounded up to this, so that answers whose heads differ a little fit. */
const STEP_BYTES = 4096;
/** Holds the heads of most answers: the rest of one that nobody wants is dropped without being copied. */
const HEAD_BYTES = 4096;
/** Dropping takes a receive of its own, for the head: bodies up to here are copied in less time. */
const MIN_DROPPED_BYTES = 32 * 1024;
/** In place of a number of bytes: the last body was large, and dropped. */
export const DROPPED = -1;
const NO_BYTES = new Uint8Array(0);

export class SpareMemory {
  #memory: Uint8Array = NO_BYTES;

  /** Offers at least `bytes`. Whoever asks again before `claim` gets the same memory. */
  offer(bytes: number, room: ReceiveRoom): ReceiveRoom {
    if (this.#memory.length < bytes) this.#memory = allocateRaw(Math.ceil(bytes / STEP_BYTES) * STEP_BYTES);
    room.bytes = this.#memory;
    room.from = 0;
    room.to = this.#memory.length;
    room.use = "first";
    return room;
  }

  /** Offers as much as most heads need, and no more. */
  offerForHead(room: ReceiveRoom): ReceiveRoom {
    this.offer(HEAD_BYTES, room);
    room.to = HEAD_BYTES;
    room.use = "only";
    return room;
  }

  /** The first `count` bytes. They are written over unless they are claimed. */
  first(count: number): Uint8Array {
    return this.#memory.subarray(0, count);
  }

  /** The memory, if `bytes` fit and fill most of it: it is the caller's then. Undefined: it stays here. */
  claim(bytes: number): Uint8Array | undefined {
    const memory = this.#memory;
    if (bytes > memory.length || bytes * 2 < memory.length) return undefined;
    this.#memory = NO_BYTES;
    return memory;
  }

  /** The first `count` bytes, to be kept. */
  keep(count: number): Uint8Array {
    return this.claim(count) ?? copyBytes(this.#memory, 0, count);
  }
}

/** How many bytes to expect after an answer, when `expected` were before it; 0: too few or too many for memory of their own. */
export function expectAfter(headBytes: number, body: ByteRange, expected: number): number {
  const length = body.to - body.from;
  if (length > body.bytes.length) return length > MIN_DROPPED_BYTES ? DROPPED : 0;
  const bytes = headBytes + length;
  if (bytes > MAX_BYTES) return 0;
  const next = bytes >= expected ? bytes : expected - ((expected - bytes) >> 3);
  return next > SMALL_BYTES ? next : 0;
}
