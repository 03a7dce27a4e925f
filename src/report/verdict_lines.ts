/** The verdict with its doubts as lines. Pure. */
import { escapeControls, wrap } from "../base/text.ts";
import type { RunVerdict } from "../stats/verdict/doubt.ts";
import { type Colors, paint, type Style } from "./colors.ts";

const STYLES: Readonly<Record<RunVerdict["kind"], Style>> = { valid: "green", degraded: "yellow", invalid: "red" };

/** `width`: cells per line; null: nothing is broken. */
export function renderVerdict(
  verdict: RunVerdict,
  options: { readonly colors: Colors; readonly width: number | null },
): string[] {
  const style = STYLES[verdict.kind];
  const heading = verdict.doubts.length === 0
    ? "Verdict: valid, nothing speaks against these numbers"
    : `Verdict: ${verdict.kind}`;
  const item = (text: string, head: string) =>
    wrap(escapeControls(text), options.width === null ? Infinity : Math.max(20, options.width - head.length))
      .map((line, i) => `${i === 0 ? head : " ".repeat(head.length)}${line}`);
  return [
    paint(heading, style, options.colors),
    ...verdict.doubts.flatMap(({ sentence, advice }) => [
      ...item(sentence, "  - "),
      ...item(advice, "    "),
    ]),
    ...(verdict.notes ?? []).flatMap((note) => item(note, "  - ")),
    "",
  ];
}
