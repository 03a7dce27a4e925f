/**
 * Receiving with the kernel's time stamp: the structures of `recvmsg`, which are the same on x86-64 and arm64. The stamp says when the last of the bytes
 * came to this machine, however late our thread reads them. Positions are in words of 32 bits.
 */
import type { Libc } from "./libc.ts";
import { type Kernel, mapMemory } from "./mapping.ts";

const SOL_SOCKET = 1;
/** Option and kind of control message. */
const SO_TIMESTAMPNS = 35;
const ON = Int32Array.of(1);

/** A control message: length (64 bits), level, kind, and a `struct timespec`. */
export const CONTROL_BYTES = 32;
const LEVEL = 2;
const KIND = 3;
const SECONDS = 4;
const NANOSECONDS = 6;

/** Words of `struct msghdr`, and the places of what it points to. */
const IOV = 4;
const IOV_COUNT = 6;
const CONTROL = 8;
const CONTROL_LENGTH = 10;
const IOV_AT = 16;
const CONTROL_AT = 24;
/** Of all of it. */
const WORDS = 32;

/** From now on the kernel notes when bytes of this socket arrive. Where it cannot, there are no stamps, which their readers notice. */
export function askForStamps(libc: Libc, fd: number): void {
  libc.setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, ON, 4);
}

/** Converts the stamp in a control message; undefined if it has none, or none that can be used. */
export function readStamp(
  words: Uint32Array,
  at: number,
  length: number,
  convert: { toMs(seconds: number, nanoseconds: number): number | undefined },
): number | undefined {
  if (length < CONTROL_BYTES || words[at + LEVEL] !== SOL_SOCKET || words[at + KIND] !== SO_TIMESTAMPNS) {
    return undefined;
  }
  return convert.toMs(words[at + SECONDS] ?? 0, words[at + NANOSECONDS] ?? 0);
}

/** A `struct msghdr` in memory of its own, with room for one stamp. */
export class MessageHeader {
  readonly address: number;
  readonly words: Uint32Array;
  /** Of the control message. */
  readonly controlAt = CONTROL_AT;

  static several(kernel: Kernel, count: number): MessageHeader[] {
    const { address, buffer } = mapMemory(kernel, count * WORDS * 4);
    return Array.from(
      { length: count },
      (_, index) => new MessageHeader(address + index * WORDS * 4, new Uint32Array(buffer, index * WORDS * 4, WORDS)),
    );
  }

  static one(kernel: Kernel): MessageHeader {
    return MessageHeader.several(kernel, 1)[0]!;
  }

  private constructor(address: number, words: Uint32Array) {
    this.address = address;
    this.words = words;
    this.#point(CONTROL, address + CONTROL_AT * 4);
    this.reset();
  }

  #point(word: number, address: number): void {
    this.words[word] = address >>> 0;
    this.words[word + 1] = Math.floor(address / 2 ** 32);
  }

  /** Received bytes go there, and those that have no room there to the second place. */
  receiveInto(address: number, length: number, secondAddress = 0, secondLength = 0): void {
    this.#point(IOV, this.address + IOV_AT * 4);
    this.words[IOV_COUNT] = secondLength > 0 ? 2 : 1;
    this.#point(IOV_AT, address);
    this.#point(IOV_AT + 2, length);
    this.#point(IOV_AT + 4, secondAddress);
    this.#point(IOV_AT + 6, secondLength);
  }

  /** Before each receive: the kernel overwrites the length of the control message. */
  reset(): void {
    this.words[CONTROL_LENGTH] = CONTROL_BYTES;
  }

  get controlLength(): number {
    return this.words[CONTROL_LENGTH] ?? 0;
  }
}
