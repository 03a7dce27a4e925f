/**
 * One tick of a run as InfluxDB lines: a point for each method and name, and one for the run. Counts are since the start of the run, rates
 * and times of the last ten seconds. Pure.
 */
import type { EntrySnapshot } from "../../../protocol/snapshot_message.ts";
import { countedArrivals, countedRows, type ExportedRun } from "../exported_run.ts";
import { toWindowTimes } from "../window_times.ts";

type FieldValue = { readonly integer: number } | { readonly float: number | null } | { readonly text: string };

export function influxLines(run: ExportedRun): readonly string[] {
  const { snapshot } = run;
  if (snapshot === undefined) return [];
  const { wallMs, userCount, workers, state } = snapshot;
  const now = new Map(snapshot.entries.map((entry) => [`${entry.method}\0${entry.name}`, entry]));
  const rows = countedRows(run).map(({ method, name, requests, failures }) =>
    formatLine("locust_ts", { method, name }, {
      requests: { integer: requests },
      failures: { integer: failures },
      ...currentFigures(now.get(`${method}\0${name}`)),
    }, wallMs)
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
  return [
    ...rows,
    ...arrivals,
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

/** A tag or field without a value does not exist. */
function formatLine(
  measurement: string,
  tags: Readonly<Record<string, string>>,
  fields: Readonly<Record<string, FieldValue>>,
  wallMs: number,
): string {
  const tagged = Object.entries(tags).filter(([, value]) => value !== "").map(([key, value]) =>
    `,${key}=${escapeTag(value)}`
  );
  const set = Object.entries(fields).flatMap(([key, value]) => {
    const text = formatField(value);
    return text === undefined ? [] : [`${key}=${text}`];
  });
  return `${measurement}${tagged.join("")} ${set.join(",")} ${Math.round(wallMs)}000000`;
}

function formatField(value: FieldValue): string | undefined {
  if ("integer" in value) return `${value.integer}i`;
  if ("text" in value) return `"${value.text.replace(/["\\]/g, "\\$&")}"`;
  return value.float === null || !Number.isFinite(value.float) ? undefined : String(value.float);
}

/**
 * Commas, equals signs and blanks are escaped. A line break cannot be: it is shown as `\n`. A backslash is not an escape but before
 * these, so one at the end, which would escape what follows the tag, gets a `_` behind it.
 */
function escapeTag(value: string): string {
  return value
    .replace(/\r?\n|\r/g, "\\n")
    .replace(/[\p{Cc}]/gu, "_")
    .toWellFormed()
    .replace(/\\$/, "\\_")
    .replace(/[,= ]/g, "\\$&");
}
