/**
 * Standard output and standard error as values. A reader that goes away (`| head`) closes an output: what is written to it
 * later vanishes, nothing throws and nothing is printed about it.
 */

export interface TextOutput {
  write(text: string): void;
  readonly isTty: boolean;
  /** Characters per line of a terminal now; 80 where it is none. */
  columns(): number;
  /** Lines of a terminal now; 24 where it is none. */
  rows(): number;
  /** Called when the terminal changes its size. Returns what ends that. */
  onResize(listener: () => void): () => void;
  /** Resolves when everything written so far has been handed to the system (or the reader is gone). */
  flush(): Promise<void>;
  /** The reader has gone away: there is no point in going on writing. */
  readonly closed: boolean;
}

/** The part of `process.stdout` that is used. */
export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string, done?: (error?: Error | null) => void): boolean;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "resize", listener: () => void): unknown;
  off(event: "resize", listener: () => void): unknown;
}

const COLUMNS_WITHOUT_TERMINAL = 80;
const ROWS_WITHOUT_TERMINAL = 24;

export function createTextOutput(stream: OutputStream): TextOutput {
  let closed = false;
  // Without a listener an EPIPE would end the program with a stack trace.
  stream.on("error", () => closed = true);
  return {
    write(text) {
      if (closed) return;
      try {
        stream.write(text);
      } catch {
        closed = true; // some runtimes throw at once when the reader is gone
      }
    },
    isTty: stream.isTTY === true,
    columns: () => stream.columns || COLUMNS_WITHOUT_TERMINAL,
    rows: () => stream.rows || ROWS_WITHOUT_TERMINAL,
    onResize(listener) {
      stream.on("resize", listener);
      return () => void stream.off("resize", listener);
    },
    flush: () =>
      new Promise((resolve) => {
        if (closed) return resolve();
        try {
          stream.write("", () => resolve());
          stream.on("error", () => resolve());
        } catch {
          resolve(); // the reader is gone: there is nothing left to wait for
        }
      }),
    get closed() {
      return closed;
    },
  };
}
