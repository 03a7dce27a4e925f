/**
 * Takes how far the rows of feeds are used at the end of each step of a history. The feeds that a run draws from first
 * have one; which they are does not change during the run, so that a line that has begun goes on.
 */
import type { FeedProgress } from "../../protocol/snapshot_message.ts";

/** Each is a chart, and a number in each step. */
const MAX_FEEDS = 20;

/** Rows used since the start of the run, by feed. */
export type UsedRows = Readonly<Record<string, number>>;

export class FeedSteps {
  readonly #names = new Set<string>();

  /** Nothing where no row was drawn. */
  take(feeds: readonly FeedProgress[] | undefined): { readonly feeds?: UsedRows } {
    if (feeds === undefined) return {};
    for (const { name } of feeds) if (this.#names.size < MAX_FEEDS) this.#names.add(name);
    const shown = feeds.filter(({ name }) => this.#names.has(name));
    return { feeds: Object.fromEntries(shown.map(({ name, used }) => [name, used])) };
  }
}
