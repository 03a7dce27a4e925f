/**
 * A thread that is started before the code that uses it is loaded. What it says until then is kept for its owner: that
 * it failed, or what a locustfile prints in the milliseconds until the owner is loaded.
 */
import type { StartThread, ThreadHostReceiver } from "./thread_host.ts";

export interface EarlyThread {
  /** Starts threads as the function does that started this one, and gives out this one when its entry is asked for first. */
  readonly start: StartThread;
  /** Gives it something to do before it has an owner. What it says to that is the owner's. */
  post(message: unknown): void;
}

/** Starts the thread now. */
export function startEarly(start: StartThread, entry: URL, name: string): EarlyThread {
  const kept: ((receiver: ThreadHostReceiver<never>) => void)[] = [];
  let owner: ThreadHostReceiver<never> | undefined;
  const tell = (say: (receiver: ThreadHostReceiver<never>) => void) => {
    if (owner === undefined) kept.push(say);
    else say(owner);
  };
  const host = start<never, unknown>(entry, name, {
    message: (message) => tell((receiver) => receiver.message(message)),
    failed: (problem) => tell((receiver) => receiver.failed(problem)),
  });
  return {
    start: (wanted, wantedName, receiver) => {
      if (owner !== undefined || wanted.href !== entry.href) return start(wanted, wantedName, receiver);
      owner = receiver as ThreadHostReceiver<never>;
      for (const say of kept.splice(0)) queueMicrotask(() => say(receiver as ThreadHostReceiver<never>));
      return host;
    },
    post: (message) => host.post(message),
  };
}
