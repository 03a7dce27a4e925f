/** The command line that does what a start form says. */
import { strict as assert } from "node:assert";
import { test } from "node:test";
import { type CommandParts, quoteForShell, toCommandLine } from "../../../web/view/command_line.ts";
import { SCENARIOS, STAGES, type StartFields } from "../../../web/view/start_plan.ts";

const FIELDS: StartFields = {
  users: "100",
  spawnRate: "10",
  maxUsers: "",
  host: "",
  runTime: "",
  profile: "",
  shape: "Default",
};

const PARTS: Omit<CommandParts, "fields"> = {
  command: ["locust-ts"],
  searchCommand: [],
  hasShapes: false,
  askingShapes: [],
  stages: null,
  options: [],
  userClasses: [],
  scenarios: [],
};

test("toCommandLine() says what the form says, and quotes for a shell", () => {
  const line = toCommandLine({
    ...PARTS,
    command: ["locust-ts", "run", "my shop.ts"],
    fields: { ...FIELDS, host: "http://x", runTime: "1m", profile: "it's" },
    options: [["fast", true], ["slow", false], ["name", "a b"], ["many", ["1", "desk, brown"]]],
    userClasses: ["Buyer"],
  });
  assert.equal(
    line,
    "locust-ts run 'my shop.ts' Buyer --host http://x --users 100 --spawn-rate 10 --run-time 1m --profile 'it'\\''s' " +
      "--fast --name 'a b' --many 1 --many '\"desk, brown\"'",
  );
  assert.equal(quoteForShell("$(rm)"), "'$(rm)'");
});

const LOADS: readonly (readonly [fields: Partial<StartFields>, words: string])[] = [
  [{ shape: "Peaks" }, "--shape Peaks"],
  [{}, "--users 100 --spawn-rate 10 --shape Default"],
  [{ shape: STAGES }, "--stages 1m:9"],
  [{ shape: "Peaks", runTime: "5m" }, "--shape Peaks"],
  [{ shape: "Waves", runTime: "5m" }, "--users 100 --spawn-rate 10 --shape Waves --run-time 5m"],
  [{ rate: " 50/s ", users: "", runTime: "1m" }, "--rate 50/s --run-time 1m"],
  [{ rate: " 50/s ", users: "", runTime: "1m", maxUsers: "1 200" }, "--rate 50/s --max-users 1200 --run-time 1m"],
];

for (const [fields, words] of LOADS) {
  test(`toCommandLine() of ${JSON.stringify(fields)}, where there are shapes`, () => {
    const parts = { ...PARTS, hasShapes: true, askingShapes: ["Waves"], stages: "1m:9" };
    assert.equal(toCommandLine({ ...parts, fields: { ...FIELDS, ...fields } }), `locust-ts ${words}`);
  });
}

test("toCommandLine() names scenarios", () => {
  const fields = { ...FIELDS, shape: SCENARIOS };
  assert.equal(toCommandLine({ ...PARTS, fields, scenarios: ["a", "b"] }), "locust-ts --scenario a,b");
});

const SEARCHES: readonly (readonly [fields: Partial<StartFields>, words: string])[] = [
  [
    { users: "10", slo: "p99<300ms, failures<1%; GET /items: p95<200ms" },
    "--find-max --slo 'p99<300ms, failures<1%' --slo 'GET /items: p95<200ms' --at-least 40/s --users 10",
  ],
  [{ slo: "p99<1s", rate: "50/s" }, "--find-max --slo 'p99<1s' --at-least 40/s --rate 50/s"],
  [{}, "--users 100 --spawn-rate 10"],
];

for (const [fields, words] of SEARCHES) {
  test(`toCommandLine() of ${JSON.stringify(fields)}, where a search has words of its own`, () => {
    const parts = { ...PARTS, searchCommand: ["--at-least", "40/s"] };
    assert.equal(toCommandLine({ ...parts, fields: { ...FIELDS, ...fields } }), `locust-ts ${words}`);
  });
}
