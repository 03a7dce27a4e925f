/**
 * Failures by method, name and text, in order of first occurrence, with first and last time. At most `maxGroups`:
 * further ones are counted in one group of their own, so that texts with a serial number in them lose detail and no
 * count. Times are those of the owner's monotonic clock.
 */
import type { FailureSample } from "../../protocol/failure_sample_message.ts";
import { truncate } from "../../base/text/text.ts";
import { compareText } from "../../base/text/compare_text.ts";

export const DEFAULT_MAX_FAILURE_GROUPS = 500;

/** Longer texts are cut: one is a row of a table, not a log. */
const MAX_TEXT_LENGTH = 500;

/** The group for everything beyond the limit. */
export const OTHER_FAILURES = { method: "", name: "(other)", text: "(failures beyond the limit of different ones)" };

export interface FailureGroup {
  readonly method: string;
  readonly name: string;
  readonly text: string;
  count: number;
  firstMs: number;
  lastMs: number;
  /** An example of it; undefined where none was kept. */
  sample?: DatedFailureSample;
}

/** `atMs`: on the owner's clock. */
export interface DatedFailureSample extends FailureSample {
  readonly atMs: number;
}

export class FailureGroups {
  readonly #maxGroups: number;
  /** method → name → text → group: no key is built while a target fails at full speed. */
  readonly #groups = new Map<string, Map<string, Map<string, FailureGroup>>>();
  #list: FailureGroup[] = [];
  #other: FailureGroup | undefined;

  constructor(maxGroups: number = DEFAULT_MAX_FAILURE_GROUPS) {
    this.#maxGroups = maxGroups;
  }

  /** Failures in the group for those beyond the limit. */
  get overflowed(): number {
    return this.#other?.count ?? 0;
  }

  get size(): number {
    return this.#list.length;
  }

  /** Returns the group that was counted in. */
  count(method: string, name: string, text: string, count: number, firstMs: number, lastMs: number): FailureGroup {
    const group = this.#groups.get(method)?.get(name)?.get(text) ?? this.#open(method, name, text, firstMs);
    group.count += count;
    if (firstMs < group.firstMs) group.firstMs = firstMs;
    if (lastMs > group.lastMs) group.lastMs = lastMs;
    return group;
  }

  /** Counts of names that are counted under another one now go there. */
  rename(nameOf: (method: string, name: string) => string): void {
    const renamed = this.#list.filter((group) =>
      group !== this.#other && nameOf(group.method, group.name) !== group.name
    );
    if (renamed.length === 0) return;
    this.#list = this.#list.filter((group) => !renamed.includes(group));
    for (const { method, name, text, count, firstMs, lastMs, sample } of renamed) {
      this.#groups.get(method)?.delete(name);
      const group = this.count(method, nameOf(method, name), text, count, firstMs, lastMs);
      if (sample !== undefined && group.text === text) group.sample ??= sample;
    }
  }

  /** In order of first occurrence; groups of the same moment in order of their text. */
  list(): readonly FailureGroup[] {
    return [...this.#list].sort((a, b) => a.firstMs - b.firstMs || compareGroups(a, b));
  }

  clear(): void {
    this.#groups.clear();
    this.#list = [];
    this.#other = undefined;
  }

  #open(method: string, name: string, fullText: string, nowMs: number): FailureGroup {
    const text = truncate(fullText, MAX_TEXT_LENGTH);
    if (text !== fullText) {
      const known = this.#groups.get(method)?.get(name)?.get(text);
      if (known !== undefined) return known;
    }
    const isOther = method === OTHER_FAILURES.method && name === OTHER_FAILURES.name && text === OTHER_FAILURES.text;
    if (isOther || this.#list.length - (this.#other ? 1 : 0) >= this.#maxGroups) return this.#otherGroup(nowMs);
    const group = { method, name, text, count: 0, firstMs: nowMs, lastMs: nowMs };
    let byName = this.#groups.get(method);
    if (byName === undefined) this.#groups.set(method, byName = new Map());
    let byText = byName.get(name);
    if (byText === undefined) byName.set(name, byText = new Map());
    byText.set(text, group);
    this.#list.push(group);
    return group;
  }

  #otherGroup(nowMs: number): FailureGroup {
    if (this.#other === undefined) {
      this.#other = { ...OTHER_FAILURES, count: 0, firstMs: nowMs, lastMs: nowMs };
      this.#list.push(this.#other);
    }
    return this.#other;
  }
}

function compareGroups(a: FailureGroup, b: FailureGroup): number {
  return compareText(a.name, b.name) || compareText(a.method, b.method) || compareText(a.text, b.text);
}
