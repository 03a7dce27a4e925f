/**
 * An io_uring: two queues in memory that is shared with the kernel. Requests are written into the first, `submit` hands over all of them at once,
 * and their results are read from the second. One thread enters it; the kernel works for it only while it does (deferred task work).
 * Layouts are those of <linux/io_uring.h>, the same on x86-64 and arm64.
 */
import { EAGAIN, EBUSY, EINTR, ENOMEM } from "./kernel_error.ts";
import { closeFd, type Kernel, mapDescriptor, mapMemory, type Mapping, ownFd, SystemError, unmap } from "./mapping.ts";

const CALL_SETUP = 425;
const CALL_ENTER = 426;
const CALL_REGISTER = 427;

const SETUP_CQSIZE = 1 << 3;
const SETUP_SINGLE_ISSUER = 1 << 12;
const SETUP_DEFER_TASKRUN = 1 << 13;
/** Since Linux 6.6; saves one look-up per request. */
const SETUP_NO_SQARRAY = 1 << 16;
/** One mapping for both queues, and no result is lost when their queue is full. */
const NEEDED_FEATURES = 3;
const ENTER_GETEVENTS = 1;
const ENTER_EXT_ARG = 1 << 3;
const CQ_EVENTFD_DISABLED = 1;
const SQ_CQ_OVERFLOW = 1 << 1;
const OFFSET_SQES = 0x1000_0000;

const SQE_WORDS = 16;
const CQE_WORDS = 4;

/** Words of `struct io_uring_params`. */
const WORDS = 30;
const SQ_ENTRIES = 0;
const CQ_ENTRIES = 1;
const FLAGS = 2;
const FEATURES = 5;
const SQ_TAIL = 11;
const SQ_FLAGS = 14;
const SQ_ARRAY = 16;
const CQ_HEAD = 20;
const CQ_TAIL = 21;
const CQ_CQES = 25;
const CQ_FLAGS = 26;

/**
 * The kernel does so much of the work that waits, and leaves the rest to the next call. Where hundreds of requests are handed over at once, as when all
 * users connect anew, one call per turn lets those that have ended pile up. Not more than there are buffers for.
 */
const WORK_PER_CALL = 20;
const MAX_CALLS = 3;

/** As long as a turn of `LoopGuest`: what else the thread has to do waits meanwhile. The kernel may take some 50 µs more. */
const WAIT_NS = 50_000;
/** `struct io_uring_getevents_arg`, and the `struct timespec` that it points to. */
const WAIT_BYTES = 24;
const TIMESPEC_AT = 32;
const PAGE = 4096;

/** Attempts to submit requests while the kernel has no room for them. Each attempt frees some room, so this many are a mistake of ours. */
const MAX_ATTEMPTS = 10_000;

export interface RingSize {
  readonly requests: number;
  readonly results: number;
}

/**
 * The memory of rings counts towards the `RLIMIT_MEMLOCK` of a user who is not root, all threads together (seen with Linux 6.18): 300 KB for one of the usual
 * size, 20 KB for this one. Results that find no place wait in the kernel.
 */
const SMALL: RingSize = { requests: 64, results: 512 };

export class Ring {
  readonly fd: number;
  readonly sqes: Uint32Array;
  readonly cqes: Int32Array;
  readonly cqMask: number;
  /** Requests that were written and not handed over yet. */
  queued = 0;
  /** How often requests were handed over. */
  epoch = 0;
  /** Of the results: how many were read. */
  head = 0;
  readonly #kernel: Kernel;
  readonly #maps: readonly { readonly mapping: Mapping; readonly length: number }[];
  readonly #shared: Int32Array;
  readonly #sqTail: number;
  readonly #sqFlags: number;
  readonly #cqHead: number;
  readonly #cqTail: number;
  readonly #cqFlags: number;
  readonly #waitArgument: number;
  readonly #closings: Int32Array;
  readonly #sqMask: number;
  #tail = 0;

