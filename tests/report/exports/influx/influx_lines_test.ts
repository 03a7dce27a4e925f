import assert from "node:assert/strict";
import { test } from "node:test";
import { foldExportedRun, NO_EXPORTED_RUN } from "../../../../src/report/exports/exported_run.ts";
import { influxLines } from "../../../../src/report/exports/influx/influx_lines.ts";
import { parseInfluxTarget } from "../../../../src/report/exports/influx/influx_target.ts";
import { classArrivals } from "../../../support/class_arrivals.ts";
import { readInfluxLine } from "../../../support/read_influx_line.ts";
import { recordRun } from "../../../support/recorded_run.ts";

const { ended } = await recordRun();

test("influxLines() have a point for each row and one for the run, in nanoseconds", () => {
  const points = influxLines(foldExportedRun(NO_EXPORTED_RUN, ended)).map(readInfluxLine);
  const orders = points.find(({ tags }) => tags["name"] === "/orders")!;
  const entry = ended.snapshot.entries.find(({ name }) => name === "/orders")!;
  assert.equal(orders.fields["requests"], "48i");
  assert.equal(orders.fields["failures"], "12i");
  assert.equal(Number(orders.fields["p95"]), entry.windowPercentilesMs[5]);
  assert.equal(Number(orders.fields["rps"]), entry.currentPerSecond);
  assert.equal(orders.timestamp, `${ended.snapshot.wallMs}000000`);
  const run = points.find(({ measurement }) => measurement === "locust_ts_run")!;
  assert.deepEqual(run.fields, { users: "10i", workers: "2i", state: '"stopped"' });
});

test("influxLines() leave out what does not exist: times of a row without any, an empty tag", () => {
  const entry = ended.snapshot.entries.find(({ method }) => method === "CUSTOM")!;
  const snapshot = { ...ended.snapshot, entries: [{ ...entry, method: "" }] };
  const [point] = influxLines(foldExportedRun(NO_EXPORTED_RUN, { kind: "ticked", snapshot })).map(readInfluxLine);
  assert.deepEqual(Object.keys(point!.fields), ["requests", "failures", "rps"]);
  assert.deepEqual(Object.keys(point!.tags), ["name"]);
});

const NAMES: readonly (readonly [name: string, read: string])[] = [
  ["a b,c=d", "a b,c=d"],
  ['"quoted"', '"quoted"'],
  ["two\nlines\r\n", "two\\nlines\\n"],
  ["back\\slash", "back\\slash"],
  ["ends\\", "ends\\_"],
  ["a\\ b", "a\\ b"],
  ["ü 🦗", "ü 🦗"],
  ["bell\x07", "bell_"],
];

for (const [name, read] of NAMES) {
  test(`influxLines() of the name ${JSON.stringify(name)}`, () => {
    const snapshot = { ...ended.snapshot, entries: [{ ...ended.snapshot.entries[0]!, name }] };
    const lines = influxLines(foldExportedRun(NO_EXPORTED_RUN, { kind: "ticked", snapshot }));
    assert.equal(lines.length, 2);
    assert.equal(readInfluxLine(lines[0]!).tags["name"], read);
  });
}

const TARGETS: readonly (readonly [text: string, token: string | undefined, url: string, authorization?: string])[] = [
  ["http://h:8086", undefined, "http://h:8086/write?db=locust_ts"],
  ["http://h:8086/?db=x&precision=s", undefined, "http://h:8086/write?db=x"],
  ["http://ada:p%40ss@h:8086/?db=x", undefined, "http://h:8086/write?db=x", "Basic YWRhOnBAc3M="],
  ["https://h/?org=o&bucket=b", "t-1", "https://h/api/v2/write?org=o&bucket=b", "Token t-1"],
  ["https://h/proxy/write?db=x#y", undefined, "https://h/proxy/write?db=x"],
];

for (const [text, token, url, authorization] of TARGETS) {
  test(`parseInfluxTarget() of ${text}`, () => {
    const target = parseInfluxTarget(text, token)!;
    assert.equal(target.url, url);
    assert.equal(target.headers["authorization"], authorization);
    assert.doesNotMatch(target.shown, /ada|ss|t-1/);
  });
}

test("parseInfluxTarget() takes no other text", () => {
  for (const text of ["", "h:8086", "udp://h:1", "http://"]) assert.equal(parseInfluxTarget(text), undefined, text);
});

test("influxLines() have a point for each class with arrivals", () => {
  const snapshot = { ...ended.snapshot, classArrivals: [classArrivals({ asked: 20, started: 18, waiting: 2 })] };
  const point = influxLines(foldExportedRun(NO_EXPORTED_RUN, { kind: "ticked", snapshot })).map(readInfluxLine)
    .find(({ measurement }) => measurement === "locust_ts_arrivals");
  assert.deepEqual(point?.tags, { user_class: "Buyer", kind: "arrivals" });
  assert.deepEqual(point?.fields, {
    asked: "20i",
    started: "18i",
    dropped: "0i",
    late: "0i",
    waiting: "2i",
    asked_rate: "50",
    started_rate: "48",
  });
});
