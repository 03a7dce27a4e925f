/**
 * Sends lines to their places: log lines to standard error or a file, in Locust's format, and what user code prints to standard output as it
 * is. A live view of the terminal hides itself around each line, so that lines and table do not mix.
 */
import { appendFileSync, closeSync, openSync } from "node:fs";
import type { Timer } from "../../base/clock.ts";
import { UsageError } from "../../base/errors.ts";
import {
  createLogger,
  formatLogRecord,
  LOG_LEVELS,
  type Logger,
  type LogLevel,
  type LogRecord,
  PRINTED,
  toLogLevel,
} from "../../base/logger.ts";
import { escapeControls, escapeLines } from "../../base/text/text.ts";
import type { TextOutput } from "./text_output.ts";

export interface LoggingOptions {
  readonly level: LogLevel;
  readonly file?: string;
  /** `--skip-log-setup`: nothing is logged. */
  readonly setup: "normal" | "skip";
  readonly host: string; // of this machine, in each line
  /** Which node of a cluster this process is (`master`, `worker w1`), in each line; absent in a run on one machine. */
  readonly node?: string;
  readonly stderr: TextOutput;
  /** For what user code prints. */
  readonly stdout: TextOutput;
  readonly wallMs: () => number;
  /** Keeps the first lines until it calls `release`; absent: each is written at once. */
  readonly hold?: (release: () => void) => Timer;
}

/** Lines that are kept at most; one more, and all are written. */
const MAX_HELD = 1000;

/** What covers the terminal while lines are written to it. */
export interface LiveCover {
  hide(): void;
  show(): void;
}

/** A line of a thread or a worker; `level` is the name of one, or `PRINTED`. */
export interface ForeignLine {
  readonly level: string;
  readonly logger: string;
  readonly message: string;
  /** The node that it comes from, if that is another one. */
  readonly node?: string;
}

/** A line for readers that are no terminal. */
export interface FollowedLine extends ForeignLine {
  readonly wallMs: number;
  /** As it is in the log. */
  readonly formatted: string;
}

export interface Logging extends Disposable {
  /** A logger with a dotted name: `locust.main`, `locust.runners` … */
  named(name: string): Logger;
  /** A line that comes from elsewhere (a thread, a worker): printed, or logged unless it is below the level. */
  relay(line: ForeignLine): void;
  /** The view to hide around each line on a terminal; undefined when there is none any more. */
  setCover(cover: LiveCover | undefined): void;
  /** Hands over each line that is written from now on, and what user code prints. */
  follow(listener: (line: FollowedLine) => void): void;
  /** The first error of writing to the file. */
  readonly problem: string | undefined;
}

/** @throws {UsageError} when the file cannot be opened */
export function openLogging(options: LoggingOptions): Logging {
  const { stderr, stdout, wallMs } = options;
  const file = options.setup === "skip" || options.file === undefined ? undefined : openLogFile(options.file);
  const turns = new Turns(options.hold);
  const threshold = LOG_LEVELS.indexOf(options.level);
  const followers: ((line: FollowedLine) => void)[] = [];
  let cover: LiveCover | undefined;

  const show = (output: TextOutput, line: string) => {
    if (output.isTty) cover?.hide();
    output.write(`${line}\n`);
    if (output.isTty) cover?.show();
  };
  const tell = (line: FollowedLine) => {
    for (const follow of followers) follow(line);
  };
  const writeNow = (record: LogRecord, node: string | undefined) => {
    const { logger, message } = record;
    const safe = { ...record, logger: escapeControls(logger), message: indentHeads(escapeLines(message)) };
    const line = formatLogRecord(safe, node === undefined ? options.host : `${options.host} ${escapeControls(node)}`);
    tell({ ...safe, ...(node === undefined || node === options.node ? {} : { node }), formatted: line });
    if (file?.take(line, (problem) => stderr.write(`${problem}\n`)) !== true) show(stderr, line);
  };
  const write = (record: LogRecord, node = options.node) => {
    if (options.setup === "skip" || LOG_LEVELS.indexOf(record.level) < threshold) return;
    turns.take(() => writeNow(record, node));
  };
  const print = ({ level, logger, message, node }: ForeignLine) => {
    const line = { level, logger, message, wallMs: wallMs(), ...(node === undefined ? {} : { node }) };
    turns.take(() => {
      tell({ ...line, formatted: escapeLines(message) });
      show(stdout, stdout.isTty ? escapeLines(message) : message); // a terminal is no place for what a target may have sent
    });
  };
  return {
    named: (name) => createLogger({ name, level: options.level, wallMs, sink: (record) => write(record) }),
    relay(line) {
      if (line.level === PRINTED) return print(line);
      const { level, logger, message, node } = line;
      write({ level: toLogLevel(level), logger, message, wallMs: wallMs() }, node);
    },
    setCover: (next) => cover = next,
    follow: (listener) => void followers.push(listener),
    get problem() {
      return file?.problem;
    },
    [Symbol.dispose]() {
      turns.release();
      file?.close();
    },
  };
}

/** Lines in their order: at first they may have to wait. */
class Turns {
  #held: (() => void)[] | undefined;
  readonly #holding: Timer | undefined;

  constructor(hold: LoggingOptions["hold"]) {
    this.#held = hold === undefined ? undefined : [];
    this.#holding = hold?.(() => this.release());
  }

  take(write: () => void): void {
    if (this.#held === undefined) return write();
    this.#held.push(write);
    if (this.#held.length > MAX_HELD) this.release();
  }

  /** Writes what waits; nothing waits from now on. */
  release(): void {
    this.#holding?.cancel();
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const write of held) write();
  }
}

/** The file of `--logfile`, until it cannot be written. */
class LogFile {
  readonly #path: string;
  readonly #file: number;
  #isOpen = true;
  #problem: string | undefined;

  constructor(path: string, file: number) {
    this.#path = path;
    this.#file = file;
  }

  get problem(): string | undefined {
    return this.#problem;
  }

  /** False: the line is not in the file. `report` is told of the first of them. */
  take(line: string, report: (problem: string) => void): boolean {
    if (!this.#isOpen || this.#problem !== undefined) return false;
    try {
      appendFileSync(this.#file, `${line}\n`);
      return true;
    } catch (error) {
      this.#problem = `Cannot write to --logfile "${this.#path}": ${
        describeCode(error)
      }; lines go to standard error now`;
      report(this.#problem);
      return false;
    }
  }

  close(): void {
    if (this.#isOpen) closeSync(this.#file);
    this.#isOpen = false;
  }
}

function openLogFile(path: string): LogFile {
  try {
    return new LogFile(path, openSync(path, "a"));
  } catch (cause) {
    throw new UsageError(`Cannot use --logfile "${path}": ${describeCode(cause)}; choose another file`, { cause });
  }
}

/** A line of a message that looks like the head of another record is none. */
function indentHeads(message: string): string {
  return message.replaceAll("\n[", "\n    [");
}

function describeCode(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
  const known: Readonly<Record<string, string>> = {
    ENOENT: "its folder does not exist",
    EACCES: "it is not allowed",
    EISDIR: "it is a folder",
    ENOSPC: "the disk is full",
  };
  return known[code] ?? code;
}
