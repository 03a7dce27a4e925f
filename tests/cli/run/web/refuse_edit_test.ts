import assert from "node:assert/strict";
import { test } from "node:test";
import { type EditedRun, refuseEdit } from "../../../../src/cli/run/web/refuse_edit.ts";
import type { EditOrder } from "../../../../src/server/orders/run_control.ts";

/** A run as far as it says who decides its load. */
function runWith({ arrivals = "none", ...settings }: Record<string, unknown>): EditedRun {
  const whole = { load: { kind: "users", users: 5, spawnRate: 1 }, classes: [{}], ...settings };
  return { settings: whole, arrivals: arrivals === "none" ? undefined : {} } as unknown as EditedRun;
}

const USERS = runWith({});
const SCENARIOS = runWith({ load: { kind: "scenarios" } });
const SHAPE = runWith({ load: { kind: "shape", shape: "Peak" } });
const SEARCH = runWith({ capacity: {} });
const ARRIVALS = runWith({ classes: [], arrivals: "some" });
const BOTH = runWith({ arrivals: "some" });

const CASES: readonly (readonly [string, EditedRun, EditOrder, string | undefined])[] = [
  ["users of a run of users", USERS, { users: 9, spawnRate: 2 }, undefined],
  ["nothing about the load", SHAPE, { host: "http://other" }, undefined],
  ["users of scenarios", SCENARIOS, { users: 9 }, "users: Cannot edit the load: each scenario has its own"],
  ["the rate of scenarios", SCENARIOS, { rate: "9/s" }, "rate: Cannot edit the load: each scenario has its own"],
  ["no rate of scenarios", SCENARIOS, { rate: null, runTimeSeconds: 9 }, undefined],
  ["users of a shape", SHAPE, { spawnRate: 9 }, "users: Cannot edit the load: the shape Peak decides it"],
  [
    "no time limit of a shape",
    SHAPE,
    { runTimeSeconds: null },
    "users: Cannot edit the load: the shape Peak decides it",
  ],
  ["users of a search", SEARCH, { users: 9 }, "users: Cannot edit the load: a capacity search decides it"],
  ["the rate of a search", SEARCH, { rate: "9/s" }, "users: Cannot edit the load: a capacity search decides it"],
  ["the time limit of a search", SEARCH, { runTimeSeconds: 9 }, undefined],
  ["users of arrivals alone", ARRIVALS, { users: 9 }, "users: Cannot edit the number of users: arrivals decide"],
  ["users beside arrivals", BOTH, { users: 9 }, undefined],
  ["an arrival rate of users", USERS, { rate: "9/s" }, "rate: Cannot edit the arrival rate: the run has users"],
  ["a target rate of none", BOTH, { targetRate: "9/s" }, "targetRate: Cannot edit the target rate: no user class"],
];

for (const [sentence, run, order, expected] of CASES) {
  test(`refuseEdit(): ${sentence}`, () => {
    const refusal = refuseEdit(order, run);
    const told = refusal === undefined ? undefined : `${refusal.field}: ${refusal.message}`;
    if (expected === undefined) assert.equal(told, undefined);
    else assert.ok(told?.startsWith(expected), `${told}`);
  });
}
