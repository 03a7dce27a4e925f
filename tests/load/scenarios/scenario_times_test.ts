import { strict as assert } from "node:assert";
import { test } from "node:test";
import { drawScenarios } from "../../../src/load/scenarios/draw_scenarios.ts";
import { findCircle, scenarioTimes } from "../../../src/load/scenarios/scenario_times.ts";
import type { ScenarioPlan } from "../../../src/protocol/scenario_message.ts";
import { planScenario } from "../../support/scenario_plans.ts";

const CHAIN: readonly ScenarioPlan[] = [
  planScenario("last", { start: { kind: "scenario", name: "open" }, runTimeSeconds: 10 }),
  planScenario("staged", { load: { kind: "stages", stages: [{ durationSeconds: 60, users: 5 }] } }),
  planScenario("open", {
    load: { kind: "arrivals", rate: "10s:5/s, 20s:5/s" },
    start: { kind: "time", seconds: 5 },
    runTimeSeconds: 25,
  }),
];

test("scenarioTimes() follows chains in any order; a run time cuts stages of arrivals", () => {
  assert.deepEqual(scenarioTimes(CHAIN), [
    { name: "last", startMs: 30_000, endMs: 40_000 },
    { name: "staged", startMs: 0, endMs: 60_000 },
    { name: "open", startMs: 5000, endMs: 30_000 },
  ]);
});

test("scenarioTimes() does not know the start of what waits for a scenario without an end", () => {
  const [, after] = scenarioTimes([planScenario("a"), planScenario("b", { start: { kind: "scenario", name: "a" } })]);
  assert.deepEqual(after, { name: "b", startMs: Infinity, endMs: Infinity });
});

test("scenarioTimes() knows when a number of arrivals is over, and a load that is over before", () => {
  const counted = (rate: string, iterations: number) =>
    planScenario("counted", { load: { kind: "arrivals", rate }, iterations });
  const endOf = (plan: ScenarioPlan) => scenarioTimes([plan])[0]?.endMs;
  assert.equal(endOf(counted("50/s", 1000)), 20_000);
  assert.equal(endOf(counted("10s:10/s, 10s:10/s", 100)), 15_000);
  assert.equal(endOf(counted("10s:10/s, 10s:10/s", 1000)), 20_000);
  assert.equal(endOf({ ...counted("50/s", 1000), runTimeSeconds: 5 }), 5000);
  assert.deepEqual(drawScenarios([counted("50/s", 1000)]).lines[0]?.points, [[0, 50], [20, 50]]);
});

test("findCircle() finds scenarios that wait for each other", () => {
  const after = (name: string, other: string) => planScenario(name, { start: { kind: "scenario", name: other } });
  assert.equal(findCircle(CHAIN), undefined);
  assert.deepEqual(findCircle([after("x", "a"), after("a", "b"), after("b", "c"), after("c", "a")]), [
    "a",
    "b",
    "c",
    "a",
  ]);
});

test("drawScenarios() has one axis for all, and cuts each line at its end", () => {
  const drawing = drawScenarios(CHAIN);
  assert.equal(drawing.seconds, 60);
  assert.equal(drawing.isOpen, false);
  assert.deepEqual(drawing.lines.map(({ name, unit, points }) => ({ name, unit, points })), [
    { name: "last", unit: "users", points: [[30, 10], [40, 10]] },
    { name: "staged", unit: "users", points: [[0, 0], [60, 5]] },
    { name: "open", unit: "arrivals", points: [[5, 0], [15, 5], [30, 5]] },
  ]);
});

test("drawScenarios() goes on beyond the last change where there is no end, and up to a limit of the run", () => {
  const endless = [planScenario("a", { load: { kind: "users", users: 11, spawnRate: 0.5 } })];
  assert.deepEqual(drawScenarios(endless).lines[0]?.points, [[0, 0], [20, 11], [30, 11]]);
  assert.equal(drawScenarios(endless).isOpen, true);
  const cut = drawScenarios(endless, 10);
  assert.deepEqual(cut.lines[0]?.points, [[0, 0], [10, 5.5]]);
  assert.equal(cut.isOpen, false);
});

test("drawScenarios() draws a number of iterations as a short time, which makes no axis endless", () => {
  const plans = [
    planScenario("a", { runTimeSeconds: 96 }),
    planScenario("count", { iterations: 1, start: { kind: "scenario", name: "a" } }),
    planScenario("then", { start: { kind: "scenario", name: "count" }, runTimeSeconds: 5 }),
  ];
  const { seconds, isOpen, lines } = drawScenarios(plans);
  assert.deepEqual([seconds, isOpen], [100, false]);
  assert.deepEqual(lines[1]?.points, [[96, 10], [100, 10]]);
  assert.deepEqual([lines[2]?.points, lines[2]?.after], [[], "count"]);
  assert.equal(drawScenarios([planScenario("only", { iterations: 5 })]).isOpen, true);
});
