/** The figures of the top bar, in each state of a run. */
import { strict as assert } from "node:assert";
import { test } from "node:test";
import type { ApiRun } from "../../../src/server/answers/api_types.ts";
import { describeState, documentTitle, progressOf, topFigures } from "../../../web/view/top_bar.ts";

const RUN: ApiRun = {
  state: "running",
  runId: "1",
  startedAt: null,
  plan: { users: 10, spawnRate: 1, runTimeSeconds: 60, host: null, userClasses: [], shape: null, profile: null },
  elapsedMs: 30_000,
  loadEndedMs: null,
  users: 8,
  targetUsers: 10,
  peakUsers: 9,
  verdict: null,
  stopReason: null,
  exitCode: null,
  waitsFor: [],
  sockets: {},
  problem: null,
  readyWorkers: 1,
};

const NONE_PER_SECOND = {
  plannedPerSecond: 0,
  askedPerSecond: 0,
  startedPerSecond: 0,
  droppedPerSecond: 0,
  latePerSecond: 0,
};

test("topFigures(): now while it runs, the whole load after the stop; nothing measured is not zero", () => {
  const read = (run: ApiRun) =>
    Object.fromEntries(
      topFigures({ run, total: undefined, window: undefined }).map(({ label, value, note }) => [label, [value, note]]),
    );
  assert.deepEqual(read(RUN)["Users"], ["8", "of 10"]);
  const arrivals = { planned: 9, asked: 9, started: 9, dropped: 0, waiting: 0, late: 0, ...NONE_PER_SECOND };
  const [users] = topFigures({ run: RUN, total: undefined, window: undefined, arrivals });
  assert.equal(users?.note, "of 10 + arrivals", "those that serve arrivals are not among the 10");
  assert.deepEqual(read(RUN)["Elapsed"], ["0:30", "of 1:00"]);
  assert.equal(read(RUN)["RPS"]?.[0], "–");
  assert.deepEqual(read({ ...RUN, state: "stopped" })["Users"], ["9", "at the peak"]);
  assert.equal(progressOf(RUN), 0.5);
});

test("topFigures(): the intended load beside the achieved one, where users are paced", () => {
  const paceOf = (achievedPerSecond: number, state: ApiRun["state"] = "running") =>
    topFigures({
      run: { ...RUN, state },
      total: undefined,
      window: undefined,
      pace: { intendedPerSecond: 50, achievedPerSecond },
    }).find(({ label }) => label === "Pace");
  assert.deepEqual([paceOf(50)?.value, paceOf(50)?.note, paceOf(50)?.isBad], ["100 %", "50.0 of 50.0/s", false]);
  assert.equal(paceOf(40)?.isBad, true);
  assert.equal(paceOf(50, "stopped"), undefined);
  const shown = topFigures({ run: RUN, total: undefined, window: undefined }).map(({ label }) => label);
  assert.ok(!shown.includes("Pace"));
});

test("describeState() says what a stopping run waits for; documentTitle() has state and file", () => {
  const waitsFor = [{ workerId: "a", users: 3, atMostMs: 7500 }, { workerId: "b", users: 2, atMostMs: 100 }];
  assert.equal(describeState({ ...RUN, state: "stopping", waitsFor }), "waiting for 5 users to finish, at most 8 s");
  assert.equal(describeState({ ...RUN, state: "spawning", users: 12 }), "down to 10 users");
  assert.equal(describeState({ ...RUN, state: "spawning", users: 12 }, "alsoArrivals"), "to 10 users");
  const asked = { ...RUN, state: "spawning", runId: null } as const;
  assert.equal(describeState(asked, "users", 2), "waiting for workers, 1 of 2 ready");
  assert.equal(describeState(asked, "users", 1), "being prepared");
  assert.equal(describeState(asked), "being prepared");
  assert.equal(documentTitle({ run: RUN, total: undefined, window: undefined }, "shop.ts"), "Running · shop.ts");
});

test("topFigures() shows how many of the arrivals were started, now and over the whole run", () => {
  const arrivals = {
    planned: 1000,
    asked: 990,
    started: 900,
    dropped: 80,
    waiting: 10,
    late: 5,
    plannedPerSecond: 100,
    askedPerSecond: 100,
    startedPerSecond: 99.5,
    droppedPerSecond: 0.5,
    latePerSecond: 0,
  };
  const read = (run: ApiRun) =>
    topFigures({ run, total: undefined, window: undefined, arrivals }).find(({ label }) => label === "Arrivals");
  assert.deepEqual(
    [read(RUN)?.isBad, read(RUN)?.note],
    [false, "99.5 of 100/s"],
  );
  const over = read({ ...RUN, state: "stopped" });
  assert.deepEqual([over?.value, over?.note, over?.isBad], ["90 %", "900 of 1,000", true]);
});

test("topFigures() shows how many of the iterations are over, and that some are unknown", () => {
  const plan = {
    name: "",
    kind: "shared",
    asked: 1000,
    started: 320,
    ended: 300,
    interrupted: 10,
    unknown: 0,
  } as const;
  const read = (iterations: readonly (Omit<typeof plan, "unknown"> & { readonly unknown: number })[]) =>
    topFigures({ run: RUN, total: undefined, window: undefined, iterations }).find(({ label }) =>
      label === "Iterations"
    );
  assert.deepEqual([read([plan])?.value, read([plan])?.note, read([plan])?.isBad], ["310", "of 1,000", false]);
  const lost = read([plan, { ...plan, unknown: 7 }]);
  assert.deepEqual([lost?.value, lost?.note, lost?.isBad], ["620", "of 2,000, 7 unknown", true]);
});
