/** The error about a text that is no threshold: it shows the expression with a caret under the first wrong character. */
import { displayWidth } from "../../base/text/display_width.ts";
import { UsageError } from "../../base/errors.ts";
import { escapeControls } from "../../base/text/text.ts";

/** A text that is no threshold. */
export class ThresholdSyntaxError extends UsageError {
  /** Where the first wrong character stands in the expression, from 1: characters, not UTF-16 units. */
  readonly column: number;
  /** Column, what was expected there, and the expression with a caret under the column. */
  readonly reason: string;

  /** `at`: its place in the text, from 0. */
  constructor(expression: string, at: number, expected: string) {
    const show = (text: string) => escapeControls(text.replaceAll("\t", " "));
    const before = expression.slice(0, at);
    const column = [...before].length + 1;
    const caret = " ".repeat(displayWidth(show(before)));
    const reason = `column ${column}: ${expected}\n  ${show(expression)}\n  ${caret}^`;
    super(`Cannot read the threshold "${show(expression)}": ${reason}`);
    this.name = "ThresholdSyntaxError";
    this.column = column;
    this.reason = reason;
  }
}
