/**
 * Asks the scheduler of Linux to let this thread run soon after it wakes, and until it has done what it woke for: a
 * timer or a response wakes a thread of users for some hundreds of microseconds at most, and behind a compiler thread
 * on the same core these would wait for one to four ticks of the kernel, other cores idle or not. The thread gets no
 * more of the processor for it. Nobody needs rights for that.
 */
import { type Libc, openLibc } from "../linux/libc.ts";
import { changeScheduling, RESET_ON_FORK } from "../linux/scheduling.ts";

/**
 * What wakes with a shorter slice than that of the running thread takes its core (since Linux 6.12; a kernel before it
 * ignores the field): shorter than the kernel's own, which is 0.7 ms on one core and 1.4 to 2.8 ms on more. But whoever
 * has used up its slice gives the core away: with 0.1 ms, the shortest that the kernel takes, a thread that had woken
 * for an arrival lost the core before it had sent the request.
 */
const SLICE_NS = 600_000n;

/**
 * Of the thread that calls it. Says whether the kernel took it; it changes nothing where a user chose a real-time or
 * idle policy.
 */
export function wakeFirst(libc: Pick<Libc, "syscallOnMemory"> | undefined = openLibc()): boolean {
  if (libc === undefined) return false;
  return changeScheduling(libc, 0, (scheduling) => {
    scheduling.flags |= RESET_ON_FORK; // the compiler's threads among them
    scheduling.sliceNs = SLICE_NS;
  });
}
