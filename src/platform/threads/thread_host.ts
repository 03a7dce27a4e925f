/**
 * Starting a Web Worker and talking to it, the same under Bun and Deno, from source and from the executable.
 */

export interface ThreadHost<Incoming, Outgoing> {
  post(message: Outgoing): void;
  /** Ends the thread at once, also one in an endless loop (in Deno such a thread burns its core until the process ends). */
  terminate(): void;
}

export interface ThreadHostReceiver<Incoming> {
  message(message: Incoming): void;
  /** The thread ended by an uncaught error, or could not start. */
  failed(problem: string): void;
}

/** Starts the module at `entry` (a file URL made in `src/main.ts`) as a Web Worker. */
export type StartThread = <Incoming, Outgoing>(
  entry: URL,
  name: string,
  receiver: ThreadHostReceiver<Incoming>,
) => ThreadHost<Incoming, Outgoing>;
