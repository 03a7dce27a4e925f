/** Counts how far the rows of feeds are used, and remembers which part of one each worker has. */
import type { FeedProgress } from "../../protocol/snapshot_message.ts";
import type { LeaseProgress } from "./leases.ts";

/** Ranges that are feeds begin with this. */
const FEED_RANGE = "feed ";
/** Feeds that are counted in one run; further ones are not shown. */
const MAX_FEEDS = 1000;

export class FeedTally {
  /** Rows drawn, by name and thread, of feeds whose rows may repeat. */
  readonly #drawn = new Map<string, { readonly size: number | null; readonly counts: Map<string, number> }>();
  /** Workers in the order in which they asked for their parts. */
  readonly #parts = new Map<string, { readonly workers: string[]; readonly of: number }>();

  drawn(thread: string, { name, size, count }: { name: string; size: number | null; count: number }): void {
    let feed = this.#drawn.get(name);
    if (feed === undefined) {
      if (this.#drawn.size >= MAX_FEEDS) return;
      this.#drawn.set(name, feed = { size, counts: new Map() });
    }
    feed.counts.set(thread, Math.max(count, feed.counts.get(thread) ?? 0));
  }

  /** The worker's part, and how many there are: as many as workers were there when the first asked. A later one shares a part. */
  part(name: string, worker: string, workers: number): readonly [part: number, of: number] {
    let parts = this.#parts.get(name);
    if (parts === undefined) this.#parts.set(name, parts = { workers: [], of: Math.max(1, workers) });
    if (!parts.workers.includes(worker)) parts.workers.push(worker);
    return [parts.workers.indexOf(worker) % parts.of, parts.of];
  }

  /** With the ranges of which the run's threads have leases. */
  progress(leases: readonly LeaseProgress[]): readonly FeedProgress[] {
    const unique = leases.filter(({ name }) => name.startsWith(FEED_RANGE)).map((
      { name, size, used, left, unsure },
    ) => ({
      name: name.slice(FEED_RANGE.length),
      rows: size,
      used,
      left,
      unsure,
    }));
    const repeated = [...this.#drawn].map(([name, { size, counts }]) => ({
      name: name.slice(FEED_RANGE.length),
      rows: size,
      used: [...counts.values()].reduce((sum, count) => sum + count, 0),
      left: null,
      unsure: 0,
    }));
    return [...unique, ...repeated].toSorted((a, b) => a.name < b.name ? -1 : 1);
  }
}
