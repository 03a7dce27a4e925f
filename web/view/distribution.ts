/**
 * The distribution of response times as a percentile plot in the way of HdrHistogram: the x axis stretches the tail, so
 * that 90 %, 99 % and 99.9 % are equally far apart. A point is what the summary gives for its percentile: the middle of
 * a bucket of the histogram, within minimum and maximum. The curve ends at the slowest request. Pure.
 */
import type { SummaryEntry } from "../../src/report/summary/summary.ts";
import { bucketMiddleUs, bucketOf } from "../../src/stats/histogram/bucket.ts";
import type { Chart } from "./chart.ts";
import { formatValue } from "./format.ts";

const POINTS_PER_DECADE = 24;

/** What the curve is made of. */
export type DistributedEntry = Pick<SummaryEntry, "histogram" | "minMs" | "maxMs">;

export function distributionChart(entry: DistributedEntry): Chart {
  const { x, values } = percentileCurve(entry);
  const ticks = [0, 1, 2, 3, 4, 5].filter((each) => each <= Math.max(1, x[x.length - 1] ?? 1));
  return {
    title: "Response time distribution",
    unit: "ms",
    x,
    xLabel: "Percentile (%)",
    bands: [],
    xTicks: ticks,
    formatX: (nines) => nines === 0 ? "0 %" : `${percentOf(nines)} %`,
    formatY: formatValue,
    lines: [{ label: "Response time", ink: "rate", values }],
  };
}

/** Number of nines → percent: 0 → 0, 1 → 90, 2 → 99, 2.5 → 99.684 */
export function percentOf(nines: number): number {
  return Number(((1 - 10 ** -nines) * 100).toPrecision(Math.ceil(nines) + 3));
}

function percentileCurve({ histogram, minMs, maxMs }: DistributedEntry): { x: number[]; values: number[] } {
  const total = histogram.counts.reduce((sum, count) => sum + count, 0);
  const x: number[] = [];
  const values: number[] = [];
  if (total === 0) return { x, values };
  const last = Math.log10(total);
  let seen = 0;
  let bucket = -1;
  const steps = Math.max(1, Math.ceil(last * POINTS_PER_DECADE));
  for (let step = 0; step <= steps; step++) {
    const nines = last * step / steps;
    const rank = step === steps ? total : Math.max(1, Math.ceil((1 - 10 ** -nines) * total - 1e-6));
    while (seen < rank) seen += histogram.counts[++bucket] as number;
    x.push(nines);
    const middleMs = bucketMiddleUs(bucketOf(histogram.upperBounds[bucket] as number)) / 1000;
    values.push(rank === total ? maxMs ?? middleMs : Math.min(Math.max(middleMs, minMs ?? 0), maxMs ?? Infinity));
  }
  if (last < 1) { // of fewer than ten, the slowest is the 90th percentile: the axis has its first two labels
    x.push(1);
    values.push(values[values.length - 1] as number);
  }
  return { x, values };
}
