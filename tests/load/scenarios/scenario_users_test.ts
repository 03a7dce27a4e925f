import { strict as assert } from "node:assert";
import { test } from "node:test";
import { parseStages } from "../../../src/load/shapes/stages.ts";
import { ScenarioUsers } from "../../../src/load/scenarios/scenario_users.ts";

const staged = (text: string) => new ScenarioUsers({ kind: "stages", stages: parseStages(text) });

test("ScenarioUsers.at() follows the stages, one user at a time, and has nobody after them", () => {
  const users = staged("10s:10, 10s:10, 5s:0");
  const seen = (ms: number) => users.at(ms).users;
  assert.equal(seen(0), 1); // the first comes at once
  assert.equal(seen(999), 1);
  assert.equal(seen(1000), 2);
  assert.equal(seen(9000), 10);
  assert.equal(seen(19_999), 10);
  assert.equal(seen(20_000), 9);
  assert.equal(seen(24_500), 0);
  assert.equal(seen(25_000), 0);
  assert.equal(users.endMs, 25_000);
  assert.equal(users.peak, 10);
});

test("ScenarioUsers.at() says when the next change comes: nothing is missed by waiting until then", () => {
  for (
    const users of [staged("3s:7, 0s:20, 2s:20, 4s:3"), new ScenarioUsers({ kind: "users", users: 5, spawnRate: 2 })]
  ) {
    let ms = 0;
    let steps = 0;
    while (ms < 20_000 && steps++ < 1000) {
      const { users: now, nextMs } = users.at(ms);
      const until = Math.min(nextMs, 20_000);
      assert.ok(until > ms, `the next change after ${ms} ms comes later`);
      for (let within = ms; within < until - 0.01; within += 10) {
        assert.equal(users.at(within).users, now, `${within} ms`);
      }
      ms = until;
    }
    assert.ok(ms >= 20_000);
  }
});

test("ScenarioUsers.at() names the target and rate of a ramp that is on, and a jump has none", () => {
  assert.deepEqual(staged("10s:10,10s:10").at(2000), { users: 3, target: 10, perSecond: 1, nextMs: 3000 });
  assert.deepEqual(staged("10s:10,10s:10").at(15_000), { users: 10, target: 10, perSecond: 0, nextMs: 20_000 });
  assert.equal(staged("0s:50,10s:50").at(0).users, 50);
});

test("a number of users stays until the scenario ends", () => {
  const users = new ScenarioUsers({ kind: "users", users: 4, spawnRate: 2 });
  assert.deepEqual([0, 499, 500, 1499, 1500, 1e9].map((ms) => users.at(ms).users), [1, 1, 2, 3, 4, 4]);
  assert.equal(users.endMs, Infinity);
});
