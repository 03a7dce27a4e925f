/** Signals an eventfd when a descriptor becomes readable, by asynchronous I/O. Each request reports once. */
import { AioContext, REPORT_BYTES, REQUEST_BYTES } from "./aio_context.ts";
import { type Kernel, mapMemory, SystemError } from "./mapping.ts";

const COMMAND_POLL = 5;
const FLAG_RESFD = 1;
const POLLIN = 1;
/** Places in the mapping: the request, the list of requests, and what has ended. */
const IOCB = 0;
const LIST = REQUEST_BYTES;
const EVENTS = LIST + REQUEST_BYTES;
const MAX_EVENTS = 4;

export class AioPoll {
  readonly #kernel: Kernel;
  readonly #context: AioContext;
  readonly #at: number;

  /** Throws a `SystemError` if the kernel does not have or allow it. */
  constructor(kernel: Kernel, fd: number, eventfd: number) {
    this.#kernel = kernel;
    this.#context = new AioContext(kernel, MAX_EVENTS);
    const { address, buffer } = mapMemory(kernel, EVENTS + MAX_EVENTS * REPORT_BYTES);
    this.#at = address;
    const view = new DataView(buffer);
    view.setUint16(IOCB + 16, COMMAND_POLL, true);
    view.setInt32(IOCB + 20, fd, true);
    view.setBigUint64(IOCB + 24, BigInt(POLLIN), true);
    view.setUint32(IOCB + 56, FLAG_RESFD, true);
    view.setInt32(IOCB + 60, eventfd, true);
    view.setBigUint64(LIST, BigInt(address + IOCB), true);
  }

  /** The eventfd is signalled when the descriptor is readable, at once if it is already. */
  arm(): void {
    if (this.#context.submit(1, this.#at + LIST) !== 1) {
      throw new SystemError("io_submit", this.#kernel.libc.errno());
    }
  }

  /** Takes the report of the last request. */
  reap(): void {
    this.#context.report(0, MAX_EVENTS, this.#at + EVENTS);
  }
}
