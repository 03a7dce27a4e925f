import assert from "node:assert/strict";
import { test } from "node:test";
import { areArrivalsAll, askedLoad, isEdit } from "../../../src/server/feed/asked_load.ts";

const STARTED: Parameters<typeof askedLoad>[0] = {
  kind: "runStarted",
  runId: "1",
  wallMs: 0,
  version: "0",
  locustfile: "shop.ts",
  userClasses: ["Shopper"],
  targetUsers: 0,
  spawnRate: 1,
  runTimeSeconds: 60,
  seed: 1,
};

test("askedLoad() has the rate of all arrivals together, and that of all target rates", () => {
  const arrivals = [{ userClasses: ["Shopper"], rate: "50/s", maxUsers: 10 }];
  assert.equal(askedLoad({ ...STARTED, arrivals }).rate, "50/s");
  const slower = { userClasses: ["Other"], rate: "30/m", maxUsers: 10 };
  assert.equal(askedLoad({ ...STARTED, arrivals: [...arrivals, slower] }).rate, "50.5/s");
  const staged = { userClasses: ["Other"], rate: "60s:50/s", maxUsers: 10 };
  assert.equal(askedLoad({ ...STARTED, arrivals: [staged] }).rate, "60s:50/s");
  assert.equal(askedLoad({ ...STARTED, arrivals: [...arrivals, staged] }).rate, "");
  assert.equal(askedLoad({ ...STARTED, targets: [{ userClass: "Shopper", rate: "20/s" }] }).targetRate, "20/s");
  assert.deepEqual(askedLoad(STARTED), { users: 0, spawnRate: 1, runTimeSeconds: 60 });
});

test("areArrivalsAll() is true without users that run all the time", () => {
  assert.equal(areArrivalsAll({ users: 0, rate: "50/s" }), true);
  assert.equal(areArrivalsAll({ users: 5, rate: "50/s" }), false);
  assert.equal(areArrivalsAll({ users: 0 }), false);
});

test("isEdit() is true for what a person asks for, and not for the steps of a shape", () => {
  const now = { users: 5, spawnRate: 1, runTimeSeconds: null };
  assert.equal(isEdit({ users: 6, spawnRate: 1 }, now, STARTED), true);
  assert.equal(isEdit({ users: 5, spawnRate: 1 }, now, STARTED), false);
  assert.equal(isEdit({ users: 6, spawnRate: 1 }, now, { ...STARTED, shape: "Waves" }), false);
});
