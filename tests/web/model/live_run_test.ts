/** The run as the page knows it, fed with events in the orders that a stream over a network can have. */
import { strict as assert } from "node:assert";
import { test } from "node:test";
import { NO_ROW, NO_RUN } from "../../../src/server/answers/api_rows.ts";
import type { ApiEvents, ApiHistory, ApiRow, ApiSnapshot, ApiTick } from "../../../src/server/answers/api_snapshot.ts";
import type { ApiLogLine } from "../../../src/server/answers/api_types.ts";
import { createLiveRun } from "../../../web/model/live_run.ts";
import { settle } from "../../support/fake_clock.ts";
import { spanAt } from "../../support/fake_web_data.ts";

const RUN = { ...NO_RUN, runId: "a", state: "running", readyWorkers: 1 } as const;

function row(name: string, requests: number): ApiRow {
  return { ...NO_ROW, method: "GET", name, requests };
}

function snapshot(eventId: number, more: Partial<ApiSnapshot> = {}): ApiSnapshot {
  return {
    tick: 0,
    run: RUN,
    eventId,
    total: NO_ROW,
    window: { p50Ms: null, p95Ms: null, p99Ms: null },
    pace: null,
    rows: [],
    usersByClass: {},
    measures: {},
    failures: [],
    exceptions: [],
    workers: [],
    thresholds: [],
    markers: [],
    extra: {},
    ...more,
  };
}

function tick(after: number, second: number, more: Partial<ApiTick> = {}): ApiTick {
  return {
    runId: "a",
    after,
    tick: second + 1,
    state: "running",
    elapsedMs: (second + 1) * 1000,
    users: second,
    targetUsers: 10,
    peakUsers: second,
    total: NO_ROW,
    window: { p50Ms: null, p95Ms: null, p99Ms: null },
    pace: null,
    history: [spanAt(second, second)],
    ...more,
  };
}

/** A server whose answers are what the test puts here, and a live run that takes events from it. */
function open(
  answers: { snapshot?: ApiSnapshot; history?: ApiHistory["history"]; lines?: readonly ApiLogLine[] } = {},
) {
  const asked: string[] = [];
  const live = createLiveRun({
    snapshot: async () => {
      asked.push("snapshot");
      await settle();
      if (answers.snapshot === undefined) throw new Error("no connection");
      return answers.snapshot;
    },
    history: (since) => {
      asked.push(`history since ${since}`);
      return Promise.resolve({ history: answers.history ?? [] });
    },
    timedHistory: () => {
      asked.push("timed history");
      return Promise.resolve({ history: [spanAt(0, 0)] });
    },
    logs: (since) => {
      asked.push(`logs since ${since}`);
      return Promise.resolve({ lines: answers.lines ?? [], dropped: 0 });
    },
  });
  const hear = <Name extends keyof ApiEvents>(name: Name, id: number, data: ApiEvents[Name]) =>
    live.onEvent({ name, id: String(id), data: JSON.stringify(data) });
  return { live, hear, asked, answers };
}

test("createLiveRun() applies ticks on top of a snapshot, and asks for nothing", () => {
  const { live, hear, asked } = open();
  hear("snapshot", 10, snapshot(10, { rows: [row("/a", 1)] }));
  hear("tick", 11, tick(10, 0, { added: [row("/b", 1)] }));
  hear("worker", 12, { workerId: "w", change: "joined", text: "", ready: 2 });
  hear("tick", 13, tick(12, 1, { changes: { requests: { gaps: [2], values: [7] } } }));
  assert.deepEqual(live.rows.value.map(({ name, requests }) => [name, requests]), [["/a", 1], ["/b", 7]]);
  assert.equal(live.run.value?.readyWorkers, 2);
  assert.equal(live.run.value?.users, 1);
  assert.equal(live.history.length, 2);
  assert.deepEqual(asked, []);
});

test("createLiveRun() keeps lists that a tick does not mention, and adds its markers to those before", () => {
  const { live, hear } = open();
  const marker = { elapsedMs: 0, kind: "start", text: "Start" } as const;
  hear("snapshot", 10, snapshot(10, { usersByClass: { Shopper: 3 }, markers: [marker], tags: ["region"] }));
  hear("tick", 11, tick(10, 0, { markers: [{ ...marker, kind: "rampEnd" }], tags: ["region"] }));
  assert.deepEqual(live.usersByClass.value, { Shopper: 3 });
  assert.deepEqual(live.markers.value.map(({ kind }) => kind), ["start", "rampEnd"]);
  assert.deepEqual(live.tags.value, ["region"]);
});

