/**
 * Decides which failures of a thread are kept as an example of their kind: the first of each kind, so many kinds in all
 * and so many at once. Asked for each failure that opens a group, so a target that fails at full speed costs a look-up
 * a tick.
 */
import { DEFAULT_MAX_FAILURE_GROUPS } from "../groups/failure_groups.ts";

/** A sample is up to 4 KB: the deltas of a thread stay small also when everything fails in another way. */
const MAX_AT_ONCE = 20;

interface Kind {
  readonly method: string;
  readonly name: string;
  readonly text: string;
}

export class FailureSampler {
  readonly #seen = new Set<string>();
  #atOnce = 0;

  /** Whether a sample of this kind is still wanted; the caller keeps one then. */
  wants({ method, name, text }: Kind): boolean {
    if (this.#atOnce >= MAX_AT_ONCE || this.#seen.size >= DEFAULT_MAX_FAILURE_GROUPS) return false;
    const key = `${method}\0${name}\0${text}`;
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    this.#atOnce++;
    return true;
  }

  /** What was kept has been sent. */
  drained(): void {
    this.#atOnce = 0;
  }

  /** Statistics begin anew, and with them the samples. */
  reset(): void {
    this.#seen.clear();
  }
}
