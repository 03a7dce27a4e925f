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
import { describeUnwritable } from "../base/given_file.ts";
import { lateFiles } from "../base/late_modules.ts";
import type { SampleBatch } from "../protocol/delta_message.ts";
import { samplesCsvHeader } from "../stats/recording/sample_lines.ts";
import type { RunEvent } from "../master/run_event.ts";
import { endOfLastMember, packMember } from "./files/gzip_members.ts";
import type { Output, OutputContext } from "./files/output.ts";
import { toRefusal } from "./files/unwritable.ts";
import { sampleFormatOf } from "./sample_format.ts";

const OPTION = "--samples";
/** Lines that wait for the disk: a second of a million requests. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;

/** How lines are in the file, and where the last whole ones end. */
interface Packing {
  readonly pack: (text: Uint8Array) => Uint8Array | Promise<Uint8Array>;
  readonly findEnd: (file: FileHandle) => Promise<number>;
}

const PLAIN: Packing = { pack: (text) => text, findEnd: endOfLastLine };
const GZIP: Packing = { pack: packMember, findEnd: endOfLastMember };

type SamplesContext = Pick<OutputContext, "claim" | "reportError" | "warn" | "start">;

/** @throws {UsageError} when the file cannot be written */
export async function openSamplesFile(
  { path, traces }: { readonly path: string; readonly traces: "some" | "none" },
  context: SamplesContext,
): Promise<Output> {
  const packing = /\.gz$/i.test(path) ? GZIP : PLAIN;
  const opened = await openFile(path, packing, context);
  const samples = new SamplesFile(path, opened, packing, context);
  let hasHeader = opened.size > 0 || sampleFormatOf(path) !== "csv";

  /** Before the first line: which columns there are is known with the run. */
  const begin = (event: RunEvent) => {
    if (event.kind !== "runStarted" || hasHeader) return;
    hasHeader = true;
    const more = { scenario: event.scenarios !== undefined, traceId: traces === "some" };
    samples.append({ text: new TextEncoder().encode(samplesCsvHeader(more)), lines: 0, dropped: 0 });
  };

  return {
    recall: begin,
    sink(event) {
      begin(event);
      if (event.kind === "sampled" && event.batch.lines > 0) samples.append(event.batch);
      else if (event.kind === "sampled") samples.drop(event.batch.dropped);
    },
    settle: () => samples.settle(),
    close: () => samples.close(),
    get failed() {
      return samples.failed;
    },
  };
}

interface OpenedFile {
  readonly file: FileHandle;
  /** Of the whole lines that it has. */
  readonly size: number;
  /** Else it is a pipe or a device, which has no positions. */
  readonly isRegular: boolean;
}

async function openFile(path: string, { findEnd }: Packing, context: SamplesContext): Promise<OpenedFile> {
  const open = async () => {
    mkdirSync(dirname(path), { recursive: true });
    context.claim(path, OPTION);
    const earlier = context.start === "resumed" ? await openEarlier(path, findEnd) : undefined;
    return earlier ?? { file: await lateFiles().open(path, "w"), size: 0 };
  };
  const opened = await open().catch((thrown: unknown) => {
    throw toRefusal(path, OPTION, thrown);
  });
  return { ...opened, isRegular: (await opened.file.stat()).isFile() };
}

/** Owns the open file, and the batches that wait for it. */
class SamplesFile {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #isRegular: boolean;
  readonly #packing: Packing;
  readonly #context: SamplesContext;
  #size: number;
  #writing: Promise<void> = Promise.resolve();
  #waitingBytes = 0;
  #written = 0;
  #dropped = 0;
  #failed = false;
  #isTold = false;

  constructor(path: string, { file, size, isRegular }: OpenedFile, packing: Packing, context: SamplesContext) {
    this.#path = path;
    this.#file = file;
    this.#size = size;
    this.#isRegular = isRegular;
    this.#packing = packing;
    this.#context = context;
  }

  get failed(): boolean {
    return this.#failed;
  }

  /** Writes the batch after those before it, or drops it where too many wait. */
  append(batch: SampleBatch): void {
    this.drop(batch.dropped);
    if (this.#waitingBytes + batch.text.length > MAX_WAITING_BYTES) return this.drop(batch.lines);
    this.#waitingBytes += batch.text.length;
    this.#writing = this.#writing.then(() => this.#write(batch));
  }

  /** Counts requests that are not in the file. */
  drop(requests: number): void {
    this.#dropped += requests;
  }

  async settle(): Promise<void> {
    await this.#writing;
    if (this.#isTold || this.#dropped === 0) return;
    this.#isTold = true;
    const all = this.#written + this.#dropped;
    this.#context.warn(`${OPTION}: ${this.#dropped} of ${all} requests are not in "${this.#path}"`);
  }

  async close(): Promise<void> {
    await this.#writing;
    if (this.#isRegular) await this.#file.truncate(this.#size).catch(() => {}); // a torn line stays where even that fails
    await this.#file.close();
  }

  async #write({ text, lines }: SampleBatch): Promise<void> {
    try {
      const bytes = await this.#packing.pack(text);
      for (let at = 0; at < bytes.length;) {
        const position = this.#isRegular ? this.#size + at : null;
        const { bytesWritten } = await this.#file.write(bytes, at, bytes.length - at, position);
        at += bytesWritten;
      }
      this.#size += bytes.length;
      this.#written += lines;
    } catch (thrown) {
      this.drop(lines);
      if (!this.#failed) {
        this.#context.reportError(
          `Cannot write "${this.#path}": ${describeUnwritable(thrown)}; lines are missing in the file`,
        );
      }
      this.#failed = true;
    } finally {
      this.#waitingBytes -= text.length;
    }
  }
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
