/**
 * Three lines of a source file with a caret under the place that is meant, as compilers show it. Pure.
 */
import { displayWidth } from "./text/display_width.ts";
import { escapeControls } from "./text/text.ts";

/** A longer line is cut around the caret, so that a minified file does not flood the terminal. */
const MAX_WIDTH = 120;

/**
 * The line `line` (from 1) with its neighbours and a caret at `column` (from 1). Empty when the file has no such line.
 *
 * ```
 *   2 |   order() {
 * > 3 |     const n = = 3;
 *     |               ^
 *   4 |   }
 * ```
 */
export function formatCodeFrame(source: string, line: number, column: number): string {
  const lines = source.split(/\r?\n/);
  if (lines[line - 1] === undefined) return "";
  const cutBefore = Math.max(0, column - MAX_WIDTH + 20);
  const width = String(Math.min(line + 1, lines.length)).length;
  const rows: string[] = [];
  for (let at = Math.max(1, line - 1); at <= Math.min(line + 1, lines.length); at++) {
    const text = (lines[at - 1] ?? "").slice(cutBefore, cutBefore + MAX_WIDTH);
    rows.push(`${at === line ? ">" : " "} ${String(at).padStart(width)} | ${showText(text)}`.trimEnd());
    if (at !== line) continue;
    const before = showText(text.slice(0, Math.max(0, column - 1 - cutBefore)));
    rows.push(`  ${" ".repeat(width)} | ${" ".repeat(displayWidth(before))}^`);
  }
  return rows.join("\n");
}

/** Tabs as two blanks, so that the caret stands where it should; anything else that a terminal would obey is escaped. */
function showText(text: string): string {
  return escapeControls(text.replaceAll("\t", "  "));
}
