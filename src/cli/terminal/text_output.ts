/**
 * Standard output and standard error as values. A reader that goes away (`| head`) closes an output: what is written to
 * it later vanishes, nothing throws and nothing is printed about it.
 */
import { EXIT_USAGE } from "./exit_code.ts";

export interface TextOutput {
  write(text: string): void;
  /** Writes whole lines that the reader of the log obeys: a CI system's annotations. */
  command(lines: string): void;
  readonly isTty: boolean;
  /** Characters per line of a terminal now; 80 where it is none. */
  columns(): number;
  /** Lines of a terminal now; 24 where it is none. */
  rows(): number;
  /** Called when the terminal changes its size. Returns what ends that. */
  onResize(listener: () => void): () => void;
  /** Resolves when everything written so far has been handed to the system (or the reader is gone). */
  flush(): Promise<void>;
  /** The reader has gone away: further writing has no effect. */
  readonly closed: boolean;
  /** Why written text was lost although its reader wants it (a full disk), as the rest of a sentence. */
  readonly problem: string | undefined;
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
  let problem: string | undefined;
  let underWay = 0;
  const waiting: (() => void)[] = [];
  const wake = () => {
    for (const resolve of waiting.splice(0)) resolve();
  };
  const fail = (error: unknown) => {
    closed = true;
    problem ??= describeLoss(error, stream.isTTY === true ? "terminal" : "file");
    wake();
  };
  // Counted write by write: Bun answers for an empty write at once, whatever a slow reader has not taken yet.
  const written = (error?: Error | null) => {
    if (error) fail(error);
    if (--underWay === 0) wake();
  };
  // Without a listener an EPIPE would end the program with a stack trace.
  stream.on("error", fail);
  const write = (text: string) => {
    if (closed || text === "") return;
    underWay++;
    try {
      stream.write(text, written);
    } catch (error) {
      fail(error); // some runtimes throw at once
    }
  };
  return {
    write,
    command: write,
    isTty: stream.isTTY === true,
    columns: () => stream.columns || COLUMNS_WITHOUT_TERMINAL,
    rows: () => stream.rows || ROWS_WITHOUT_TERMINAL,
    onResize(listener) {
      stream.on("resize", listener);
      return () => void stream.off("resize", listener);
    },
    flush: () =>
      new Promise((resolve) => {
        if (closed || underWay === 0) resolve();
        else waiting.push(resolve);
      }),
    get closed() {
      return closed;
    },
    get problem() {
      return problem;
    },
  };
}

/** A reader that left wanted no more, and so did a terminal that was closed; the disk that is full did not. */
function describeLoss(error: unknown, device: "terminal" | "file"): string | undefined {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "EIO" && device === "terminal") return undefined;
  const losses: Readonly<Record<string, string>> = {
    ENOSPC: "the disk is full",
    EDQUOT: "the disk quota is used up",
    EFBIG: "the file may not grow any more",
    EIO: "the device reports an error",
  };
  return losses[code];
}

/** Waits until all is written. Resolves to the exit code, which is 2 when standard output is not whole. */
export async function concludeOutputs(stdout: TextOutput, stderr: TextOutput, code: number): Promise<number> {
  await stdout.flush();
  if (stdout.problem !== undefined) {
    stderr.write(`Cannot write to standard output: ${stdout.problem}; what was written is incomplete\n`);
  }
  await stderr.flush();
  return stdout.problem === undefined || code > 128 ? code : EXIT_USAGE; // a signal's code stays
}
