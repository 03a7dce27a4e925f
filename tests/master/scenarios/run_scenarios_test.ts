import assert from "node:assert/strict";
import { test } from "node:test";
import {
  peakOfScenarios,
  resumeStreams,
  scenarioIterations,
  scenarioStreams,
} from "../../../src/master/scenarios/plan_scenarios.ts";
import type { RunSettings } from "../../../src/master/run_settings.ts";
import type { ScenarioPlan } from "../../../src/protocol/scenario_message.ts";
import { PLAN } from "../../support/pool_fixture.ts";
import { RunBench } from "../../support/run_bench.ts";
import { planScenario } from "../../support/scenario_plans.ts";

const CLASSES = [{ name: "Shopper", weight: 1, fixedCount: 0 }, { name: "Buyer", weight: 3, fixedCount: 0 }];

const STAGED = planScenario("staged", {
  load: {
    kind: "stages",
    stages: [{ durationSeconds: 4, users: 8 }, { durationSeconds: 4, users: 8 }, { durationSeconds: 2, users: 0 }],
  },
});
const OPEN = planScenario("open", {
  userClasses: ["Buyer"],
  load: { kind: "arrivals", rate: "10/s", maxUsers: 5 },
  start: { kind: "time", seconds: 2 },
  runTimeSeconds: 3,
});
const AFTER = planScenario("after", {
  load: { kind: "users", users: 3, spawnRate: 100 },
  start: { kind: "scenario", name: "open" },
  runTimeSeconds: 4,
});

function settingsOf(...scenarios: readonly ScenarioPlan[]): Partial<RunSettings> {
  const arrivals = scenarioStreams(scenarios, CLASSES);
  return { classes: CLASSES, load: { kind: "scenarios", scenarios }, ...(arrivals.length === 0 ? {} : { arrivals }) };
}

/** Time passes, with workers that do what they are told at once. */
async function pass(bench: RunBench, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 100) {
    await bench.clock.advance(100);
    if (["spawning", "running"].includes(bench.run.state)) bench.applyAll();
  }
}

const usersOf = (bench: RunBench, id: string) => bench.assignments(id).at(-1)?.users ?? {};
const movesOf = (bench: RunBench) =>
  bench.eventsOf("scenarioMoved").map(({ scenario: { name, state } }) => `${name} ${state}`);

test("Run: a scenario's users follow its stages, under the name of the scenario, and the run ends with them", async () => {
  const bench = new RunBench(settingsOf(STAGED));
  bench.open("w1");
  await pass(bench, 1000);
  assert.deepEqual(usersOf(bench, "w1"), { "staged/Shopper": 3 });
  assert.equal(bench.run.snapshot().targetUserCount, 8);
  assert.deepEqual(bench.run.snapshot().scenarios, [{
    name: "staged",
    state: "running",
    startMs: 0,
    users: 3,
    wantedUsers: 3,
  }]);
  await pass(bench, 4000);
  assert.deepEqual(usersOf(bench, "w1"), { "staged/Shopper": 8 });
  assert.equal(bench.run.state, "running");
  await pass(bench, 5200);
  assert.equal(bench.run.state, "stopping");
  assert.deepEqual(bench.eventsOf("stopping")[0]?.reason, { kind: "scenariosEnded" });
});

test("Run: one class in two scenarios has two pools, and leaves one of them alone", async () => {
  const short = planScenario("short", { load: { kind: "users", users: 4, spawnRate: 1000 }, runTimeSeconds: 2 });
  const bench = new RunBench(
    settingsOf(short, planScenario("long", { load: { kind: "users", users: 6, spawnRate: 1000 }, runTimeSeconds: 5 })),
  );
  bench.open("w1");
  await pass(bench, 1000);
  assert.deepEqual(usersOf(bench, "w1"), { "short/Shopper": 4, "long/Shopper": 6 });
  await pass(bench, 1500);
  assert.deepEqual(usersOf(bench, "w1"), { "long/Shopper": 6 });
});

test("Run: several classes of a scenario share its users by weight", async () => {
  const bench = new RunBench(
    settingsOf(
      planScenario("both", { userClasses: ["Shopper", "Buyer"], load: { kind: "users", users: 8, spawnRate: 1000 } }),
    ),
  );
  bench.open("w1");
  await pass(bench, 1000);
  assert.deepEqual(usersOf(bench, "w1"), { "both/Shopper": 2, "both/Buyer": 6 });
});

