/**
 * One tick of a run as StatsD packets with DogStatsD tags: counters of what was counted since the packets before,
 * gauges of the last ten seconds. Pure.
 */
import { Buffer } from "node:buffer";
import type { MeasuresSnapshot } from "../../../protocol/measures_message.ts";
import type { ClassArrivals, EntrySnapshot, SnapshotMessage } from "../../../protocol/snapshot_message.ts";
import { arrivalsKey } from "../counted_arrivals.ts";
import { toWindowTimes } from "../window_times.ts";
import { type CountedRow, type EarlierRows, followRows, keepRows, keyOf } from "../counted_rows.ts";
import { type CountedSplit, type EarlierSplits, keepSplits, splitKey } from "../exported_splits.ts";
import { statsdMeasures, type SumsBefore } from "./statsd_measures.ts";
import { formatTags } from "./statsd_tags.ts";

/** Fits an Ethernet frame with IPv6 and UDP headers and a tunnel: the size that StatsD's own page recommends. */
export const MAX_PACKET_BYTES = 1432;

/** What the packets before held; classes by `arrivalsKey`. */
export interface CountedBefore {
  readonly rows: EarlierRows;
  readonly splits: EarlierSplits;
  readonly arrivals: ReadonlyMap<string, ClassArrivals>;
  readonly sums: SumsBefore;
}

export const NOTHING_COUNTED: CountedBefore = {
  rows: new Map(),
  splits: new Map(),
  arrivals: new Map(),
  sums: new Map(),
};

const ARRIVAL_COUNTS = ["asked", "started", "dropped", "late"] as const;

export interface StatsdTick {
  readonly packets: readonly Uint8Array[];
  readonly counted: CountedBefore;
}

export function statsdTick(
  snapshot: SnapshotMessage,
  { rows, splits = [], arrivals, measures }: {
    readonly rows: readonly CountedRow[];
    readonly splits?: readonly CountedSplit[];
    readonly arrivals: readonly ClassArrivals[];
    readonly measures?: MeasuresSnapshot | undefined;
  },
  before: CountedBefore,
): StatsdTick {
  const windows = new Map(snapshot.entries.map((entry) => [keyOf(entry), entry]));
  const lines = [
    `locust_ts.users:${snapshot.userCount}|g`,
    ...rowLines("locust_ts", {}, rows, before.rows, (row) => windows.get(keyOf(row))),
    ...splits.flatMap(({ tag, value, rows: ofValue, entryOf }) => {
      const earlier = before.splits.get(splitKey(tag, value))?.rows ?? new Map();
      return rowLines("locust_ts.tagged", { tag_name: tag, tag_value: value }, ofValue, earlier, entryOf);
    }),
  ];
  lines.push(...arrivals.flatMap((each) => arrivalLines(each, before.arrivals.get(arrivalsKey(each)))));
  const byClass = new Map(arrivals.map((each) => [arrivalsKey(each), each]));
  const measured = statsdMeasures(measures, before.sums);
  lines.push(...measured.lines);
  return {
    packets: packLines(lines),
    counted: { rows: keepRows(rows), splits: keepSplits(splits), arrivals: byClass, sums: measured.sums },
  };
}

/** Counters of what each row gained, gauges of its times. */
function rowLines(
  prefix: string,
  tags: Readonly<Record<string, string>>,
  rows: readonly CountedRow[],
  before: EarlierRows,
  entryOf: (row: CountedRow) => EntrySnapshot | undefined,
): string[] {
  const present = new Set(rows.map(keyOf));
  const followed = followRows(before, (row) => present.has(keyOf(row)));
  return rows.flatMap((row) => {
    const tagged = formatTags({ ...tags, method: row.method, name: row.name });
    const earlier = followed.get(keyOf(row));
    const requests = row.requests - (earlier?.requests ?? 0);
    const failures = row.failures - (earlier?.failures ?? 0);
    const entry = entryOf(row);
    const times = Object.entries(entry === undefined ? {} : toWindowTimes(entry));
    return [
      ...(requests > 0 ? [`${prefix}.requests:${requests}|c${tagged}`] : []),
      ...(failures > 0 ? [`${prefix}.failures:${failures}|c${tagged}`] : []),
      ...times.flatMap(([figure, ms]) =>
        ms === null ? [] : [`${prefix}.response_time.${figure}:${formatMs(ms)}|g${tagged}`]
      ),
    ];
  });
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
