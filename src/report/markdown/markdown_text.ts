/**
 * Text for Markdown as GitHub, GitLab and other readers of comments understand it. Text from outside can neither break
 * a table, nor become HTML, a link, an image or a mention. Pure.
 */
import { escapeControls } from "../../base/text/text.ts";

/** Characters that mean nothing within a code span, even in a table; blanks at its ends would be taken away. */
const PLAIN_CODE = /^(?! )[^`|\\<>&]*[^`|\\<>& ]$/;

/** A name, a host, a failure text: as code, in which a reader makes no mentions and links. */
export function codeText(text: string): string {
  const shown = escapeControls(text);
  if (shown === "") return "–";
  if (PLAIN_CODE.test(shown)) return `\`${shown}\``;
  // Entities are never taken for markup, which backslashes within a code span and bars within a table are.
  return `<code>${shown.replace(/[!-/:-@[-`{-~]|^ | $/g, toEntity)}</code>`;
}

/** A sentence. */
export function sentenceText(text: string): string {
  return escapeControls(text)
    .replace(/[&<>|`*_~[\]\\#!$]/g, toEntity)
    .replace(/@(?=\w)|:\/\/|\bwww\./g, "$&<!-- -->"); // the reader makes no mention and no link of it
}

function toEntity(character: string): string {
  return `&#${character.charCodeAt(0)};`;
}

/** A table; the first column is text, the others are numbers. Cells are Markdown. */
export function markdownTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  align: readonly ("left" | "right")[],
): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(header), line(align.map((each) => each === "left" ? "---" : "---:")), ...rows.map(line)];
}
