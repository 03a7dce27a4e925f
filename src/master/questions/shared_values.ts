/**
 * Counters and values that all threads of a run share, by name. Bounded: they are for a few facts about the test, not
 * for its data.
 */

import { describeTooLarge, MAX_SHARED_SIZE, sizeOfShared } from "../../protocol/shared_size.ts";
import type { SharedState } from "./shared_state.ts";

/** Names of each kind in one run. */
const MAX_NAMES = 10_000;
/** Of all values together, as JSON. */
const MAX_TOTAL_CHARACTERS = 16 * 1024 * 1024;

export type SharedOutcome = { readonly value: unknown } | { readonly problem: string };

export class SharedValues {
  readonly #counters = new Map<string, number>();
  readonly #values = new Map<string, { readonly value: unknown; readonly size: number }>();
  readonly #changedCounters = new Set<string>();
  readonly #changedValues = new Set<string>();
  #total = 0;

  static restore({ counters, values }: Pick<SharedState, "counters" | "values">): SharedValues {
    const restored = new SharedValues();
    for (const [name, value] of Object.entries(counters)) restored.count(name, value);
    for (const [name, value] of Object.entries(values)) restored.set(name, value);
    restored.takeChanges();
    return restored;
  }

  /** For the journal: what has changed since the last call. */
  takeChanges(): Pick<SharedState, "counters" | "values"> {
    const counters = [...this.#changedCounters].map((name) => [name, this.#counters.get(name) ?? 0] as const);
    const values = [...this.#changedValues].map((name) => [name, this.#values.get(name)?.value] as const);
    this.#changedCounters.clear();
    this.#changedValues.clear();
    return { counters: Object.fromEntries(counters), values: Object.fromEntries(values) };
  }

  /** The sum after adding. */
  count(name: string, add: number): SharedOutcome {
    const before = this.#counters.get(name);
    if (before === undefined && this.#counters.size >= MAX_NAMES) return tooMany("counters");
    const value = (before ?? 0) + add;
    if (Math.abs(value) > Number.MAX_SAFE_INTEGER) {
      return { problem: `its sum would be ${value}, beyond the numbers that are exact; add less` };
    }
    this.#counters.set(name, value);
    if (add !== 0) this.#changedCounters.add(name);
    return { value };
  }

  /** Null where nothing was set. */
  get(name: string): SharedOutcome {
    return { value: this.#values.get(name)?.value ?? null };
  }

  set(name: string, value: unknown): SharedOutcome {
    const before = this.#values.get(name);
    if (before === undefined && this.#values.size >= MAX_NAMES) return tooMany("values");
    const size = sizeOfShared(value);
    if (size > MAX_SHARED_SIZE) return { problem: describeTooLarge(size) };
    const total = this.#total - (before?.size ?? 0) + size;
    if (total > MAX_TOTAL_CHARACTERS) {
      return { problem: `all values of a run may have ${MAX_TOTAL_CHARACTERS} characters together; keep less` };
    }
    this.#total = total;
    this.#values.set(name, { value, size });
    this.#changedValues.add(name);
    return { value: null };
  }
}

function tooMany(what: string): SharedOutcome {
  return { problem: `a run can have ${MAX_NAMES} ${what}; give them fewer names` };
}
