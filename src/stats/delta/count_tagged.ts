/** Adds the tagged entries of a delta to their groups, in a worker and in a ledger alike. */
import type { DeltaMessage } from "../../protocol/delta_message.ts";
import { readDelta } from "./decoded_delta.ts";
import type { Entry } from "./entry.ts";
import type { TagGroup, TagTable } from "../groups/tag_table.ts";

/** `entryOf`: the counters of a row in a group. Returns how many samples are counted under no tag. The delta has been read. */
export function countTagged<Row, Group extends TagGroup<Row>>(
  delta: DeltaMessage,
  receivedAtMs: number,
  groups: TagTable<Row, Group>,
  entryOf: (group: Group, method: string, name: string) => Entry,
): number {
  let dropped = delta.droppedTags ?? 0;
  if (delta.tagged === undefined) return dropped;
  const decoded = readDelta(delta);
  decoded.seekTagged();
  for (const { tag, value, entries } of delta.tagged) {
    const group = groups.open(tag, value);
    for (const part of entries) {
      if (group !== undefined) entryOf(group, part.method, part.name).addDelta(part, receivedAtMs, decoded);
      else {
        dropped += part.requests;
        decoded.skip(part);
      }
    }
  }
  return dropped;
}
