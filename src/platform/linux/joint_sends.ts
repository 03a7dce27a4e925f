/**
 * Sends on several sockets by one system call, through asynchronous I/O. The sockets are those that do not wait (`SOCK_NONBLOCK`), so that each send has ended
 * when the call returns. There is no flag against SIGPIPE, which the runtime ignores.
 */
import { AioContext, REPORT_BYTES, REQUEST_BYTES } from "./aio_context.ts";
import { EAGAIN, EINTR } from "./kernel_error.ts";
import { type Kernel, mapMemory } from "./mapping.ts";

const COMMAND_WRITE = 1;
/** Words of a request: what its report shall have, command, descriptor, address and length of the bytes. */
const REQUEST_WORDS = REQUEST_BYTES / 4;
const MARK = 0;
const COMMAND = 4;
const FD = 5;
const ADDRESS = 6;
const LENGTH = 8;
/** The word of a report that has the result, a number of bytes or the negative number of an error. */
const REPORT_WORDS = REPORT_BYTES / 4;
const RESULT = 4;

export class JointSends {
  readonly #kernel: Kernel;
  readonly #context: AioContext;
  readonly #requests: Uint32Array;
  readonly #list: number;
  readonly #reports: Int32Array;
  readonly #reportsAt: number;
  readonly #results: Int32Array;
  #isUsable = true;

  /** For so many sends at a time. Throws a `SystemError` if the kernel does not have or allow it. */
  constructor(kernel: Kernel, sends: number) {
    this.#kernel = kernel;
    this.#context = new AioContext(kernel, sends);
    this.#context.openRing();
    this.#results = new Int32Array(sends);
    const listFrom = sends * REQUEST_BYTES;
    const reportsFrom = listFrom + sends * 8;
    const { address, buffer } = mapMemory(kernel, reportsFrom + sends * REPORT_BYTES);
    this.#requests = new Uint32Array(buffer, 0, sends * REQUEST_WORDS);
    this.#list = address + listFrom;
    this.#reports = new Int32Array(buffer, reportsFrom);
    this.#reportsAt = address + reportsFrom;
    const list = new BigUint64Array(buffer, listFrom, sends);
    for (let index = 0; index < sends; index++) {
      list[index] = BigInt(address + index * REQUEST_BYTES);
      this.#requests[index * REQUEST_WORDS + MARK] = index;
      this.#requests[index * REQUEST_WORDS + COMMAND] = COMMAND_WRITE;
    }
  }

  /** False where the kernel takes no such requests: they are to be sent one by one. */
  get isUsable(): boolean {
    return this.#isUsable;
  }

  /** No two of one call may be of the same socket: the later one goes out also where the earlier one did not. */
  set(index: number, fd: number, address: number, length: number): void {
    const word = index * REQUEST_WORDS;
    const requests = this.#requests;
    requests[word + FD] = fd;
    requests[word + ADDRESS] = address >>> 0;
    requests[word + ADDRESS + 1] = Math.floor(address / 2 ** 32);
    requests[word + LENGTH] = length;
  }

  /** Makes the first `count` sends, in their order; how many the kernel took. The others are not sent. */
  handOver(count: number): number {
    const taken = this.#context.submit(count, this.#list);
    if (taken <= 0) {
      const errno = this.#kernel.libc.errno();
      this.#isUsable = errno === EAGAIN || errno === EINTR;
      return 0;
    }
    for (let seen = this.#context.take(this.#results); seen < taken;) {
      // Waits for those that have not ended, of which there should be none: their memory is written over afterwards.
      const came = this.#context.report(taken - seen, taken - seen, this.#reportsAt);
      if (came < 0 && this.#kernel.libc.errno() !== EINTR) throw new Error("io_getevents failed");
      for (let index = 0; index < came; index++) {
        const word = index * REPORT_WORDS;
        this.#results[this.#reports[word]!] = this.#reports[word + RESULT]!;
      }
      if (came > 0) seen += came;
    }
    return taken;
  }

  /** What became of a send: as many bytes as went out, or the negative number of the error. */
  resultOf(index: number): number {
    return this.#results[index]!;
  }
}
