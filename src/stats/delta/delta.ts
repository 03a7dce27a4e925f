/** Adds to the ages in a delta message the time that it has waited. Pure. */
import type { DeltaMessage, EntryDelta } from "../../protocol/delta_message.ts";

/** The same delta, packed `byMs` ago: what is sent again after a cut says how old it is by now. */
export function ageDelta(delta: DeltaMessage, byMs: number): DeltaMessage {
  if (!(byMs > 0)) return delta;
  const by = Math.round(byMs);
  return {
    ...delta,
    entries: ageEntries(delta.entries, by),
    failures: delta.failures.map((failure) => ({
      ...failure,
      firstAgeMs: failure.firstAgeMs + by,
      lastAgeMs: failure.lastAgeMs + by,
      ...(failure.sample === undefined ? {} : { sample: { ...failure.sample, ageMs: failure.sample.ageMs + by } }),
    })),
    ...(delta.tagged === undefined
      ? {}
      : { tagged: delta.tagged.map((group) => ({ ...group, entries: ageEntries(group.entries, by) })) }),
    ...(delta.measures === undefined ? {} : {
      measures: delta.measures.map((each) =>
        each.kind === "gauge" ? { ...each, lastAgeMs: each.lastAgeMs + by } : each
      ),
    }),
    ...(delta.exemplars === undefined
      ? {}
      : { exemplars: delta.exemplars.map((exemplar) => ({ ...exemplar, ageMs: exemplar.ageMs + by })) }),
  };
}

function ageEntries(entries: readonly EntryDelta[], byMs: number): EntryDelta[] {
  return entries.map((entry) => ({ ...entry, lastAgeMs: entry.lastAgeMs + byMs }));
}
