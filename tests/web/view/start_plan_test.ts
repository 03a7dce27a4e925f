/** The plan that a start form makes of its fields, and what it says of wrong ones. */
import { strict as assert } from "node:assert";
import { test } from "node:test";
import { checkFields, hostsOf, SCENARIOS, type StartFields } from "../../../web/view/start_plan.ts";

const FIELDS: StartFields = {
  users: "100",
  spawnRate: "10",
  maxUsers: "",
  host: "",
  runTime: "",
  profile: "",
  shape: "Default",
};

const WRONG: readonly (readonly [fields: Partial<StartFields>, field: string, text: RegExp])[] = [
  [{ users: "ten" }, "users", /whole number/],
  [{ users: "" }, "users", /whole number/],
  [{ users: "1.5" }, "users", /whole number/],
  [{ users: "-1" }, "users", /whole number/],
  [{ spawnRate: "0" }, "spawnRate", /more than 0/],
  [{ spawnRate: "" }, "spawnRate", /more than 0/],
  [{ rate: "fast", users: "" }, "rate", /50\/s/],
  [{ rate: "5/s", maxUsers: "0" }, "maxUsers", /1 or more, or nothing/],
  [{ rate: "5/s", maxUsers: "many" }, "maxUsers", /1 or more/],
  [{ runTime: "1x" }, "runTime", /1h20m/],
  [{ runTime: "0" }, "runTime", /at least 1 second/],
  [{ slo: "" }, "slo", /as in p99<300ms/],
  [{ slo: "p99<1s; p99 is fine" }, "slo", /“p99 is fine”: /],
  [{ slo: "p99<1s", users: "0", spawnRate: "" }, "users", /1 or more/],
  [{ slo: "p99<1s", rate: "1m:50/s" }, "rate", /one rate to begin with/],
  [{ host: "example.com" }, "host", /https:\/\/example\.com/],
  [{ host: "http://" }, "host", /not a URL/],
];

for (const [fields, field, text] of WRONG) {
  test(`checkFields() refuses ${JSON.stringify(fields)}`, () => {
    const { plan, problems } = checkFields({ ...FIELDS, ...fields });
    assert.equal(plan, undefined);
    assert.deepEqual(Object.keys(problems), [field]);
    assert.match(problems[field as keyof StartFields] ?? "", text);
  });
}

test("checkFields() takes any host where users need no URL", () => {
  const fields = { ...FIELDS, host: "localhost:50051" };
  assert.deepEqual(checkFields(fields, [], hostsOf({ isHostUrl: false })).problems, {});
  assert.deepEqual(Object.keys(checkFields(fields, [], hostsOf({ isHostUrl: true })).problems), ["host"]);
  assert.deepEqual(checkFields({ ...FIELDS, host: "http+unix://%2Frun%2Fapp.sock" }).problems, {});
});

test("checkFields() takes large numbers as people write them, and asks for no load where a shape decides", () => {
  assert.equal(checkFields({ ...FIELDS, users: "12 000" }).plan?.users, 12_000);
  assert.equal(checkFields({ ...FIELDS, users: "1.000" }).plan?.users, 1000);
  assert.equal(checkFields({ ...FIELDS, spawnRate: "0,5" }).plan?.spawnRate, 0.5);
  assert.deepEqual(checkFields({ ...FIELDS, users: "", spawnRate: "", runTime: "?", shape: "Steps" }).problems, {});
});

test("checkFields() asks for the load and the run time where the shape reads them, and for a run time beside scenarios", () => {
  const wrong = { ...FIELDS, users: "", spawnRate: "0", runTime: "?", shape: "Waves" };
  assert.deepEqual(Object.keys(checkFields(wrong, ["Waves"]).problems), ["users", "spawnRate", "runTime"]);
  assert.deepEqual(Object.keys(checkFields({ ...wrong, shape: SCENARIOS }).problems), ["runTime"]);
});

test("checkFields() takes arrivals in the place of users", () => {
  const fields = { ...FIELDS, users: "", rate: " 50/s ", runTime: "1m" };
  const { plan, problems } = checkFields(fields);
  assert.deepEqual(problems, {});
  assert.deepEqual([plan?.rate, plan?.maxUsers], ["50/s", null]);
  assert.equal(checkFields({ ...fields, maxUsers: "1 200" }).plan?.maxUsers, 1200);
});

test("checkFields() takes conditions of a capacity search, which needs no spawn rate", () => {
  const { plan } = checkFields({ ...FIELDS, spawnRate: "", slo: "p99<300ms, failures<1%; GET /items: p95<200ms" });
  assert.deepEqual(plan?.slo, ["p99<300ms, failures<1%", "GET /items: p95<200ms"]);
});
