/** The verdict with its doubts as lines. Pure. */
import { escapeControls } from "../base/text.ts";
import type { RunVerdict } from "../stats/verdict.ts";
import { type Colors, paint, type Style } from "./colors.ts";

const STYLES: Readonly<Record<RunVerdict["kind"], Style>> = { valid: "green", degraded: "yellow", invalid: "red" };

export function renderVerdict(verdict: RunVerdict, options: { readonly colors: Colors }): string[] {
  const style = STYLES[verdict.kind];
  const heading = verdict.doubts.length === 0
    ? "Verdict: valid, nothing speaks against these numbers"
    : `Verdict: ${verdict.kind}`;
  return [
    paint(heading, style, options.colors),
    ...verdict.doubts.flatMap(({ sentence, advice }) => [
      `  - ${escapeControls(sentence)}`,
      `    ${escapeControls(advice)}`,
    ]),
    ...(verdict.notes ?? []).map((note) => `  - ${escapeControls(note)}`),
    "",
  ];
}