  /** Throws a `SystemError` where the kernel has no such ring, or the container forbids it. */
  constructor(kernel: Kernel, size: RingSize) {
    this.#kernel = kernel;
    this.#closings = kernel.resources.closings;
    const { fd, params } = setUp(kernel, size);
    this.fd = fd;
    const at = (word: number) => params[word] ?? 0;
    const requests = at(SQ_ENTRIES);
    const results = at(CQ_ENTRIES);
    const ringBytes = Math.max(at(SQ_ARRAY) + requests * 4, at(CQ_CQES) + results * CQE_WORDS * 4);
    const sqeBytes = requests * SQE_WORDS * 4;
    const { rings, sqes, waitArgument } = orClosed(kernel, fd, () => ({
      rings: mapDescriptor(kernel, fd, ringBytes, 0),
      sqes: mapDescriptor(kernel, fd, sqeBytes, OFFSET_SQES),
      waitArgument: createWaitArgument(kernel),
    }));
    this.#maps = [{ mapping: rings, length: ringBytes }, { mapping: sqes, length: sqeBytes }];
    this.#shared = new Int32Array(rings.buffer, 0, ringBytes >> 2);
    this.sqes = new Uint32Array(sqes.buffer);
    this.cqes = new Int32Array(rings.buffer, at(CQ_CQES), results * CQE_WORDS);
    this.cqMask = results - 1;
    this.#sqMask = requests - 1;
    this.#sqTail = at(SQ_TAIL) >> 2;
    this.#sqFlags = at(SQ_FLAGS) >> 2;
    this.#cqHead = at(CQ_HEAD) >> 2;
    this.#cqTail = at(CQ_TAIL) >> 2;
    this.#cqFlags = at(CQ_FLAGS) >> 2;
    this.#waitArgument = waitArgument;
    if ((at(FLAGS) & SETUP_NO_SQARRAY) === 0) {
      new Uint32Array(rings.buffer, at(SQ_ARRAY), requests).forEach((_, index, array) => array[index] = index);
    }
  }

  /** `IORING_REGISTER_…`; the argument is read during the call. */
  register(operation: number, argument: ArrayBufferView, count: number, name: string): void {
    const { libc } = this.#kernel;
    if (libc.syscallOnRing(CALL_REGISTER, this.fd, operation, argument, count) < 0) {
      throw new SystemError(`io_uring_register(${name})`, libc.errno());
    }
  }

  /** The next request has no place before those that are queued were handed over. */
  get isFull(): boolean {
    return this.queued > this.#sqMask;
  }

