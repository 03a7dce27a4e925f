/**
 * Some of the traced requests since the last `take`: for each row and octave of the response time the last one, a
 * failed one before a success. Beyond a bound the slow and the failed ones stay.
 */
import { wholeAge } from "../../base/whole_age.ts";
import type { ExemplarDelta } from "../../protocol/delta_message.ts";

/** Of one thread or worker and one second: some 30 KB on the wire. */
export const MAX_EXEMPLARS = 256;

export interface Exemplar extends Omit<ExemplarDelta, "ageMs"> {
  /** Time of the owner's clock when the request ended. */
  readonly atMs: number;
}

export class ExemplarStore {
  #kept = new Map<string, Exemplar>();

  add(exemplar: Exemplar): void {
    const octave = 31 - Math.clz32(exemplar.responseTimeUs);
    const key = `${octave}\0${exemplar.method}\0${exemplar.name}`;
    const before = this.#kept.get(key);
    if (before?.outcome === "failure" && exemplar.outcome === "success") return;
    this.#kept.set(key, exemplar);
    if (this.#kept.size >= 2 * MAX_EXEMPLARS) this.#keepBest();
  }

  /** Those since the last `take`, or undefined if there are none. */
  take(nowMs: number): readonly ExemplarDelta[] | undefined {
    if (this.#kept.size === 0) return undefined;
    this.#keepBest();
    const taken = [...this.#kept.values()].map(({ atMs, ...exemplar }) => ({
      ...exemplar,
      ageMs: wholeAge(nowMs, atMs),
    }));
    this.clear();
    return taken;
  }

  clear(): void {
    this.#kept.clear();
  }

  #keepBest(): void {
    if (this.#kept.size <= MAX_EXEMPLARS) return;
    const best = [...this.#kept].sort(([, a], [, b]) => compareWorth(a, b)).slice(0, MAX_EXEMPLARS);
    this.#kept = new Map(best);
  }
}

/** Failed ones first, then the slowest. */
function compareWorth(a: Exemplar, b: Exemplar): number {
  if (a.outcome !== b.outcome) return a.outcome === "failure" ? -1 : 1;
  return b.responseTimeUs - a.responseTimeUs;
}
