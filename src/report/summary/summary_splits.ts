/** The rows of a summary split by the tags of their requests: the figures of the snapshot, and histograms of the ledger. Pure. */
import type { EntrySnapshot, SnapshotMessage } from "../../protocol/snapshot_message.ts";
import type { LedgerState } from "../../stats/ledger/ledger_state.ts";
import { fromBase64 } from "./packed_times.ts";
import type { SummarySplit } from "./summary.ts";
import { toSummaryEntry } from "./summary_entry.ts";

/** Undefined where no request had tags. */
export function toSummarySplits(
  { splits }: Pick<SnapshotMessage, "splits">,
  { splits: saved }: Pick<LedgerState, "splits">,
): readonly SummarySplit[] | undefined {
  if (splits === undefined) return undefined;
  const times = new Map<string, string>();
  for (const { tag, value, total, rows } of saved?.groups ?? []) {
    for (const row of [total, ...rows]) times.set(keyOf(tag, value, row), row.times);
  }
  return splits.map(({ tag, values }) => ({
    tag,
    values: values.map(({ value, total, entries }) => {
      const convert = (entry: EntrySnapshot) =>
        toSummaryEntry(entry, fromBase64(times.get(keyOf(tag, value, entry)) ?? ""));
      return { value, total: convert(total), entries: entries.map(convert) };
    }),
  }));
}

function keyOf(
  tag: string,
  value: string,
  { method, name }: { readonly method: string; readonly name: string },
): string {
  return [tag, value, method, name].join("\0");
}
