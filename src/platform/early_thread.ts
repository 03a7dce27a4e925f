/**
 * A thread that is started before the code that uses it is loaded. What it says until then is kept for its owner: a thread that waits
 * for its first order says nothing but that it failed.
 */
import type { StartThread, ThreadHostReceiver } from "./thread_host.ts";

/** Starts the thread now. The result starts threads as `start` does, and gives out this one when its entry is asked for first. */
export function startEarly(start: StartThread, entry: URL, name: string): StartThread {
  const kept: ((receiver: ThreadHostReceiver<never>) => void)[] = [];
  let owner: ThreadHostReceiver<never> | undefined;
  const tell = (say: (receiver: ThreadHostReceiver<never>) => void) => {
    if (owner === undefined) kept.push(say);
    else say(owner);
  };
  const host = start<never, never>(entry, name, {
    message: (message) => tell((receiver) => receiver.message(message)),
    failed: (problem) => tell((receiver) => receiver.failed(problem)),
  });
  return (wanted, wantedName, receiver) => {
    if (owner !== undefined || wanted.href !== entry.href) return start(wanted, wantedName, receiver);
    owner = receiver as ThreadHostReceiver<never>;
    for (const say of kept.splice(0)) queueMicrotask(() => say(receiver as ThreadHostReceiver<never>));
    return host as unknown as ReturnType<typeof start<never, never>>;
  };
}
