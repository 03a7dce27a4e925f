/**
 * Counts samples with tags, by tag and value, until they are taken as a part of a delta: in a thread, and in a worker
 * for all of its threads. A sample with two tags is counted under each of them; the rows of the request itself count it
 * in any case.
 */
import { type SampleTags, tagName, tagValue } from "../../base/sample_tags.ts";
import type { DeltaMessage, TaggedDelta } from "../../protocol/delta_message.ts";
import type { NameOf } from "../delta/count_delta.ts";
import { countTagged } from "../delta/count_tagged.ts";
import { Entry } from "../delta/entry.ts";
import { type TagGroup, TagTable } from "../groups/tag_table.ts";

interface CountedGroup extends TagGroup<Entry> {
  dirty: Entry[];
}

export class TagCounts {
  readonly #groups = new TagTable<Entry, CountedGroup>(
    (method, name, kind) => new Entry(method, name, kind),
    (group) => ({ ...group, dirty: [] }),
  );
  readonly #nameOf: NameOf;
  #dropped = 0;

  /** `nameOf`: the name of the row that counts a name now. */
  constructor(nameOf: NameOf) {
    this.#nameOf = nameOf;
  }

  /** Calls `count` with the counters of each tag of a sample of `row`. */
  record(tags: SampleTags, row: Entry, count: (entry: Entry) => void): void {
    for (const name in tags) {
      const value = tagValue(tags[name]);
      if (value === undefined) continue;
      const group = this.#groups.open(tagName(name), value);
      if (group === undefined) this.#dropped++;
      else count(touch(group, row.method, this.#nameOf(row.method, row.name)));
    }
  }

  /** Adds those of a delta that has been read. */
  add(delta: DeltaMessage, receivedAtMs: number): void {
    this.#dropped += countTagged(
      delta,
      receivedAtMs,
      this.#groups,
      (group, method, name) => touch(group, method, this.#nameOf(method, name)),
    );
  }

  /** Those since the last call. */
  take(nowMs: number): Pick<DeltaMessage, "tagged" | "droppedTags"> {
    const tagged: TaggedDelta[] = [];
    for (const { tag, value, dirty } of this.#groups.groups()) {
      if (dirty.length > 0) tagged.push({ tag, value, entries: dirty.map((entry) => entry.toDelta(nowMs)) });
    }
    const dropped = this.#dropped;
    this.clear();
    return {
      ...(tagged.length === 0 ? {} : { tagged }),
      ...(dropped === 0 ? {} : { droppedTags: dropped }),
    };
  }

  /** Rows that are counted in another one from now on make room. What they have counted is in the next delta. */
  forget(gone: readonly Entry[]): void {
    for (const group of this.#groups.groups()) for (const row of gone) this.#groups.delete(group, row);
  }

  clear(): void {
    this.#dropped = 0;
    for (const group of this.#groups.groups()) {
      for (const entry of group.dirty) {
        entry.reset();
        entry.isDirty = false;
      }
      group.dirty = [];
    }
  }
}

function touch(group: CountedGroup, method: string, name: string): Entry {
  const entry = group.rows.intern(method, name);
  if (!entry.isDirty) group.dirty.push(entry);
  entry.isDirty = true;
  return entry;
}
