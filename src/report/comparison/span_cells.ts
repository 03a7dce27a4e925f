/** Cells of a series: what it counted in the spans of a run, ascending. Pure. */
import { bucketOf } from "../../stats/histogram/bucket.ts";
import type { CountedCell } from "../../stats/comparison/row_series.ts";
import { listBuckets, readTimes } from "../summary/packed_times.ts";

/** What a series counted in one span. */
export interface SpanCounts {
  readonly requests: number;
  readonly failures: number;
  /** Packed; absent where nothing was timed. */
  readonly times?: Uint8Array;
  /** Instead of the sum of the times. */
  readonly sum?: number;
}

/** Adds a cell at the end; what is of the last cell's span joins it. */
export function pushCell(cells: CountedCell[], span: number, { requests, failures, times, sum }: SpanCounts): void {
  const decoded = times === undefined ? undefined : readTimes(times);
  const buckets = decoded === undefined ? [] : listBuckets(decoded);
  const cell: CountedCell = {
    span,
    requests,
    failures,
    sumUs: sum ?? decoded?.sumUs ?? 0,
    buckets: buckets.map(([bound]) => bucketOf(bound)),
    counts: buckets.map(([, count]) => count),
  };
  const last = cells.at(-1);
  if (last?.span === span) cells[cells.length - 1] = mergeCells(last, cell, span);
  else cells.push(cell);
}

/** The cells of two series together, in the order of their spans. */
export function joinCells(a: readonly CountedCell[], b: readonly CountedCell[]): CountedCell[] {
  const bySpan = new Map(a.map((cell) => [cell.span, cell]));
  for (const cell of b) {
    const other = bySpan.get(cell.span);
    bySpan.set(cell.span, other === undefined ? cell : mergeCells(other, cell, cell.span));
  }
  return [...bySpan.values()].sort((x, y) => x.span - y.span);
}

/** Cells of neighbouring spans become one. */
export function mergePairs(cells: readonly CountedCell[]): CountedCell[] {
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
