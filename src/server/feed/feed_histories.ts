/** The histories of the rows of a run, and of those of each value of a tag. */
import type { RunSpan } from "../../master/run_event.ts";
import type { SnapshotMessage } from "../../protocol/snapshot_message.ts";
import { EntryHistories } from "./entry_histories.ts";
import { SplitHistories } from "./split_histories.ts";

export class FeedHistories {
  readonly entries = new EntryHistories();
  readonly splits = new SplitHistories();

  /** Takes in what was counted up to the end of the span. */
  take({ entries, splits }: SnapshotMessage, span: RunSpan): void {
    this.entries.take(entries, span, span.users);
    this.splits.take(splits, span, span.users);
  }
}
