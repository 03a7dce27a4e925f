import assert from "node:assert/strict";
import { test } from "node:test";
import { renderScenarios } from "../../../src/report/tables/scenario_tables.ts";
import { describeScenarioUsers, toSummaryScenario } from "../../../src/report/summary/describe_scenarios.ts";
import type { ScenarioSnapshot, SnapshotMessage } from "../../../src/protocol/snapshot_message.ts";

const SCENARIOS: readonly ScenarioSnapshot[] = [
  { name: "setup", state: "ended", users: 0, wantedUsers: 0, startMs: 0, overMs: 9960, endMs: 10_400 },
  { name: "browse", state: "running", users: 60, wantedUsers: 100, startMs: 10_400 },
  { name: "buy", state: "ending", users: 1, wantedUsers: 0, startMs: 60_000, overMs: 120_000 },
  { name: "clean", state: "waiting", users: 0, wantedUsers: 0 },
];

test("describeScenarioUsers() says of each how many users it has, or why none", () => {
  assert.deepEqual(SCENARIOS.map(describeScenarioUsers), ["ended", "60/100 users", "1 user ending", "waits"]);
});

test("toSummaryScenario() has seconds, and null for what has not come", () => {
  assert.deepEqual(toSummaryScenario(SCENARIOS[1] as ScenarioSnapshot), {
    name: "browse",
    state: "running",
    users: 60,
    wantedUsers: 100,
    startSeconds: 10.4,
    overSeconds: null,
    endSeconds: null,
  });
});

test("renderScenarios() shows when the load of each was on", () => {
  const lines = renderScenarios(
    { scenarios: SCENARIOS } as unknown as SnapshotMessage,
    { width: 80, colors: "none" } as never,
  );
  assert.deepEqual(lines.map((line) => line.trimEnd()), [
    "Scenarios",
    "Scenario Load",
    "-------- --------------------",
    "setup    from 0:00 to 0:10",
    "browse   from 0:10 to the end",
    "buy      from 1:00 to 2:00",
    "clean    not started",
    "",
  ]);
});
