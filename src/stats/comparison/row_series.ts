/**
 * The counts of a row, span by span, and the figures of any weighted choice of its spans. Pure.
 */
import { bucketMiddleUs } from "../histogram/bucket.ts";
import { autocorrelation } from "./block_bootstrap.ts";

/** The compared figures, in the order of every report. Times are milliseconds, the failure ratio is from 0 to 1. */
export const FIGURES = ["rps", "failureRatio", "mean", "p50", "p95", "p99"] as const;
export type Figure = typeof FIGURES[number];
/** `sumRate`: of what a counter adds, per second. */
export type SeriesFigure = Figure | "sumRate";
/** Null where there is none: a time without a timed request, a ratio without a request. */
export type FigureValues = Readonly<Record<SeriesFigure, number | null>>;

/** A span in which the row counted something. */
export interface CountedCell {
  /** Index of the span. */
  readonly span: number;
  readonly requests: number;
  readonly failures: number;
  /** Of the timed requests; of a counter what was added. */
  readonly sumUs: number;
  /** Filled buckets, ascending (`bucket.ts`). */
  readonly buckets: readonly number[];
  readonly counts: readonly number[];
}

/** The figures of each resample. `spanSeconds`: how long each span is. */
export function resampleFigures(
  cells: readonly CountedCell[],
  spanSeconds: readonly number[],
  resamples: readonly Uint16Array[],
): FigureValues[] {
  const buckets = [...new Set(cells.flatMap((cell) => cell.buckets))].sort((a, b) => a - b);
  const places = new Map(buckets.map((bucket, place) => [bucket, place]));
  const placed = cells.map((cell) => ({ ...cell, places: cell.buckets.map((bucket) => places.get(bucket) as number) }));
  const counts = new Float64Array(buckets.length);
  return resamples.map((weights) => {
    counts.fill(0);
    let [requests, failures, sumUs, timed, seconds] = [0, 0, 0, 0, 0];
    for (let span = 0; span < spanSeconds.length; span++) {
      seconds += (weights[span] ?? 0) * (spanSeconds[span] as number);
    }
    for (const cell of placed) {
      const weight = weights[cell.span] ?? 0;
      if (weight === 0) continue;
      requests += weight * cell.requests;
      failures += weight * cell.failures;
      sumUs += weight * cell.sumUs;
      for (let i = 0; i < cell.places.length; i++) {
        const count = weight * (cell.counts[i] as number);
        (counts[cell.places[i] as number] as number) += count;
        timed += count;
      }
    }
    const [p50, p95, p99] = quantilesMs(buckets, counts, timed, [0.5, 0.95, 0.99]);
    return {
      rps: seconds > 0 ? requests / seconds : null,
      failureRatio: requests > 0 ? failures / requests : null,
      mean: timed > 0 ? sumUs / timed / 1000 : null,
      p50: p50 ?? null,
      p95: p95 ?? null,
      p99: p99 ?? null,
      sumRate: seconds > 0 ? sumUs / seconds : null,
    };
  });
}

/**
 * How much each span tells about the next one, by figure: of the requests, of the share of failures, and of the mean
 * for every time.
 */
export function memoryOf(
  cells: readonly CountedCell[],
  spanSeconds: readonly number[],
): Readonly<Record<SeriesFigure, number>> {
  const requests = new Array<number>(spanSeconds.length).fill(0);
  const sums = [...requests];
  for (const cell of cells) {
    requests[cell.span] = cell.requests / (spanSeconds[cell.span] as number);
    sums[cell.span] = cell.sumUs / (spanSeconds[cell.span] as number);
  }
  const failureRatio = autocorrelation(
    cells.filter((cell) => cell.requests > 0).map((cell) => cell.failures / cell.requests),
  );
  const mean = autocorrelation(cells.flatMap(({ sumUs, counts }) => {
    const timed = counts.reduce((sum, count) => sum + count, 0);
    return timed === 0 ? [] : [sumUs / timed];
  }));
  const rates = { rps: autocorrelation(requests), sumRate: autocorrelation(sums) };
  return { ...rates, failureRatio, mean, p50: mean, p95: mean, p99: mean };
}

/** By nearest rank, as `Histogram` has it. */
function quantilesMs(
  buckets: readonly number[],
  counts: Float64Array,
  total: number,
  fractions: readonly number[],
): number[] {
  if (total === 0) return [];
  let place = -1;
  let seen = 0;
  return fractions.map((fraction) => {
    const rank = Math.max(1, Math.ceil(fraction * total - 1e-6));
    while (seen < rank) seen += counts[++place] as number;
    return bucketMiddleUs(buckets[place] as number) / 1000;
  });
}
