/**
 * Reads the latest run as of now, from what its events have told the feed and, while it is on, from the run itself: its
 * summary, its last event as if it ended now, and figures that no event carries. Changes nothing.
 */
import type { Run } from "../../../master/run.ts";
import type { RunSummary } from "../../../report/summary/summary.ts";
import type { RunFeed } from "../../../server/feed/run_feed.ts";

export class LatestRun {
  readonly #feed: RunFeed;
  readonly #run: () => Run | undefined;
  /** Of one tick: many pages ask for it at once, and with many rows it costs. */
  #summarized: { readonly snapshot: unknown; readonly summary: RunSummary } | undefined;

  constructor(feed: RunFeed, run: () => Run | undefined) {
    this.#feed = feed;
    this.#run = run;
  }

  /** Its figures have been reset. */
  forget(): void {
    this.#summarized = undefined;
  }

  /** Undefined before the first run. */
  summary(): RunSummary | undefined {
    const { builder, started, thresholdStatuses: thresholds } = this.#feed;
    if (started === undefined) return undefined;
    const ended = builder.conclude(this.#feed.run().exitCode);
    if (ended !== undefined) return ended;
    const run = this.#run();
    if (run === undefined) return undefined;
    const snapshot = this.#feed.snapshotMessage ?? run.snapshot();
    if (this.#summarized?.snapshot === snapshot) return this.#summarized.summary;
    const summary = builder.build({
      snapshot,
      ledger: run.saveLedger(),
      verdict: run.verdictOf(snapshot, thresholds),
      reason: { kind: "unfinished" },
      exitCode: null,
      thresholds,
    });
    this.#summarized = { snapshot, summary };
    return summary;
  }

  /** Its last event, as if it ended now where it is on; undefined before the first run. */
  ended() {
    const { builder, started, thresholdStatuses: thresholds } = this.#feed;
    if (builder.ended !== undefined) return builder.ended;
    const run = this.#run();
    if (run === undefined || started === undefined) return undefined;
    const snapshot = this.#feed.snapshotMessage ?? run.snapshot();
    const verdict = run.verdictOf(snapshot, thresholds);
    return { kind: "runEnded" as const, reason: { kind: "unfinished" as const }, snapshot, verdict, thresholds };
  }

  failureSamples() {
    return this.#run()?.counts.failureSamples() ?? [];
  }

  /** Null where there is no run. */
  steadyTotal() {
    const run = this.#run();
    return run === undefined ? null : this.#feed.builder.steadyTotal(run.counts.saveTotal());
  }
}
