/** Runs a command on a terminal of its own, and collects what it writes there. Needs Bun, which has terminals since 1.3. */
import { bunApi } from "../../src/platform/runtime.ts";

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

interface BunTerminals {
  spawn(command: readonly string[], options: {
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly terminal: {
      readonly cols: number;
      readonly rows: number;
      readonly data: (terminal: unknown, bytes: Uint8Array) => void;
    };
  }): { readonly exited: Promise<number>; kill(signal: "SIGINT"): void };
}

export interface OnTerminal {
  /** What was written so far. */
  text(): string;
  /** Ctrl-C, and the end. */
  stop(): Promise<void>;
}

export function runOnTerminal(
  command: readonly string[],
  { columns, rows }: TerminalSize,
  env: Readonly<Record<string, string | undefined>>,
): OnTerminal {
  const bun = bunApi<BunTerminals>();
  if (bun === undefined) throw new Error("Cannot open a terminal: this script runs under Bun");
  const decoder = new TextDecoder();
  let text = "";
  const child = bun.spawn(command, {
    env: { ...env, TERM: "xterm-256color", NO_COLOR: undefined, CI: undefined },
    terminal: { cols: columns, rows, data: (_, bytes) => text += decoder.decode(bytes, { stream: true }) },
  });
  return {
    text: () => text,
    async stop() {
      child.kill("SIGINT");
      await child.exited;
    },
  };
}
