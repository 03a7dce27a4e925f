/**
 * libc's calls for sockets, memory and events, by the foreign function interface of Bun. Loaded on first use: half a millisecond. Results are
 * those of C: a negative number is a failure, and `errno()` has its reason until the next call.
 */
import process from "node:process";
import { runtimeName } from "../runtime.ts";

/** Memory of a typed array (for the time of the call only), or an address. */
export type Memory = ArrayBufferView | number | null;

export interface Libc {
  socket(domain: number, type: number, protocol: number): number;
  socketpair(domain: number, type: number, protocol: number, pair: Memory): number;
  connect(fd: number, address: Memory, length: number): number;
  setsockopt(fd: number, level: number, option: number, value: Memory, length: number): number;
  getsockopt(fd: number, level: number, option: number, value: Memory, length: Memory): number;
  send(fd: number, bytes: Memory, length: number, flags: number): number;
  recvmsg(fd: number, header: Memory, flags: number): number;
  shutdown(fd: number, how: number): number;
  close(fd: number): number;
  eventfd(value: number, flags: number): number;
  epoll_create1(flags: number): number;
  epoll_ctl(epoll: number, operation: number, fd: number, event: Memory): number;
  epoll_wait(epoll: number, events: Memory, count: number, timeoutMs: number): number;
  clock_gettime(clock: number, time: Memory): number;
  mmap(address: Memory, length: number, protection: number, flags: number, fd: number, offset: number): number | null;
  munmap(address: Memory, length: number): number;
  /** A system call with up to four integers, then memory, then an integer. Unused ones are 0 and null. */
  syscall(call: number, a: number, b: number, c: number, d: number, memory: Memory, size: number): number;
  /** A system call whose second argument is memory. */
  syscallWithMemory(call: number, a: number, memory: Memory): number;
  /** A system call with an integer, memory and its length, and flags. */
  syscallOnMemory(call: number, a: number, memory: Memory, length: number, flags: number): number;
  /** A system call with two integers, memory, and another integer. */
  syscallOnRing(call: number, fd: number, operation: number, memory: Memory, count: number): number;
  /** A system call with an integer, memory, an integer, and memory. */
  syscallToWait(call: number, fd: number, memory: Memory, count: number, time: Memory): number;
  /** A system call on an AIO context: context, two integers, memory, null. */
  syscallOnAio(call: number, context: number, a: number, b: number, memory: Memory): number;
  errno(): number;
  /** Memory outside of the JavaScript heap as a buffer. It must stay mapped as long as the buffer is used. */
  view(address: number, length: number): ArrayBuffer;
  addressOf(memory: ArrayBufferView): number;
}

interface Signature {
  readonly args: readonly string[];
  readonly returns: string;
}

interface Ffi {
  dlopen(
    library: string,
    symbols: Readonly<Record<string, Signature>>,
  ): { readonly symbols: Readonly<Record<string, (...args: never[]) => number>> };
  toArrayBuffer(address: number, offset: number, length: number): ArrayBuffer;
  ptr(memory: ArrayBufferView): number;
}

const INT = "i32";
const POINTER = "ptr";
/** For lengths and addresses: a number, where "u64" would make a bigint of what is returned. */
const LONG = "u64";

const SIGNATURES: Readonly<Record<string, Signature>> = {
  socket: { args: [INT, INT, INT], returns: INT },
  socketpair: { args: [INT, INT, INT, POINTER], returns: INT },
  connect: { args: [INT, POINTER, INT], returns: INT },
  setsockopt: { args: [INT, INT, INT, POINTER, INT], returns: INT },
  getsockopt: { args: [INT, INT, INT, POINTER, POINTER], returns: INT },
  shutdown: { args: [INT, INT], returns: INT },
  close: { args: [INT], returns: INT },
  eventfd: { args: ["u32", INT], returns: INT },
  epoll_create1: { args: [INT], returns: INT },
  epoll_ctl: { args: [INT, INT, INT, POINTER], returns: INT },
  epoll_wait: { args: [INT, POINTER, INT, INT], returns: INT },
  clock_gettime: { args: [INT, POINTER], returns: INT },
  mmap: { args: [POINTER, LONG, INT, INT, INT, "i64"], returns: POINTER },
  munmap: { args: [POINTER, LONG], returns: INT },
  __errno_location: { args: [], returns: POINTER },
};

