/**
 * Signals an eventfd when a descriptor becomes readable, by Linux's asynchronous I/O: containers that forbid io_uring allow it. Each request reports
 * once.
 */
import process from "node:process";
import { type Kernel, mapMemory, SystemError } from "./mapping.ts";

interface Calls {
  readonly setup: number;
  readonly submit: number;
  readonly getEvents: number;
}

const CALLS: Calls = process.arch === "arm64"
  ? { setup: 0, submit: 2, getEvents: 4 }
  : { setup: 206, submit: 209, getEvents: 208 };

const COMMAND_POLL = 5;
const FLAG_RESFD = 1;
const POLLIN = 1;
const PAGE = 4096;
/** Places in the mapping: the request, the list of requests, and what has ended. */
const IOCB = 0;
const LIST = 64;
const EVENTS = 128;
const MAX_EVENTS = 4;

export class AioPoll {
  readonly #kernel: Kernel;
  readonly #context: number;
  readonly #at: number;

  /** Throws a `SystemError` if the kernel does not have or allow it. */
  constructor(kernel: Kernel, fd: number, eventfd: number) {
    this.#kernel = kernel;
    const { libc } = kernel;
    const context = new BigUint64Array(1);
    if (libc.syscallWithMemory(CALLS.setup, MAX_EVENTS, context) < 0) throw new SystemError("io_setup", libc.errno());
    this.#context = Number(context[0]);
    kernel.resources.addAioContext(this.#context);
    const { address, buffer } = mapMemory(kernel, PAGE);
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
    const { libc } = this.#kernel;
    if (libc.syscallOnAio(CALLS.submit, this.#context, 1, this.#at + LIST, null) !== 1) {
      throw new SystemError("io_submit", libc.errno());
    }
  }

  /** Takes the report of the last request. */
  reap(): void {
    this.#kernel.libc.syscallOnAio(CALLS.getEvents, this.#context, 0, MAX_EVENTS, this.#at + EVENTS);
  }
}
