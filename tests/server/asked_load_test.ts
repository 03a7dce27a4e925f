import assert from "node:assert/strict";
import { test } from "node:test";
import { askedLoad } from "../../src/server/asked_load.ts";

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

test("askedLoad() has a rate where arrivals of one rate are the whole load", () => {
  const arrivals = [{ userClasses: ["Shopper"], rate: "50/s", maxUsers: 10 }];
  assert.equal(askedLoad({ ...STARTED, arrivals }).rate, "50/s");
  assert.equal(askedLoad({ ...STARTED, arrivals, targetUsers: 5 }).rate, undefined);
  assert.equal(askedLoad({ ...STARTED, arrivals: [...arrivals, ...arrivals] }).rate, undefined);
  assert.deepEqual(askedLoad(STARTED), { users: 0, spawnRate: 1, runTimeSeconds: 60 });
});
