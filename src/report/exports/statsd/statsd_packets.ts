/**
 * One tick of a run as StatsD packets with DogStatsD tags: counters of what was counted since the packets before, gauges of the last ten
 * seconds. Pure.
 */
import { Buffer } from "node:buffer";
import type { MeasuresSnapshot } from "../../../protocol/measures_message.ts";
import type { ClassArrivals, SnapshotMessage } from "../../../protocol/snapshot_message.ts";
import { arrivalsKey } from "../counted_arrivals.ts";
import { toWindowTimes } from "../window_times.ts";
import { type CountedRow, followRows } from "../exported_run.ts";
import { statsdMeasures, type SumsBefore } from "./statsd_measures.ts";
import { formatTags } from "./statsd_tags.ts";

/** Fits an Ethernet frame with IPv6 and UDP headers and a tunnel: the size that StatsD's own page recommends. */
export const MAX_PACKET_BYTES = 1432;

/** What the packets before held: rows by method and name, classes by `arrivalsKey`. */
export interface CountedBefore {
  readonly rows: ReadonlyMap<string, CountedRow>;
  readonly arrivals: ReadonlyMap<string, ClassArrivals>;
  readonly sums: SumsBefore;
}

export const NOTHING_COUNTED: CountedBefore = { rows: new Map(), arrivals: new Map(), sums: new Map() };

const ARRIVAL_COUNTS = ["asked", "started", "dropped", "late"] as const;

export interface StatsdTick {
  readonly packets: readonly Uint8Array[];
  readonly counted: CountedBefore;
}

export function statsdTick(
  snapshot: SnapshotMessage,
  { rows, arrivals, measures }: {
    readonly rows: readonly CountedRow[];
    readonly arrivals: readonly ClassArrivals[];
    readonly measures?: MeasuresSnapshot | undefined;
  },
  before: CountedBefore,
): StatsdTick {
  const counted = new Map(rows.map((row) => [`${row.method}\0${row.name}`, row]));
  const followed = followRows(before.rows, ({ method, name }) => counted.has(`${method}\0${name}`));
  const windows = new Map(snapshot.entries.map((entry) => [`${entry.method}\0${entry.name}`, toWindowTimes(entry)]));
  const lines = [`locust_ts.users:${snapshot.userCount}|g`];
  for (const [key, row] of counted) {
    const tags = formatTags({ method: row.method, name: row.name });
    const earlier = followed.get(key);
    const requests = row.requests - (earlier?.requests ?? 0);
    const failures = row.failures - (earlier?.failures ?? 0);
    if (requests > 0) lines.push(`locust_ts.requests:${requests}|c${tags}`);
    if (failures > 0) lines.push(`locust_ts.failures:${failures}|c${tags}`);
    for (const [figure, ms] of Object.entries(windows.get(key) ?? {})) {
      if (ms !== null) lines.push(`locust_ts.response_time.${figure}:${formatMs(ms)}|g${tags}`);
    }
  }
  lines.push(...arrivals.flatMap((each) => arrivalLines(each, before.arrivals.get(arrivalsKey(each)))));
  const byClass = new Map(arrivals.map((each) => [arrivalsKey(each), each]));
  const measured = statsdMeasures(measures, before.sums);
  lines.push(...measured.lines);
  return { packets: packLines(lines), counted: { rows: counted, arrivals: byClass, sums: measured.sums } };
}

function arrivalLines(now: ClassArrivals, before: ClassArrivals | undefined): string[] {
  const tags = formatTags({ user_class: now.name, kind: now.kind });
  const counters = ARRIVAL_COUNTS.flatMap((count) => {
    const gained = now[count] - (before?.[count] ?? 0);
    return gained > 0 ? [`locust_ts.arrivals.${count}:${gained}|c${tags}`] : [];
  });
  return [...counters, `locust_ts.arrivals.waiting:${now.waiting}|g${tags}`];
}

/** As many whole lines into each packet as it holds. */
export function packLines(lines: readonly string[], maxBytes: number = MAX_PACKET_BYTES): readonly Uint8Array[] {
  const packets: Uint8Array[] = [];
  let waiting: string[] = [];
  let size = 0;
  const close = () => {
    if (waiting.length > 0) packets.push(Buffer.from(waiting.join("\n")));
    waiting = [];
    size = 0;
  };
  for (const line of lines) {
    const bytes = Buffer.byteLength(line) + 1;
    if (size + bytes - 1 > maxBytes) close();
    waiting.push(line);
    size += bytes;
  }
  close();
  return packets;
}

/** Microseconds are what is measured. */
function formatMs(ms: number): string {
  return String(Math.round(ms * 1000) / 1000);
}
