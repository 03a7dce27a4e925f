/**
 * Finds where the rows of a CSV file begin, in one pass over its bytes, and checks that each row has as many cells as
 * the first. UTF-8 never has a byte of a quote, separator or line break inside of another character, so that bytes are
 * enough.
 */
import { RowProblem, type RowScan } from "./row_scan.ts";

const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;

/** Where in a row the scan is. */
const FIELD = 0; // at the beginning of a cell
const PLAIN = 1; // in a cell without quotes
const QUOTED = 2;
const CLOSED = 3; // behind a quote that ends a cell, or is the first of two
const RETURNED = 4; // behind a carriage return that follows a closing quote

export class CsvScan implements RowScan {
  readonly #separator: number;
  readonly #row: (start: number, line: number) => void;
  #state = FIELD;
  #columns = 1;
  #expected = 0;
  #line = 1;
  #rowLine = 1;
  #rowStart = 0;
  #quoteLine = 1;
  #position = 0;
  #lastByte = 0;

  /** `row` is called for each row with its place in the bytes, and its line. */
  constructor(separator: string, row: (start: number, line: number) => void) {
    this.#separator = separator.charCodeAt(0);
    this.#row = row;
  }

  push(bytes: Uint8Array): void {
    const separator = this.#separator;
    const base = this.#position;
    let state = this.#state;
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (state === PLAIN) {
        if (byte === LF) state = this.#endRow(base + at, at > 0 ? bytes[at - 1] as number : this.#lastByte);
        else if (byte === separator) {
          this.#columns++;
          state = FIELD;
        }
      } else if (state === QUOTED) {
        if (byte === QUOTE) state = CLOSED;
        else if (byte === LF) this.#line++;
      } else if (state === FIELD) {
        if (byte === QUOTE) {
          state = QUOTED;
          this.#quoteLine = this.#line;
        } else if (byte === separator) this.#columns++;
        else if (byte === LF) state = this.#endRow(base + at, 0);
        else state = PLAIN;
      } else if (byte === LF) state = this.#endRow(base + at, 0);
      else if (state === RETURNED) throw this.#behindQuote();
      else if (byte === QUOTE) state = QUOTED;
      else if (byte === separator) {
        this.#columns++;
        state = FIELD;
      } else if (byte === CR) state = RETURNED;
      else throw this.#behindQuote();
    }
    this.#state = state;
    this.#position = base + bytes.length;
    this.#lastByte = bytes.at(-1) ?? this.#lastByte;
  }

  end(): void {
    if (this.#state === QUOTED) {
      throw new RowProblem(this.#quoteLine, "has a quote that is never closed", "close it, or write it twice");
    }
    if (this.#position > this.#rowStart) this.#endRow(this.#position, this.#lastByte);
  }

  /** `before`: the byte in front of the line break, where that may be a carriage return. */
  #endRow(end: number, before: number): number {
    const isBlank = this.#columns === 1 && end - this.#rowStart <= (before === CR ? 1 : 0);
    if (!isBlank) {
      if (this.#expected === 0) this.#expected = this.#columns;
      if (this.#columns !== this.#expected) {
        throw new RowProblem(
          this.#rowLine,
          `has ${this.#columns} ${this.#columns === 1 ? "cell" : "cells"}, the first row has ${this.#expected}`,
          "correct it; put cells with the separator, a quote or a line break in quotes",
        );
      }
      this.#row(this.#rowStart, this.#rowLine);
    }
    this.#line++;
    this.#rowLine = this.#line;
    this.#rowStart = end + 1;
    this.#columns = 1;
    return FIELD;
  }

  #behindQuote(): RowProblem {
    const from = this.#quoteLine === this.#line ? "" : `, of a cell that begins in line ${this.#quoteLine}`;
    return new RowProblem(
      this.#line,
      `has text behind a closing quote${from}`,
      "write a quote inside of a quoted cell twice, and put the whole cell into quotes",
    );
  }
}
