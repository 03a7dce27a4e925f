/**
 * Numbers of sends that one system call makes. All sends of a call are stamped with the time right before it. When the kernel made which of them is not
 * known: another process may have had the processor in the middle, perhaps the target with the answers, and a place within the call that is
 * guessed can be after the answer. The time before the call never is. So a response time can be too long by the sends of its call that were before it
 * (some 3 µs each), and is not too short.
 */

/** By `io_uring_enter`: with 4 a send costs 0.1 to 0.3 µs more than with 32, with 1 it costs 1 µs more. */
export const RING_SENDS = 4;
/** By `io_submit`, which costs more itself: with 4 a request costs 0.5 µs more than with 16, and with 32 it costs the same. */
export const JOINT_SENDS = 16;
