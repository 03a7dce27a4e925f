/**
 * The file of `--samples`: one line per request, written in the background as the lines arrive. What a slow disk does not take within a
 * bound is dropped and counted; a disk that refuses is reported once and tried again.
 *
 * Invariant: the file holds whole lines only. Compressed, it holds whole members of gzip, of whole lines each.
 */
import { mkdirSync, statSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { endOfLastLine } from "../base/text/last_line.ts";
import { UsageError } from "../base/errors.ts";
import { describeUnwritable } from "../base/given_file.ts";
import { lateFiles } from "../base/late_modules.ts";
import type { SampleBatch, SampleFormat } from "../protocol/delta_message.ts";
import { samplesCsvHeader } from "../stats/recording/sample_lines.ts";
import type { RunEvent } from "../master/run_event.ts";
import { endOfLastMember, packMember } from "./files/gzip_members.ts";
import type { Output, OutputContext } from "./files/output.ts";

const OPTION = "--samples";
/** Lines that wait for the disk: a second of a million requests. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;

/** By the ending of the path; undefined: neither. */
export function sampleFormatOf(path: string): SampleFormat | undefined {
  if (/\.(ndjson|jsonl)(\.gz)?$/i.test(path)) return "ndjson";
  return /\.csv(\.gz)?$/i.test(path) ? "csv" : undefined;
}

/** How lines are in the file, and where the last whole ones end. */
const PLAIN = { pack: (text: Uint8Array): Uint8Array | Promise<Uint8Array> => text, findEnd: endOfLastLine };
const GZIP: typeof PLAIN = { pack: packMember, findEnd: endOfLastMember };

/** @throws {UsageError} when the file cannot be written */
export async function openSamplesFile(
  { path, traces }: { readonly path: string; readonly traces: "some" | "none" },
  context: Pick<OutputContext, "claim" | "reportError" | "warn" | "start">,
): Promise<Output> {
  let file: FileHandle;
  let size = 0;
  const { pack, findEnd } = /\.gz$/i.test(path) ? GZIP : PLAIN;
  try {
    mkdirSync(dirname(path), { recursive: true });
    context.claim(path, OPTION);
    const earlier = context.start === "resumed" ? await openEarlier(path, findEnd) : undefined;
    file = earlier?.file ?? await lateFiles().open(path, "w");
    size = earlier?.size ?? 0;
  } catch (thrown) {
    if (thrown instanceof UsageError) throw thrown;
    throw new UsageError(`Cannot write "${path}": ${describeUnwritable(thrown)}; choose another place with ${OPTION}`, {
      code: "output_unwritable",
      cause: thrown,
    });
  }
  const isRegular = (await file.stat()).isFile();
  let waitingBytes = 0;
  let written = 0;
  let dropped = 0;
  let failed = false;
  let isTold = false;
  let writing: Promise<void> = Promise.resolve();
  let hasHeader = size > 0 || sampleFormatOf(path) !== "csv";

  const write = async ({ text, lines }: SampleBatch) => {
    try {
      const bytes = await pack(text);
      for (let at = 0; at < bytes.length;) {
        const { bytesWritten } = await file.write(bytes, at, bytes.length - at, isRegular ? size + at : null);
        at += bytesWritten;
      }
      size += bytes.length;
      written += lines;
    } catch (thrown) {
      dropped += lines;
      if (!failed) {
        context.reportError(`Cannot write "${path}": ${describeUnwritable(thrown)}; lines are missing in the file`);
      }
      failed = true;
    } finally {
      waitingBytes -= text.length;
    }
  };

  const tell = () => {
    if (isTold || dropped === 0) return;
    isTold = true;
    context.warn(`${OPTION}: ${dropped} of ${written + dropped} requests are not in "${path}"`);
  };

  /** Before the first line: which columns there are is known with the run. */
  const begin = (event: RunEvent) => {
    if (event.kind !== "runStarted" || hasHeader) return;
    hasHeader = true;
    const more = { scenario: event.scenarios !== undefined, traceId: traces === "some" };
    const text = new TextEncoder().encode(samplesCsvHeader(more));
    waitingBytes += text.length;
    writing = writing.then(() => write({ text, lines: 0, dropped: 0 }));
  };

  return {
    recall: begin,
    sink(event) {
      begin(event);
      if (event.kind !== "sampled") return;
      const { batch } = event;
      dropped += batch.dropped;
      if (batch.lines === 0) return;
      if (waitingBytes + batch.text.length > MAX_WAITING_BYTES) {
        dropped += batch.lines;
        return;
      }
      waitingBytes += batch.text.length;
      writing = writing.then(() => write(batch));
    },
    async settle() {
      await writing;
      tell();
    },
    async close() {
      await writing;
      if (isRegular) await file.truncate(size).catch(() => {}); // a torn line stays where even that fails
      await file.close();
    },
    get failed() {
      return failed;
    },
  };
}

/** The file of the earlier master, and where its last whole line ends; undefined where there is none. */
async function openEarlier(
  path: string,
  findEnd: (file: FileHandle) => Promise<number>,
): Promise<{ readonly file: FileHandle; readonly size: number } | undefined> {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  const file = await lateFiles().open(path, "r+");
  try {
    const size = await findEnd(file);
    await file.truncate(size);
    return { file, size };
  } catch (error) {
    await file.close();
    throw error;
  }
}
