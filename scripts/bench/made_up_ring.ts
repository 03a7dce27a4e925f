/**
 * A ring without a kernel: takes the requests of a `RingLoop`, and makes up their results in memory. Each send is answered by the same small answer, oldest
 * first, no more of them per call than the kernel gives. What is left of a request is the work of the program, at any number of connections.
 */
import type { Libc } from "../../src/platform/linux/libc.ts";
import type { Kernel } from "../../src/platform/linux/mapping.ts";

const CALL_SETUP = 425;
const CALL_ENTER = 426;
const GETEVENTS = 1;
const ANSWERS_PER_CALL = 20;
const REGISTER_PBUF_RING = 22;
const OP_RECVMSG = 10;
const OP_CONNECT = 16;
const OP_SEND = 26;
const CQE_BUFFER = 1;
const CQE_MORE = 2;
const OFFSET_SQES = 0x1000_0000;
const MAP_PRIVATE_ANONYMOUS = 0x22;
const NO_DESCRIPTOR = 1_000_000;
const LINE_BYTES = 64;

const ANSWER = new TextEncoder().encode(
  "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nHello, world!",
);
/** As `buffer_ring.ts` has them. */
const BUFFERS = 256;
const BUFFER_WORDS = 261 * 16;
const CONTROL_AT = 4;
const BYTES_AT = 12 * 4;
/** Lengths of name, control message and bytes, flags; then length, level and kind of the control message. */
const BUFFER_HEAD = [0, 32, ANSWER.length, 0, 32, 0, 1, 35];
/** Where counters and results are in the memory of the rings, in words. */
const [SQ_TAIL, SQ_FLAGS, CQ_HEAD, CQ_TAIL, CQ_FLAGS, CQES] = [0, 1, 2, 3, 4, 16];
const MAX_CONNECTIONS = 2 ** 15;

export class MadeUpRing {
  readonly kernel: Kernel;
  answered = 0;
  readonly #libc: Libc;
  #shared = new Int32Array(0);
  #sqes = new Uint32Array(0);
  #requests = 0;
  #results = 0;
  #taken = 0;
  /** Of each place in the loop's table: the word of its receive request. */
  readonly #words = new Int32Array(MAX_CONNECTIONS);
  /** Places that wait for an answer, oldest first. */
  readonly #waiting = new Uint32Array(MAX_CONNECTIONS);
  #waitingFrom = 0;
  #waitingTo = 0;
  #entries = new Uint32Array(0);
  #buffers = new Uint32Array(0);
  #entriesTaken = 0;
  readonly #time = new Uint32Array(4);
  /** What the kernel would read of each connection. */
  readonly #memory: Int32Array;
  readonly #wordsEach: number;
  /** So that what is read is not left out. */
  sum = 0;

  constructor(libc: Libc, connections: number, linesEach: number) {
    this.#libc = libc;
    this.#wordsEach = linesEach * LINE_BYTES / 4;
    this.#memory = new Int32Array(connections * this.#wordsEach).fill(1);
    const own: Partial<Libc> = {
      mmap: (address, length, protection, flags, fd, offset) => {
        const at = libc.mmap(address, length, protection, fd < 0 ? flags : MAP_PRIVATE_ANONYMOUS, -1, 0);
        if (fd >= 0) this.#mapped(Number(at), length, offset);
        return at;
      },
      syscall: (call, _fd, queued, _least, flags) => call === CALL_ENTER ? this.#enter(queued, flags) : -1,
      syscallWithMemory: (call, requests, memory) =>
        call === CALL_SETUP ? this.#setUp(requests, memory as Uint32Array) : -1,
      syscallOnRing: (_call, _fd, operation, memory) => {
        if (operation === REGISTER_PBUF_RING) this.#entries = this.#wordsAt(memory as Uint32Array, BUFFERS * 4);
        return 0;
      },
      close: () => 0,
    };
    const noted = { addFd() {}, removeFd() {}, closeLater() {}, addMapping() {}, removeMapping() {} };
    const resources = { ...noted, closings: new Int32Array(1) };
    this.kernel = { libc: { ...libc, ...own }, resources } as unknown as Kernel;
  }

