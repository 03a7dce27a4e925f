import assert from "node:assert/strict";
import { test } from "node:test";
import { describeScenarioState, pictureScenarios, scenarioColumns } from "../../../web/view/scenario_view.ts";
import { NO_ROW } from "../../../src/server/answers/api_rows.ts";
import { planScenario } from "../../support/scenario_plans.ts";

const PLANS = [
  planScenario("browse", {
    load: { kind: "stages", stages: [{ durationSeconds: 50, users: 20 }, { durationSeconds: 50, users: 0 }] },
  }),
  planScenario("buy", {
    load: { kind: "arrivals", rate: "10/s" },
    start: { kind: "time", seconds: 25 },
    runTimeSeconds: 50,
  }),
  planScenario("clean", { start: { kind: "scenario", name: "wait" } }),
  planScenario("wait", { iterations: 5 }),
];

test("pictureScenarios() has rows in shares of one axis and of their own peak", () => {
  const { seconds, isOpen, rows } = pictureScenarios(PLANS.slice(0, 2), null);
  assert.deepEqual([seconds, isOpen], [100, false]);
  assert.deepEqual(rows[0]?.points, [[0, 0], [0.5, 1], [1, 0]]);
  assert.deepEqual(rows[1]?.points, [[0.25, 1], [0.75, 1]]);
  assert.deepEqual(rows.map(({ peak }) => peak), ["20", "10/s"]);
});

test("pictureScenarios() cuts at the limit of the run, and leaves out what starts at an unknown time", () => {
  const { seconds, rows } = pictureScenarios(PLANS, 50);
  assert.equal(seconds, 50);
  assert.deepEqual(rows[0]?.points.at(-1), [1, 1]);
  assert.deepEqual([rows[2]?.points, rows[2]?.after], [[], "wait"]);
});

test("describeScenarioState() says when the load was on", () => {
  const rest = { name: "a", users: 0, wantedUsers: 0, endSeconds: null };
  assert.equal(describeScenarioState({ ...rest, state: "waiting", startSeconds: null, overSeconds: null }), "waits");
  assert.equal(
    describeScenarioState({ ...rest, state: "running", startSeconds: 61, overSeconds: null }),
    "running since 1:01",
  );
  assert.equal(
    describeScenarioState({ ...rest, state: "ending", startSeconds: 60, overSeconds: 90 }),
    "ending, from 1:00 to 1:30",
  );
});

test("scenarioColumns() have the last 10 seconds beside the whole run, and after the stop the whole run alone", () => {
  const scenario = {
    name: "buy",
    state: "running" as const,
    users: 3,
    wantedUsers: 3,
    startSeconds: 0,
    overSeconds: null,
    endSeconds: null,
    total: {
      ...NO_ROW,
      requests: 1200,
      failures: 12,
      p50Ms: 20,
      p95Ms: 40,
      p99Ms: 60,
      currentPerSecond: 50,
      perSecond: 10,
    },
    window: { p50Ms: 25, p95Ms: 45, p99Ms: 65 },
  };
  const textsOf = (isOver: boolean) => scenarioColumns(isOver).map(({ title, text }) => `${title}: ${text(scenario)}`);
  assert.deepEqual(textsOf(false), [
    "# Requests: 1,200",
    "# Fails: 12 (1.0 %)",
    "Current RPS: 50.0",
    "Median now (ms): 25.0",
    "95%ile now (ms): 45.0",
    "99%ile now (ms): 65.0",
    "Median (ms): 20.0",
    "95%ile (ms): 40.0",
  ]);
  assert.ok(textsOf(true).includes("RPS: 10.0") && !textsOf(true).some((text) => /now|Current/.test(text)));
  const { total: _total, window: _window, ...waiting } = scenario;
  assert.ok(scenarioColumns(false).every(({ text }) => /^(0|0\.0|–|-|—)/.test(text(waiting))));
});
