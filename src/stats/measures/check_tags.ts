/**
 * Passes and fails of checks by the values of their tags, each under its tag, value and check. They count what the
 * checks themselves count, so that nothing here is ever added to these. A thread counts into it, a worker and the
 * ledger add deltas. Bounds: `tag_table.ts`.
 */
import { type SampleTags, tagName, tagValue } from "../../base/sample_tags.ts";
import type { CheckSplit, ShareDelta, TaggedShare } from "../../protocol/measures_message.ts";
import { compareText } from "../../base/text/compare_text.ts";
import { compareTagValues, type TagGroup, TagTable } from "../groups/tag_table.ts";
import { ShareRow } from "./measure_rows.ts";

/** What a check has counted by its tags. */
export type TaggedCounts = Pick<ShareDelta, "tagged" | "droppedTags">;

export class CheckTags {
  readonly #groups = new TagTable<ShareRow, TagGroup<ShareRow>>(
    (_method, name) => new ShareRow("check", name),
    (group) => group,
  );
  /** By check: how many tags had no place. */
  readonly #dropped = new Map<string, number>();

  /** Counts a check under each of its tags. `name`: as the row of the check has it, which bounds the names. */
  take(tags: SampleTags, name: string, held: boolean): void {
    for (const tag in tags) {
      const value = tagValue(tags[tag]);
      if (value !== undefined) this.#count(tagName(tag), value, name, held ? 1 : 0, held ? 0 : 1);
    }
  }

  /** Adds those of the delta of a check, which has been checked. */
  add({ tagged = [], droppedTags = 0 }: TaggedCounts, name: string): void {
    for (const { tag, value, passes, fails } of tagged) this.#count(tag, value, name, passes, fails);
    if (droppedTags > 0) this.#drop(name, droppedTags);
  }

  /** What was counted since the last `clear`, by check; one that is in no row of a full table is in its `(other)` row. */
  byCheck(): ReadonlyMap<string, TaggedCounts> {
    const counts = new Map<string, { tagged?: TaggedShare[]; droppedTags?: number }>();
    const countsOf = (name: string) => {
      let known = counts.get(name);
      if (known === undefined) counts.set(name, known = {});
      return known;
    };
    for (const { tag, value, rows } of this.#groups.groups()) {
      for (const { name, passes, fails, isEmpty } of rows.rows()) {
        if (!isEmpty) (countsOf(name).tagged ??= []).push({ tag, value, passes, fails });
      }
    }
    for (const [name, dropped] of this.#dropped) countsOf(name).droppedTags = dropped;
    return counts;
  }

  /** Tags, values and checks in the order of reports, `(other)` last among values. Undefined where no check had tags. */
  snapshot(): { readonly checkSplits?: readonly CheckSplit[]; readonly droppedCheckTags?: number } {
    const byTag = new Map<string, { value: string; checks: CheckSplit["values"][number]["checks"] }[]>();
    for (const { tag, value, rows } of this.#groups.groups()) {
      const checks = [...rows.rows()].filter(({ isEmpty }) => !isEmpty)
        .map(({ name, passes, fails }) => ({ name, passes, fails }))
        .sort((a, b) => compareText(a.name, b.name));
      if (checks.length === 0) continue;
      const values = byTag.get(tag) ?? [];
      byTag.set(tag, values);
      values.push({ value, checks });
    }
    const splits = [...byTag].sort(([a], [b]) => compareText(a, b)).map(([tag, values]) => ({
      tag,
      values: values.sort((a, b) => compareTagValues(a.value, b.value)),
    }));
    const dropped = [...this.#dropped.values()].reduce((sum, each) => sum + each, 0);
    return {
      ...(splits.length === 0 ? {} : { checkSplits: splits }),
      ...(dropped === 0 ? {} : { droppedCheckTags: dropped }),
    };
  }

  /** Zeroes all counts; tags and values stay known. */
  clear(): void {
    for (const { rows } of this.#groups.groups()) for (const row of rows.rows()) row.reset();
    this.#dropped.clear();
  }

  #count(tag: string, value: string, name: string, passes: number, fails: number): void {
    const row = this.#groups.open(tag, value)?.rows.intern("", name);
    if (row === undefined) return this.#drop(name, passes + fails);
    row.passes += passes;
    row.fails += fails;
  }

  #drop(name: string, tags: number): void {
    this.#dropped.set(name, (this.#dropped.get(name) ?? 0) + tags);
  }
}