/** Of calls that are made for each request. libc's own functions for them cost up to 50 ns more: a thread can be cancelled in them. */
const CALLS = process.arch === "arm64" ? { sendto: 206, recvmsg: 212 } : { sendto: 44, recvmsg: 47 };

/** The same function by other signatures. */
const SYSCALLS = {
  syscall: { args: [INT, INT, INT, INT, INT, POINTER, LONG], returns: INT },
  syscallWithMemory: { args: [INT, INT, POINTER], returns: INT },
  syscallOnRing: { args: [INT, INT, INT, POINTER, INT], returns: INT },
  syscallOnMemory: { args: [INT, INT, POINTER, LONG, INT, POINTER, INT], returns: INT },
  syscallToReceive: { args: [INT, INT, POINTER, INT], returns: INT },
  syscallToWait: { args: [INT, INT, POINTER, INT, POINTER, POINTER, LONG], returns: INT },
  syscallOnAio: { args: [INT, LONG, LONG, LONG, POINTER, POINTER], returns: INT },
} as const;

const LIBRARIES = ["libc.so.6", `libc.musl-${process.arch === "arm64" ? "aarch64" : "x86_64"}.so.1`];

let known: Libc | null | undefined;

/** Undefined outside of Bun, outside of Linux, and where no libc can be loaded. */
export function openLibc(): Libc | undefined {
  known ??= load() ?? null;
  return known ?? undefined;
}

function load(): Libc | undefined {
  if (runtimeName !== "bun" || process.platform !== "linux" || !["x64", "arm64"].includes(process.arch)) {
    return undefined;
  }
  const ffi = process.getBuiltinModule("bun:ffi") as unknown as Ffi | undefined;
  if (ffi === undefined) return undefined;
  for (const library of LIBRARIES) {
    try {
      return bind(ffi, library);
    } catch {
      // The other one.
    }
  }
  return undefined;
}

function bind(ffi: Ffi, library: string): Libc {
  const { __errno_location: locateErrno, ...plain } = ffi.dlopen(library, SIGNATURES).symbols;
  const { syscallOnMemory, syscallToReceive, syscallToWait, ...syscalls } = Object.fromEntries(
    Object.entries(SYSCALLS).map((
      [name, signature],
    ) => [name, ffi.dlopen(library, { syscall: signature }).symbols["syscall"]]),
  ) as unknown as Record<keyof typeof SYSCALLS, (...args: (number | Memory)[]) => number>;
  const view = (address: number, length: number) => ffi.toArrayBuffer(address, 0, length);
  const errno = new Int32Array(view(Number(locateErrno?.()), 4));
  return {
    ...plain,
    ...syscalls,
    send: (fd: number, bytes: Memory, length: number, flags: number) =>
      syscallOnMemory(CALLS.sendto, fd, bytes, length, flags, null, 0),
    syscallOnMemory: (call: number, a: number, memory: Memory, length: number, flags: number) =>
      syscallOnMemory(call, a, memory, length, flags, null, 0),
    syscallToWait: (call: number, fd: number, memory: Memory, count: number, time: Memory) =>
      syscallToWait(call, fd, memory, count, time, null, 0),
    recvmsg: (fd: number, header: Memory, flags: number) => syscallToReceive(CALLS.recvmsg, fd, header, flags),
    errno: () => errno[0] ?? 0,
    view,
    addressOf: (memory: ArrayBufferView) => ffi.ptr(memory),
  } as unknown as Libc;
}
