import { strict as assert } from "node:assert";
import { test } from "node:test";
import {
  type ProgressInput,
  ScenarioClockwork,
  type ScenarioMoment,
} from "../../../src/load/scenarios/scenario_progress.ts";
import { planScenario } from "../../support/scenario_plans.ts";

const PLANS = [
  planScenario("browse", {
    load: { kind: "stages", stages: [{ durationSeconds: 10, users: 10 }, { durationSeconds: 5, users: 0 }] },
  }),
  planScenario("buy", {
    load: { kind: "arrivals", rate: "10/s" },
    start: { kind: "time", seconds: 5 },
    runTimeSeconds: 10,
  }),
  planScenario("clean", { start: { kind: "scenario", name: "buy" }, runTimeSeconds: 3 }),
  planScenario("late", {
    load: { kind: "arrivals", rate: "1/s" },
    start: { kind: "scenario", name: "buy" },
    runTimeSeconds: 1,
  }),
];
const INPUT: ProgressInput = { runMs: 0, usersOf: () => 0, isDone: () => false, endWithinMs: 20_000 };

function statesOf(moments: readonly ScenarioMoment[]): string {
  return moments.map(({ name, state }) => `${name} ${state}`).join(", ");
}

test("step() starts scenarios at their times and says when to look again", () => {
  const clockwork = new ScenarioClockwork(PLANS);
  const first = clockwork.step(clockwork.begin(), INPUT);
  assert.equal(statesOf(first.moments), "browse running, buy waiting, clean waiting, late waiting");
  assert.deepEqual(first.wanted[0], { name: "browse", users: 1, target: 10, perSecond: 1 });
  assert.equal(first.nextMs, 1000);
  assert.equal(first.isOver, false);
  const second = clockwork.step(first.moments, { ...INPUT, runMs: 5001 });
  assert.equal(second.moments[1]?.startMs, 5000, "the time that was planned, not that of the timer");
  assert.equal(second.wanted[0]?.users, 6);
});

test("step() lets what waits for a scenario start when its last user is gone", () => {
  const clockwork = new ScenarioClockwork(PLANS);
  const { moments } = clockwork.step(clockwork.begin(), { ...INPUT, runMs: 5000 });
  const over = clockwork.step(moments, { ...INPUT, runMs: 15_010, usersOf: (name) => name === "buy" ? 2 : 0 });
  assert.equal(statesOf(over.moments), "browse ended, buy ending, clean waiting, late waiting");
  assert.deepEqual(over.moments[1], { name: "buy", state: "ending", startMs: 5000, overMs: 15_000 });
  assert.equal(over.nextMs, 16_500);
  assert.equal(over.isOver, false);
  const ended = clockwork.step(over.moments, { ...INPUT, runMs: 16_900 });
  assert.equal(statesOf(ended.moments), "browse ended, buy ended, clean running, late running");
  assert.equal(ended.moments[2]?.startMs, 16_900);
  assert.equal(ended.moments[3]?.startMs, 17_300, "arrivals need a moment to be known everywhere");
  assert.equal(ended.wanted[2]?.users, 10);
  const done = clockwork.step(ended.moments, { ...INPUT, runMs: 19_900, usersOf: () => 10 });
  assert.equal(statesOf(done.moments), "browse ended, buy ended, clean ending, late ending");
  assert.equal(done.isOver, true);
});

test("step() waits no longer once all workers have said that the arrivals and their users have ended", () => {
  const clockwork = new ScenarioClockwork(PLANS);
  const { moments } = clockwork.step(clockwork.begin(), { ...INPUT, runMs: 5000 });
  const hasEnded = (name: string) => name === "buy";
  const over = clockwork.step(moments, { ...INPUT, runMs: 15_010, usersOf: () => 2 });
  assert.match(statesOf(over.moments), /buy ending, clean waiting/);
  const ended = clockwork.step(over.moments, { ...INPUT, runMs: 15_080, usersOf: () => 2, hasEnded });
  assert.match(statesOf(ended.moments), /buy ended, clean running/);
  assert.equal(ended.moments[2]?.startMs, 15_080);
});

