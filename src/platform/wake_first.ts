/**
 * Asks the scheduler of Linux to let this thread run soon after it wakes: a timer or a response wakes a thread of users for some tens of
 * microseconds, and behind a compiler thread on the same core these would wait for one to four ticks of the kernel, other cores idle or not.
 * The thread gets no more of the processor for it. Nobody needs rights for that.
 */
import process from "node:process";
import { type Libc, openLibc } from "./linux/libc.ts";

/**
 * The shortest time slice that the kernel takes. What wakes with a shorter slice than that of the running thread takes its core (since Linux 6.12; a kernel
 * before it ignores the field).
 */
const SLICE_NS = 100_000n;

const CALLS = process.arch === "arm64" ? { set: 274, get: 275 } : { set: 314, get: 315 };

/** `struct sched_attr` of Linux, include/uapi/linux/sched/types.h, in its first version: size, policy, flags, nice, priority, then the slice. */
const ATTRIBUTES = { length: 48, size: 0, policy: 4, flags: 8, sliceNs: 24 } as const;

const [SCHED_NORMAL, SCHED_BATCH] = [0, 3];

/** Threads that this one starts, the compiler's among them, have the usual slice again. */
const FLAG_RESET_ON_FORK = 1n;

/** Of the thread that calls it. Says whether the kernel took it; it changes nothing where a user chose a real-time or idle policy. */
export function wakeFirst(libc: Pick<Libc, "syscallOnMemory"> | undefined = openLibc()): boolean {
  if (libc === undefined) return false;
  const attributes = new DataView(new ArrayBuffer(ATTRIBUTES.length));
  if (libc.syscallOnMemory(CALLS.get, 0, attributes, ATTRIBUTES.length, 0) !== 0) return false;
  const policy = attributes.getUint32(ATTRIBUTES.policy, true);
  if (policy !== SCHED_NORMAL && policy !== SCHED_BATCH) return false;
  attributes.setUint32(ATTRIBUTES.size, ATTRIBUTES.length, true);
  attributes.setBigUint64(ATTRIBUTES.flags, attributes.getBigUint64(ATTRIBUTES.flags, true) | FLAG_RESET_ON_FORK, true);
  attributes.setBigUint64(ATTRIBUTES.sliceNs, SLICE_NS, true);
  return libc.syscallOnMemory(CALLS.set, 0, attributes, 0, 0) === 0;
}
