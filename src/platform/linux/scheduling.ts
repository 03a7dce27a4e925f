/** Tells the scheduler of the kernel how to treat a thread: `sched_getattr` and `sched_setattr`. Nobody needs rights for what is changed here. */
import process from "node:process";
import type { Libc } from "./libc.ts";

export type SchedulingCalls = Pick<Libc, "syscallOnMemory">;

const CALLS = process.arch === "arm64" ? { set: 274, get: 275 } : { set: 314, get: 315 };

/** `struct sched_attr` of Linux, include/uapi/linux/sched/types.h, in its first version: size, policy, flags, nice, priority, then the slice. */
const ATTRIBUTES = { length: 48, size: 0, policy: 4, flags: 8, sliceNs: 24 } as const;

export const [SCHED_NORMAL, SCHED_BATCH] = [0, 3];

/** Threads that this one starts have the usual slice again. */
export const RESET_ON_FORK = 1n;

export interface Scheduling {
  policy: number;
  flags: bigint;
  sliceNs: bigint;
}

/**
 * Changes what `change` changes, of this thread (0) or another one of this process, and leaves its nice value. A thread with a policy that a user chose
 * (real-time, idle) stays as it is. Says whether the kernel took it.
 */
export function changeScheduling(
  libc: SchedulingCalls,
  tid: number,
  change: (scheduling: Scheduling) => void,
): boolean {
  const attributes = new DataView(new ArrayBuffer(ATTRIBUTES.length));
  if (libc.syscallOnMemory(CALLS.get, tid, attributes, ATTRIBUTES.length, 0) !== 0) return false;
  const policy = attributes.getUint32(ATTRIBUTES.policy, true);
  if (policy !== SCHED_NORMAL && policy !== SCHED_BATCH) return false;
  const scheduling: Scheduling = {
    policy,
    flags: attributes.getBigUint64(ATTRIBUTES.flags, true),
    sliceNs: attributes.getBigUint64(ATTRIBUTES.sliceNs, true),
  };
  change(scheduling);
  attributes.setUint32(ATTRIBUTES.size, ATTRIBUTES.length, true);
  attributes.setUint32(ATTRIBUTES.policy, scheduling.policy, true);
  attributes.setBigUint64(ATTRIBUTES.flags, scheduling.flags, true);
  attributes.setBigUint64(ATTRIBUTES.sliceNs, scheduling.sliceNs, true);
  return libc.syscallOnMemory(CALLS.set, tid, attributes, 0, 0) === 0;
}
