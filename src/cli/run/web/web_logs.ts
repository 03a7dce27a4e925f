/** The last log lines of this process and its workers, for readers of the web UI. New lines are handed over in batches. */
import type { Clock, Timer } from "../../../base/clock.ts";
import type { ApiLogLevel, ApiLogLine, ApiLogs } from "../../../server/answers/api_types.ts";
import type { FollowedLine } from "../../terminal/logging.ts";

/** What a person scrolls through; Locust's page shows 500. */
const MAX_LINES = 2000;
const MAX_LOCUST_LINES = 500;
const MASTER = "master";
/** Lines that come within this time are one event. */
const BATCH_MS = 250;
/** A line is cut after so many characters: a stack is shorter. */
const MAX_TEXT = 20_000;

interface StoredLine extends ApiLogLine {
  readonly formatted: string;
}

export class WebLogs {
  readonly #clock: Clock;
  readonly #publish: (lines: readonly ApiLogLine[]) => void;
  #lines: StoredLine[] = [];
  #unsent: ApiLogLine[] = [];
  /** As the ids of events, they go on rising after a restart of the program: a page that stays open asks for what is after its last line. */
  readonly #firstId: number;
  #nextId: number;
  #timer: Timer | undefined;

  constructor(clock: Clock, publish: (lines: readonly ApiLogLine[]) => void) {
    this.#clock = clock;
    this.#publish = publish;
    this.#firstId = this.#nextId = Math.floor(clock.wallMs());
  }

  add({ level, logger, message, node, wallMs, formatted }: FollowedLine): void {
    const line: ApiLogLine = {
      id: this.#nextId++,
      wallMs,
      level: level as ApiLogLevel,
      logger,
      node: node?.replace(/^worker /, "") ?? MASTER,
      text: message.slice(0, MAX_TEXT),
    };
    this.#lines.push({ ...line, formatted: formatted.slice(0, MAX_TEXT) });
    if (this.#lines.length > MAX_LINES) this.#lines.shift();
    this.#unsent.push(line);
    if (this.#unsent.length > MAX_LINES) this.#unsent.shift();
    this.#timer ??= this.#clock.schedule(BATCH_MS, () => this.#send());
  }

  since(id: number): ApiLogs {
    const lines = this.#lines.filter((line) => line.id > id).map(({ formatted: _formatted, ...line }) => line);
    return { lines, dropped: (this.#lines[0]?.id ?? this.#firstId) - this.#firstId };
  }

  /** Formatted lines by node, as Locust's log viewer has them. */
  texts(): { readonly master: readonly string[]; readonly workers: Readonly<Record<string, readonly string[]>> } {
    const of = (node: string) =>
      this.#lines.filter((line) => line.node === node).slice(-MAX_LOCUST_LINES).map(({ formatted }) => formatted);
    const nodes = [...new Set(this.#lines.map(({ node }) => node))].filter((node) => node !== MASTER);
    return { master: of(MASTER), workers: Object.fromEntries(nodes.map((node) => [node, of(node)])) };
  }

  close(): void {
    this.#timer?.cancel();
  }

  #send(): void {
    this.#timer = undefined;
    const lines = this.#unsent;
    this.#unsent = [];
    this.#publish(lines);
  }
}
