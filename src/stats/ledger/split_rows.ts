/**
 * The rows of a ledger split by the tags of their requests: for each tag and value a row for each method and name, and
 * one of all together. They count what the ledger's own rows count, so that nothing here is ever added to these.
 * Bounds: `tag_table.ts`.
 */
import type { DeltaMessage } from "../../protocol/delta_message.ts";
import type { SplitSnapshot, SplitValueSnapshot } from "../../protocol/snapshot_message.ts";
import { compareText } from "../../base/text/compare_text.ts";
import type { NameOf } from "../delta/count_delta.ts";
import { countTagged } from "../delta/count_tagged.ts";
import { LedgerRow, readRow, type TickTime } from "./ledger_row.ts";
import { restoreRow, type SavedSplits, saveRow } from "./ledger_state.ts";
import { snapshotEntry, type SnapshotTimes } from "./snapshot.ts";
import { compareTagValues, type TagGroup, TagTable } from "../groups/tag_table.ts";
import type { RowReading } from "../thresholds/counted_range.ts";
import { type ScopedRow, TOTAL_NAME } from "../thresholds/threshold.ts";
import { MIN_POINTS } from "../ticks/tick_series.ts";

interface SplitGroup extends TagGroup<LedgerRow> {
  readonly total: LedgerRow;
  dirty: LedgerRow[];
}

export class SplitRows {
  #startMs = 0;
  #dropped = 0;
  readonly #groups = new TagTable<LedgerRow, SplitGroup>(
    (method, name, kind) => new LedgerRow(method, name, kind, this.#startMs),
    (group) => ({ ...group, total: new LedgerRow("", TOTAL_NAME, "named", this.#startMs), dirty: [] }),
  );

  /** Takes the tagged entries of a delta, which has been read. */
  add(delta: DeltaMessage, receivedAtMs: number, nameOf: NameOf): void {
    this.#dropped += countTagged(
      delta,
      receivedAtMs,
      this.#groups,
      (group, method, name) => openRow(group, method, nameOf(method, name)).open,
    );
  }

  /** Adds what came in to the run and to the ticks. */
  fold({ tick, second }: Omit<TickTime, "maxPoints">): void {
    const time = { tick, second, maxPoints: MIN_POINTS };
    for (const group of this.#groups.groups()) {
      if (group.dirty.length === 0) continue;
      const sum = group.total.open;
      for (const row of group.dirty) {
        row.fold(row.open, time);
        sum.add(row.open);
        row.open.reset();
        row.open.isDirty = false;
      }
      group.dirty = [];
      group.total.fold(sum, time);
      sum.reset();
    }
  }

  /** Rows that are counted under another name now go there. Nothing is open. */
  rename(nameOf: NameOf): void {
    for (const group of this.#groups.groups()) {
      for (const row of [...group.rows.rows()]) {
        const { method, name } = row.run;
        const wanted = row.kind === "overflow" ? name : nameOf(method, name);
        if (wanted === name) continue;
        this.#groups.delete(group, row.run);
        group.rows.intern(method, wanted).absorb(row);
      }
    }
  }

  /** Zeroes everything; the rows stay listed. */
  reset(nowMs: number): void {
    this.#dropped = 0;
    for (const group of this.#groups.groups()) {
      for (const row of rowsOf(group)) row.reset(nowMs);
      group.dirty = [];
    }
  }

  /** Rows count from here on the clock. */
  date(startMs: number): void {
    this.#startMs = startMs;
    for (const group of this.#groups.groups()) for (const row of rowsOf(group)) row.startMs = startMs;
  }

  /** Undefined where no request had tags. Values and rows are sorted as the rows of a report are, `(other)` last. */
  snapshot(
    times: SnapshotTimes,
  ): { readonly splits: readonly SplitSnapshot[]; readonly droppedTags?: number } | undefined {
    const byTag = new Map<string, SplitValueSnapshot[]>();
    for (const { tag, value, rows, total } of this.#groups.groups()) {
      const values = byTag.get(tag) ?? [];
      byTag.set(tag, values);
      values.push({
        value,
        total: snapshotEntry(total, times),
        entries: [...rows.rows()].sort(compareRows).map((row) => snapshotEntry(row, times)),
      });
    }
    if (byTag.size === 0) return undefined;
    const splits = [...byTag].sort(([a], [b]) => compareText(a, b)).map(([tag, values]) => ({
      tag,
      values: values.sort((a, b) => compareTagValues(a.value, b.value)),
    }));
    return { splits, ...(this.#dropped === 0 ? {} : { droppedTags: this.#dropped }) };
  }

  /** What thresholds read of the rows that are asked for; the row of all requests with a value is `Aggregated`. */
  read(wants: (row: ScopedRow) => boolean, corrected: boolean): RowReading[] {
    return [...this.#groups.groups()].flatMap((group) => {
      const split = { tag: group.tag, value: group.value };
      return [...rowsOf(group)].filter(({ run: { method, name } }) => wants({ method, name, split }))
        .map((row) => ({ ...readRow(row, corrected), split }));
    });
  }

  save(nowMs: number): SavedSplits | undefined {
    const groups = [...this.#groups.groups()].map(({ tag, value, total, rows }) => ({
      tag,
      value,
      total: saveRow(total, nowMs),
      rows: [...rows.rows()].map((row) => saveRow(row, nowMs)),
    }));
    return groups.length === 0 ? undefined : { groups, dropped: this.#dropped };
  }

  restore({ groups, dropped }: SavedSplits, savedAtMs: number): void {
    this.#dropped = dropped;
    for (const { tag, value, total, rows } of groups) {
      const group = this.#groups.open(tag, value);
      if (group === undefined) continue;
      restoreRow(group.total, total, savedAtMs);
      for (const saved of rows) restoreRow(group.rows.intern(saved.method, saved.name), saved, savedAtMs);
    }
  }
}

function openRow(group: SplitGroup, method: string, name: string): LedgerRow {
  const row = group.rows.intern(method, name);
  if (!row.open.isDirty) group.dirty.push(row);
  row.open.isDirty = true;
  return row;
}

function* rowsOf({ total, rows }: SplitGroup): Generator<LedgerRow> {
  yield total;
  yield* rows.rows();
}

function compareRows(a: LedgerRow, b: LedgerRow): number {
  return compareText(a.run.name, b.run.name) || compareText(a.run.method, b.run.method);
}