test("createLiveRun() asks for one snapshot where ticks are missing, then applies those that are not in it", async () => {
  const { live, hear, asked, answers } = open();
  hear("snapshot", 10, snapshot(10, { rows: [row("/a", 1)] }));
  answers.snapshot = snapshot(14, { rows: [row("/a", 4)] });
  const changeTo = (requests: number) => ({ changes: { requests: { gaps: [1], values: [requests] } } });
  hear("tick", 13, tick(12, 2, changeTo(3)));
  hear("tick", 14, tick(13, 3, changeTo(4)));
  hear("tick", 15, tick(14, 4, changeTo(5)));
  assert.equal(live.rows.value[0]?.requests, 1, "nothing is applied to what it does not come on top of");
  await settle();
  await settle();
  assert.equal(live.rows.value[0]?.requests, 5);
  assert.deepEqual(asked.filter((each) => each === "snapshot"), ["snapshot"]);
});

test("createLiveRun() asks again with the next tick where the answer did not come", async () => {
  const { live, hear, asked, answers } = open();
  const runId = () => live.run.value?.runId;
  hear("tick", 11, tick(10, 0));
  await settle();
  await settle();
  assert.equal(runId(), undefined);
  answers.snapshot = snapshot(12);
  hear("tick", 12, tick(11, 1));
  await settle();
  await settle();
  assert.equal(runId(), "a");
  assert.ok(asked.filter((each) => each === "snapshot").length >= 2);
});

test("createLiveRun() asks the server for the steps of a gap, and keeps those that came after it", async () => {
  const { live, hear, asked, answers } = open();
  answers.history = [0, 1, 2, 3].map((second) => ({ tick: second + 1, ...spanAt(second, second) }));
  hear("snapshot", 10, snapshot(10));
  hear("tick", 11, tick(10, 4));
  assert.equal(live.history.length, 0);
  await settle();
  assert.deepEqual(asked, ["history since 0"]);
  assert.deepEqual([...live.history.read().second], [0, 1, 2, 3, 4]);
});

test("createLiveRun() forgets the history of another run", async () => {
  const { live, hear } = open();
  hear("snapshot", 10, snapshot(10));
  hear("tick", 11, tick(10, 0));
  await live.loadHeat();
  assert.equal(live.heat.read().length, 1);
  hear("snapshot", 12, snapshot(12, { run: { ...RUN, runId: "b" } }));
  assert.equal(live.history.length, 0);
  assert.equal(live.heat.read().length, 0);
});

test("createLiveRun() asks for the state of a run that it has not heard of", async () => {
  const { live, hear, asked, answers } = open();
  hear("snapshot", 10, snapshot(10));
  answers.snapshot = snapshot(20, { run: { ...RUN, runId: "b", users: 5 } });
  live.noteRun({ ...RUN, runId: "b" });
  await settle();
  assert.deepEqual(asked, ["snapshot"]);
  assert.equal(live.run.value?.users, 5);
  hear("state", 21, { ...RUN, runId: "b", state: "stopping" });
  assert.equal(live.run.value?.state, "stopping");
  assert.deepEqual(asked, ["snapshot"]);
});

test("createLiveRun() has each line of the log once", async () => {
  const { live, hear, asked, answers } = open();
  const line = (id: number): ApiLogLine => (
    { id, wallMs: 0, level: "INFO", logger: "locust.main", node: "master", text: `line ${id}` }
  );
  hear("log", 1, [line(1), line(2)]);
  answers.lines = [line(2), line(3)];
  await live.catchUp();
  hear("log", 2, [line(3), line(4)]);
  assert.deepEqual(live.logs.value.map(({ id }) => id), [1, 2, 3, 4]);
  assert.ok(asked.includes("logs since 2"));
});

test("createLiveRun() passes over events of a newer server", () => {
  const { live } = open();
  live.onEvent({ name: "weather", id: "1", data: "{}" });
  assert.equal(live.run.value, undefined);
});
