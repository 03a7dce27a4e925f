/**
 * The rows of a file, read from the file itself when they are asked for. One pass over it finds where each 64th row
 * begins; a row is read with its block of 64. So a thread holds a number per 64 rows and some blocks, whatever the size
 * of the file, and a user nothing. The operating system keeps the file in memory once for all threads, as far as there
 * is room.
 */
import { closeSync, openSync, read, readSync, statSync } from "node:fs";
import { describeThrown, LocustError } from "../../base/errors.ts";
import { describeUnreadable } from "../../base/given_file.ts";
import { late, lateUtil } from "../../base/late_modules.ts";
import { findDataFile } from "./data_folder.ts";
import { findForeign, TextCheck } from "./foreign_bytes.ts";
import type { OpenRows } from "./row_source.ts";
import { RowProblem, type RowScan } from "./row_scan.ts";

/** Rows of a block. */
const STRIDE = 64;
const CHUNK_BYTES = 1024 * 1024;
/** A row is held in memory as a whole, with its block. */
const MAX_BLOCK_BYTES = 256 * 1024 * 1024;
/** Blocks kept: threads of a feed in order read one, those of a random one hit few anyway. */
const KEPT_BLOCKS = 4;
const LF = 0x0a;
const BOM = [0xef, 0xbb, 0xbf] as const;

const DECODER = new TextDecoder();
const readAt = late(() => lateUtil().promisify(read));

/** How a format reads its rows. */
export interface FileFormat<Row> {
  /** A pass over the bytes. `head` is the beginning of the file, without a byte order mark. */
  scan(head: string, row: (start: number, line: number) => void): RowScan;
  /** Finds the rows in bytes that begin with one and end with one. */
  find(bytes: Uint8Array, row: (start: number) => void): void;
  /** Makes a row of its text, with what is between it and the next one. */
  make(text: string, place: "within" | "last"): Row;
  /** Rows in front that are no data: a header. `takeHead` gets them. */
  readonly headRows: number;
  takeHead(text: string): void;
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
    throw unreadable(name, at, error);
  }
  try {
    const rows = new FileRows(name, path, file, format);
    await rows.scan();
    return rows;
  } catch (error) {
    closeSync(file);
    if (error instanceof LocustError) throw error;
    if (!(error instanceof RowProblem)) throw unreadable(name, at, error);
    throw new LocustError(`Cannot read rows of "${name}": line ${error.line} ${error.message}; ${error.advice}`, {
      code: "feed",
    });
  }
}

/** Rows that have been read. */
interface Block {
  readonly index: number;
  /** As many as `length` are used. */
  readonly bytes: Uint8Array;
  readonly length: number;
  readonly starts: number[];
}

class FileRows<Row> implements OpenRows<Row> {
  readonly #name: string;
  readonly #path: string;
  readonly #file: number;
  readonly #format: FileFormat<Row>;
  /** Where each block begins, and its line. The header is in the first. */
  readonly #starts: number[] = [];
  readonly #lines: number[] = [];
  /** Used last: last. */
  readonly #blocks: Block[] = [];
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
    const check = new TextCheck();
    this.#changedMs = statSync(this.#path).mtimeMs;
    for (;;) {
      const { bytesRead } = await readAt()(this.#file, chunk, 0, CHUNK_BYTES, this.#bytes);
      if (bytesRead === 0) break;
      let part = chunk.subarray(0, bytesRead);
      if (scan === undefined) {
        this.#refuseForeign(part);
        if (BOM.every((byte, index) => part[index] === byte)) offset = BOM.length;
        part = part.subarray(offset);
        const head = new TextDecoder().decode(part.subarray(0, 64 * 1024));
        scan = this.#format.scan(head, (start, line) => this.#note(offset + start, line));
      }
      this.#refuseBytes(check.push(chunk.subarray(0, bytesRead)));
      scan.push(part);
      this.#bytes += bytesRead;
    }
    this.#refuseBytes(check.end());
    scan?.end();
    const heads = Math.min(this.#rows, this.#format.headRows);
    for (let index = 0; index < heads; index++) this.#format.takeHead(this.#text(index));
    if (this.size === 0) {
      throw new LocustError(`Cannot read rows of "${this.#name}": it has no row; a feed needs one at least`, {
        code: "feed",
      });
    }
  }

  row(number: number): Row {
    const at = number + this.#format.headRows;
    const text = this.#text(at);
    try {
      return this.#format.make(text, at === this.#rows - 1 ? "last" : "within");
    } catch (error) {
      throw new LocustError(
        `Cannot read rows of "${this.#name}": line ${this.#lineOf(at)} is not valid: ${
          describeThrown(error)
        }; correct it`,
        { code: "feed", cause: error },
      );
    }
  }

  /** Where a row begins, the header counted. */
  #lineOf(at: number): number {
    const { index, starts, bytes } = this.#block(Math.floor(at / STRIDE));
    let line = this.#lines[index] ?? 1;
    for (const byte of bytes.subarray(0, starts[at % STRIDE])) if (byte === LF) line++;
    return line;
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

  /** Of a row, the header counted. */
  #text(at: number): string {
    const { starts, bytes, length } = this.#block(Math.floor(at / STRIDE));
    const start = starts[at % STRIDE];
    if (start === undefined) throw this.#changed();
    return DECODER.decode(bytes.subarray(start, starts[at % STRIDE + 1] ?? length));
  }

