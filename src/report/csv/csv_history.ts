/**
 * `P_stats_history.csv`: one second's lines after the other, each written whole or again. Owns the open file.
 *
 * Invariant: no second occurs twice; lines of the last second that come again, as at the end of a run, replace those
 * that are there.
 */
import { closeSync, fsyncSync, ftruncateSync, openSync, writeFileSync, writeSync } from "node:fs";
import { HISTORY_HEADER } from "./csv_rows.ts";

/** A disk that stays full must not fill the memory too. */
const MAX_UNWRITTEN_BYTES = 16 * 1024 * 1024;

export class CsvHistory {
  readonly #file: number;
  #size: number;
  #unwritten: Uint8Array = new Uint8Array(0);
  #last = { second: -1, start: 0 };

  private constructor(file: number, size: number) {
    this.#file = file;
    this.#size = size;
  }

  /** Creates the file with its header, in ASCII. Throws what the file system says. */
  static open(path: string, header: string = HISTORY_HEADER): CsvHistory {
    writeFileSync(path, header);
    return new CsvHistory(openSync(path, "a"), header.length);
  }

  /** Writes the lines of a second. Throws when the disk refuses; what is missing is written with the next second. */
  write(second: number, lines: string): void {
    if (second === this.#last.second) this.#takeBack(this.#last.start);
    const start = this.#size + this.#unwritten.length;
    this.#last = { second, start };
    const unwritten = concat(this.#unwritten, new TextEncoder().encode(lines));
    this.#unwritten = unwritten.length > MAX_UNWRITTEN_BYTES ? new Uint8Array(0) : unwritten;
    while (this.#unwritten.length > 0) {
      const written = writeSync(this.#file, this.#unwritten);
      this.#size += written;
      this.#unwritten = this.#unwritten.subarray(written);
    }
  }

  sync(): void {
    fsyncSync(this.#file);
  }

  close(): void {
    closeSync(this.#file);
  }

  #takeBack(start: number): void {
    this.#unwritten = this.#unwritten.subarray(0, Math.max(0, start - this.#size));
    if (start >= this.#size) return;
    ftruncateSync(this.#file, start);
    this.#size = start;
  }
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
