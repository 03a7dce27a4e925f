/** Response times over time as a grid: how many requests of each stretch of the run fell into each band of latency. Pure. */
import type { SummarySpan } from "../../src/report/summary/summary.ts";
import { formatClock, formatCount, formatMs } from "./format.ts";

export interface HeatMap {
  /** Seconds at which the columns begin, and where the last one ends. */
  readonly edges: readonly number[];
  /** Upper bounds of the rows in ms, the fastest first. */
  readonly boundsMs: readonly number[];
  /** Rows of the fastest first; count by column. */
  readonly counts: readonly (readonly number[])[];
  readonly largest: number;
}

type HeatSpan = Pick<SummarySpan, "second" | "seconds" | "times">;

export const HEAT_LEVELS = 6;
const MAX_COLUMNS = 120;
const ROWS_PER_DECADE = 6;

export function buildHeatMap(history: readonly HeatSpan[]): HeatMap | undefined {
  const bounds = history.flatMap(({ times }) => times.map(([bound]) => bound));
  if (bounds.length === 0) return undefined;
  const per = Math.max(1, Math.ceil(history.length / MAX_COLUMNS));
  const [low, high] = bounds.reduce(([a, b], bound) => [Math.min(a, bound), Math.max(b, bound)], [Infinity, 1]);
  const firstRow = Math.floor(rowOf(Math.max(1, low)));
  const rows = Math.floor(rowOf(high)) - firstRow + 1;
  const columns = Math.ceil(history.length / per);
  const counts = Array.from({ length: rows }, () => new Array<number>(columns).fill(0));
  history.forEach(({ times }, i) => {
    for (const [bound, count] of times) {
      const row = counts[Math.floor(rowOf(Math.max(1, bound))) - firstRow] as number[];
      row[Math.floor(i / per)] = (row[Math.floor(i / per)] ?? 0) + count;
    }
  });
  const last = history[history.length - 1] as HeatSpan;
  return {
    edges: [
      ...Array.from({ length: columns }, (_, column) => (history[column * per] as HeatSpan).second),
      last.second + last.seconds,
    ],
    boundsMs: Array.from({ length: rows }, (_, row) => 10 ** ((firstRow + row + 1) / ROWS_PER_DECADE) / 1000),
    counts,
    largest: counts.reduce((max, row) => Math.max(max, ...row), 0),
  };
}

/** 0 for nothing, else 1 to `HEAT_LEVELS`: on a logarithmic scale, as a single slow request must be seen beside thousands. */
export function heatLevel(count: number, largest: number): number {
  if (count === 0) return 0;
  if (largest <= 1) return HEAT_LEVELS;
  return 1 + Math.round((HEAT_LEVELS - 1) * Math.log(count) / Math.log(largest));
}

/** `0:15, 10 to 14.7 ms: 12 requests`; empty outside the map. */
export function describeCell({ counts, edges, boundsMs }: HeatMap, row: number, column: number): string {
  const count = counts[row]?.[column];
  const [second, bound] = [edges[column], boundsMs[row]];
  if (count === undefined || second === undefined || bound === undefined) return "";
  const below = bound / 10 ** (1 / ROWS_PER_DECADE);
  return `${formatClock(second)}, ${formatMs(below)} to ${formatMs(bound)} ms: ${formatCount(count, "request")}`;
}

/** Rows that get a label: those that end at a power of ten; where that is fewer than two, every third one too, or all of them. */
export function labelledRows(boundsMs: readonly number[]): readonly number[] {
  const rows = [...boundsMs.keys()];
  const isAt = (row: number, step: number) =>
    Math.abs(Math.log10(boundsMs[row] as number) * step - Math.round(Math.log10(boundsMs[row] as number) * step)) <
      1e-6;
  const decades = rows.filter((row) => isAt(row, 1));
  if (decades.length > 1) return decades;
  const halves = rows.filter((row) => isAt(row, 2));
  return halves.length > 1 ? halves : rows;
}

function rowOf(us: number): number {
  return Math.log10(us) * ROWS_PER_DECADE;
}
