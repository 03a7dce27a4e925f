/**
 * One line per request for `--samples`, as text: built in the thread, carried beside its counts, written by the master. Lines that are
 * beyond a bound are dropped and counted, so that lines and dropped ones together are the requests of the run.
 */
import type { Clock } from "../../base/clock.ts";
import { csvLine, textCell } from "../../base/text/csv_text.ts";
import type { SampleBatch, SampleFormat } from "../../protocol/delta_message.ts";
import type { Entry } from "../delta/entry.ts";

/** Of one thread and one second: some 60,000 requests. */
const MAX_THREAD_CHARACTERS = 4 * 1024 * 1024;
/** Of one worker until the master has taken them; with the rows they must fit a frame. */
const MAX_WORKER_BYTES = 6 * 1024 * 1024;

const COLUMNS: readonly string[] = [
  "timestamp",
  "request_type",
  "name",
  "response_time_ms",
  "response_length",
  "status_code",
  "exception",
];

/** Columns of some runs only, in their order: of those with scenarios, and of those whose requests may carry a trace context. */
export interface MoreColumns {
  readonly scenario: boolean;
  readonly traceId: boolean;
}

export function samplesCsvHeader({ scenario, traceId }: MoreColumns): string {
  return csvLine([...COLUMNS, ...(scenario ? ["scenario"] : []), ...(traceId ? ["trace_id"] : [])]);
}

export interface SampleLinesOptions {
  readonly format: SampleFormat;
  readonly clock: Clock;
  readonly more: MoreColumns;
}

/** The lines of one thread since the last `take`. */
export class SampleLines {
  readonly #format: SampleFormat;
  readonly #more: MoreColumns;
  /** Date of the clock's zero: it must not jump within a run. */
  readonly #originMs: number;
  /** Type and name of each row as they stand in a line. */
  readonly #cells = new Map<Entry, string>();
  #text = "";
  #lines = 0;
  #dropped = 0;

  constructor({ format, clock, more }: SampleLinesOptions) {
    this.#format = format;
    this.#more = more;
    this.#originMs = clock.wallMs() - clock.nowMs();
  }

  add(
    entry: Entry,
    startMs: number,
    responseTimeMs: number | null,
    bytes: number,
    status: number | undefined,
    failure: string | undefined,
    traceId?: string,
    scenario?: unknown,
    startWallMs: number = this.#originMs + startMs,
  ): void {
    if (this.#text.length > MAX_THREAD_CHARACTERS) {
      this.#dropped++;
      return;
    }
    const timestamp = (startWallMs / 1000).toFixed(6);
    const time = responseTimeMs === null || Number.isNaN(responseTimeMs) ? undefined : roundMicros(responseTimeMs);
    const length = bytes > 0 ? bytes : 0;
    let cells = this.#cells.get(entry);
    if (cells === undefined) this.#cells.set(entry, cells = this.#rowCells(entry));
    this.#lines++;
    if (this.#format === "csv") {
      const exception = failure === undefined ? "" : textCell(failure);
      const end = `${this.#more.scenario ? `,${textCell(scenarioOf(scenario) ?? "")}` : ""}${
        this.#more.traceId ? `,${traceId ?? ""}` : ""
      }\r\n`;
      this.#text += `${timestamp},${cells},${time ?? ""},${length},${status ?? ""},${exception}${end}`;
    } else {
      const exception = failure === undefined ? "null" : JSON.stringify(failure);
      const end = `${this.#more.scenario ? `,"scenario":${JSON.stringify(scenarioOf(scenario) ?? null)}` : ""}${
        this.#more.traceId ? `,"trace_id":${traceId === undefined ? "null" : `"${traceId}"`}` : ""
      }}\n`;
      this.#text +=
        `{"timestamp":${timestamp},${cells},"response_time_ms":${time ?? null},"response_length":${length},` +
        `"status_code":${status ?? null},"exception":${exception}${end}`;
    }
  }

  take(): SampleBatch | undefined {
    if (this.#lines + this.#dropped === 0) return undefined;
    const batch = { text: new TextEncoder().encode(this.#text), lines: this.#lines, dropped: this.#dropped };
    this.clear();
    return batch;
  }

  clear(): void {
    this.#text = "";
    this.#lines = this.#dropped = 0;
  }

  #rowCells({ method, name }: Entry): string {
    return this.#format === "csv"
      ? csvLine([method, name]).slice(0, -2)
      : `"request_type":${JSON.stringify(method)},"name":${JSON.stringify(name)}`;
  }
}

/** The lines of several threads, or of several seconds of a link that is slow. */
export class SampleStore {
  #parts: Uint8Array[] = [];
  #bytes = 0;
  #lines = 0;
  #dropped = 0;

  add({ text, lines, dropped }: SampleBatch): void {
    this.#dropped += dropped;
    if (this.#bytes + text.length > MAX_WORKER_BYTES) {
      this.#dropped += lines;
      return;
    }
    this.#parts.push(text);
    this.#bytes += text.length;
    this.#lines += lines;
  }

  take(): SampleBatch | undefined {
    if (this.#lines + this.#dropped === 0) return undefined;
    const text = new Uint8Array(this.#bytes);
    let at = 0;
    for (const part of this.#parts) {
      text.set(part, at);
      at += part.length;
    }
    const batch = { text, lines: this.#lines, dropped: this.#dropped };
    this.clear();
    return batch;
  }

  clear(): void {
    this.#parts = [];
    this.#bytes = this.#lines = this.#dropped = 0;
  }
}

/** The value of the tag: of a user's sample its scenario; what belongs to no user may state anything. */
function scenarioOf(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : String(value);
}

function roundMicros(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
