/** Each call that a kind of socket is made of, missing or without effect: the kind is not used then, and no descriptor of the attempt stays open. */
import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { openOwnSockets, type OwnSocketKind } from "../../../src/platform/linux/connect_own_socket.ts";
import { type Libc, openLibc } from "../../../src/platform/linux/libc.ts";
import { ThreadResources } from "../../../src/platform/linux/thread_resources.ts";

const libc = openLibc();

/** Whether a kind works, and the descriptors that it has then. */
function attempt(
  kind: OwnSocketKind,
  changed: Partial<Libc> = {},
): { readonly works: boolean; readonly fds: number[] } {
  const resources = new ThreadResources();
  const works = openOwnSockets(kind, resources, undefined, { ...libc!, ...changed }) !== undefined;
  const fds: number[] = [];
  const note = (fd: number) => fds.push(fd);
  resources.release({ close: note, munmap: () => 0, syscallOnAio: () => 0 });
  return { works, fds };
}

const fails = () => -1;
const IO_SETUP = process.arch === "arm64" ? 0 : 206;
const REGISTER_EVENTFD = 4;
const REGISTER_PBUF_RING = 22;
const IO_URING_ENTER = 426;

interface Row {
  readonly lacks: string;
  readonly kinds: readonly OwnSocketKind[];
  readonly changed: (libc: Libc) => Partial<Libc>;
}

const registers = (libc: Libc, denied: number): Partial<Libc> => ({
  syscallOnRing: (call, fd, operation, memory, count) =>
    operation === denied ? -1 : libc.syscallOnRing(call, fd, operation, memory, count),
});

const BOTH = ["uring", "epoll"] as const;
const ROWS: readonly Row[] = [
  { lacks: "eventfd", kinds: BOTH, changed: () => ({ eventfd: fails }) },
  { lacks: "memory", kinds: BOTH, changed: () => ({ mmap: fails }) },
  { lacks: "socketpair", kinds: BOTH, changed: () => ({ socketpair: fails }) },
  { lacks: "sendto", kinds: BOTH, changed: () => ({ send: fails }) },
  { lacks: "recvmsg", kinds: BOTH, changed: () => ({ recvmsg: fails }) },
  { lacks: "io_uring_setup", kinds: ["uring"], changed: () => ({ syscallWithMemory: fails }) },
  { lacks: "io_uring_enter", kinds: ["uring"], changed: () => ({ syscall: fails }) },
  { lacks: "provided buffers", kinds: ["uring"], changed: (libc) => registers(libc, REGISTER_PBUF_RING) },
  { lacks: "a signal of a ring, by its word", kinds: ["uring"], changed: (libc) => registers(libc, REGISTER_EVENTFD) },
  {
    lacks: "a signal of a ring, in silence",
    kinds: ["uring"],
    changed: (libc) => ({
      syscallOnRing: (call, fd, operation, memory, count) =>
        operation === REGISTER_EVENTFD ? 0 : libc.syscallOnRing(call, fd, operation, memory, count),
    }),
  },
  {
    lacks: "a signal of what arrives while a ring is not entered",
    kinds: ["uring"],
    changed: (libc) => {
      let calls = 0;
      return { epoll_wait: (...args) => calls++ === 0 ? libc.epoll_wait(...args) : 0 };
    },
  },
  {
    lacks: "a ring that does what it is asked",
    kinds: ["uring"],
    changed: (libc) => ({
      syscall: (call, fd, requests, ...more) =>
        call === IO_URING_ENTER ? requests : libc.syscall(call, fd, requests, ...more),
    }),
  },
  { lacks: "epoll_create1", kinds: ["epoll"], changed: () => ({ epoll_create1: fails }) },
  { lacks: "epoll_ctl", kinds: ["epoll"], changed: () => ({ epoll_ctl: fails }) },
  { lacks: "epoll_wait", kinds: ["epoll"], changed: () => ({ epoll_wait: fails }) },
  {
    lacks: "io_setup",
    kinds: ["epoll"],
    changed: (libc) => ({
      syscallWithMemory: (call, a, memory) => call === IO_SETUP ? -1 : libc.syscallWithMemory(call, a, memory),
    }),
  },
  { lacks: "io_submit", kinds: ["epoll"], changed: () => ({ syscallOnAio: fails }) },
  {
    lacks: "asynchronous I/O that signals",
    kinds: ["epoll"],
    changed: () => ({ syscallOnAio: (_call, _context, count) => count }),
  },
];

const skips = Object.fromEntries(
  BOTH.map((kind) => [
    kind,
    libc === undefined || !attempt(kind).works ? `there are no ${kind} sockets here at all` : false,
  ]),
);

for (const { lacks, kinds, changed } of ROWS) {
  for (const kind of kinds) {
    test(`a machine without ${lacks} has no ${kind} sockets`, { skip: skips[kind]! }, () => {
      assert.deepEqual(attempt(kind, changed(libc!)), { works: false, fds: [] });
    });
  }
}

test(
  "a machine without a wait of less than a millisecond has epoll sockets all the same",
  { skip: skips["epoll"]! },
  () => {
    assert.equal(attempt("epoll", { syscallToWait: fails }).works, true);
  },
);

const ENOMEM = 12;
const IO_URING_SETUP = 425;

for (const { limit, works } of [{ limit: 64, works: true }, { limit: 0, works: false }]) {
  test(`where a user may lock memory for ${limit} requests ${works ? "a small ring is used" : "there is no ring"}`, {
    skip: skips["uring"]!,
  }, () => {
    let isRefused = false;
    const { syscallWithMemory } = libc!;
    const asked: number[] = [];
    const changed: Partial<Libc> = {
      syscallWithMemory: (call, requests, memory) => {
        if (call === IO_URING_SETUP) asked.push(requests);
        isRefused = call === IO_URING_SETUP && requests > limit;
        return isRefused ? -1 : syscallWithMemory(call, requests, memory);
      },
      errno: () => isRefused ? ENOMEM : libc!.errno(),
    };
    assert.equal(attempt("uring", changed).works, works);
    assert.ok(asked[0]! > 64);
    assert.equal(asked.at(-1), 64);
  });
}
