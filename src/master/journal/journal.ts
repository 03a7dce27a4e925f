/**
 * The file that a run is written to. Lines are taken at once and written in order by `flush`. A full or missing disk is
 * reported once; the run continues, and each flush tries again.
 *
 * Invariant: the file holds whole lines up to `#goodBytes`; what a failed write left behind is cut off before the next.
 * A written line survives the death of this process. Against the death of the machine the file is synced every 10 s and
 * at the end, in the background: a slow disk must not delay the ticks.
 */
import type { FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import type { Clock } from "../../base/clock.ts";
import { lateFiles } from "../../base/late_modules.ts";
import { endOfLastLine } from "../../base/text/last_line.ts";
import { LocustError } from "../../base/errors.ts";
import { describeUnwritable } from "../../base/given_file.ts";
import type { Logger } from "../../base/logger.ts";
import { formatLine, JOURNAL_VERSION, type JournalDetail, type JournalLine } from "./journal_line.ts";

/** Lines kept while the disk takes none, in characters; the oldest go first. */
const MAX_PENDING = 32 * 1024 * 1024;
const SYNC_EVERY_MS = 10_000;

export interface JournalOptions {
  readonly path: string;
  /** `new` replaces a file that is there; `append` continues one after its last whole line. */
  readonly mode: "new" | "append";
  readonly program: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** `full` if absent. */
  readonly detail?: JournalDetail;
}

export class Journal {
  readonly path: string;
  /** How much of the run it is to hold. */
  readonly detail: JournalDetail;
  readonly #file: FileHandle;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #pending: string[] = [];
  #pendingLength = 0;
  #goodBytes: number;
  #isTorn = false;
  #writing: Promise<void> = Promise.resolve();
  #failure: string | undefined;
  #dropped = 0;
  #syncedAtMs: number;

  private constructor(file: FileHandle, goodBytes: number, options: JournalOptions) {
    this.path = options.path;
    this.detail = options.detail ?? "full";
    this.#file = file;
    this.#goodBytes = goodBytes;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#syncedAtMs = options.clock.nowMs();
  }

  /** Creates the file, with its folder, or opens it. Rejects with a `LocustError`. */
  static async open(options: JournalOptions): Promise<Journal> {
    try {
      await lateFiles().mkdir(dirname(options.path), { recursive: true });
      const file = options.mode === "new"
        ? await lateFiles().open(options.path, "w+", 0o600)
        : await lateFiles().open(options.path, "r+");
      const goodBytes = options.mode === "new" ? 0 : await endOfLastLine(file);
      const journal = new Journal(file, goodBytes, options);
      journal.#isTorn = true; // cuts off what a killed process may have left behind the last whole line
      journal.record({
        kind: "journalOpened",
        version: JOURNAL_VERSION,
        program: options.program,
        wallMs: options.clock.wallMs(),
      });
      return journal;
    } catch (error) {
      throw new LocustError(
        `Cannot write the journal "${options.path}": ${describeUnwritable(error)}; choose another with --journal`,
        { code: "journal", cause: error },
      );
    }
  }

  /** Why lines could not be written, if that ever happened: the file may lack some. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Lines that a full disk has cost so far. */
  get droppedLines(): number {
    return this.#dropped;
  }

  /** Takes a line. */
  record(line: JournalLine): void {
    const text = formatLine(line);
    this.#pending.push(text);
    this.#pendingLength += text.length;
    while (this.#pendingLength > MAX_PENDING && this.#pending.length > 1) {
      this.#pendingLength -= (this.#pending.shift() as string).length;
      this.#dropped++;
    }
  }

  /** Resolves when everything recorded before has been written, or could not be. Never rejects. */
  flush(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  async close(): Promise<void> {
    await this.flush();
    try {
      await this.#file.datasync();
    } catch (error) {
      this.#fail(error);
    } finally {
      await this.#file.close();
    }
  }

  async #write(): Promise<void> {
    if (this.#pending.length === 0) return;
    const count = this.#pending.length;
    const bytes = new TextEncoder().encode(this.#pending.join(""));
    try {
      // What is no file, as /dev/full, cannot be cut, and would hide why it refuses.
      if (this.#isTorn && (await this.#file.stat()).isFile()) await this.#file.truncate(this.#goodBytes);
      this.#isTorn = true;
      await writeAll(this.#file, bytes, this.#goodBytes);
      this.#isTorn = false;
    } catch (error) {
      return this.#fail(error);
    }
    this.#goodBytes += bytes.length;
    for (const text of this.#pending.splice(0, count)) this.#pendingLength -= text.length;
    this.#syncSometimes();
  }

  #syncSometimes(): void {
    if (this.#clock.nowMs() - this.#syncedAtMs < SYNC_EVERY_MS) return;
    this.#syncedAtMs = this.#clock.nowMs();
    this.#file.datasync().catch((error) => this.#fail(error));
  }

  #fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = describeUnwritable(error);
    this.#logger.error(
      `Cannot write the journal "${this.path}": ${this.#failure}; the run continues, and the journal ends here until there is room`,
    );
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, at, bytes.length - at, position + at);
    if (bytesWritten === 0) throw new LocustError("nothing was written", { code: "journal" });
    at += bytesWritten;
  }
}
