/**
 * "Threads" that live in the caller's own JavaScript thread: for library use (user classes as objects, a debugger, a
 * unit test) and for tests of code that starts threads. Messages are copied as between real threads and arrive in a
 * later microtask, so that nothing works here that would fail there; only a hang is shared.
 */
import type { StartThread, ThreadHostReceiver } from "./thread_host.ts";
import type { ThreadPort } from "./threads.ts";

/** What a thread's entry module does with its port. */
export type ServeThread = (port: ThreadPort<unknown, unknown>) => void;

/** A `StartThread` that runs `serve` here, whatever the entry URL says. */
export function inProcessThreads(serve: ServeThread): StartThread {
  return <Incoming, Outgoing>(_entry: URL, _name: string, receiver: ThreadHostReceiver<Incoming>) => {
    let gone = false;
    let receive: (message: unknown) => void = () => {};
    const deliver = (to: (message: unknown) => void, message: unknown) => {
      if (gone) return;
      const copy: unknown = structuredClone(message); // a SharedArrayBuffer stays shared
      queueMicrotask(() => {
        if (!gone) to(copy);
      });
    };
    const fail = (problem: string) => {
      if (gone) return;
      gone = true;
      receiver.failed(problem);
    };
    queueMicrotask(() => {
      if (gone) return;
      try {
        serve({
          post: (message) => deliver((copy) => receiver.message(copy as Incoming), message),
          listen: (listener) => {
            receive = listener;
          },
          close: () => {
            gone = true;
          },
        });
      } catch (error) {
        fail(String(error));
      }
    });
    return {
      post: (message: Outgoing) => deliver((copy) => receive(copy), message),
      terminate: () => {
        gone = true;
      },
    };
  };
}
