/**
 * Recognises log lines of one run that only repeat a warning, or what the tables count. Bounded, because texts may hold
 * an id; beyond the bound every line counts as new, and none is lost.
 */
import type { UserMessage } from "./user_message.ts";

const MAX_LINES = 2000;

export class CountedLines {
  readonly #known = new Set<string>();

  /** Whether the message is such a line and has been seen in this run. */
  isRepeated(message: UserMessage): boolean {
    if (message.kind !== "log" || message.repeats !== "counted") return false;
    const { about = message.message } = message;
    if (this.#known.has(about)) return true;
    if (this.#known.size < MAX_LINES) this.#known.add(about);
    return false;
  }

  /** A run begins. */
  clear(): void {
    this.#known.clear();
  }
}
