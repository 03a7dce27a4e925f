/**
 * Checks, metrics and transactions as StatsD lines: counters of what was counted since the lines before, gauges of the
 * figures since the last reset of the statistics. Pure.
 */
import type { MeasuresSnapshot } from "../../../protocol/measures_message.ts";
import {
  checkCounts,
  figuresOf,
  type MeasureCount,
  passesAndFails,
  rateCounts,
  taggedChecks,
  transactionCounts,
} from "../exported_measures.ts";
import { formatTags } from "./statsd_tags.ts";

/** The sums of the lines before, by name and tags. */
export type SumsBefore = ReadonlyMap<string, number>;

type Tags = Readonly<Record<string, string>>;

export function statsdMeasures(
  measures: MeasuresSnapshot | undefined,
  before: SumsBefore,
): { readonly lines: readonly string[]; readonly sums: SumsBefore } {
  const lines: string[] = [];
  const sums = new Map(before);
  const count = (name: string, tags: Tags, sum: number) => {
    const tagged = formatTags(tags);
    const since = sum - (before.get(`${name}${tagged}`) ?? 0);
    sums.set(`${name}${tagged}`, sum);
    if (since > 0) lines.push(`locust_ts.${name}:${toText(since)}|c${tagged}`);
  };
  const countEach = (name: string, label: string, counts: readonly MeasureCount[]) => {
    for (const each of counts) count(name, { [label]: each.name, result: each.result }, each.count);
  };
  const gauge = (name: string, tags: Tags, value: number) => {
    // A sign would change the gauge by the value: from below 0 it has to be set to 0 first.
    if (value < 0) lines.push(`locust_ts.${name}:0|g${formatTags(tags)}`);
    lines.push(`locust_ts.${name}:${toText(value)}|g${formatTags(tags)}`);
  };
  if (measures === undefined) return { lines, sums };
  countEach("checks", "check", checkCounts(measures));
  for (const { tag, value, ...check } of taggedChecks(measures)) {
    for (const { name, result, count: sum } of passesAndFails(check)) {
      count("tagged.checks", { tag_name: tag, tag_value: value, check: name, result }, sum);
    }
  }
  countEach("metric.cases", "metric", rateCounts(measures));
  countEach("transactions", "transaction", transactionCounts(measures));
  for (const metric of measures.metrics) {
    const tags = { metric: metric.name };
    if (metric.kind === "counter") count("metric.counter", tags, metric.sum);
    else if (metric.kind === "gauge") gauge("metric.last", tags, metric.last);
    else if (metric.kind === "trend") {
      count("metric.values", tags, metric.count);
      for (const [figure, value] of figuresOf(metric)) gauge(`metric.${figure}`, tags, value);
    }
  }
  for (const { name, times, busyTimes } of measures.transactions) {
    const tags = { transaction: name };
    for (const [figure, ms] of figuresOf(times)) gauge(`transaction_time.${figure}`, tags, ms);
    for (const [figure, ms] of figuresOf(busyTimes)) gauge(`transaction_busy_time.${figure}`, tags, ms);
  }
  return { lines, sums };
}

function toText(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}
