import { strict as assert } from "node:assert";
import { test } from "node:test";
import type { CustomArgument } from "../../../src/protocol/locustfile_description.ts";
import { collectScenarios } from "../../../src/user/scenarios/collect_scenarios.ts";
import { HttpUser } from "../../../src/user/http_user.ts";
import type { UserClass } from "../../../src/user/user_class.ts";

class Visitor extends HttpUser {}
class Buyer extends HttpUser {
  static override arrivalRate = "5/s";
  static override maxUsers = 7;
}
class Hidden extends HttpUser {}

const TENANT: CustomArgument = {
  flags: ["--tenant"],
  name: "tenant",
  type: "string",
  choices: ["a", "b"],
  secret: false,
  required: false,
  includeInWebUi: true,
};

function collect(scenarios: unknown, text?: string) {
  return collectScenarios([{ file: "/shop.ts", exports: { scenarios } }], {
    userClasses: new Map<string, UserClass>([["Visitor", Visitor], ["Buyer", Buyer]]),
    arguments: [TENANT],
    readText: () => text,
  });
}

const FAR = { users: Visitor, userCount: 1 };

test("collectScenarios() reads every key into a plan", () => {
  const { plans, problems, warnings } = collect({
    browse: { users: [Visitor, Buyer], stages: "1m:100, 30s:0", host: "http://other" },
    checkout: {
      users: Buyer,
      arrivalRate: 10,
      startAfter: "1m",
      runTime: 240,
      maxUsers: 200,
      tags: ["buy"],
      excludeTags: ["slow"],
      options: { tenant: "b", mine: [1] },
    },
    cleanup: { users: Visitor, userCount: 2, spawnRate: 5, startAfter: "checkout" },
  });
  assert.deepEqual(problems, []);
  assert.deepEqual(warnings, []);
  const rest = { tags: [], excludeTags: [], options: {} };
  assert.deepEqual(plans, [
    {
      ...rest,
      name: "browse",
      userClasses: ["Visitor", "Buyer"],
      load: { kind: "stages", stages: [{ durationSeconds: 60, users: 100 }, { durationSeconds: 30, users: 0 }] },
      start: { kind: "time", seconds: 0 },
      host: "http://other",
    },
    {
      name: "checkout",
      userClasses: ["Buyer"],
      load: { kind: "arrivals", rate: "10", maxUsers: 200 },
      start: { kind: "time", seconds: 60 },
      runTimeSeconds: 240,
      tags: ["buy"],
      excludeTags: ["slow"],
      options: { tenant: "b", mine: [1] },
    },
    {
      ...rest,
      name: "cleanup",
      userClasses: ["Visitor"],
      load: { kind: "users", users: 2, spawnRate: 5 },
      start: { kind: "scenario", name: "checkout" },
    },
  ]);
});

test("collectScenarios() takes the arrival rate of a class where the scenario has no load of its own", () => {
  const { plans } = collect({ a: { users: Buyer } });
  assert.deepEqual(plans[0]?.load, { kind: "arrivals", rate: "5/s", maxUsers: 7 });
  assert.equal(collect({ a: { users: Buyer, userCount: 3 } }).plans[0]?.load.kind, "users");
});

test("collectScenarios() reads a number of iterations, of one user where no number of users is given", () => {
  const { plans, problems } = collect({
    once: { users: Visitor, iterations: 1 },
    each: { users: Visitor, userCount: 5, spawnRate: 5, iterationsPerUser: 3, startAfter: "once" },
  });
  assert.deepEqual(problems, []);
  assert.deepEqual(plans.map(({ load, iterations, iterationsPerUser }) => [load, iterations, iterationsPerUser]), [
    [{ kind: "users", users: 1, spawnRate: 1 }, 1, undefined],
    [{ kind: "users", users: 5, spawnRate: 5 }, undefined, 3],
  ]);
});

test("collectScenarios() reads a number of arrivals, and warns where fewer come before the end", () => {
  const all = { buy: { users: [Visitor, Buyer], arrivalRate: "50/s", iterations: 1000 } };
  const { plans, problems, warnings } = collect({
    ...all,
    after: { users: Visitor, iterations: 1, startAfter: "buy" },
  });
  assert.deepEqual([problems, warnings], [[], []]);
  assert.deepEqual(plans[0]?.load, { kind: "arrivals", rate: "50/s" });
  assert.equal(plans[0]?.iterations, 1000);
  assert.deepEqual(collect({ buy: { ...all.buy, runTime: "10s" } }).warnings, [
    'Scenario "buy" asks for 1000 iterations, and 500 arrivals come before its end',
  ]);
  assert.deepEqual(collect({ buy: { ...all.buy, runTime: "20s" } }).warnings, []);
});

