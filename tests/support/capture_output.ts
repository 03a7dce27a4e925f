/** A `TextOutput` that keeps what was written. */
import type { TextOutput } from "../../src/cli/terminal/text_output.ts";

export interface CapturedOutput extends TextOutput {
  text(): string;
}

export function captureOutput(options: { readonly columns?: number; readonly isTty?: boolean } = {}): CapturedOutput {
  let written = "";
  return {
    write: (text) => void (written += text),
    command: (text) => void (written += text),
    isTty: options.isTty ?? false,
    columns: () => options.columns ?? 80,
    rows: () => 24,
    onResize: () => () => {},
    flush: () => Promise.resolve(),
    closed: false,
    problem: undefined,
    text: () => written,
  };
}
