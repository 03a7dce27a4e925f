/**
 * Receiving by a call of its own: into the room that the receiver offers, and what has no room there into memory that all sockets of the thread share,
 * where it is until the next call.
 */
import type { ReceiveRoom } from "../sockets/socket.ts";
import { MSG_DONTWAIT, MSG_TRUNC } from "./message_flags.ts";
import { type Kernel, mapMemory } from "./mapping.ts";
import type { ReceiveClock } from "./receive_clock.ts";
import { MessageHeader, readStamp } from "./stamped_message.ts";

const MEMORY_BYTES = 256 * 1024;

export class StampedReceive {
  readonly memory: Uint8Array;
  /** Of the last call. */
  room: ReceiveRoom | undefined;
  /** When the last of the bytes came; undefined if the kernel did not say it. */
  stampMs: number | undefined;
  /** How many bytes it could have received. */
  capacity = 0;
  readonly #kernel: Kernel;
  readonly #clock: ReceiveClock;
  readonly #header: MessageHeader;
  readonly #address: number;

  constructor(kernel: Kernel, clock: ReceiveClock) {
    const { address, buffer } = mapMemory(kernel, MEMORY_BYTES);
    this.memory = new Uint8Array(buffer);
    this.#kernel = kernel;
    this.#clock = clock;
    this.#address = address;
    this.#header = MessageHeader.one(kernel);
  }

  /** How many bytes came, as `recv` returns it. The room's memory is written to during this call only. */
  receive(fd: number, room: ReceiveRoom | undefined): number {
    const { libc } = this.#kernel;
    const header = this.#header;
    header.reset();
    let flags = MSG_DONTWAIT;
    if (room?.use === "drop") {
      // Into memory that may be written to all the same: what a kernel that copies takes is not more than there is.
      this.capacity = Math.min(room.to - room.from, MEMORY_BYTES);
      header.receiveInto(this.#address, this.capacity);
      flags |= MSG_TRUNC;
    } else if (room !== undefined) {
      const size = room.to - room.from;
      const beyond = room.use === "only" ? 0 : MEMORY_BYTES;
      this.capacity = size + beyond;
      header.receiveInto(libc.addressOf(room.bytes) + room.from, size, this.#address, beyond);
    } else if (this.capacity !== MEMORY_BYTES) {
      this.capacity = MEMORY_BYTES;
      header.receiveInto(this.#address, MEMORY_BYTES);
    }
    this.room = room;
    const count = libc.recvmsg(fd, header.address, flags);
    if (count > 0) {
      this.stampMs = readStamp(header.words, header.controlAt, header.controlLength, this.#clock);
    }
    return count;
  }
}
