/**
 * The rows of the run that a feed shows, in the order of their first appearance; each step says which are new and what
 * has changed. Where rows have been grouped into one, the order begins anew.
 */
import type { EntrySnapshot } from "../../protocol/snapshot_message.ts";
import { toApiRow } from "../answers/api_rows.ts";
import type { ApiRow, ApiTick } from "../answers/api_snapshot.ts";
import { compareRows } from "./row_changes.ts";

export class FeedRows {
  #all: readonly ApiRow[] = [];
  #places = new Map<string, number>();

  get all(): readonly ApiRow[] {
    return this.#all;
  }

  /** `isNew`: rows are gone, and readers need all of them. */
  take(
    entries: readonly EntrySnapshot[],
  ): { readonly added: readonly ApiRow[]; readonly changes: ApiTick["changes"]; readonly isNew: boolean } {
    const known = entries.filter(({ method, name }) => this.#places.has(`${method}\0${name}`)).length;
    const isNew = known < this.#places.size;
    if (isNew) {
      this.#all = [];
      this.#places = new Map();
    }
    const before = this.#all;
    const after = [...before];
    const added: ApiRow[] = [];
    for (const entry of entries) {
      const row = toApiRow(entry);
      const key = `${entry.method}\0${entry.name}`;
      const place = this.#places.get(key);
      if (place !== undefined) {
        after[place] = row;
        continue;
      }
      this.#places.set(key, after.length);
      after.push(row);
      added.push(row);
    }
    this.#all = after;
    return { added, changes: compareRows(before, after), isNew };
  }
}
