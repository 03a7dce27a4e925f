/** The plan that a start form makes: checks, sentence, drawing and command line. */
import { strict as assert } from "node:assert";
import { test } from "node:test";
import {
  checkFields,
  describePlan,
  formatSpan,
  hostsOf,
  quoteForShell,
  rampPreview,
  ratePreview,
  SCENARIOS,
  STAGES,
  type StartFields,
  toCommandLine,
} from "../../../web/view/start_plan.ts";

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

const SENTENCES: readonly (readonly [users: number, rate: number, seconds: number | null, sentence: string])[] = [
  [100, 10, null, "Starts 10 per second until 100 users run after 10 s, and runs until you stop it."],
  [1, 1, null, "Starts 1 user at once, and runs until you stop it."],
  [100, 10, 60, "Starts 10 per second until 100 users run after 10 s, holds them for 50 s, and stops at 1:00."],
  [
    100,
    1,
    30,
    "Starts 1 per second, and stops after 30 s with 30 users of 100: the ramp needs 1 min 40 s.",
  ],
  [0, 1, null, "Starts without users; add some with Edit."],
];

for (const [users, spawnRate, runTimeSeconds, sentence] of SENTENCES) {
  test(`describePlan() of ${users} users at ${spawnRate}/s for ${runTimeSeconds ?? "ever"}`, () => {
    assert.equal(describePlan({ users, spawnRate, runTimeSeconds }), sentence);
  });
}

test("checkFields() asks for the load and the run time where the shape reads them, and for a run time beside scenarios", () => {
  const wrong = { ...FIELDS, users: "", spawnRate: "0", runTime: "?", shape: "Waves" };
  assert.deepEqual(Object.keys(checkFields(wrong, ["Waves"]).problems), ["users", "spawnRate", "runTime"]);
  assert.deepEqual(Object.keys(checkFields({ ...wrong, shape: SCENARIOS }).problems), ["runTime"]);
});

test("rampPreview() ends at the run time, with and without the whole ramp in it", () => {
  assert.deepEqual(rampPreview({ users: 100, spawnRate: 10, runTimeSeconds: 60 }).map(({ second }) => second), [
    0,
    10,
    60,
    60,
  ]);
  assert.deepEqual(rampPreview({ users: 100, spawnRate: 1, runTimeSeconds: 30 }).at(-1), { second: 30, users: 30 });
});

test("formatSpan() writes a run time as it is typed", () => {
  assert.deepEqual([0, 45, 1200, 5400, 3661].map(formatSpan), ["0s", "45s", "20m", "1h30m", "1h1m1s"]);
});

test("toCommandLine() says what the form says, and quotes for a shell", () => {
  const line = toCommandLine({
    command: ["locust-ts", "run", "my shop.ts"],
    searchCommand: [],
    fields: { ...FIELDS, host: "http://x", runTime: "1m", profile: "it's" },
    hasShapes: false,
    askingShapes: [],
    stages: null,
    options: [["fast", true], ["slow", false], ["name", "a b"], ["many", ["1", "desk, brown"]]],
    userClasses: ["Buyer"],
    scenarios: [],
  });
  assert.equal(
    line,
    "locust-ts run 'my shop.ts' Buyer --host http://x --users 100 --spawn-rate 10 --run-time 1m --profile 'it'\\''s' " +
      "--fast --name 'a b' --many 1 --many '\"desk, brown\"'",
  );
  const parts = {
    command: ["locust-ts"],
    searchCommand: [],
    hasShapes: true,
    askingShapes: ["Waves"],
    stages: "1m:9",
    options: [],
    userClasses: [],
    scenarios: [],
  };
  assert.equal(toCommandLine({ ...parts, fields: { ...FIELDS, host: "", shape: "Peaks" } }), "locust-ts --shape Peaks");
  assert.equal(
    toCommandLine({ ...parts, fields: { ...FIELDS, host: "" } }),
    "locust-ts --users 100 --spawn-rate 10 --shape Default",
  );
  assert.equal(
    toCommandLine({ ...parts, fields: { ...FIELDS, host: "", shape: STAGES } }),
    "locust-ts --stages 1m:9",
  );
  assert.equal(
    toCommandLine({
      ...parts,
      fields: { ...FIELDS, host: "", shape: SCENARIOS },
      hasShapes: false,
      scenarios: ["a", "b"],
    }),
    "locust-ts --scenario a,b",
  );
  const timed = { ...FIELDS, host: "", runTime: "5m" };
  assert.equal(toCommandLine({ ...parts, fields: { ...timed, shape: "Peaks" } }), "locust-ts --shape Peaks");
  assert.equal(
    toCommandLine({ ...parts, fields: { ...timed, shape: "Waves" } }),
    "locust-ts --users 100 --spawn-rate 10 --shape Waves --run-time 5m",
  );
  assert.equal(quoteForShell("$(rm)"), "'$(rm)'");
});

