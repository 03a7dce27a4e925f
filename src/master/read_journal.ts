/**
 * Reads a journal line by line, in whatever state a killed process left it: a torn last line is left out, a damaged line in
 * the middle is skipped and counted. Holds one line at a time.
 */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { describeThrown, UsageError } from "../base/errors.ts";
import { JOURNAL_VERSION, type JournalLine, parseLine } from "./journal_line.ts";

export interface JournalReading {
  /** Lines that were no JSON; a torn last one is not counted. */
  damagedLines: number;
  isTorn: boolean;
}

/** The lines in order. Throws a `UsageError` if the file cannot be read or is no journal that this version knows. */
export async function* readJournal(
  path: string,
  reading: JournalReading = { damagedLines: 0, isTorn: false },
): AsyncGenerator<JournalLine> {
  let isFirst = true;
  let damaged = 0;
  for await (const text of readLines(path)) {
    const line = tryParse(text);
    if (isFirst) checkHeader(path, line);
    isFirst = false;
    reading.damagedLines = damaged; // the one before this was not the last
    if (line === null) damaged++;
    else if (line !== undefined) yield line;
  }
  reading.isTorn = damaged > reading.damagedLines;
  if (isFirst) throw new UsageError(`Cannot read "${path}" as a journal: it is empty`);
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
    throw new UsageError(`Cannot read "${path}" as a journal: its first line is none; give the file of --journal`);
  }
  if (line.version > JOURNAL_VERSION) {
    throw new UsageError(
      `Cannot read the journal "${path}": it has version ${line.version} and was written by ${line.program}, ` +
        `this program knows up to ${JOURNAL_VERSION}; use the newer one`,
    );
  }
}

async function* readLines(path: string): AsyncGenerator<string> {
  const stream = createReadStream(path, { encoding: "utf8" });
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
      if (line !== "") yield line;
    }
  } catch (error) {
    throw new UsageError(`Cannot read the journal "${path}": ${describeThrown(error)}; check the path`, {
      cause: error,
    });
  } finally {
    stream.destroy();
  }
}
