/**
 * Collects the counts of each row of a run, span by span, from the deltas of its journal.
 *
 * Bound: at most `MAX_SPANS` spans; when there are more, neighbours are added up, so that an hour with 2,000 names stays below 100 MB.
 */
import type { RunSpan } from "../../master/run_event.ts";
import type { DeltaMessage } from "../../protocol/delta_message.ts";
import { countRows } from "../../stats/count_delta.ts";
import { Entry } from "../../stats/entry.ts";
import { EntryTable } from "../../stats/entry_table.ts";
import { bucketOf } from "../../stats/bucket.ts";
import type { CountedCell } from "../../stats/comparison/row_series.ts";
import { successorOf } from "../../stats/url_names.ts";
import { listBuckets, readTimes } from "../summary/packed_times.ts";
import { isWithin, type RunSeconds, type SecondsRange } from "./compared_run.ts";
import { rowKey } from "./row_key.ts";

/** Ten minutes of seconds. */
const MAX_SPANS = 600;

interface Span {
  second: number;
  seconds: number;
}

interface Row {
  readonly open: Entry;
  isOpen: boolean;
  cells: CountedCell[];
}

export class RowSecondsCollector {
  readonly #rows = new EntryTable<Row>((method, name, kind) => ({
    open: new Entry(method, name, kind),
    isOpen: false,
    cells: [],
  }));
  #spans: Span[] = [];
  /** How many of the run's spans are one of ours. */
  #step = 1;
  #inLast = 0;
  #resets = 0;
  /** Where the spans without counts before the open one begin. */
  #silentFrom: number | undefined;

  count(delta: DeltaMessage): void {
    const { resets = 0 } = delta;
    if (resets < this.#resets) return; // it belongs to the time before a reset
    if (resets > this.#resets) this.#clear(resets);
    countRows(delta, 0, (method, name) => {
      const row = this.#rows.intern(method, name);
      row.isOpen = true;
      return row.open;
    });
  }

  /** The statistics were reset: what was counted before is in no figure. */
  reset(): void {
    this.#clear(this.#resets + 1);
  }

  /** What was counted since the span before belongs to this one. */
  endSpan({ fromSecond, toSecond }: RunSpan): void {
    this.#silentFrom ??= fromSecond;
    const open = [...this.#rows.rows()].filter(({ isOpen }) => isOpen);
    // A journal with less detail has counts every ten seconds: the spans before belong to the same counts.
    if (open.length === 0) return;
    const from = this.#silentFrom;
    this.#silentFrom = undefined;
    const last = this.#spans.at(-1);
    if (last !== undefined && (toSecond <= from || this.#inLast < this.#step)) {
      last.seconds = Math.max(last.seconds, toSecond - last.second);
      this.#inLast++;
    } else {
      this.#spans.push({ second: from, seconds: Math.max(toSecond - from, last === undefined ? 1 : 0) });
      this.#inLast = 1;
    }
    const span = this.#spans.length - 1;
    for (const row of open) closeCell(row, span);
    if (this.#spans.length > MAX_SPANS) this.#thin();
  }

  /** The spans of a part of the run. `present`: the rows at its end, into which others may have been grouped. */
  take(part: SecondsRange, present: readonly { readonly method: string; readonly name: string }[] = []): RunSeconds {
    const places = new Map<number, number>();
    const spanSeconds: number[] = [];
    this.#spans.forEach((span, i) => {
      if (!isWithin(span, part)) return;
      places.set(i, spanSeconds.length);
      spanSeconds.push(span.seconds);
    });
    const cells = new Map<string, readonly CountedCell[]>();
    const keys = new Set(present.map(({ method, name }) => rowKey(method, name)));
    for (const { open, cells: all } of this.#rows.rows()) {
      const { method, name } = successorOf(open, (row) => keys.has(rowKey(row.method, row.name)));
      const placed = all.flatMap((cell) => {
        const span = places.get(cell.span);
        return span === undefined ? [] : [{ ...cell, span }];
      });
      const others = cells.get(rowKey(method, name));
      cells.set(rowKey(method, name), others === undefined ? placed : joinCells(others, placed));
    }
    return { spanSeconds, cells };
  }

  #clear(resets: number): void {
    this.#resets = resets;
    for (const row of this.#rows.rows()) {
      row.open.reset();
      row.isOpen = false;
      row.cells = [];
    }
  }

  #thin(): void {
    this.#step *= 2;
    const spans: Span[] = [];
    for (let i = 0; i < this.#spans.length; i += 2) {
      const first = this.#spans[i] as Span;
      const last = this.#spans[i + 1] ?? first;
      spans.push({ second: first.second, seconds: last.second + last.seconds - first.second });
    }
    this.#inLast = this.#spans.length % 2 === 0 ? this.#step : this.#step / 2;
    this.#spans = spans;
    for (const row of this.#rows.rows()) row.cells = mergePairs(row.cells);
  }
}

function closeCell(row: Row, span: number): void {
  const { requests, failures, times: { times } } = row.open;
  const buckets = listBuckets(readTimes(times.pack()));
  const cell: CountedCell = {
    span,
    requests,
    failures,
    sumUs: times.sumUs,
    buckets: buckets.map(([bound]) => bucketOf(bound)),
    counts: buckets.map(([, count]) => count),
  };
  row.open.reset();
  row.isOpen = false;
  const last = row.cells.at(-1);
  if (last?.span === span) row.cells[row.cells.length - 1] = mergeCells(last, cell, span);
  else row.cells.push(cell);
}

/** The cells of two rows together, in the order of their spans. */
function joinCells(a: readonly CountedCell[], b: readonly CountedCell[]): CountedCell[] {
  const bySpan = new Map(a.map((cell) => [cell.span, cell]));
  for (const cell of b) {
    const other = bySpan.get(cell.span);
    bySpan.set(cell.span, other === undefined ? cell : mergeCells(other, cell, cell.span));
  }
  return [...bySpan.values()].sort((x, y) => x.span - y.span);
}

/** Cells of neighbouring spans become one. */
function mergePairs(cells: readonly CountedCell[]): CountedCell[] {
  const merged: CountedCell[] = [];
  for (const cell of cells) {
    const span = cell.span >> 1;
    const last = merged.at(-1);
    if (last?.span === span) merged[merged.length - 1] = mergeCells(last, cell, span);
    else merged.push({ ...cell, span });
  }
  return merged;
}

function mergeCells(a: CountedCell, b: CountedCell, span: number): CountedCell {
  const counts = new Map(a.buckets.map((bucket, i) => [bucket, a.counts[i] as number]));
  b.buckets.forEach((bucket, i) => counts.set(bucket, (counts.get(bucket) ?? 0) + (b.counts[i] as number)));
  const sorted = [...counts].sort(([x], [y]) => x - y);
  return {
    span,
    requests: a.requests + b.requests,
    failures: a.failures + b.failures,
    sumUs: a.sumUs + b.sumUs,
    buckets: sorted.map(([bucket]) => bucket),
    counts: sorted.map(([, count]) => count),
  };
}