test("arrivals take the place of users in the plan, its sentence and the command line", () => {
  const fields = { ...FIELDS, users: "", rate: " 50/s ", runTime: "1m" };
  const { plan, problems } = checkFields(fields);
  assert.deepEqual(problems, {});
  assert.deepEqual([plan?.rate, plan?.maxUsers], ["50/s", null]);
  assert.equal(checkFields({ ...fields, maxUsers: "1 200" }).plan?.maxUsers, 1200);
  assert.equal(
    plan && describePlan(plan),
    "Starts arrivals at 50/s, however fast the system answers, and stops at 1:00.",
  );
  const parts = {
    command: ["locust-ts", "run"],
    searchCommand: [],
    fields,
    hasShapes: true,
    askingShapes: ["Waves"],
    stages: null,
    options: [],
    userClasses: [],
    scenarios: [],
  };
  assert.equal(toCommandLine(parts), "locust-ts run --rate 50/s --run-time 1m");
  assert.equal(
    toCommandLine({ ...parts, fields: { ...fields, maxUsers: "1 200" } }),
    "locust-ts run --rate 50/s --max-users 1200 --run-time 1m",
  );
});

test("ratePreview() draws a rate to the end of the run, of its stages, or a while", () => {
  const draw = (rate: string, runTimeSeconds: number | null) =>
    ratePreview({ rate, runTimeSeconds }).map(({ second, users }) => [second, users]);
  assert.deepEqual(draw("50/s", null), [[0, 50], [10, 50]]);
  assert.deepEqual(draw("50", 30), [[0, 50], [30, 50], [30, 0]]);
  assert.deepEqual(draw("6/m", 60), [[0, 0.1], [60, 0.1], [60, 0]]);
  const stages = "1m:60/s, 1m:120/s, 30s:0";
  assert.deepEqual(draw(stages, null), [[0, 0], [60, 60], [120, 120], [150, 0], [150, 0]]);
  assert.deepEqual(draw(stages, 90), [[0, 0], [60, 60], [90, 90], [90, 0]], "cut within a stage");
  assert.deepEqual(
    draw("0s:20/s, 10s:20/s", 30),
    [[0, 0], [0, 20], [10, 20], [10, 0], [30, 0]],
    "nothing after its end",
  );
  assert.deepEqual(draw("50/s poisson", null), [[0, 50], [10, 50]]);
});

test("a capacity search is told in a sentence, and stands in the command line", () => {
  const fields = { ...FIELDS, users: "10", slo: "p99<300ms, failures<1%; GET /items: p95<200ms" };
  const { plan } = checkFields({ ...fields, spawnRate: "" });
  assert.ok(plan !== undefined);
  assert.deepEqual(plan.slo, ["p99<300ms, failures<1%", "GET /items: p95<200ms"]);
  assert.match(
    describePlan(plan),
    /^Begins with 10 users, and searches for the most users that keep p99<300ms.* by itself/,
  );
  assert.match(
    describePlan({ ...plan, rate: "50", runTimeSeconds: 60 }),
    /^Begins with arrivals at 50\/s, and searches for the highest rate .* at 1:00 with what is known by then\.$/,
  );
  const parts = {
    command: ["locust-ts", "run", "shop.ts"],
    searchCommand: [],
    hasShapes: false,
    askingShapes: [],
    stages: null,
    options: [],
    userClasses: [],
    scenarios: [],
  };
  assert.equal(
    toCommandLine({ ...parts, fields }),
    "locust-ts run shop.ts --find-max --slo 'p99<300ms, failures<1%' --slo 'GET /items: p95<200ms' --users 10",
  );
  assert.equal(
    toCommandLine({ ...parts, fields: { ...fields, slo: "p99<1s", rate: "50/s" } }),
    "locust-ts run shop.ts --find-max --slo 'p99<1s' --rate 50/s",
  );
  const searchCommand = ["--at-least", "40/s", "--step-time", "20s"];
  assert.equal(
    toCommandLine({ ...parts, searchCommand, fields: { ...fields, slo: "p99<1s", rate: "50/s" } }),
    "locust-ts run shop.ts --find-max --slo 'p99<1s' --at-least 40/s --step-time 20s --rate 50/s",
  );
  assert.doesNotMatch(toCommandLine({ ...parts, searchCommand, fields: FIELDS }), /at-least|step-time/);
});