test("Run: users of scenarios are rebalanced when a worker joins and when one is lost", async () => {
  const bench = new RunBench(
    settingsOf(
      planScenario("a", { load: { kind: "users", users: 8, spawnRate: 1000 } }),
      planScenario("b", { load: { kind: "users", users: 4, spawnRate: 1000 } }),
    ),
  );
  bench.open("w1");
  await pass(bench, 1000);
  bench.join("w2");
  await pass(bench, 1000);
  assert.deepEqual([usersOf(bench, "w1"), usersOf(bench, "w2")], [{ "a/Shopper": 4, "b/Shopper": 2 }, {
    "a/Shopper": 4,
    "b/Shopper": 2,
  }]);
  bench.roster.leave("w2", "killed");
  bench.run.workersChanged();
  assert.deepEqual(usersOf(bench, "w1"), { "a/Shopper": 8, "b/Shopper": 4 });
});

test("Run: what waits for a scenario starts when its users have ended", async () => {
  const bench = new RunBench(settingsOf(OPEN, AFTER));
  bench.open("w1");
  await pass(bench, 4900);
  assert.deepEqual(movesOf(bench), ["open running"]);
  await pass(bench, 2000);
  assert.deepEqual(movesOf(bench), ["open running", "open ending", "open ended", "after running"]);
  assert.deepEqual(usersOf(bench, "w1"), { "after/Shopper": 3 });
  const orders = bench.sent.flatMap(({ message }) =>
    message.kind === "arrivals" && message.streams !== undefined ? [message.streams[0]] : []
  );
  assert.deepEqual(orders[0]?.classes, [{ name: "open/Buyer", weight: 3 }]);
  assert.deepEqual(orders[0]?.legs[0]?.curve, { countBefore: 0, points: [[2000, 10]], endMs: 5000 });
  assert.equal(orders.at(-1)?.isOver, true);
  await pass(bench, 4000);
  assert.equal(bench.run.state, "stopping");
});

test("Run: what waits for arrivals starts as soon as each worker has said that they and their users have ended", async () => {
  const bench = new RunBench(settingsOf(OPEN, AFTER));
  bench.open("w1", "w2");
  await pass(bench, 4900);
  bench.join("w3"); // knows nothing yet
  await pass(bench, 200);
  const say = (id: string, endedStreams?: readonly number[]) => {
    const latest = bench.assignments(id).at(-1) ?? { epoch: 0, users: {} };
    bench.run.hear(id, {
      kind: "applied",
      runId: bench.run.id,
      ...latest,
      ...(endedStreams === undefined ? {} : { endedStreams }),
    });
  };
  assert.deepEqual(movesOf(bench), ["open running", "open ending"]);
  say("w1", [0]);
  say("w2", [1]);
  say("w2");
  say("w3", [0]);
  assert.deepEqual(movesOf(bench), ["open running", "open ending"], "one has users yet");
  say("w2", [0]);
  assert.deepEqual(movesOf(bench), ["open running", "open ending", "open ended", "after running"]);
});

test("Run: a limit of the whole run ends it, whatever is on", async () => {
  const bench = new RunBench({ ...settingsOf(STAGED), runTimeSeconds: 3 });
  bench.open("w1");
  await pass(bench, 3100);
  assert.deepEqual(bench.eventsOf("stopping")[0]?.reason, { kind: "runTime", seconds: 3 });
});

test("Run: no one else sets a number of users", async () => {
  const bench = new RunBench(settingsOf(STAGED));
  bench.open("w1");
  await pass(bench, 1000);
  bench.run.setTarget(100, 100);
  await pass(bench, 200);
  assert.deepEqual(usersOf(bench, "w1"), { "staged/Shopper": 3 });
});

test("Run: a resumed run goes on where its scenarios were", async () => {
  const first = new RunBench(settingsOf(OPEN, AFTER));
  first.open("w1");
  await pass(first, 7000);
  const progress = first.run.progress();
  assert.equal(progress.scenarios?.[1]?.state, "running");
  const second = new RunBench(settingsOf(OPEN, AFTER));
  second.roster.greet({ protocol: [1, 2], version: "test", workerId: "w1", host: "h", threads: 1 });
  second.roster.declare("w1", { kind: "ready", locustfileHash: "h", userClasses: ["Shopper"] });
  second.run.begin({ resume: { ...progress, elapsedMs: progress.elapsedMs + 500 } });
  assert.deepEqual(movesOf(second), []);
  assert.deepEqual(usersOf(second, "w1"), { "after/Shopper": 3 });
  await pass(second, 5000);
  assert.deepEqual(movesOf(second), ["after ending"]);
  assert.equal(second.run.state, "stopping");
});

test("resumeStreams() puts arrivals where their scenario has begun", () => {
  const waits = { ...OPEN, start: { kind: "scenario" as const, name: "x" } };
  const streams = scenarioStreams([STAGED, waits], CLASSES);
  assert.deepEqual(streams[0]?.curve, { countBefore: 0, points: [[0, 0]] });
  const resumed = resumeStreams(streams, [STAGED, waits], [{ name: "open", state: "running", startMs: 9000 }]);
  assert.deepEqual(resumed[0]?.curve, { countBefore: 0, points: [[9000, 10]], endMs: 12_000 });
});

