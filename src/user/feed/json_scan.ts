/**
 * Finds where the elements of a JSON array begin, in one pass over the bytes of its file. The elements themselves are
 * parsed when they are read.
 */
import { RowProblem, type RowScan } from "./row_scan.ts";

const LF = 0x0a;
const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_MAP = 0x7b;
const CLOSE_MAP = 0x7d;

const ADVICE = "the file must hold one list: [{…}, {…}]";

export class JsonScan implements RowScan {
  readonly #row: (start: number, line: number) => void;
  #position = 0;
  #line = 1;
  #depth: number; // 1: in the list
  #isOver = false;
  #inText = false;
  #isEscaped = false;
  #hasElement = false;

  constructor(
    row: (start: number, line: number) => void,
    place: "at the beginning" | "in the list" = "at the beginning",
  ) {
    this.#row = row;
    this.#depth = place === "in the list" ? 1 : 0;
  }

  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at++) this.#take(bytes[at] as number, this.#position + at);
    this.#position += bytes.length;
  }

  end(): void {
    if (!this.#isOver) throw new RowProblem(this.#line, "ends within the list", ADVICE);
  }

  #take(byte: number, place: number): void {
    if (this.#inText) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (byte === BACKSLASH) this.#isEscaped = true;
      else if (byte === QUOTE) this.#inText = false;
      return;
    }
    if (byte <= 0x20) {
      if (byte === LF) this.#line++;
      return;
    }
    if (this.#isOver) throw new RowProblem(this.#line, "has something behind the list", ADVICE);
    if (this.#depth === 0) {
      if (byte !== OPEN_LIST) {
        throw new RowProblem(
          this.#line,
          "does not begin with a list",
          `${ADVICE}; a value per line is read by feed.jsonl`,
        );
      }
      this.#depth = 1;
      return;
    }
    if (this.#depth === 1) {
      if (byte === COMMA) {
        this.#hasElement = false;
        return;
      }
      if (byte !== CLOSE_LIST && !this.#hasElement) {
        this.#hasElement = true;
        this.#row(place, this.#line);
      }
    }
    if (byte === QUOTE) this.#inText = true;
    else if (byte === OPEN_LIST || byte === OPEN_MAP) this.#depth++;
    else if ((byte === CLOSE_LIST || byte === CLOSE_MAP) && --this.#depth === 0) this.#isOver = true;
  }
}
