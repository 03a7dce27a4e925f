/**
 * Requests and checks by the values of their tags as OpenTelemetry metrics. They have names of their own
 * (`locust.tagged.…`): what they count is in the other metrics, too, and once for each tag, so that no sum may mix
 * them. Pure.
 */
import type { Attributes } from "@opentelemetry/api";
import type { MetricData } from "@opentelemetry/sdk-metrics";
import type { CountedRow } from "../counted_rows.ts";
import { passesAndFails, taggedChecks } from "../exported_measures.ts";
import { countedMeasures, countedSplits, type ExportedRun } from "../exported_run.ts";
import { counter, histogram, type Span } from "./metric_data.ts";

export function taggedMetrics(run: ExportedRun, span: Span): readonly MetricData[] {
  const rows = countedSplits(run).flatMap(({ tag, value, rows }) =>
    rows.filter(({ requests }) => requests > 0).map((row) => ({ row, attributes: attributesOf(tag, value, row) }))
  );
  return [
    histogram(
      span,
      { name: "locust.tagged.duration", description: "Response times by a tag; each is counted for each of its tags." },
      rows.map(({ row, attributes }) => ({ attributes, times: row.times })),
    ),
    counter(
      span,
      { name: "locust.tagged.failures", unit: "{request}", description: "Failed requests by a tag." },
      rows.map(({ row, attributes }) => [attributes, row.failures]),
    ),
    counter(
      span,
      { name: "locust.tagged.checks", unit: "{check}", description: "Checks by a tag and their result." },
      taggedChecks(countedMeasures(run)).flatMap((check) =>
        passesAndFails(check).map(({ name, result, count }) =>
          [
            { "tag.name": check.tag, "tag.value": check.value, "check.name": name, "check.result": result },
            count,
          ] as const
        )
      ),
    ),
  ];
}

function attributesOf(tag: string, value: string, { method, name }: CountedRow): Attributes {
  return { "tag.name": tag, "tag.value": value, method, name };
}
