/**
 * The rows of a file, read from the file itself when they are asked for. One pass over it finds where each 64th row begins; a row is read
 * with its block of 64. So a thread holds a number per 64 rows and some blocks, whatever the size of the file, and a user nothing. The
 * operating system keeps the file in memory once for all threads, as far as there is room.
 */
import { closeSync, openSync, read, readSync, statSync } from "node:fs";
import { promisify } from "node:util";
import { LocustError } from "../../base/errors.ts";
import { findDataFile } from "./data_folder.ts";
import type { OpenRows } from "./row_source.ts";
import { RowProblem, type RowScan } from "./row_scan.ts";

/** Rows of a block. */
const STRIDE = 64;
const CHUNK_BYTES = 1024 * 1024;
/** A row is held in memory as a whole, with its block. */
const MAX_BLOCK_BYTES = 256 * 1024 * 1024;
/** Blocks kept: threads of a feed in order read one, those of a random one hit few anyway. */
const KEPT_BLOCKS = 4;
const BOM = [0xef, 0xbb, 0xbf] as const;

const readAt = promisify(read);

/** How a format reads its rows. */
export interface FileFormat<Row> {
  /** A pass over the bytes. `head` is the beginning of the file, without a byte order mark. */
  scan(head: string, row: (start: number, line: number) => void): RowScan;
  /** The rows of a block as texts or cells. */
  split(text: string): readonly unknown[];
  /** Makes a row of what `split` has found. */
  make(part: unknown): Row;
  /** Rows in front that are no data: a header. `take` gets them. */
  readonly headRows: number;
  takeHead(part: unknown): void;
}

/** @throws LocustError that names file and line */
export async function openFileRows<Row>(
  name: string,
  at: "master" | "worker",
  format: FileFormat<Row>,
): Promise<OpenRows<Row>> {
  const path = findDataFile(name, at);
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    throw new LocustError(
      `Cannot read rows of "${name}": ${
        describe(error)
      }; check the path: it is looked for in the current folder and beside the locustfile`,
      {
        code: "feed",
        cause: error,
      },
    );
  }
  try {
    const rows = new FileRows(name, path, file, format);
    await rows.scan();
    return rows;
  } catch (error) {
    closeSync(file);
    if (!(error instanceof RowProblem)) throw error;
    throw new LocustError(`Cannot read rows of "${name}": line ${error.line} ${error.message}; ${error.advice}`, {
      code: "feed",
    });
  }
}

class FileRows<Row> implements OpenRows<Row> {
  readonly #name: string;
  readonly #path: string;
  readonly #file: number;
  readonly #format: FileFormat<Row>;
  /** Where each block begins, and its line. The header is in the first. */
  readonly #starts: number[] = [];
  readonly #lines: number[] = [];
  readonly #blocks = new Map<number, readonly unknown[]>();
  #rows = 0; // with the header
  #bytes = 0;
  #changedMs = 0;

  constructor(name: string, path: string, file: number, format: FileFormat<Row>) {
    this.#name = name;
    this.#path = path;
    this.#file = file;
    this.#format = format;
  }

  get size(): number {
    return Math.max(0, this.#rows - this.#format.headRows);
  }

  async scan(): Promise<void> {
    const chunk = new Uint8Array(CHUNK_BYTES);
    let offset = 0;
    let scan: RowScan | undefined;
    this.#changedMs = statSync(this.#path).mtimeMs;
    for (;;) {
      const { bytesRead } = await readAt(this.#file, chunk, 0, CHUNK_BYTES, this.#bytes);
      if (bytesRead === 0) break;
      let part = chunk.subarray(0, bytesRead);
      if (scan === undefined) {
        this.#refuseWideText(part);
        if (BOM.every((byte, index) => part[index] === byte)) offset = BOM.length;
        part = part.subarray(offset);
        const head = new TextDecoder().decode(part.subarray(0, 64 * 1024));
        scan = this.#format.scan(head, (start, line) => this.#note(offset + start, line));
      }
      scan.push(part);
      this.#bytes += bytesRead;
    }
    scan?.end();
    const { headRows } = this.#format;
    if (this.#rows > 0 && headRows > 0) {
      for (const part of this.#block(0).slice(0, headRows)) this.#format.takeHead(part);
    }
    if (this.size === 0) {
      throw new LocustError(`Cannot read rows of "${this.#name}": it has no row; a feed needs one at least`, {
        code: "feed",
      });
    }
  }

  row(number: number): Row {
    const at = number + this.#format.headRows;
    const block = this.#block(Math.floor(at / STRIDE));
    const part = block[at % STRIDE];
    if (part === undefined) throw this.#changed();
    try {
      return this.#format.make(part);
    } catch (error) {
      const line = this.#lines[Math.floor(at / STRIDE)] ?? 0;
      throw new LocustError(
        `Cannot read rows of "${this.#name}": row ${number + 1} (near line ${line + at % STRIDE}) is not valid: ${
          describe(error)
        }`,
        { code: "feed", cause: error },
      );
    }
  }

  close(): void {
    closeSync(this.#file);
  }

  #note(start: number, line: number): void {
    if (this.#rows % STRIDE === 0) {
      this.#starts.push(start);
      this.#lines.push(line);
    }
    this.#rows++;
  }

  #block(index: number): readonly unknown[] {
    const kept = this.#blocks.get(index);
    if (kept !== undefined) return kept;
    const start = this.#starts[index] ?? 0;
    const end = this.#starts[index + 1] ?? this.#bytes;
    if (end - start > MAX_BLOCK_BYTES) {
      throw new LocustError(
        `Cannot read rows of "${this.#name}": ${STRIDE} rows from line ${this.#lines[index]} on have ${
          end - start
        } bytes; use smaller rows`,
        { code: "feed" },
      );
    }
    const parts = this.#format.split(new TextDecoder().decode(this.#read(start, end)));
    for (const oldest of this.#blocks.keys()) {
      if (this.#blocks.size < KEPT_BLOCKS) break;
      this.#blocks.delete(oldest);
    }
    this.#blocks.set(index, parts);
    return parts;
  }

  #read(start: number, end: number): Uint8Array {
    const bytes = new Uint8Array(end - start);
    for (let at = 0; at < bytes.length;) {
      const count = readSync(this.#file, bytes, at, bytes.length - at, start + at);
      if (count === 0) throw this.#changed();
      at += count;
    }
    if (this.#changedMs !== statSync(this.#path, { throwIfNoEntry: false })?.mtimeMs) throw this.#changed();
    return bytes;
  }

  #changed(): LocustError {
    return new LocustError(
      `Cannot read rows of "${this.#name}": the file was changed during the run; leave it alone until the run is over`,
      {
        code: "feed",
      },
    );
  }

  #refuseWideText([first, second]: Uint8Array): void {
    if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
      throw new LocustError(`Cannot read rows of "${this.#name}": it is UTF-16 text; save it as UTF-8`, {
        code: "feed",
      });
    }
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error && error.code === "ENOENT" ? "there is no such file" : error.message;
}
