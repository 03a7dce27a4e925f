/** A place in the text of a threshold that moves on as parts of it are read. What the parts are, its readers know. */
import { ThresholdSyntaxError } from "./threshold_syntax_error.ts";

export class TextCursor {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** The character here; undefined at the end. */
  get next(): string | undefined {
    return this.text[this.at];
  }

  skipBlanks(): void {
    this.take(/\s*/y);
  }

  /** Moves over a whole word, where it stands here. */
  takeWord(word: string): boolean {
    if (!this.text.startsWith(word, this.at)) return false;
    const next = this.text[this.at + word.length];
    if (next !== undefined && /[\w]/.test(next)) return false;
    this.at += word.length;
    return true;
  }

  /** Moves over what matches here; `pattern` is sticky. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text)?.[0];
    if (match !== undefined) this.at += match.length;
    return match;
  }

  fail(at: number, expected: string): never {
    throw new ThresholdSyntaxError(this.text, at, expected);
  }
}
