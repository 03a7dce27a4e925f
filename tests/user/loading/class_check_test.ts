import assert from "node:assert/strict";
import { test } from "node:test";
import { ClientPool } from "../../../src/http/session/client_pool.ts";
import { HttpUser } from "../../../src/user/http_user.ts";
import { checkUserClass, isSwitchedOff } from "../../../src/user/loading/class_check.ts";
import { constant } from "../../../src/user/timing/wait_time.ts";
import { User } from "../../../src/user/user.ts";

function problemsOf(
  statics: Readonly<Record<string, unknown>>,
  base: abstract new (...args: never[]) => User = HttpUser,
) {
  const userClass = Object.assign(class extends (base as typeof HttpUser) {}, statics);
  return checkUserClass(userClass).map(({ problem }) => problem);
}

test("checkUserClass() finds statics of a wrong type or range, all at once", () => {
  const rows: readonly (readonly [string, readonly unknown[]])[] = [
    ["weight", [-1, NaN, Infinity, "3", null, undefined]],
    ["fixedCount", [-1, 0.5, "2", null, undefined]],
    ["abstract", ["yes", 1, null]],
    ["host", [7, {}]],
    ["connectionTimeout", [0, -1, "5", NaN, null, Infinity]],
    ["networkTimeout", ["60", 0, {}]],
    ["idleTimeout", [-1, "5"]],
    ["dnsTtl", [-1, NaN]],
    ["maxRedirects", [-1, 1.5, "30", true]],
    ["maxRetries", ["1", -1]],
    ["concurrency", [0, -1, 1.5, "10", Infinity, null]],
    ["maxHeadBytes", [0, "65536"]],
    ["maxHeadFields", [0.5]],
    ["insecure", ["yes", 1]],
    ["defaultHeaders", ["Accept: x", 5]],
    ["proxy", ["https://localhost:3128", 8080, new URL("http://a/")]],
    ["sourceAddress", ["localhost", 1]],
    ["tls", ["verify", 7]],
    ["clientPool", [{}, true]],
    ["poolManager", ["shared"]],
    ["arrivalRate", ["fast", 0, -1, {}, "0/s", "1m:x", null]],
    ["iteration", ["all", 1]],
    ["freshUsers", ["yes", 0]],
    ["maxUsers", [0, -1, 1.5, "7"]],
    ["whenLate", ["wait", true]],
    ["targetRate", ["fast", 0, "0/s", {}]],
  ];
  for (const [member, values] of rows) {
    for (const value of values) {
      const problems = problemsOf({ [member]: value });
      assert.equal(problems.length, 1, `${member} = ${String(value)}: ${problems.join("\n")}`);
      const isRate = /Rate$/.test(member) && /^(string|number)$/.test(typeof value);
      const expected = isRate
        ? `^its ${member} cannot be used: (?:arrival rate|stage|stages from) ".+; write `
        : `^its ${member} is .+; give `;
      assert.match(problems[0] ?? "", new RegExp(expected));
    }
  }
  assert.equal(problemsOf({ concurrency: 0, maxRetries: "1", weight: -1 }).length, 3);
});

test("checkUserClass() says why a rate cannot be used, as --rate does", () => {
  assert.match(problemsOf({ arrivalRate: 1e9 })[0] ?? "", /"1000000000": it is more than 10000000 a second; write /);
  assert.match(
    problemsOf({ targetRate: "0/s" })[0] ?? "",
    /^its targetRate cannot be used: .+ "0\/s": it is not above 0 \(for as many/,
  );
  assert.match(problemsOf({ arrivalRate: "1m:x, 2m:y" })[0] ?? "", /stage "1m:x": .+; .*stage "2m:y": /);
});

test("checkUserClass() names what is wrong within an object", () => {
  const header = { defaultHeaders: { "X-Team": undefined } };
  assert.deepEqual(problemsOf({ tls: { verfy: false } }), [
    'its "tls" has no "verfy"; give { verify, ca, cert, key, serverName }',
  ]);
  assert.deepEqual(problemsOf({ tls: { key: 1 } }), ['its "tls.key" is 1; give the text of the PEM file']);
  assert.deepEqual(problemsOf(header), [
    'its default header "X-Team": its value is undefined; give text or a number, or leave the header out',
  ]);
});

test("checkUserClass() accepts what the documentation lists, and leaves other users' statics alone", () => {
  assert.deepEqual(
    problemsOf({
      weight: 0,
      fixedCount: 3,
      host: "https://shop.test",
      connectionTimeout: 0.5,
      networkTimeout: 60,
      idleTimeout: 0,
      dnsTtl: 0,
      maxRedirects: 0,
      maxRetries: 2,
      concurrency: 1,
      insecure: true,
      defaultHeaders: { "X-Team": "shop" },
      proxy: "http://user:password@proxy:3128",
      sourceAddress: "::1",
      tls: { verify: false },
      clientPool: new ClientPool(),
      tags: { plan: "free", shard: 3, vip: false, none: null },
    }),
    [],
  );
  assert.deepEqual(problemsOf({ concurrency: "any", tls: 5, host: "redis://cache" }, User), []);
});

test("checkUserClass() names tags that cannot be counted", () => {
  assert.deepEqual(problemsOf({ tags: ["buy"] }, User), [
    'its tags are a list of 1; give an object of texts, numbers or booleans, as in { region: "eu" }',
  ]);
  assert.match(problemsOf({ tags: { plan: {} } }, User)[0] ?? "", /its tags are an object for "plan"; give/);
  assert.match(problemsOf({ tags: "free" }, User)[0] ?? "", /its tags is the text "free"|its tags is "free"; give/);
});

test("isSwitchedOff() needs a weight of 0 and no fixed count", () => {
  assert.equal(isSwitchedOff({ weight: 0, fixedCount: 0 }), true);
  assert.equal(isSwitchedOff({ weight: 0, fixedCount: 1 }), false);
  assert.equal(isSwitchedOff({ weight: 1, fixedCount: 0 }), false);
});

test("checkUserClass() refuses what would start the same tasks twice", () => {
  assert.deepEqual(problemsOf({ targetRate: "200/s" }), []);
  assert.deepEqual(problemsOf({ targetRate: "200/s", arrivalRate: "10/s" }), [
    "it has a targetRate and an arrivalRate; keep the first for users that wait for their answers, " +
    "the second for arrivals that do not",
  ]);
  class Waiting extends HttpUser {
    static override targetRate = "5/s";
    override waitTime = constant(1);
  }
  class Heir extends Waiting {}
  class ByMethod extends HttpUser {
    static override targetRate = "5/s";
    override waitTime() {
      return 1;
    }
  }
  const of = (userClass: object) => checkUserClass(userClass).map(({ problem }) => problem);
  assert.deepEqual(of(Waiting), ["it has a targetRate and a waitTime; leave one out"]);
  assert.deepEqual(of(Heir), ['it has a targetRate and a waitTime of its base "Waiting"; leave one out']);
  assert.deepEqual(of(ByMethod), ["it has a targetRate and a waitTime; leave one out"]);
});
