/** A context of Linux's asynchronous I/O: containers that forbid io_uring allow it. */
import process from "node:process";
import { type Kernel, SystemError } from "./mapping.ts";

const CALLS = process.arch === "arm64"
  ? { setup: 0, submit: 2, getEvents: 4 }
  : { setup: 206, submit: 209, getEvents: 208 };

/** Bytes of a request (`struct iocb`) and of the report of its end (`struct io_event`). */
export const REQUEST_BYTES = 64;
export const REPORT_BYTES = 32;

/**
 * What a context's number points to: the kernel's ring of reports, which may be taken out of it without a call. Words: number of places, first report, place
 * behind the last one, mark, features that a reader must know.
 */
const PLACES = 1;
const HEAD = 2;
const TAIL = 3;
const MAGIC = 4;
const INCOMPATIBLE = 6;
const HEADER_WORDS = 8;
const AIO_RING_MAGIC = 0xa10a10a1;
const REPORT_WORDS = REPORT_BYTES / 4;

export class AioContext {
  readonly #kernel: Kernel;
  readonly #context: number;
  #ring: Uint32Array | undefined;

  /** For so many requests at a time. Throws a `SystemError` if the kernel does not have or allow it. */
  constructor(kernel: Kernel, requests: number) {
    this.#kernel = kernel;
    const { libc } = kernel;
    const context = new BigUint64Array(1);
    if (libc.syscallWithMemory(CALLS.setup, requests, context) < 0) throw new SystemError("io_setup", libc.errno());
    this.#context = Number(context[0]);
    kernel.resources.addAioContext(this.#context);
  }

  /** Hands over the requests whose addresses are in a list; how many of them the kernel took, or -1. */
  submit(count: number, list: number): number {
    return this.#kernel.libc.syscallOnAio(CALLS.submit, this.#context, count, list, null);
  }

  /** The kernel's ring of reports, for `take`. Throws a `SystemError` where it is not laid out as Linux does it. */
  openRing(): void {
    const { libc } = this.#kernel;
    const header = new Uint32Array(libc.view(this.#context, HEADER_WORDS * 4));
    if (header[MAGIC] !== AIO_RING_MAGIC || header[INCOMPATIBLE] !== 0) {
      throw new SystemError("the ring of io_setup", 0);
    }
    this.#ring = new Uint32Array(libc.view(this.#context, HEADER_WORDS * 4 + header[PLACES]! * REPORT_BYTES));
  }

  /** Gives the reports that have come: mark of the request and result. How many there were. */
  take(results: Int32Array): number {
    const ring = this.#ring!;
    const tail = ring[TAIL]!;
    const places = ring[PLACES]!;
    let taken = 0;
    let head = ring[HEAD]!;
    for (; head !== tail; taken++) {
      const word = HEADER_WORDS + head * REPORT_WORDS;
      results[ring[word]!] = ring[word + 4]!;
      if (++head === places) head = 0;
    }
    ring[HEAD] = head;
    return taken;
  }

  /** Waits for at least so many reports, and writes them to an address; how many came, or -1. */
  report(least: number, most: number, address: number): number {
    return this.#kernel.libc.syscallOnAio(CALLS.getEvents, this.#context, least, most, address);
  }
}
