/**
 * Tells of connections to which packets came out of order, because one before them was lost or overtaken. Bytes behind the gap are stamped with their own
 * arrival, and are there to be received only when the gap has been filled, perhaps long after: their stamp is not the time when they were there.
 */
import type { Libc } from "./libc.ts";

const IPPROTO_TCP = 6;
const TCP_INFO = 11;
/** `struct tcp_info` of Linux, include/uapi/linux/tcp.h: `tcpi_rcv_ooopack`, in words of 32 bits. Kernels before 5.4 do not have it. */
const OUT_OF_ORDER = 56;
const WORDS = OUT_OF_ORDER + 1;

export class ReorderWatch {
  readonly #libc: Pick<Libc, "getsockopt">;
  readonly #info = new Uint32Array(WORDS);
  readonly #length = new Int32Array(1);
  /** How many packets were out of order, of the few connections where there were some. */
  readonly #counts = new Map<number, number>();

  constructor(libc: Pick<Libc, "getsockopt">) {
    this.#libc = libc;
  }

  /** Whether packets came out of order since the last call for this descriptor. True also where the kernel does not tell. */
  hasNew(fd: number): boolean {
    this.#length[0] = WORDS * 4;
    const outcome = this.#libc.getsockopt(fd, IPPROTO_TCP, TCP_INFO, this.#info, this.#length);
    if (outcome !== 0 || this.#length[0] < WORDS * 4) return true;
    const count = this.#info[OUT_OF_ORDER]!;
    if (count === 0 || count === this.#counts.get(fd)) return false;
    this.#counts.set(fd, count);
    return true;
  }

  /** The descriptor will be of another connection. */
  forget(fd: number): void {
    this.#counts.delete(fd);
  }
}
