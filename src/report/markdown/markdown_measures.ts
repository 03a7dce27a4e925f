/** Checks, transactions and metrics as sections of the Markdown summary: what failed comes first. Pure. */
import { formatMeasured, formatMetricValue, formatPassRate } from "../../base/measured_value.ts";
import { formatFailures, formatMs } from "../tables/format_figures.ts";
import type { RunSummary } from "../summary/summary.ts";
import { codeText } from "./markdown_text.ts";

export interface MeasureTable {
  readonly title: string;
  readonly header: readonly string[];
  /** How many cells of a row are names, as they are; absent: the first. */
  readonly names?: number;
  readonly rows: readonly (readonly string[])[];
}

export function measureTables(
  { checks = [], checkSplits = [], metrics = [], transactions = [] }: RunSummary,
): readonly MeasureTable[] {
  const failed = checks.filter(({ fails }) => fails > 0).length;
  const tables: readonly MeasureTable[] = [
    {
      title: failed === 0 ? "### Checks: all passed" : `### Checks: ${failed} of ${checks.length} failed at times`,
      header: ["Check", "Passes", "Fails", "Pass rate"],
      rows: [...checks].sort((a, b) => a.passRate - b.passRate).map(({ name, passes, fails }) => [
        name,
        String(passes),
        String(fails),
        formatPassRate(passes, fails),
      ]),
    },
    ...checkSplits.map(({ tag, values }): MeasureTable => ({
      title: `### Checks by ${codeText(tag)}`,
      names: 2,
      header: ["", "Check", "Passes", "Fails", "Pass rate"],
      rows: values.flatMap(({ value, checks: list }) =>
        list.map(({ name, passes, fails }) => [
          value,
          name,
          String(passes),
          String(fails),
          formatPassRate(passes, fails),
        ])
      ),
    })),
    {
      title: "### Transactions",
      header: ["Transaction", "Count", "# fails", "Cut off", "50% (ms)", "95% (ms)", "Busy 50% (ms)", "Busy 95% (ms)"],
      rows: [...transactions].sort((a, b) => b.count - a.count).map(({ times, busyTimes, ...each }) => [
        each.name,
        String(each.count),
        formatFailures(each.failures, each.count),
        String(each.cutOff),
        formatMs(times.percentilesMs["50"]),
        formatMs(times.percentilesMs["95"]),
        formatMs(busyTimes.percentilesMs["50"]),
        formatMs(busyTimes.percentilesMs["95"]),
      ]),
    },
    {
      title: "### Metrics",
      header: ["Metric", "Kind", "Value", "95%", "Max"],
      rows: metrics.map((metric) => [
        metric.name,
        metric.kind,
        formatMetricValue(metric),
        metric.kind === "trend" ? formatMeasured(metric.percentiles["95"], metric.unit) : "",
        metric.kind === "trend" || metric.kind === "gauge" ? formatMeasured(metric.max, metric.unit) : "",
      ]),
    },
  ];
  return tables.filter(({ rows }) => rows.length > 0);
}