test("peakOfScenarios() adds up what runs at the same time, and takes what starts at an unknown time by itself", () => {
  const users = (count: number, changes: Partial<ScenarioPlan> = {}) =>
    planScenario(`u${count}`, { load: { kind: "users", users: count, spawnRate: 1 }, ...changes });
  const early = users(5, { runTimeSeconds: 10 });
  assert.equal(peakOfScenarios([early, users(7, { start: { kind: "time", seconds: 10 } })], Infinity), 7);
  assert.equal(peakOfScenarios([early, users(7, { start: { kind: "time", seconds: 2 } })], Infinity), 12);
  assert.equal(peakOfScenarios([early, users(7, { start: { kind: "time", seconds: 20 } })], 15_000), 5);
  assert.equal(
    peakOfScenarios([early, users(9, { start: { kind: "scenario", name: "u5" }, runTimeSeconds: 4 })], Infinity),
    5,
  );
  assert.equal(peakOfScenarios([STAGED, OPEN], Infinity), 8);
});

test("Run: iterations of each user are asked for by all users that a scenario had, also within one second", async () => {
  const each = planScenario("each", { load: { kind: "users", users: 3, spawnRate: 1000 }, iterationsPerUser: 5 });
  const bench = new RunBench({
    ...settingsOf(each, planScenario("long", { runTimeSeconds: 5 })),
    plan: { ...PLAN, iterations: scenarioIterations([each]) },
  });
  bench.open("w1");
  await bench.clock.advance(100);
  bench.applyAll();
  // Its users have made their iterations and ended.
  const { epoch } = bench.assignments("w1").at(-1) as { readonly epoch: number };
  bench.run.hear("w1", { kind: "applied", runId: bench.run.id, epoch, users: { "long/Shopper": 10 } });
  await bench.clock.advance(100);
  assert.deepEqual(movesOf(bench), ["each running", "long running", "each ended"]);
  assert.equal(bench.run.snapshot().iterations?.[0]?.asked, 15);
});

const COUNTED = planScenario("counted", {
  userClasses: ["Shopper", "Buyer"],
  load: { kind: "arrivals", rate: "10/s", maxUsers: 5 },
  iterations: 30,
});
const NEXT = planScenario("next", { start: { kind: "scenario", name: "counted" }, runTimeSeconds: 2 });

function countedBench(): RunBench {
  const plans = [COUNTED, NEXT];
  return new RunBench({ ...settingsOf(...plans), plan: { ...PLAN, iterations: scenarioIterations(plans) } });
}

/** A worker tells of so many arrivals of the class, of which so many iterations have ended. */
function tell(bench: RunBench, userClass: string, started: number, ended = started): void {
  const arrivals = { asked: started, started, dropped: 0, late: 0 };
  bench.deliverDelta("w1", {
    arrivals,
    classArrivals: { [`counted/${userClass}`]: arrivals },
    iterations: { counted: { started, ended, interrupted: 0 } },
  });
}

test("Run: a number of arrivals ends their scenario when all have been made, and not the run", async () => {
  const bench = countedBench();
  bench.open("w1");
  const orders = bench.sent.flatMap(({ message }) =>
    message.kind === "arrivals" && message.streams !== undefined ? [message.streams[0]] : []
  );
  assert.equal(orders[0]?.count, 30);
  await pass(bench, 2000);
  tell(bench, "Shopper", 10);
  tell(bench, "Buyer", 9);
  await pass(bench, 1500);
  assert.equal(bench.run.snapshot().arrivals?.planned, 30, "no more than are asked for");
  assert.equal(bench.run.snapshot().classArrivals?.[0]?.plannedPerSecond, 0);
  assert.deepEqual(movesOf(bench), ["counted running"]);
  tell(bench, "Buyer", 11, 10);
  await pass(bench, 1100);
  assert.deepEqual(movesOf(bench), ["counted running"], "one of them is under way");
  tell(bench, "Buyer", 0, 1);
  await pass(bench, 1100);
  assert.deepEqual(movesOf(bench), ["counted running", "counted ended", "next running"]);
  assert.equal(bench.run.state, "running");
  assert.deepEqual(bench.run.snapshot().iterations?.map(({ name, asked, ended }) => [name, asked, ended]), [
    ["counted", 30, 30],
  ]);
  await pass(bench, 2500);
  assert.deepEqual(bench.eventsOf("stopping")[0]?.reason, { kind: "scenariosEnded" });
});