const WRONG: readonly (readonly [what: string, scenarios: unknown, problem: RegExp])[] = [
  ["no object", [FAR], /they are a list of 1; export const scenarios = \{/],
  ["none", {}, /there is none/],
  ["a scenario that is no object", { a: 5 }, /"a" of \/shop\.ts: it is 5; write \{/],
  ["a name of every object", { constructor: FAR }, /every object of JavaScript has a "constructor"; give it another/],
  ["the name of a prototype", { ["__proto__"]: FAR }, /every object of JavaScript has a "__proto__"; give it another/],
  ["a bad name", { "a/b": FAR }, /"a\/b" of .* its name cannot be used/],
  [
    "the name of no scenarios",
    { none: FAR },
    /its name cannot be used: --scenario none runs without scenarios; give it another one$/,
  ],
  ["a typing error", { a: { ...FAR, startAftr: 5 } }, /it has no key "startAftr"; did you mean "startAfter"\?/],
  ["k6's word", { a: { users: Visitor, vus: 5 } }, /it has no key "vus"; did you mean "userCount"\?/],
  ["a key in snake_case", { a: { ...FAR, run_time: 5 } }, /it has no key "run_time"; did you mean "runTime"\?/],
  ["another tool's word in snake_case", { a: { ...FAR, user_classes: [] } }, /"user_classes"; did you mean "users"\?/],
  ["Gatling's profile", { a: { ...FAR, injectOpen: [] } }, /"injectOpen"; the load is one of arrivalRate/],
  ["Gatling's assertions", { a: { ...FAR, assertions: [] } }, /"assertions"; thresholds are exported/],
  [
    "Artillery's hook",
    { a: { ...FAR, beforeScenario: "f" } },
    /"beforeScenario"; write onStart or onStop in its class/,
  ],
  ["what belongs to a class", { a: { ...FAR, wait_time: 1 } }, /"wait_time"; it belongs to the class; leave it out/],
  ["a map", new Map([["a", FAR]]), /they are an object \(Map\); export const scenarios/],
  ["a promise", Promise.resolve({ a: FAR }), /they are a promise that was not awaited; export const/],
  [
    "an executor that has users by hand",
    { a: { users: Visitor, executor: "externally-controlled" } },
    /"executor"; users that are changed by hand need no scenarios/,
  ],
  [
    "a function in options",
    { a: { ...FAR, options: { make: () => 1 } } },
    /its option make is a function; give texts, numbers/,
  ],
  [
    "a date within options",
    { a: { ...FAR, options: { at: [new Date(0)] } } },
    /its option at holds an object \(Date\);/,
  ],
  [
    "a start after what waits itself and never ends",
    { a: { ...FAR, startAfter: "z" }, b: { ...FAR, startAfter: "a" }, z: { users: Visitor, iterations: 1 } },
    /"b" of .* after "a", which never ends/,
  ],
  ["no class", { a: { userCount: 1 } }, /it names no user class/],
  [
    "a class that is not exported",
    { a: { users: Hidden, userCount: 1 } },
    /of Hidden, which is not an exported user class/,
  ],
  [
    "a name of a class",
    { a: { users: "Visitor", userCount: 1 } },
    /its users are "Visitor", a text; give the class itself, without quotes: users: Visitor/,
  ],
  ["a class twice", { a: { users: [Visitor, Visitor], userCount: 1 } }, /name Visitor twice/],
  ["no load", { a: { users: Visitor } }, /it has no load; give userCount/],
  [
    "a rate of one of its classes",
    { a: { users: [Visitor, Buyer] } },
    /Buyer has an arrivalRate of its own, which counts only in a scenario of one class; give each class a scenario, or/,
  ],
  ["two loads", { a: { ...FAR, stages: "1m:1" } }, /it has stages and userCount/],
  ["bad stages", { a: { users: Visitor, stages: "x:1" } }, /its stages cannot be used: stage "x:1": no time span/],
  ["stages of nobody", { a: { users: Visitor, stages: "1m:0" } }, /no stage of it has a user/],
  [
    "a bad rate",
    { a: { users: Visitor, arrivalRate: "fast" } },
    /its arrivalRate cannot be used: arrival rate "fast": it is no rate; write/,
  ],
  ["half a user", { a: { users: Visitor, userCount: 0.5 } }, /its userCount is 0\.5; give a whole number/],
  ["a spawn rate of 0", { a: { ...FAR, spawnRate: 0 } }, /its spawnRate is 0; give users a second/],
  ["a spawn rate of stages", { a: { users: Visitor, stages: "1m:1", spawnRate: 1 } }, /belongs to userCount/],
  ["maxUsers of users", { a: { ...FAR, maxUsers: 1 } }, /belongs to arrivalRate/],
  ["a bad start", { a: { ...FAR, startAfter: "soon" } }, /"soon", which is neither a time nor a scenario; give a time/],
  ["a misspelled start", { abc: FAR, b: { ...FAR, startAfter: "abd" } }, /did you mean "abc"\?/],
  ["a start after itself", { a: { ...FAR, startAfter: "a" } }, /it starts after itself/],
  [
    "a start after what never ends",
    { a: FAR, b: { ...FAR, startAfter: "a" } },
    /"b" of .* after "a", which never ends/,
  ],
  [
    "a circle",
    { a: { ...FAR, startAfter: "b", runTime: 1 }, b: { ...FAR, startAfter: "a", runTime: 1 } },
    /in a circle \(a → b → a\)/,
  ],
  [
    "both kinds of iterations",
    { a: { ...FAR, iterations: 1, iterationsPerUser: 1 } },
    /iterations and iterationsPerUser/,
  ],
  [
    "iterations per user of arrivals",
    { a: { users: Visitor, arrivalRate: 1, iterationsPerUser: 1 } },
    /has iterationsPerUser and an arrivalRate, .* give iterations/,
  ],
  ["no iterations", { a: { users: Visitor, iterations: 0 } }, /its iterations is 0; give a whole number/],
  ["no run time", { a: { ...FAR, runTime: "0s" } }, /its runTime is "0s"; give a time above 0/],
  ["tags as text", { a: { ...FAR, tags: "buy" } }, /its tags are "buy"; give a list/],
  [
    "k6's tags",
    { a: { ...FAR, tags: { region: "eu" } } },
    /give a list of tags of tasks, .* tags of samples .*: static tags/,
  ],
  [
    "k6's executor",
    { a: { ...FAR, executor: "constant-vus" } },
    /no key "executor"; constant-vus is userCount: 1, spawnRate: 1, runTime: "1m" here/,
  ],
  ["k6's graceful stop", { a: { ...FAR, gracefulStop: "30s" } }, /no key "gracefulStop"; it is --stop-timeout/],
  ["Artillery's phases", { a: { ...FAR, phases: [] } }, /no key "phases"; write arrivalRate: "0s:5\/s, 60s:50\/s"/],
  ["a weight", { a: { ...FAR, weight: 3 } }, /no key "weight"; classes share the load by their static weight/],
  [
    "k6's stages",
    { a: { users: Visitor, stages: [{ duration: "1m", target: 5 }, { duration: "30s", target: 0 }] } },
    /its stages are a list of 2; write them as a text, as in "1m:5, 30s:0"$/,
  ],
  ["k6's start", { a: { ...FAR, startVUs: 5 } }, /it has no key "startVUs"; did you mean "stages"\?/],
  ["a host that is none", { a: { ...FAR, host: 5 } }, /its host is 5/],
  ["options that are none", { a: { ...FAR, options: "x" } }, /its options are "x"/],
  ["a misspelled option", { a: { ...FAR, options: { tenat: "b" } } }, /"tenat" is not known; did you mean "tenant"\?/],
  ["an option of another type", { a: { ...FAR, options: { tenant: 5 } } }, /its option tenant is 5; give a text/],
  ["an option out of its choices", { a: { ...FAR, options: { tenant: "z" } } }, /choose from a, b/],
];

for (const [what, scenarios, problem] of WRONG) {
  test(`collectScenarios() refuses ${what}`, () => {
    const { problems } = collect(scenarios);
    assert.equal(problems.length, 1, problems.join("\n"));
    assert.match(problems[0] as string, problem);
  });
}

test("collectScenarios() names the line of the key", () => {
  const text =
    "import x;\nexport const scenarios = {\n  a: { users: V, userCount: 1 },\n  b: {\n    users: V,\n    runTime: 0,\n  },\n};\n";
  const { problems } = collect({ a: { ...FAR, runTime: 1 }, b: { users: Visitor, userCount: 1, runTime: 0 } }, text);
  assert.match(problems[0] as string, /of \/shop\.ts:6: its runTime/);
  assert.match(collect({ a: { users: Visitor, userCount: 0 } }, text).problems[0] as string, /shop\.ts:3:/);
});

test("collectScenarios() refuses one name in two files", () => {
  const modules = ["/a.ts", "/b.ts"].map((file) => ({ file, exports: { scenarios: { x: FAR } } }));
  const { problems } = collectScenarios(modules, {
    userClasses: new Map([["Visitor", Visitor]]),
    arguments: [],
    readText: () => undefined,
  });
  assert.deepEqual(problems, ['Cannot use the scenario "x" of /b.ts: there is another one of this name; rename one']);
});

test("collectScenarios() writes each executor of k6 in the keys of here", () => {
  const stages = [{ duration: "30s", target: 10 }, { duration: "1m", target: 50 }];
  const cases: readonly (readonly [scenario: Record<string, unknown>, ours: string])[] = [
    [
      { executor: "shared-iterations", vus: 10, iterations: 200 },
      "shared-iterations is userCount: 10, spawnRate: 10, iterations: 200 here",
    ],
    [{ executor: "per-vu-iterations", vus: 3 }, "userCount: 3, spawnRate: 3, iterationsPerUser: 20 here"],
    [{ executor: "constant-vus", vus: 5, duration: "2m" }, 'userCount: 5, spawnRate: 5, runTime: "2m" here'],
    [{ executor: "ramping-vus", startVUs: 5, stages }, 'stages: "0s:5, 30s:10, 1m:50" here'],
    [
      { executor: "constant-arrival-rate", rate: 30, timeUnit: "1m", duration: "10m" },
      'arrivalRate: "30/m", runTime: "10m" here',
    ],
    [
      { executor: "ramping-arrival-rate", startRate: 300, timeUnit: "1m", stages },
      'arrivalRate: "0s:300/m, 30s:10/m, 1m:50/m" here',
    ],
    [{ executor: "sharded" }, "it follows from userCount, stages, arrivalRate and iterations; leave it out"],
  ];
  for (const [scenario, ours] of cases) {
    const { problems } = collect({ a: { users: Visitor, ...scenario } });
    assert.ok(problems.some((problem) => problem.endsWith(ours)), problems.join("\n"));
    for (const text of ours.matchAll(/(?<=arrivalRate: |stages: )"[^"]*"/g)) {
      const key = ours.includes("arrivalRate") ? "arrivalRate" : "stages";
      assert.deepEqual(collect({ a: { users: Visitor, [key]: JSON.parse(text[0]) } }).problems, []);
    }
  }
  const [list] = collect({ a: { users: Visitor, arrivalRate: stages } }).problems;
  assert.match(list ?? "", /its arrivalRate is a list; write it as a text, as in arrivalRate: "30s:10\/s, 1m:50\/s"$/);
  const { problems } = collect({ a: { users: Visitor, startRate: 5, stages } });
  assert.ok(problems.some((problem) => problem.endsWith('as in arrivalRate: "0s:5/s, 30s:10/s, 1m:50/s"')));
});

test("collectScenarios() warns of a scenario that ends before all of its users have started", () => {
  const warningsOf = (keys: Record<string, unknown>) => collect({ buy: { users: Visitor, ...keys } }).warnings;
  assert.deepEqual(warningsOf({ userCount: 50, runTime: "10s" }), [
    'Scenario "buy" ends after 10 s with 10 of its 50 users: at 1/s they take 49 s to start; give it a larger spawnRate, or a longer runTime',
  ]);
  assert.deepEqual(warningsOf({ userCount: 50, runTime: "10s", spawnRate: 50 }), []);
  assert.deepEqual(warningsOf({ userCount: 50 }), []);
  assert.deepEqual(warningsOf({ stages: "1s:50", runTime: "1s" }), []);
});
