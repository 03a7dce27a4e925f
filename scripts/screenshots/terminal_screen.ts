/**
 * The screen of a terminal after it has received some text: lines of cells with their colours. It knows the sequences that locust-ts
 * writes, and throws at any other one, so that a picture never shows what a terminal would not. Lines are never scrolled away.
 */

export type Colour = "red" | "green" | "yellow" | "blue" | "magenta" | "cyan";

export interface Style {
  readonly colour?: Colour;
  readonly isBold?: true;
  readonly isDim?: true;
}

/** Neighbouring cells of one style. */
export interface Span {
  readonly text: string;
  readonly style: Style;
}

interface Cell {
  readonly character: string;
  readonly style: Style;
}

const COLOURS: Readonly<Record<number, Colour>> = {
  31: "red",
  32: "green",
  33: "yellow",
  34: "blue",
  35: "magenta",
  36: "cyan",
};

const PLAIN: Style = {};

/** A control sequence with its final letter, one control character, or text up to the next of them. */
// deno-lint-ignore no-control-regex
const PARTS = /\x1b\[([0-9;?]*)([A-Za-z])|([\x00-\x1f\x7f])|[^\x00-\x1f\x7f]+/g;

export class TerminalScreen {
  readonly #lines: Cell[][] = [[]];
  #row = 0;
  #column = 0;
  #style: Style = PLAIN;

  /** `text` must not end inside a sequence. */
  write(text: string): void {
    for (const [part, parameters, letter, control] of text.matchAll(PARTS)) {
      if (letter !== undefined) this.#obey(letter, parameters ?? "");
      else if (control !== undefined) this.#move(control);
      else this.#put(part);
    }
  }

  /** The lines, without empty ones at the end. */
  lines(): readonly (readonly Span[])[] {
    const lines = this.#lines.map(toSpans);
    const last = lines.findLastIndex((spans) => spans.some(({ text }) => text.trim() !== ""));
    return lines.slice(0, last + 1);
  }

  #put(text: string): void {
    const line = this.#lineAt(this.#row);
    for (const character of text) {
      while (line.length < this.#column) line.push({ character: " ", style: PLAIN });
      line[this.#column++] = { character, style: this.#style };
    }
  }

  #move(control: string): void {
    if (control === "\r") this.#column = 0;
    else if (control === "\n") this.#row++;
    else throw new Error(`Cannot draw the control character ${JSON.stringify(control)}: it is not known here`);
  }

  #obey(letter: string, parameters: string): void {
    if (letter === "m") this.#style = parameters.split(";").reduce(changeStyle, this.#style);
    else if (letter === "A") this.#row = Math.max(0, this.#row - Math.max(1, Number(parameters)));
    else if (letter === "K" && parameters === "") this.#lineAt(this.#row).length = this.#column;
    else throw new Error(`Cannot draw the sequence "CSI ${parameters}${letter}": it is not known here`);
  }

  #lineAt(row: number): Cell[] {
    while (this.#lines.length <= row) this.#lines.push([]);
    return this.#lines[row]!;
  }
}

function changeStyle(style: Style, parameter: string): Style {
  const code = Number(parameter);
  const colour = COLOURS[code];
  if (code === 0) return PLAIN;
  if (code === 1) return { ...style, isBold: true };
  if (code === 2) return { ...style, isDim: true };
  if (colour !== undefined) return { ...style, colour };
  throw new Error(`Cannot draw the style ${parameter}: it is not known here`);
}

function toSpans(cells: readonly Cell[]): readonly Span[] {
  const spans: Span[] = [];
  for (const { character, style } of cells) {
    const last = spans.at(-1);
    if (last?.style === style) spans[spans.length - 1] = { text: last.text + character, style };
    else spans.push({ text: character, style });
  }
  return spans;
}