test("Run: a number of arrivals ends its scenario also where some of them were lost with their worker", async () => {
  const bench = countedBench();
  bench.open("w1");
  await pass(bench, 3100);
  tell(bench, "Buyer", 25);
  await pass(bench, 2000);
  assert.deepEqual(movesOf(bench), ["counted running"]);
  await pass(bench, 4000);
  assert.deepEqual(movesOf(bench).slice(0, 3), ["counted running", "counted ended", "next running"]);
});

test("Run: a resumed run waits for workers that have not dialled in before a scenario has ended", async () => {
  const short = planScenario("short", { load: { kind: "users", users: 4, spawnRate: 1000 }, runTimeSeconds: 2 });
  const then = planScenario("then", { start: { kind: "scenario", name: "short" }, runTimeSeconds: 60 });
  const bench = new RunBench(settingsOf(short, then));
  for (const id of ["w1", "w2"]) bench.roster.recall(id, "missing");
  const scenarios = [
    { name: "short", state: "ending" as const, startMs: 0, overMs: 2000 },
    { name: "then", state: "waiting" as const },
  ];
  bench.run.begin({ resume: { wantedUsers: 4, nextIndex: 8, elapsedMs: 30_000, scenarios } });
  const dialIn = (id: string, users: number) => {
    const run = { runId: bench.run.id, epoch: 3, users: { "short/Shopper": users }, spareIndexes: {} };
    const ready = { kind: "ready" as const, locustfileHash: "h", userClasses: ["Shopper"], run };
    bench.roster.greet({ protocol: [1, 2], version: "test", workerId: id, host: "h", threads: 1 });
    bench.roster.declare(id, ready);
    bench.run.takeReady(id, run);
  };
  const applyLast = (id: string, users: number) => {
    const { epoch } = bench.assignments(id).at(-1) ?? { epoch: 3 };
    bench.run.hear(id, { kind: "applied", runId: bench.run.id, epoch, users: { "short/Shopper": users } });
  };
  await bench.clock.advance(1000);
  dialIn("w1", 0);
  applyLast("w1", 0);
  await bench.clock.advance(2000);
  assert.deepEqual(movesOf(bench), [], "users of the other worker may still run");
  dialIn("w2", 2);
  applyLast("w2", 2);
  await bench.clock.advance(1000);
  assert.deepEqual(movesOf(bench), []);
  applyLast("w2", 0);
  await bench.clock.advance(100);
  assert.deepEqual(movesOf(bench), ["short ended", "then running"]);
  const [ended] = bench.eventsOf("scenarioMoved");
  assert.equal(ended?.scenario.overMs, 2000);
  assert.ok((ended?.scenario.endMs ?? 0) >= 34_000);
});

test("Run: workers that are too old for scenarios are named when it begins, and when they join later", async () => {
  const bench = new RunBench(settingsOf(STAGED));
  bench.roster.neededMinor = 2;
  const joinOld = (id: string) => {
    bench.roster.greet({ protocol: [1, 1], version: "old", workerId: id, host: "h", threads: 1 });
    bench.roster.declare(id, { kind: "ready", locustfileHash: "h", userClasses: ["Shopper"] });
    bench.run.takeReady(id, undefined);
  };
  joinOld("old");
  bench.open("w1");
  const trouble = { kind: "isOlder", lacks: "scenarios" };
  const namedOf = () => bench.eventsOf("workerTroubled").map(({ workerId, trouble }) => [workerId, trouble]);
  assert.deepEqual(namedOf(), [["old", trouble]]);
  assert.equal(bench.events[0]?.kind, "runStarted");
  await pass(bench, 1000);
  joinOld("late");
  joinOld("old");
  assert.deepEqual(namedOf(), [["old", trouble], ["late", trouble]]);
  assert.deepEqual(usersOf(bench, "old"), {});
  const { doubts } = bench.run.verdictOf(bench.run.snapshot(), undefined);
  assert.match(
    JSON.stringify(doubts),
    /Worker old is of an older version that does not support scenarios and was given no users/,
  );
});

test("Run: another limit of the whole run counts for its steady part", async () => {
  const endless = planScenario("endless", { load: { kind: "users", users: 4, spawnRate: 1000 } });
  const bench = new RunBench({ ...settingsOf(endless), runTimeSeconds: 60 });
  bench.open("w1");
  await pass(bench, 500);
  assert.equal(bench.run.scenarios?.steadyStretch()?.toMs, 60_000);
  bench.run.setRunTime(90);
  assert.equal(bench.run.scenarios?.steadyStretch()?.toMs, 90_000);
  bench.run.setRunTime(2);
  await pass(bench, 2000);
  assert.deepEqual(bench.eventsOf("stopping")[0]?.reason, { kind: "runTime", seconds: 2 });
});
