/**
 * One tick of a run as InfluxDB lines: a point for each method and name, also by the values of tags, for each check,
 * metric and transaction, and one for the run. Counts are since the start of the run, rates and times of the last ten
 * seconds. Pure.
 */
import type { EntrySnapshot } from "../../../protocol/snapshot_message.ts";
import { type CountedRow, keyOf } from "../counted_rows.ts";
import { countedArrivals, countedMeasures, countedRows, countedSplits, type ExportedRun } from "../exported_run.ts";
import { toWindowTimes } from "../window_times.ts";
import { type FieldValue, formatLine } from "./influx_line.ts";
import { measureRows } from "./influx_measures.ts";

type Tags = Readonly<Record<string, string>>;

export function influxLines(run: ExportedRun): readonly string[] {
  const { snapshot } = run;
  if (snapshot === undefined) return [];
  const { wallMs, userCount, workers, state } = snapshot;
  const now = new Map(snapshot.entries.map((entry) => [keyOf(entry), entry]));
  const toLine = (measurement: string, tags: Tags, row: CountedRow, entry: EntrySnapshot | undefined) =>
    formatLine(measurement, { ...tags, method: row.method, name: row.name }, {
      requests: { integer: row.requests },
      failures: { integer: row.failures },
      ...currentFigures(entry),
    }, wallMs);
  const rows = countedRows(run).map((row) => toLine("locust_ts", {}, row, now.get(keyOf(row))));
  const tagged = countedSplits(run).flatMap(({ tag, value, rows, entryOf }) =>
    rows.map((row) => toLine("locust_ts_tagged", { tag_name: tag, tag_value: value }, row, entryOf(row)))
  );
  const arrivals = countedArrivals(run).map((each) =>
    formatLine("locust_ts_arrivals", { user_class: each.name, kind: each.kind }, {
      asked: { integer: each.asked },
      started: { integer: each.started },
      dropped: { integer: each.dropped },
      late: { integer: each.late },
      waiting: { integer: each.waiting },
      asked_rate: { float: each.askedPerSecond },
      started_rate: { float: each.startedPerSecond },
    }, wallMs)
  );
  const measures = measureRows(countedMeasures(run)).map(({ measurement, tags, fields }) =>
    formatLine(measurement, tags, fields, wallMs)
  );
  return [
    ...rows,
    ...tagged,
    ...arrivals,
    ...measures,
    formatLine("locust_ts_run", {}, {
      users: { integer: userCount },
      workers: { integer: workers.filter((worker) => worker.state !== "gone").length },
      state: { text: state },
    }, wallMs),
  ];
}

function currentFigures(entry: EntrySnapshot | undefined): Readonly<Record<string, FieldValue>> {
  if (entry === undefined) return {};
  const { p50, p95, p99, mean } = toWindowTimes(entry);
  return {
    rps: { float: entry.currentPerSecond },
    p50: { float: p50 },
    p95: { float: p95 },
    p99: { float: p99 },
    mean: { float: mean },
  };
}
