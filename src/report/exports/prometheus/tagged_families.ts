/**
 * Requests and checks by the values of their tags. They have names of their own (`locust_ts_tagged_…`): what they count
 * is in the other metrics, too, and once for each tag, so that no sum may mix them. Absent where there are no tags.
 * Pure.
 */
import type { CountedRow } from "../counted_rows.ts";
import { passesAndFails, taggedChecks } from "../exported_measures.ts";
import { countedMeasures, countedSplits, type ExportedRun } from "../exported_run.ts";
import { type Histograms, histogramSamples } from "./histogram_samples.ts";
import { formatLabels, type MetricFamily } from "./metric_family.ts";

export function taggedFamilies(run: ExportedRun, histograms: Histograms): readonly MetricFamily[] {
  const splits = countedSplits(run);
  const toLabelled = (tag: string, value: string, row: CountedRow) => ({
    row,
    labels: formatLabels({ tag_name: tag, tag_value: value, method: row.method, name: row.name }),
  });
  const rows = splits.flatMap(({ tag, value, rows }) => rows.map((row) => toLabelled(tag, value, row)));
  const timed = histograms === "names" ? rows : splits.map(({ tag, value, total }) => toLabelled(tag, value, total));
  const counter = (name: string, help: string, read: (row: CountedRow) => number): MetricFamily => ({
    name,
    type: "counter",
    help,
    samples: rows.map(({ row, labels }) => ({ suffix: "_total", labels, value: read(row) })),
  });
  const families: readonly MetricFamily[] = [
    counter(
      "locust_ts_tagged_requests",
      "Requests by a tag; each is counted for each of its tags.",
      (row) => row.requests,
    ),
    counter("locust_ts_tagged_request_failures", "Requests by a tag that have failed.", (row) => row.failures),
    {
      name: "locust_ts_tagged_request_duration_seconds",
      type: "histogram",
      help: "Response times by a tag.",
      unit: "seconds",
      samples: timed.flatMap(({ row, labels }) => histogramSamples(row.times, labels, new Map())),
    },
    {
      name: "locust_ts_tagged_checks",
      type: "counter",
      help: "Checks by a tag and their result; each is counted for each of its tags.",
      samples: taggedChecks(countedMeasures(run)).flatMap((check) =>
        passesAndFails(check).map(({ name, result, count }) => ({
          suffix: "_total" as const,
          labels: formatLabels({ tag_name: check.tag, tag_value: check.value, check: name, result }),
          value: count,
        }))
      ),
    },
  ];
  return families.filter(({ samples }) => samples.length > 0);
}