test("step() does not wait for ever for users that do not end", () => {
  const clockwork = new ScenarioClockwork(PLANS);
  const over = clockwork.step(clockwork.step(clockwork.begin(), { ...INPUT, runMs: 5000 }).moments, {
    ...INPUT,
    runMs: 15_000,
    usersOf: () => 1,
  });
  const late = clockwork.step(over.moments, { ...INPUT, runMs: 35_000, usersOf: () => 1 });
  assert.match(statesOf(late.moments), /buy ended, clean running/);
});

test("step() of a resumed run waits for users that are not known yet, from then on", () => {
  const clockwork = new ScenarioClockwork(PLANS);
  const before = clockwork.step(clockwork.step(clockwork.begin(), { ...INPUT, runMs: 5000 }).moments, {
    ...INPUT,
    runMs: 15_010,
    usersOf: () => 2,
  });
  const resumed = { ...INPUT, sinceMs: 60_000 };
  const first = clockwork.step(before.moments, { ...resumed, runMs: 60_000, usersOf: () => Infinity });
  assert.match(statesOf(first.moments), /buy ending, clean waiting/, "whatever time has passed");
  assert.equal(first.nextMs, 61_500);
  assert.match(statesOf(clockwork.step(first.moments, { ...resumed, runMs: 61_000 }).moments), /buy ending/);
  const ended = clockwork.step(first.moments, { ...resumed, runMs: 62_000 });
  assert.match(statesOf(ended.moments), /buy ended, clean running/);
  assert.deepEqual(ended.moments[1], { name: "buy", state: "ended", startMs: 5000, overMs: 15_000, endMs: 62_000 });
  const hung = clockwork.step(first.moments, { ...resumed, runMs: 80_000, usersOf: () => Infinity });
  assert.match(statesOf(hung.moments), /buy ended/);
});

test("step() ends arrivals with their iterations, and asks nobody for users that have ended", () => {
  const plans = [
    planScenario("buy", { load: { kind: "arrivals", rate: "10/s" }, iterations: 100 }),
    planScenario("then", { start: { kind: "scenario", name: "buy" }, runTimeSeconds: 5 }),
  ];
  const clockwork = new ScenarioClockwork(plans);
  const { moments } = clockwork.step(clockwork.begin(), INPUT);
  assert.equal(statesOf(clockwork.step(moments, { ...INPUT, runMs: 10_500 }).moments), "buy running, then waiting");
  const done = clockwork.step(moments, { ...INPUT, runMs: 10_900, isDone: (name) => name === "buy" });
  assert.equal(statesOf(done.moments), "buy ended, then running");
});

test("step() ends a scenario whose iterations are done, and catches up after a long absence", () => {
  const plans = [
    planScenario("once", { iterations: 5 }),
    planScenario("then", { start: { kind: "scenario", name: "once" }, runTimeSeconds: 5 }),
  ];
  const clockwork = new ScenarioClockwork(plans);
  const { moments } = clockwork.step(clockwork.begin(), INPUT);
  assert.equal(clockwork.step(moments, INPUT).nextMs, Infinity);
  const done = clockwork.step(moments, { ...INPUT, runMs: 700, isDone: (name) => name === "once" });
  assert.equal(statesOf(done.moments), "once ended, then running");
  assert.equal(done.moments[0]?.overMs, 700);
  const away = clockwork.step(done.moments, { ...INPUT, runMs: 60_000 });
  assert.deepEqual(away.moments[1], { name: "then", state: "ended", startMs: 700, overMs: 60_000, endMs: 60_000 });
  assert.equal(away.isOver, true);
});

test("step() after a master stood still: users ran until now, and what waits for them waits for their end", () => {
  const clockwork = new ScenarioClockwork([
    planScenario("base", { runTimeSeconds: 5 }),
    planScenario("next", { start: { kind: "scenario", name: "base" } }),
  ]);
  const { moments } = clockwork.step(clockwork.begin(), INPUT);
  const noticed = clockwork.step(moments, { ...INPUT, runMs: 40_000, usersOf: () => 3 });
  assert.equal(statesOf(noticed.moments), "base ending, next waiting");
  assert.equal(noticed.moments[0]?.overMs, 40_000);
  const ended = clockwork.step(noticed.moments, { ...INPUT, runMs: 40_100 });
  assert.equal(statesOf(ended.moments), "base ended, next running");
});
