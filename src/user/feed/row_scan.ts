/**
 * Scans of a file for the beginnings of its rows: a format each. And the scan of a file whose rows are lines.
 */

/** Takes the bytes of a file in order and reports its rows. */
export interface RowScan {
  push(bytes: Uint8Array): void;
  end(): void;
}

/** A row that cannot be read. */
export class RowProblem extends Error {
  readonly line: number;
  readonly advice: string;

  constructor(line: number, what: string, advice: string) {
    super(what);
    this.line = line;
    this.advice = advice;
  }
}

const LF = 0x0a;

/** Rows are lines that are not blank. */
export class LineScan implements RowScan {
  readonly #row: (start: number, line: number) => void;
  #line = 1;
  #start = 0;
  #position = 0;
  #isBlank = true;

  constructor(row: (start: number, line: number) => void) {
    this.#row = row;
  }

  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (byte > 0x20) this.#isBlank = false;
      else if (byte === LF) this.#endLine(this.#position + at);
    }
    this.#position += bytes.length;
  }

  end(): void {
    if (this.#position > this.#start) this.#endLine(this.#position);
  }

  #endLine(end: number): void {
    if (!this.#isBlank) this.#row(this.#start, this.#line);
    this.#line++;
    this.#start = end + 1;
    this.#isBlank = true;
  }
}
