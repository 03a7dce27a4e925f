/** Receiving by a call of its own, into memory that all sockets of the thread share: the bytes are there until the next call. */
import { MSG_DONTWAIT } from "./kernel_socket.ts";
import { type Kernel, mapMemory } from "./mapping.ts";
import type { ReceiveClock } from "./receive_clock.ts";
import { MessageHeader, readStamp } from "./stamped_message.ts";

const MEMORY_BYTES = 256 * 1024;

export class StampedReceive {
  readonly memory: Uint8Array;
  /** When the last of the bytes came. */
  receivedMs = 0;
  readonly #kernel: Kernel;
  readonly #clock: ReceiveClock;
  readonly #header: MessageHeader;

  constructor(kernel: Kernel, clock: ReceiveClock) {
    const { address, buffer } = mapMemory(kernel, MEMORY_BYTES);
    this.memory = new Uint8Array(buffer);
    this.#kernel = kernel;
    this.#clock = clock;
    this.#header = new MessageHeader(kernel);
    this.#header.receiveInto(address, MEMORY_BYTES);
  }

  /** How many bytes came, as `recv` returns it. `readMs`: the time, where they have no stamp. */
  receive(fd: number, readMs: number): number {
    const header = this.#header;
    header.reset();
    const count = this.#kernel.libc.recvmsg(fd, header.address, MSG_DONTWAIT);
    if (count > 0) {
      this.receivedMs = readStamp(header.words, header.controlAt, header.controlLength, this.#clock) ?? readMs;
    }
    return count;
  }
}
