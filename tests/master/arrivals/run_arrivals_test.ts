import assert from "node:assert/strict";
import { test } from "node:test";
import type { RosterWorker } from "../../../src/master/workers/roster_worker.ts";
import { RunArrivals } from "../../../src/master/arrivals/run_arrivals.ts";
import type { RunEvent } from "../../../src/master/run_event.ts";
import type { ToWorker } from "../../../src/protocol/worker_message.ts";

type Order = Extract<ToWorker, { kind: "arrivals" }>;

/** A run with 100 arrivals a second over workers of one thread each. */
class Scene {
  nowMs = 0;
  readonly workers = new Map<string, { state: RosterWorker["state"]; protocolMinor: number }>();
  readonly sent: { readonly id: string; readonly order: Order }[] = [];
  readonly joined = new Set<string>();
  readonly scheduled: (() => void)[] = [];
  readonly events: RunEvent[] = [];
  readonly arrivals: RunArrivals;

  constructor(...ids: readonly string[]) {
    for (const id of ids) this.add(id);
    const list = () => [...this.workers].map(([id, worker]) => ({ id, threads: 1, ...worker }) as RosterWorker);
    this.arrivals = new RunArrivals({
      runId: "run-1",
      streams: [{
        classes: [{ name: "Buyer", weight: 1 }],
        pattern: "even",
        maxUsers: 10,
        curve: { countBefore: 0, points: [[0, 100]] },
      }],
      seed: 1,
      mixed: false,
      roster: {
        placeable: () => list().filter(({ state }) => state !== "missing" && state !== "gone"),
        get: (id) => list().find((worker) => worker.id === id),
      },
      runMs: () => this.nowMs,
      clock: {
        nowMs: () => this.nowMs + 7000,
        schedule: (_delayMs, fire) => (this.scheduled.push(fire), { cancel() {} }),
      },
      machineClock: { id: "m", differenceMs: () => 100_000 },
      events: (event) => void this.events.push(event),
      send: (id, message) => void this.sent.push({ id, order: message as Order }),
      join: (id) => void this.joined.add(id),
    });
  }

  add(id: string, protocolMinor = 1): void {
    this.workers.set(id, { state: "running", protocolMinor });
  }

  /** What was sent since the last call: receiver, slots of the newest leg, and numbers that are owed. */
  take(): unknown[] {
    return this.sent.splice(0).map(({ id, order: { streams } }) => {
      const [stream] = streams ?? [];
      const newest = stream?.legs.at(-1);
      return [id, newest?.fromIndex, newest?.slots, stream?.owed.map(({ fromIndex, toIndex }) => [fromIndex, toIndex])];
    });
  }
}

test("RunArrivals gives each worker its turns, and the time once a second", () => {
  const scene = new Scene("a", "b");
  scene.arrivals.begin(0);
  assert.deepEqual(scene.take(), [["a", 0, [0], []], ["b", 0, [1], []]]);
  assert.deepEqual([...scene.joined], ["a", "b"]);
  scene.nowMs = 1000;
  scene.arrivals.tick();
  assert.deepEqual(scene.sent.map(({ id, order }) => [id, order.runMs, order.reading?.atMs, order.streams]), [
    ["a", 1000, 108_000, undefined],
    ["b", 1000, 108_000, undefined],
  ]);
});

test("RunArrivals says the time some more before the first turns of a worker", () => {
  const scene = new Scene("a");
  scene.arrivals.begin(0);
  scene.take();
  scene.nowMs = 100;
  for (const fire of scene.scheduled.splice(0)) fire();
  assert.deepEqual(scene.sent.map(({ order }) => [order.epoch, order.runMs]), [[0, 100], [0, 100], [0, 100]]);
  scene.arrivals.end();
  scene.sent.length = 0;
  scene.add("b");
  scene.arrivals.memberReady("b");
  for (const fire of scene.scheduled) fire();
  assert.deepEqual(scene.sent, []);
});

