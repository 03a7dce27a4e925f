/**
 * Reads a journal back, line by line, in whatever state it is: a torn last line is left out, a damaged line in the
 * middle is skipped and counted, and a file that is still being written is read as far as it goes.
 *
 * Invariant: it holds one line at a time, whatever the length of the file.
 */
import type { FileHandle } from "node:fs/promises";
import { UsageError } from "../../base/errors.ts";
import { lateFiles } from "../../base/late_modules.ts";
import { describeKind, describeUnreadable } from "../../base/given_file.ts";
import { JOURNAL_VERSION, type JournalLine, parseLine } from "./journal_line.ts";

/** How far a journal was read. */
export interface JournalReading {
  /** Lines that were no JSON; a torn last one is not counted. */
  damagedLines: number;
  /** The file ends within a line. */
  isTorn: boolean;
  /** The last whole line: its number, from 1, where it ends, and the last date up to it. */
  lines: number;
  bytes: number;
  wallMs: number;
}

export function createReading(): JournalReading {
  return { damagedLines: 0, isTorn: false, lines: 0, bytes: 0, wallMs: 0 };
}

/** The whole ledger of 2,000 names is some MB: a longer line is damaged. */
const MAX_LINE_BYTES = 256 * 1024 * 1024;
/** The first line is short: a file that has none within this is something else. */
const MAX_HEADER_BYTES = 4096;
const BLOCK_BYTES = 256 * 1024;
const NEWLINE = 10;

/**
 * The lines in order; with `kinds` those of these kinds alone, which is faster. Throws a `UsageError` if the file
 * cannot be read or is no journal that this version knows.
 */
export async function* readJournal(
  path: string,
  reading: JournalReading = createReading(),
  kinds?: readonly JournalLine["kind"][],
): AsyncGenerator<JournalLine> {
  let isFirst = true;
  for await (const { text, isWhole, end } of readLines(path)) {
    const isSkipped = !isFirst && (text === "" || (isWhole && kinds !== undefined && !isOfKind(text, kinds)));
    const line = isSkipped ? undefined : tryParse(text);
    if (isFirst) checkHeader(path, line);
    isFirst = false;
    if (line === null && !isWhole) {
      reading.isTorn = true;
      return;
    }
    reading.lines++;
    reading.bytes = end;
    if (line === null) reading.damagedLines++;
    else if (line !== undefined) {
      if ("wallMs" in line) reading.wallMs = line.wallMs;
      yield line;
    }
  }
  if (isFirst) throw new UsageError(`Cannot read "${path}" as a journal: it is empty`);
}

/** Our lines begin with their kind. */
function isOfKind(text: string, kinds: readonly string[]): boolean {
  return kinds.some((kind) => text.startsWith(`{"kind":"${kind}"`));
}

/** `null`: no JSON. `undefined`: a kind that we do not know. */
function tryParse(text: string): JournalLine | undefined | null {
  try {
    return parseLine(text);
  } catch {
    return null; // a torn or damaged line is an expected state of this file
  }
}

function checkHeader(path: string, line: JournalLine | undefined | null): void {
  if (line?.kind !== "journalOpened") {
    throw new UsageError(
      `Cannot read "${path}" as a journal: its first line is not that of a journal; give the file that a run wrote with --journal`,
    );
  }
  if (line.version !== JOURNAL_VERSION) {
    throw new UsageError(
      `Cannot read the journal "${path}": it has version ${line.version} and was written by ${line.program}, ` +
        `this program reads version ${JOURNAL_VERSION}; use the program that wrote it`,
    );
  }
}

interface FileLine {
  /** Without the newline; cut where it is longer than a line may be. */
  readonly text: string;
  /** It ends with a newline. */
  readonly isWhole: boolean;
  /** Where the next line begins in the file. */
  readonly end: number;
}

async function* readLines(path: string): AsyncGenerator<FileLine> {
  const file = await openFile(path);
  try {
    const line = new LineRoom();
    let position = 0;
    for (let isFirst = true;;) {
      const block = await readBlock(file, path);
      if (block.length === 0) break;
      let from = 0;
      for (let at = block.indexOf(NEWLINE); at >= 0; at = block.indexOf(NEWLINE, from)) {
        line.add(block.subarray(from, at));
        from = at + 1;
        yield { text: line.take(), isWhole: true, end: position + from };
        isFirst = false;
      }
      line.add(block.subarray(from));
      position += block.length;
      if (isFirst && line.length > MAX_HEADER_BYTES) break; // no journal: the rest of it need not be read
    }
    if (line.length > 0) yield { text: line.take(), isWhole: false, end: position };
  } finally {
    await file.close();
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    const wrong = describeKind(await lateFiles().stat(path)); // opening a pipe would wait for its writer
    if (wrong !== undefined) throw new UsageError(`Cannot read the journal "${path}": ${wrong}`);
    return await lateFiles().open(path, "r");
  } catch (error) {
    throw error instanceof UsageError ? error : unreadable(path, error);
  }
}

/** A new block each time: parts of it may wait in a line. Empty at the end of the file. */
async function readBlock(file: FileHandle, path: string): Promise<Uint8Array> {
  try {
    const block = new Uint8Array(BLOCK_BYTES);
    const { bytesRead } = await file.read(block, 0, block.length, null);
    return block.subarray(0, bytesRead);
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, cause: unknown): UsageError {
  return new UsageError(`Cannot read the journal "${path}": ${describeUnreadable(cause)}`, { cause });
}

/** The parts of a line that have been read. */
class LineRoom {
  #parts: Uint8Array[] = [];
  length = 0;

  /** What goes beyond the longest line is left out; the line is damaged then. */
  add(part: Uint8Array): void {
    if (part.length === 0) return;
    if (this.length <= MAX_LINE_BYTES) this.#parts.push(part);
    this.length += part.length;
  }

  take(): string {
    const decoder = new TextDecoder();
    let text = "";
    if (this.length <= MAX_LINE_BYTES) {
      for (const part of this.#parts) text += decoder.decode(part, { stream: true });
      text += decoder.decode();
    } else text = "\0"; // no JSON
    this.#parts = [];
    this.length = 0;
    return text;
  }
}
