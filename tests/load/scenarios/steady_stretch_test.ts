import { strict as assert } from "node:assert";
import { test } from "node:test";
import { findSteadyStretch } from "../../../src/load/scenarios/steady_stretch.ts";
import { parseStages } from "../../../src/load/shapes/stages.ts";
import type { ScenarioPlan } from "../../../src/protocol/scenario_message.ts";
import { planScenario } from "../../support/scenario_plans.ts";

const staged = (name: string, stages: string, changes: Partial<ScenarioPlan> = {}) =>
  planScenario(name, { load: { kind: "stages", stages: parseStages(stages) }, ...changes });
const open = (name: string, rate: string, changes: Partial<ScenarioPlan> = {}) =>
  planScenario(name, { load: { kind: "arrivals", rate }, ...changes });
const at = (seconds: number) => ({ start: { kind: "time" as const, seconds } });
const after = (name: string) => ({ start: { kind: "scenario" as const, name } });

test("findSteadyStretch() is the longest time in which nothing changes", () => {
  const browse = staged("browse", "1m:100, 5m:100, 30s:0");
  assert.deepEqual(findSteadyStretch([browse], [], 0), { fromMs: 60_000, toMs: 360_000 });
  const checkout = open("checkout", "10/s", { ...at(60), runTimeSeconds: 240 });
  assert.deepEqual(findSteadyStretch([browse, checkout], [], 0), { fromMs: 60_000, toMs: 300_000 });
  const rising = open("rising", "2m:10/s, 3m:10/s", at(60));
  assert.deepEqual(findSteadyStretch([browse, rising], [], 0), { fromMs: 180_000, toMs: 360_000 });
});

test("findSteadyStretch() goes on over stages of the same number, and to the end of the run", () => {
  assert.deepEqual(findSteadyStretch([staged("a", "10s:5, 20s:5, 20s:5")], [], 0), { fromMs: 10_000, toMs: 50_000 });
  const endless = planScenario("endless", { load: { kind: "users", users: 11, spawnRate: 1 } });
  assert.deepEqual(findSteadyStretch([endless], [], 0), { fromMs: 10_000, toMs: Infinity });
  assert.deepEqual(findSteadyStretch([endless], [], 0, 30_000), { fromMs: 10_000, toMs: 30_000 });
});

test("findSteadyStretch() knows none where the load changes all the time, and before anything is on", () => {
  assert.equal(findSteadyStretch([staged("a", "10s:5, 20s:0")], [], 0), undefined);
  assert.deepEqual(findSteadyStretch([planScenario("late", { ...at(60), runTimeSeconds: 5 })], [], 0), {
    fromMs: 60_000,
    toMs: 65_000,
  });
});

test("findSteadyStretch() puts what waits for a scenario behind it, and later the longer it waits", () => {
  const plans = [
    planScenario("first", { runTimeSeconds: 10 }),
    planScenario("second", { ...after("first"), runTimeSeconds: 60 }),
  ];
  assert.deepEqual(findSteadyStretch(plans, [], 0), { fromMs: 10_000, toMs: 70_000 });
  const moments = [
    { name: "first", state: "ending" as const, startMs: 0, overMs: 10_000 },
    { name: "second", state: "waiting" as const },
  ];
  assert.deepEqual(findSteadyStretch(plans, moments, 12_000), { fromMs: 12_000, toMs: 72_000 });
  const begun = [moments[0] as typeof moments[0], { name: "second", state: "running" as const, startMs: 12_300 }];
  assert.deepEqual(findSteadyStretch(plans, begun, 20_000), { fromMs: 12_300, toMs: 72_300 });
});
