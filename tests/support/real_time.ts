/**
 * Real time, for tests in which it is the point: real sockets, real threads, real processes. A unit test that can has a fake clock, or
 * awaits an event.
 */

/**
 * Waits for something that a real socket, thread or process will do, and that tells no one when it has. Rejects after 10 s.
 */
export async function untilReally(condition: () => boolean): Promise<void> {
  for (let waitedMs = 0; !condition(); waitedMs += 5) {
    if (waitedMs > 10_000) throw new Error(`never came: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Gives the operating system the time to do something that must have no effect, or that nothing can wait for. */
export function letRealTimePass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Does something after a real time, as a caller or a server would in the middle of a real request. */
export function afterRealTime(ms: number, act: () => unknown): void {
  setTimeout(act, ms);
}

/** Lets the turn of the event loop end, with its timers. */
export function nextTurn(): Promise<void> {
  return letRealTimePass(0);
}
