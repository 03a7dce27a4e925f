import assert from "node:assert/strict";
import { test } from "node:test";
import { Deliveries } from "../../src/master/workers/deliveries.ts";
import { RunCounts } from "../../src/master/run_counts.ts";
import type { RunEvent } from "../../src/master/run_event.ts";
import { type DeltaMessage, EMPTY_DELTA } from "../../src/protocol/delta_message.ts";
import { Ledger } from "../../src/stats/ledger/ledger.ts";
import { deltaOf } from "../support/deltas.ts";
import { FakeClock } from "../support/fake_clock.ts";

const WALL_MS = 1_700_000_000_000;
const ONE = deltaOf([{ method: "GET", name: "/", ms: 5, bytes: 1, failure: undefined, intervalMs: 0 }]);
const batchOf = (dropped: number) => ({ text: new Uint8Array(), lines: 0, dropped });

function openCounts() {
  const clock = new FakeClock({ wallMs: WALL_MS });
  const ledger = new Ledger({ clock });
  const events: RunEvent[] = [];
  const counted: (readonly [workerId: string, requests: number, lostUsers: number | undefined])[] = [];
  const counts = new RunCounts({
    clock,
    ledger,
    deliveries: new Deliveries("r1"),
    events: (event) => events.push(event),
    counted: (workerId, { entries, lostUsers }) =>
      counted.push([workerId, entries.reduce((sum, { requests }) => sum + requests, 0), lostUsers]),
  });
  const receive = (seq: number, delta: DeltaMessage = ONE, runId = "r1") =>
    counts.receive("w1", { kind: "stats", runId, seq, spanMs: 1000, delta });
  return { counts, ledger, events, counted, receive };
}

test("RunCounts.receive() counts each delta of the run once, and passes it to the journal once", () => {
  const { ledger, counted, receive } = openCounts();
  receive(1);
  receive(1);
  receive(2);
  receive(3, ONE, "another run");
  assert.equal(ledger.byWorker.requestsOf("w1"), 2);
  assert.deepEqual(counted, [["w1", 1, undefined], ["w1", 1, undefined]]);
});

test("RunCounts.receive() keeps of a delta of before a reset the users that ended, and nothing else", () => {
  const { ledger, events, counted, receive } = openCounts();
  ledger.reset();
  receive(1, { ...ONE, lostUsers: 2, samples: batchOf(4) });
  receive(2, ONE);
  assert.deepEqual(counted, [["w1", 0, 2]]);
  assert.deepEqual([ledger.byWorker.requestsOf("w1"), ledger.counts().lostUsers], [0, 2]);
  assert.deepEqual(events, []);
});

test("RunCounts.receive() finds the last value of a gauge by when it was set, however late the master hears of it", async () => {
  const clock = new FakeClock({ wallMs: WALL_MS });
  const ledger = new Ledger({ clock });
  const machineClock = { id: "this machine", differenceMs: () => 5000 };
  const counts = new RunCounts({
    clock,
    machineClock,
    ledger,
    deliveries: new Deliveries("r1"),
    events: () => {},
    counted: () => {},
  });
  const gaugeOf = (last: number, lastAgeMs: number): DeltaMessage => ({
    ...EMPTY_DELTA,
    measures: [{ kind: "gauge", name: "level", unit: "", count: 1, last, lastAgeMs, min: last, max: last }],
  });
  const receive = (worker: string, delta: DeltaMessage, sentMs: number) =>
    counts.receive(worker, {
      kind: "stats",
      runId: "r1",
      seq: 1,
      spanMs: 1000,
      delta,
      reading: { clock: machineClock.id, atMs: sentMs + machineClock.differenceMs() },
    });
  await clock.advance(1000);
  receive("w1", gaugeOf(7, 100), 1000); // set at 900
  await clock.advance(2000); // the master stood still
  receive("w2", gaugeOf(3, 150), 950); // set at 800, and heard of at 3000
  const { measures } = ledger.snapshot({
    state: "running",
    userCount: 0,
    targetUserCount: 0,
    usersByClass: {},
    workers: [],
  });
  assert.equal(measures?.metrics[0]?.kind === "gauge" && measures.metrics[0].last, 7);
});

test("RunCounts.receive() knows up to when a message counts, although this process was kept from running meanwhile", async () => {
  const clock = new FakeClock({ wallMs: WALL_MS });
  const ledger = new Ledger({ clock, leadMs: 150, reach: "told" });
  ledger.start();
  let readings = 0;
  const counts = new RunCounts({
    clock: { wallMs: () => clock.wallMs(), nowMs: () => clock.nowMs() + 100 * readings++ },
    machineClock: { id: "this machine", differenceMs: () => 5000 },
    ledger,
    deliveries: new Deliveries("r1"),
    events: () => {},
    counted: () => {},
  });
  await clock.advance(1000);
  const reading = { clock: "this machine", atMs: 5900 };
  counts.receive("w1", { kind: "stats", runId: "r1", seq: 1, spanMs: 1000, reachAgeMs: 50, delta: ONE, reading });
  assert.equal(ledger.reach.reportedMs, 850);
});

test("RunCounts.receive() makes events of what single requests left, dated by the master's clock", () => {
  const { events, receive } = openCounts();
  const exemplar = { method: "GET", name: "/", traceId: "ab", responseTimeUs: 7, outcome: "success" } as const;
  const failed = { method: "GET", name: "/", errorType: "500", times: new Uint8Array() };
  receive(1, { ...ONE, exemplars: [{ ...exemplar, ageMs: 300 }], failedTimes: [failed] });
  assert.deepEqual(events, [
    { kind: "failuresTimed", groups: [failed] },
    { kind: "traced", requests: [{ ...exemplar, wallMs: WALL_MS - 300 }] },
  ]);
});

test("RunCounts.noteIn() says how many requests have no line in the file of samples", () => {
  const { counts, events, receive } = openCounts();
  const verdict = { kind: "valid", doubts: [], notes: ["a note"] } as const;
  assert.equal(counts.noteIn(verdict), verdict);
  const drop = (dropped: number) => ({ ...ONE, samples: batchOf(dropped) });
  receive(1, drop(1));
  assert.match(
    counts.noteIn({ kind: "valid", doubts: [] }).notes?.join() ?? "",
    /^1 request has no line in the file of --samples/,
  );
  receive(2, drop(2));
  receive(2, drop(2));
  const { notes } = counts.noteIn(verdict);
  assert.equal(notes?.[0], "a note");
  assert.match(notes?.[1] ?? "", /^3 requests have no line in the file of --samples: /);
  assert.equal(events.filter(({ kind }) => kind === "sampled").length, 2);
});
