/**
 * Web Workers, from both sides: starting one, and being one. The same under Bun and Deno, from source and from the
 * executable. What the messages mean is the business of `thread/` and `control/`; this only moves them and tells when a
 * thread is gone.
 */
import { openLibc } from "../linux/libc.ts";
import { shareResources, ThreadResources } from "../linux/thread_resources.ts";
import { runtimeName } from "../runtime.ts";
import type { StartThread } from "./thread_host.ts";

/** The first message to a thread, which is not for its user: where it notes what it gets from the kernel. */
interface SharedResources {
  readonly kernelResources: SharedArrayBuffer;
}

export const startThread: StartThread = (entry, name, receiver) => {
  const worker = new Worker(entry.href, { type: "module", name });
  const resources = runtimeName === "bun" ? new ThreadResources() : undefined;
  if (resources !== undefined) worker.postMessage({ kernelResources: resources.memory } satisfies SharedResources);
  let gone = false;
  const fail = (problem: string) => {
    if (gone) return;
    gone = true;
    worker.terminate();
    receiver.failed(problem);
  };
  worker.onmessage = (event: MessageEvent) => {
    if (!gone) receiver.message(event.data);
  };
  worker.onmessageerror = () => fail("it sent a message that cannot be read");
  worker.onerror = (event: ErrorEvent) => {
    event.preventDefault(); // Deno ends the whole process otherwise
    fail(event.message === "" ? "it ended with an error" : event.message);
  };
  // Bun only: `process.exit()` in the thread. Deno says nothing; there the watchdog notices the silence.
  worker.addEventListener("close", (event) => {
    const libc = openLibc();
    if (libc !== undefined) resources?.release(libc);
    const { code } = event as unknown as { readonly code?: number };
    fail(`it left with exit code ${code ?? "unknown"} (process.exit() in user code ends a thread)`);
  });
  return {
    post: (message) => {
      if (!gone) worker.postMessage(message);
    },
    terminate: () => {
      gone = true;
      worker.terminate();
    },
  };
};

/** The inside of a thread: its messages to and from its owner. */
export interface ThreadPort<Incoming, Outgoing> {
  post(message: Outgoing): void;
  /** Called once, before the first message can arrive. */
  listen(receive: (message: Incoming) => void): void;
  /** Ends this thread; nothing after it runs. */
  close(): void;
}

interface WorkerScope {
  postMessage(message: unknown): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  close(): void;
}

/** The port of the Web Worker that this code runs in. */
export function openThreadPort<Incoming, Outgoing>(): ThreadPort<Incoming, Outgoing> {
  const scope = globalThis as unknown as WorkerScope;
  return {
    post: (message) => scope.postMessage(message),
    listen: (receive) =>
      scope.addEventListener("message", ({ data }) => {
        if (isResources(data)) shareResources(data.kernelResources);
        else receive(data as Incoming);
      }),
    close: () => scope.close(),
  };
}

function isResources(data: unknown): data is SharedResources {
  return typeof data === "object" && data !== null && "kernelResources" in data;
}