  /** Index of the first of the 16 words of the next request. All of them must be written. */
  next(): number {
    if (this.isFull) this.submit();
    this.queued++;
    return (this.#tail++ & this.#sqMask) * SQE_WORDS;
  }

  /** Hands over the first `count` of the queued requests. What they send has been read by the kernel when this returns. */
  submit(count: number = this.queued): void {
    const rest = this.queued - count;
    for (let attempts = 0; this.queued > rest; attempts++) {
      if (this.#enter(0, this.queued - rest)) continue;
      const errno = this.#kernel.libc.errno();
      if (attempts === MAX_ATTEMPTS || (errno !== EINTR && errno !== EAGAIN && errno !== EBUSY)) {
        throw new SystemError("io_uring_enter", errno);
      }
      this.advance(); // the results that were read make room for those that wait
      this.#enter(ENTER_GETEVENTS, 0);
    }
  }

  /** Hands over all queued requests, and lets the kernel do the work that waits for this thread. It does some of it per call. */
  turn(): void {
    if (!this.#enter(ENTER_GETEVENTS, this.queued) || this.queued > 0) {
      this.submit();
      this.#enter(ENTER_GETEVENTS, 0); // what was left did not get so far
    }
    for (let calls = 1; calls < MAX_CALLS && this.#unread >= calls * WORK_PER_CALL; calls++) {
      if (!this.#enter(ENTER_GETEVENTS, 0)) return;
    }
  }

  /** After a `turn` that left nothing queued: lets the thread sleep in the kernel until there is a result, for `WAIT_NS` at most. */
  wait(): void {
    const { syscall } = this.#kernel.libc;
    syscall(CALL_ENTER, this.fd, 0, 1, ENTER_GETEVENTS | ENTER_EXT_ARG, this.#waitArgument, WAIT_BYTES);
  }

  /** How many results wait to be read. */
  get #unread(): number {
    return (this.resultsEnd - this.head) | 0;
  }

  #enter(flags: number, count: number): boolean {
    const { syscall } = this.#kernel.libc;
    Atomics.store(this.#shared, this.#sqTail, this.#tail);
    this.#closings[0] = 0; // the kernel gets them now
    const taken = syscall(CALL_ENTER, this.fd, count, 0, flags, null, 0);
    if (taken < 0) return false;
    this.queued -= taken;
    this.epoch++;
    return true;
  }

  get resultsEnd(): number {
    return Atomics.load(this.#shared, this.#cqTail);
  }

  /** Results wait outside of their queue, because it was full. The next `turn` moves them in. */
  get overflows(): boolean {
    return (Atomics.load(this.#shared, this.#sqFlags) & SQ_CQ_OVERFLOW) !== 0;
  }

  /** Gives the places of all results up to `head` back. */
  advance(): void {
    Atomics.store(this.#shared, this.#cqHead, this.head);
  }

  /** Whether results signal the eventfd. */
  signal(on: boolean): void {
    Atomics.store(this.#shared, this.#cqFlags, on ? 0 : CQ_EVENTFD_DISABLED);
  }

  /** Only when nothing is under way: the kernel must not write to its owner's memory any more. */
  close(): void {
    closeFd(this.#kernel, this.fd);
    for (const { mapping, length } of this.#maps) unmap(this.#kernel, mapping, length);
  }
}

/** What a ring needs beside its descriptor, which is closed if there is none of it. */
function orClosed<T>(kernel: Kernel, fd: number, make: () => T): T {
  try {
    return make();
  } catch (problem) {
    closeFd(kernel, fd);
    throw problem;
  }
}

/** The address of what `wait` tells the kernel. */
function createWaitArgument(kernel: Kernel): number {
  const { address, buffer } = mapMemory(kernel, PAGE);
  new DataView(buffer).setBigUint64(16, BigInt(address + TIMESPEC_AT), true);
  new DataView(buffer).setBigUint64(TIMESPEC_AT + 8, BigInt(WAIT_NS), true);
  return address;
}

interface SetUp {
  readonly fd: number;
  readonly params: Uint32Array;
}

/** A ring of that size, or a small one where the kernel has no memory for it. */
function setUp(kernel: Kernel, size: RingSize): SetUp {
  try {
    return setUpOfSize(kernel, size);
  } catch (problem) {
    const isTooLarge = problem instanceof SystemError && problem.errno === ENOMEM && size.results > SMALL.results;
    if (isTooLarge) return setUpOfSize(kernel, SMALL);
    throw problem;
  }
}

function setUpOfSize(kernel: Kernel, size: RingSize): SetUp {
  const { libc } = kernel;
  for (const extra of [SETUP_NO_SQARRAY, 0]) {
    const params = new Uint32Array(WORDS);
    params[FLAGS] = SETUP_CQSIZE | SETUP_SINGLE_ISSUER | SETUP_DEFER_TASKRUN | extra;
    params[CQ_ENTRIES] = size.results;
    const fd = libc.syscallWithMemory(CALL_SETUP, size.requests, params);
    if (fd < 0 && extra !== 0) continue;
    ownFd(kernel, fd, "io_uring_setup");
    if (((params[FEATURES] ?? 0) & NEEDED_FEATURES) === NEEDED_FEATURES) return { fd, params };
    closeFd(kernel, fd);
  }
  throw new SystemError("io_uring_setup", 0);
}
