import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ApiEditRequest, ApiPlan } from "../../../src/server/answers/api_types.ts";
import { checkEdit, type EditFields, fieldsOfRun, fieldsOfScenarios } from "../../../web/view/edit_plan.ts";

const PLAN: ApiPlan = {
  users: 50,
  spawnRate: 5,
  runTimeSeconds: 90,
  host: "http://shop.test",
  userClasses: ["Reader"],
  shape: null,
  profile: null,
};

test("fieldsOfRun() has users but where arrivals are all, and the rates that there are", () => {
  const { users, spawnRate, rate, targetRate, runTime } = fieldsOfRun({ ...PLAN, targetRate: "20/s" }, 50);
  assert.deepEqual([users, spawnRate, rate, targetRate, runTime], ["50", "5", undefined, "20/s", "1m30s"]);
  const open = fieldsOfRun({ ...PLAN, users: 0, rate: "50/s" }, 0);
  assert.deepEqual([open.users, open.spawnRate, open.rate], [undefined, undefined, "50/s"]);
  assert.equal(fieldsOfRun({ ...PLAN, rate: "50/s" }, 50).users, "50");
});

test("fieldsOfScenarios() leaves the load alone: run time and host can be changed", () => {
  const before = fieldsOfScenarios({ ...PLAN, users: null, spawnRate: null, targetRate: "20/s" });
  assert.deepEqual(Object.entries(before).filter(([, value]) => value !== undefined), [
    ["runTime", "1m30s"],
    ["host", "http://shop.test"],
  ]);
  assert.deepEqual(checkEdit({ ...before, runTime: "2m" }, before), { problems: {}, request: { runTime: 120 } });
});

describe("checkEdit() asks for what differs", () => {
  const rows: readonly (readonly [string, Partial<ApiPlan>, Partial<EditFields>, ApiEditRequest])[] = [
    ["nothing", { targetRate: "20/s" }, {}, {}],
    ["users and their ramp together", {}, { users: "60" }, { users: 60, spawnRate: 5 }],
    ["a target rate alone", { targetRate: "20/s" }, { targetRate: " 30/s" }, { targetRate: "30/s" }],
    ["an arrival rate", { users: 0, rate: "50/s" }, { rate: "1m:80/s" }, { rate: "1m:80/s" }],
    ["several rates without one text stay as they are", { rate: "" }, { users: "51" }, { users: 51, spawnRate: 5 }],
    ["no run time any more", {}, { runTime: "" }, { runTime: null }],
    ["another host", {}, { host: " http://b.test " }, { host: "http://b.test" }],
  ];
  for (const [says, plan, changes, request] of rows) {
    test(says, () => {
      const before = fieldsOfRun({ ...PLAN, ...plan }, 50);
      assert.deepEqual(checkEdit({ ...before, ...changes }, before), { problems: {}, request });
    });
  }
});

test("checkEdit() says what is wrong with each field", () => {
  const before = fieldsOfRun({ ...PLAN, targetRate: "20/s" }, 50);
  const { problems, request } = checkEdit({ ...before, users: "x", targetRate: "fast", runTime: "soon" }, before);
  assert.deepEqual(Object.keys(problems).sort(), ["runTime", "targetRate", "users"]);
  assert.equal(request, undefined);
});

test("checkEdit() leaves a host alone that users without an HTTP client have", () => {
  const before = fieldsOfRun({ ...PLAN, host: "localhost:50051" }, 50);
  assert.deepEqual(checkEdit({ ...before, users: "60" }, before, "text"), {
    problems: {},
    request: { users: 60, spawnRate: 5 },
  });
});