  /** The memory whose address is in the first two words. */
  #wordsAt(address: Uint32Array, count: number): Uint32Array<ArrayBuffer> {
    return new Uint32Array(this.#libc.view((address[0] ?? 0) + (address[1] ?? 0) * 2 ** 32, count * 4));
  }

  #setUp(requests: number, params: Uint32Array): number {
    this.#requests = params[0] = requests;
    this.#results = params[1]!;
    params[5] = 3; // features
    params[11] = SQ_TAIL * 4;
    params[14] = SQ_FLAGS * 4;
    params[16] = CQES * 4;
    params[20] = CQ_HEAD * 4;
    params[21] = CQ_TAIL * 4;
    params[25] = CQES * 4;
    params[26] = CQ_FLAGS * 4;
    return NO_DESCRIPTOR;
  }

  #mapped(address: number, length: number, offset: number): void {
    const buffer = this.#libc.view(address, length);
    if (offset === OFFSET_SQES) this.#sqes = new Uint32Array(buffer);
    else this.#shared = new Int32Array(buffer);
  }

  #enter(queued: number, flags: number): number {
    const sqes = this.#sqes;
    for (let count = 0; count < queued; count++) {
      const word = (this.#taken++ & this.#requests - 1) * 16;
      const operation = sqes[word]! & 0xff;
      const id = sqes[word + 8]!;
      if (operation === OP_SEND) this.#waiting[this.#waitingTo++ & MAX_CONNECTIONS - 1] = id;
      else if (operation === OP_RECVMSG) this.#words[id] = sqes[word + 9]!;
      else if (operation === OP_CONNECT) this.#post(id, sqes[word + 9]!, 0, 0);
    }
    if ((flags & GETEVENTS) !== 0 && this.#waitingFrom !== this.#waitingTo) this.#answer();
    return queued;
  }

  #answer(): void {
    this.#libc.clock_gettime(0, this.#time);
    for (let count = 0; count < ANSWERS_PER_CALL && this.#waitingFrom !== this.#waitingTo; count++) {
      const id = this.#waiting[this.#waitingFrom++ & MAX_CONNECTIONS - 1]!;
      this.#readMemoryOf(id);
      this.#post(id, this.#words[id]!, ANSWER.length, CQE_BUFFER | CQE_MORE | this.#takeBuffer() << 16);
      this.answered++;
    }
  }

  #readMemoryOf(id: number): void {
    const memory = this.#memory;
    const end = (id + 1) * this.#wordsEach;
    let sum = 0;
    for (let at = end - this.#wordsEach; at < end; at += LINE_BYTES / 4) sum += memory[at]!;
    this.sum = sum;
  }

  #takeBuffer(): number {
    const entries = this.#entries;
    if (this.#buffers.length === 0) this.#fillBuffers(entries);
    const buffer = entries[(this.#entriesTaken++ & BUFFERS - 1) * 4 + 3]! & 0xffff;
    const at = buffer * BUFFER_WORDS + CONTROL_AT;
    this.#buffers[at + 4] = this.#time[0]!;
    this.#buffers[at + 6] = this.#time[2]!;
    return buffer;
  }

  /** Each buffer has the answer from here on; only its time changes. */
  #fillBuffers(first: Uint32Array): void {
    this.#buffers = this.#wordsAt(first, BUFFERS * BUFFER_WORDS);
    const bytes = new Uint8Array(this.#buffers.buffer);
    for (let buffer = 0; buffer < BUFFERS; buffer++) {
      this.#buffers.set(BUFFER_HEAD, buffer * BUFFER_WORDS);
      bytes.set(ANSWER, buffer * BUFFER_WORDS * 4 + BYTES_AT);
    }
  }

  #post(id: number, word: number, result: number, flags: number): void {
    const shared = this.#shared;
    const tail = shared[CQ_TAIL]!;
    const at = CQES + (tail & this.#results - 1) * 4;
    shared[at] = id;
    shared[at + 1] = word;
    shared[at + 2] = result;
    shared[at + 3] = flags;
    Atomics.store(shared, CQ_TAIL, (tail + 1) | 0);
  }
}
