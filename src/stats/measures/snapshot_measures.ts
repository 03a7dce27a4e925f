/** Checks, metrics and transactions as the immutable figures that reports show. Pure. */
import type {
  DistributionSnapshot,
  MeasuresSnapshot,
  MetricSnapshot,
  TransactionSnapshot,
} from "../../protocol/measures_message.ts";
import { REPORTED_PERCENTILES } from "../../protocol/snapshot_message.ts";
import type { Histogram } from "../histogram/histogram.ts";
import type { MeasureBook } from "./measure_book.ts";
import type { MetricRow, TransactionRow } from "./measure_rows.ts";
import { stepsOf } from "./trend_scale.ts";

/** Undefined where nothing was counted. `loadMs`: the time that rates are over. */
export function snapshotMeasures(book: MeasureBook, loadMs: number): MeasuresSnapshot | undefined {
  const { checks, metrics, transactions } = book.rows();
  if (checks.length + metrics.length + transactions.length === 0) return undefined;
  return {
    checks: checks.map(({ name, passes, fails }) => ({ name, passes, fails })),
    metrics: metrics.map((row) => snapshotMetric(row, loadMs)),
    transactions: transactions.map(snapshotTransaction),
    ...book.checkTags?.snapshot(),
  };
}

function snapshotMetric(row: MetricRow, loadMs: number): MetricSnapshot {
  switch (row.kind) {
    case "trend": {
      const { name, unit, values } = row;
      const beyondScale = values.clamped;
      return { kind: "trend", name, unit, ...readDistribution(values, stepsOf(unit)), beyondScale };
    }
    case "counter": {
      const { name, unit, count, sum } = row;
      return { kind: "counter", name, unit, count, sum, perSecond: loadMs > 0 ? sum * 1000 / loadMs : 0 };
    }
    case "gauge": {
      const { name, unit, count, last, min, max } = row;
      return { kind: "gauge", name, unit, count, last, min, max };
    }
    default: {
      const { name, passes, fails } = row;
      return { kind: "rate", name, passes, fails };
    }
  }
}

function snapshotTransaction({ name, failures, cutOff, times, busyTimes }: TransactionRow): TransactionSnapshot {
  const inMs = (histogram: Histogram) => readDistribution(histogram, 1000);
  return { name, count: times.count, failures, cutOff, times: inMs(times), busyTimes: inMs(busyTimes) };
}

function readDistribution(histogram: Histogram, steps: number): DistributionSnapshot {
  const inUnit = (value: number | null) => value === null ? null : value / steps;
  const { quantilesUs, packed } = histogram.readTimes(REPORTED_PERCENTILES);
  return {
    count: histogram.count,
    sum: histogram.sumUs / steps,
    min: inUnit(histogram.minUs),
    max: inUnit(histogram.maxUs),
    mean: inUnit(histogram.meanUs),
    percentiles: quantilesUs.map(inUnit),
    packed,
  };
}
