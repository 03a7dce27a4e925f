import assert from "node:assert/strict";
import { test } from "node:test";
import type { ArrivalsSnapshot, SnapshotMessage } from "../../../src/protocol/snapshot_message.ts";
import { formatSnapshotLine } from "../../../src/report/terminal/line_log.ts";
import {
  describeArrivals,
  describeTargetRates,
  renderArrivals,
  renderScheduledClasses,
} from "../../../src/report/tables/arrival_tables.ts";

const ARRIVALS: ArrivalsSnapshot = {
  planned: 1000,
  plannedPerSecond: 100,
  asked: 990,
  started: 900,
  dropped: 60,
  waiting: 30,
  late: 45,
  askedPerSecond: 99,
  startedPerSecond: 90,
  droppedPerSecond: 6,
  latePerSecond: 4.5,
};

test("renderArrivals() adds up to what was asked", () => {
  const lines = renderArrivals({ arrivals: ARRIVALS } as SnapshotMessage, { width: 80, colors: "none" });
  assert.deepEqual(lines, [
    "Arrivals (late: started more than 10 ms after their time)",
    "Arrivals         Count  Share",
    "---------------- ----- ------",
    "Asked             1000",
    "Started            900 90.00%",
    "Dropped arrivals    60  6.00%",
    "Never started       30  3.00%",
    "Lost                10  1.00%",
    "Late                45  4.50%",
    "",
  ]);
});

test("describeArrivals() leaves out what is 0", () => {
  assert.equal(describeArrivals(ARRIVALS), "99.00/s asked, 90.00/s started, 6.00/s dropped, 30 waiting");
  assert.equal(
    describeArrivals({ ...ARRIVALS, droppedPerSecond: 0, waiting: 0 }),
    "99.00/s asked, 90.00/s started",
  );
});

test("formatSnapshotLine() names arrivals, and no target of users, which there is none", () => {
  const total = { requests: 3, failures: 0, currentPerSecond: 3, minMs: null } as SnapshotMessage["total"];
  const shown = { elapsedMs: 1000, state: "running", userCount: 4, targetUserCount: 0, total, arrivals: ARRIVALS };
  const line = formatSnapshotLine(shown as SnapshotMessage);
  assert.match(line, /^0:01 running, .*\/s asked, .*\/s started.*, 4 users, Aggregated: 3 requests/);
  assert.doesNotMatch(line, /\/0 users/);
});

test("renderScheduledClasses() lists several classes, or a target rate", () => {
  const { planned: _, ...counted } = ARRIVALS;
  const buyer = { ...counted, name: "Buyer", kind: "arrivals" as const };
  const reader = { ...buyer, name: "Reader", kind: "target" as const, waiting: 0, dropped: 0 };
  const render = (classArrivals: SnapshotMessage["classArrivals"]) =>
    renderScheduledClasses({ classArrivals } as unknown as SnapshotMessage, { width: 80, colors: "none" });
  assert.deepEqual(render([buyer]), [], "the table of all arrivals says the same");
  assert.deepEqual(render([buyer, reader]), [
    "Starts by class (dropped of a target rate: no user was ready within a second)",
    "Class  Starts by   Asked Started Dropped Waiting Late",
    "------ ----------- ----- ------- ------- ------- ----",
    "Buyer  arrivals      990     900      60      30   45",
    "Reader target rate   990     900       0       0   45",
    "",
  ]);
});

test("describeTargetRates() says what each class does of what it is to do", () => {
  const { planned: _, ...counted } = ARRIVALS;
  const of = (name: string, plannedPerSecond: number) => ({
    ...counted,
    name,
    kind: "target" as const,
    plannedPerSecond,
  });
  assert.deepEqual(describeTargetRates({ classArrivals: [of("Reader", 100)] }), ["Reader 90.00 of 100.0/s"]);
  const three = [of("A", 100), of("B", 100), of("C", 300)];
  assert.deepEqual(describeTargetRates({ classArrivals: three }), ["target rates 270.0 of 500.0/s"]);
  assert.deepEqual(describeTargetRates({ classArrivals: [{ ...of("A", 100), kind: "arrivals" }] }), []);
  assert.deepEqual(describeTargetRates({ classArrivals: [of("A", 0)] }), []);
});
