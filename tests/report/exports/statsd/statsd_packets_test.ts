import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import type { SnapshotMessage } from "../../../../src/protocol/snapshot_message.ts";
import {
  countedArrivals,
  countedRows,
  foldExportedRun,
  NO_EXPORTED_RUN,
} from "../../../../src/report/exports/exported_run.ts";
import {
  MAX_PACKET_BYTES,
  NOTHING_COUNTED,
  packLines,
  statsdTick,
} from "../../../../src/report/exports/statsd/statsd_packets.ts";
import { classArrivals } from "../../../support/class_arrivals.ts";
import { recordRun } from "../../../support/recorded_run.ts";

const { snapshots, ended } = await recordRun();
const countedOf = (snapshot: SnapshotMessage) => {
  const run = foldExportedRun(NO_EXPORTED_RUN, { kind: "ticked", snapshot });
  return { rows: countedRows(run), arrivals: countedArrivals(run) };
};
const linesOf = (packets: readonly Uint8Array[]) =>
  packets.flatMap((packet) => Buffer.from(packet).toString().split("\n"));

test("statsdTick() counters over all ticks sum to the counts of the run", () => {
  const sums = new Map<string, number>();
  let before: ReturnType<typeof statsdTick>["counted"] = NOTHING_COUNTED;
  for (const snapshot of [...snapshots, ended.snapshot]) {
    const { packets, counted } = statsdTick(snapshot, countedOf(snapshot), before);
    before = counted;
    for (const line of linesOf(packets)) {
      const [, metric = "", value, tags = ""] = /^([^:]+):([\d.]+)\|c\|#(.*)$/.exec(line) ?? [];
      if (metric !== "") sums.set(`${metric} ${tags}`, (sums.get(`${metric} ${tags}`) ?? 0) + Number(value));
    }
  }
  assert.equal(sums.get("locust_ts.requests method:GET,name:/cart"), 240);
  assert.equal(sums.get("locust_ts.failures method:POST,name:/orders"), 12);
});

test("statsdTick() gauges are of the last ten seconds, in milliseconds", () => {
  const lines = linesOf(statsdTick(ended.snapshot, countedOf(ended.snapshot), NOTHING_COUNTED).packets);
  const cart = ended.snapshot.entries.find(({ name }) => name === "/cart")!;
  const value = (metric: string) =>
    Number(lines.find((line) => line.startsWith(`${metric}:`) && line.endsWith("name:/cart"))?.split(/[:|]/)[1]);
  assert.ok(Math.abs(value("locust_ts.response_time.p95") - cart.windowPercentilesMs[4 + 1]!) < 0.001);
  assert.ok(Math.abs(value("locust_ts.response_time.mean") - 102.25) < 0.5);
  assert.ok(lines.includes("locust_ts.users:10|g"));
});

test("statsdTick() makes harmless what would end a tag or a line, and cuts a long name", () => {
  const entry = { ...ended.snapshot.entries[0]!, method: "", name: "a|b,c#d\ne:f" };
  const long = { ...entry, method: "GET", name: "é".repeat(1000) };
  const snapshot = { ...ended.snapshot, entries: [entry, long] };
  const { packets } = statsdTick(snapshot, countedOf(snapshot), NOTHING_COUNTED);
  const lines = linesOf(packets);
  assert.ok(lines.some((line) => line.endsWith("|c|#name:a_b_c_d_e:f")), lines.join());
  for (const line of lines) assert.match(line, /^locust_ts\.[a-z0-9_.]+:[\d.]+\|[cg](?:\|#[^|#\n]+)?$/);
  assert.ok(lines.every((line) => Buffer.byteLength(line) < 600));
});

test("packLines() fills packets up to their limit with whole lines", () => {
  const lines = Array.from({ length: 500 }, (_, i) => `é${"x".repeat(i % 90)}`);
  const packets = packLines(lines);
  assert.deepEqual(linesOf(packets), lines);
  for (const packet of packets) assert.ok(packet.length <= MAX_PACKET_BYTES, String(packet.length));
  assert.ok(packets.length < 20);
  assert.deepEqual(packLines(["aaaa", "bbbb"], 9).length, 1);
  assert.deepEqual(packLines(["aaaa", "bbbb"], 8).length, 2);
});

test("statsdTick() counts arrivals up from tick to tick, and shows what waits", () => {
  const arrivals = (asked: number, started: number) => ({
    ...ended.snapshot,
    classArrivals: [classArrivals({ asked, started, waiting: asked - started })],
  });
  const first = arrivals(10, 8);
  const { packets, counted } = statsdTick(first, countedOf(first), NOTHING_COUNTED);
  const tags = "#user_class:Buyer,kind:arrivals";
  assert.ok(linesOf(packets).includes(`locust_ts.arrivals.asked:10|c|${tags}`));
  const second = arrivals(25, 24);
  const lines = linesOf(statsdTick(second, countedOf(second), counted).packets).filter((line) => line.endsWith(tags));
  assert.deepEqual(lines, [
    `locust_ts.arrivals.asked:15|c|${tags}`,
    `locust_ts.arrivals.started:16|c|${tags}`,
    `locust_ts.arrivals.waiting:1|g|${tags}`,
  ]);
});
