/**
 * Receiving from many sockets one after the other, each into a slot of memory, before any of it is looked at: see `send_batch.ts` for why. A slot is
 * written over when its number is received into again.
 */
import { type Kernel, mapMemory } from "./mapping.ts";
import { MSG_DONTWAIT } from "./message_flags.ts";
import type { ReceiveClock } from "./receive_clock.ts";
import { MessageHeader, readStamp } from "./stamped_message.ts";

export const SLOTS = 32;
export const SLOT_BYTES = 16 * 1024;
/** Slots begin at different places of a page, or the same few lines of the processor's cache would have to serve all of them. */
const STRIDE = SLOT_BYTES + 5 * 64;

export class ReceiveSlots {
  readonly memory: Uint8Array;
  readonly #kernel: Kernel;
  readonly #clock: ReceiveClock;
  readonly #headers: readonly MessageHeader[];
  readonly #results = new Int32Array(SLOTS);

  constructor(kernel: Kernel, clock: ReceiveClock) {
    const { address, buffer } = mapMemory(kernel, SLOTS * STRIDE);
    this.memory = new Uint8Array(buffer);
    this.#kernel = kernel;
    this.#clock = clock;
    this.#headers = MessageHeader.several(kernel, SLOTS);
    this.#headers.forEach((header, slot) => header.receiveInto(address + this.startOf(slot), SLOT_BYTES));
  }

  receive(slot: number, fd: number): void {
    const header = this.#headers[slot]!;
    header.reset();
    const { libc } = this.#kernel;
    const count = libc.recvmsg(fd, header.address, MSG_DONTWAIT);
    this.#results[slot] = count < 0 ? -libc.errno() : count;
  }

  /** How many bytes came; a negative number is that of the error. */
  resultOf(slot: number): number {
    return this.#results[slot]!;
  }

  /** Where they are in `memory`. */
  startOf(slot: number): number {
    return slot * STRIDE;
  }

  /** When the last of them came; undefined where they have no stamp that can be used. */
  stampOf(slot: number): number | undefined {
    const header = this.#headers[slot]!;
    return readStamp(header.words, header.controlAt, header.controlLength, this.#clock);
  }
}