  #block(index: number): Block {
    const known = this.#blocks.findIndex((block) => block.index === index);
    const [block = this.#load(index)] = known < 0 ? [] : this.#blocks.splice(known, 1);
    this.#blocks.push(block);
    return block;
  }

  #load(index: number): Block {
    const start = this.#starts[index] ?? 0;
    const length = (this.#starts[index + 1] ?? this.#bytes) - start;
    if (length > MAX_BLOCK_BYTES) {
      throw new LocustError(
        `Cannot read rows of "${this.#name}": ${STRIDE} rows from line ${
          this.#lines[index]
        } on have ${length} bytes; use smaller rows`,
        { code: "feed" },
      );
    }
    // The memory of the block that was used longest ago is used again: rows at random would make much garbage.
    const oldest = this.#blocks.length < KEPT_BLOCKS ? undefined : this.#blocks.shift();
    const bytes = oldest !== undefined && oldest.bytes.length >= length ? oldest.bytes : new Uint8Array(length);
    const starts = oldest?.starts ?? [];
    starts.length = 0;
    this.#read(bytes.subarray(0, length), start);
    try {
      this.#format.find(bytes.subarray(0, length), (at) => void starts.push(at));
    } catch (error) {
      if (error instanceof RowProblem) throw this.#changed(); // it has been scanned before
      throw error;
    }
    return { index, bytes, length, starts };
  }

  #read(bytes: Uint8Array, start: number): void {
    for (let at = 0; at < bytes.length;) {
      const count = readSync(this.#file, bytes, at, bytes.length - at, start + at);
      if (count === 0) throw this.#changed();
      at += count;
    }
    if (this.#changedMs !== statSync(this.#path, { throwIfNoEntry: false })?.mtimeMs) throw this.#changed();
  }

  #changed(): LocustError {
    return new LocustError(
      `Cannot read rows of "${this.#name}": the file was changed during the run; do not change it until the run has ended`,
      {
        code: "feed",
      },
    );
  }

  /** `start`: of the line that is no UTF-8, if there is one. */
  #refuseBytes(start: number | undefined): void {
    if (start === undefined) return;
    let line = 1;
    const chunk = new Uint8Array(CHUNK_BYTES);
    for (let at = 0; at < start;) {
      const count = readSync(this.#file, chunk, 0, Math.min(CHUNK_BYTES, start - at), at);
      if (count === 0) break;
      for (const byte of chunk.subarray(0, count)) if (byte === LF) line++;
      at += count;
    }
    throw new RowProblem(line, "is no text in UTF-8, but maybe in Latin-1 or Windows-1252", "save the file as UTF-8");
  }

  #refuseForeign(bytes: Uint8Array): void {
    const found = findForeign(bytes);
    if (found === undefined) return;
    throw new LocustError(`Cannot read rows of "${this.#name}": ${found}`, { code: "feed" });
  }
}

const PLACES = {
  master: "in the current folder and beside the locustfile",
  worker: "in the current folder of each worker",
};

/** Says why, of what the runtime throws. */
export function unreadable(name: string, at: "master" | "worker", error: unknown): LocustError {
  const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
  const why = /^https?:\/\//i.test(name)
    ? "it is a URL, and rows are read from files; download it before the run"
    : isMissing
    ? `there is no such file; check the path: it is looked for ${PLACES[at]}`
    : describeUnreadable(error);
  return new LocustError(`Cannot read rows of "${name}": ${why}`, { code: "feed", cause: error });
}