test("RunArrivals takes a worker in from an arrival on that is ahead", () => {
  const scene = new Scene("a");
  scene.arrivals.begin(0);
  scene.take();
  scene.nowMs = 1000;
  scene.add("b");
  scene.arrivals.memberReady("b");
  assert.deepEqual(scene.take(), [["a", 141, [0], []], ["b", 141, [1], []]]);
});

test("RunArrivals gives the turns of a worker whose link ended to the others at once, what it left when it is missing, and turns back when it returns", () => {
  const scene = new Scene("a", "b");
  scene.arrivals.begin(0);
  scene.take();
  scene.nowMs = 1000;
  scene.arrivals.linkLost("b", "failed");
  assert.deepEqual(scene.take(), [["a", 141, [0], []]], "it may come back, and have the others itself");
  scene.nowMs = 3000;
  scene.workers.set("b", { state: "missing", protocolMinor: 1 });
  scene.arrivals.membersChanged();
  assert.deepEqual(scene.take(), [["a", 141, [0], [[101, 141]]]]);
  scene.workers.set("b", { state: "running", protocolMinor: 1 });
  scene.arrivals.memberReady("b");
  assert.deepEqual(scene.take(), [["a", 341, [0], [[101, 141]]], ["b", 341, [1], []]]);
});

test("RunArrivals reckons that a silent worker has started nothing for a second", () => {
  const scene = new Scene("a", "b");
  scene.arrivals.begin(0);
  scene.take();
  scene.nowMs = 6000;
  scene.workers.set("b", { state: "missing", protocolMinor: 1 });
  scene.arrivals.membersChanged();
  assert.deepEqual(scene.take(), [["a", 641, [0], [[501, 641]]]]);
});

test("RunArrivals leaves out a worker whose version knows no arrivals, and names it once", () => {
  const scene = new Scene("a");
  scene.add("old", 0);
  scene.arrivals.begin(0);
  assert.deepEqual(scene.take(), [["a", 0, [0], []]]);
  scene.add("b");
  scene.arrivals.membersChanged();
  const trouble = { kind: "isOlder", lacks: "arrivals" };
  assert.deepEqual(scene.events, [{ kind: "workerTroubled", workerId: "old", trouble }]);
});

test("RunArrivals changes the rate, says so, and refuses a text that is none", () => {
  const scene = new Scene("a");
  scene.arrivals.begin(0);
  scene.nowMs = 1000;
  scene.arrivals.setRate("10/s");
  assert.deepEqual(scene.events, [{ kind: "rateChanged", rate: "10/s", elapsedMs: 1000 }]);
  assert.throws(() => scene.arrivals.setRate("fast"), /it is no rate/);
  scene.nowMs = 2400;
  assert.deepEqual(scene.arrivals.schedule.planned(), { planned: 150, plannedPerSecond: 10 });
});

test("ArrivalSchedule takes arrivals as reportable two seconds after their time, and all of them after the end", () => {
  const scene = new Scene("a");
  scene.arrivals.begin(0);
  scene.nowMs = 1500;
  assert.equal(scene.arrivals.schedule.reportable, 0);
  scene.nowMs = 5000;
  assert.deepEqual([scene.arrivals.schedule.reportable, scene.arrivals.schedule.planned()?.planned], [300, 500]);
  scene.arrivals.end();
  assert.equal(scene.arrivals.schedule.reportable, 500);
});

test("RunArrivals counts what was planned from a reset of the statistics to the stop, and sends nothing after it", () => {
  const scene = new Scene("a");
  scene.arrivals.begin(0);
  scene.nowMs = 1000;
  scene.arrivals.schedule.resetStats();
  scene.nowMs = 3000;
  scene.arrivals.end();
  scene.take();
  scene.nowMs = 9000;
  scene.arrivals.tick();
  scene.arrivals.linkLost("a", "failed");
  assert.deepEqual(scene.take(), []);
  assert.deepEqual(scene.arrivals.schedule.planned(), { planned: 200, plannedPerSecond: 0 });
});
