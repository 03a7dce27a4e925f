import assert from "node:assert/strict";
import { test } from "node:test";
import { selectFrom } from "../../../../src/cli/options/selection/selection.ts";
import type { LocustfileDescription, UserClassDescription } from "../../../../src/protocol/locustfile_description.ts";
import { planScenario } from "../../../support/scenario_plans.ts";

const task = (name: string, ...tags: string[]) => ({ name, weight: 1, tags, kind: "task" as const, tasks: [] });
const userClass = (name: string, more: Partial<UserClassDescription> = {}): UserClassDescription => ({
  name,
  file: "/x.ts",
  weight: 1,
  fixedCount: 0,
  needsHost: true,
  tasks: [task("look"), task("buy", "buy")],
  json: {},
  ...more,
});

const SHOP: LocustfileDescription = {
  userClasses: [userClass("Shopper"), userClass("Admin", { weight: 0 }), userClass("Idle")],
  shapes: [],
  arguments: [],
  thresholds: [],
  scenarios: [
    planScenario("browse", { runTimeSeconds: 60 }),
    planScenario("checkout", { userClasses: ["Admin"], tags: ["buy"], start: { kind: "scenario", name: "browse" } }),
  ],
  warnings: [],
};

function select(more: Record<string, unknown> = {}, description = SHOP) {
  const given = new Set((more["given"] as string[] | undefined) ?? []);
  const plain = {
    userClasses: [],
    host: "http://h",
    users: 1,
    list: false,
    once: false,
    tags: [],
    excludeTags: [],
    scenario: [],
  };
  return selectFrom(description, { ...plain, ...more, given } as unknown as Parameters<typeof selectFrom>[1]);
}

test("selectFrom() takes all scenarios and their classes, also one that is switched off elsewhere", () => {
  const { scenarios, userClasses, problems, shape } = select();
  assert.deepEqual(scenarios?.map(({ name }) => name), ["browse", "checkout"]);
  assert.deepEqual(userClasses.map(({ name }) => name), ["Shopper", "Admin"]);
  assert.deepEqual([problems, shape], [[], undefined]);
});

test("--scenario picks; one that waits for another one starts at once without it", () => {
  const { scenarios, userClasses, warnings } = select({ scenario: ["checkout"] });
  assert.deepEqual(scenarios?.map(({ name, start }) => [name, start]), [["checkout", { kind: "time", seconds: 0 }]]);
  assert.deepEqual(userClasses.map(({ name }) => name), ["Admin"]);
  assert.deepEqual(warnings, [
    'Class "Idle" is in no scenario: it has no users',
    "The scenario checkout starts at once: browse, which it waits for, is not picked",
  ]);
});

test("a scenario that would start when the run has ended is a warning", () => {
  const late = "The scenario checkout would start at 1:00: by then the run has ended (-t), and it does not start";
  assert.ok(select({ runTimeSeconds: 60 }).warnings.includes(late));
  assert.ok(!select({ runTimeSeconds: 61 }).warnings.includes(late));
});

test("--scenario none runs the classes as without scenarios", () => {
  const { scenarios, userClasses, problems, warnings } = select({ scenario: ["none"], given: ["users"] });
  assert.equal(scenarios, undefined);
  assert.deepEqual(userClasses.map(({ name }) => name), ["Shopper", "Idle"]);
  assert.deepEqual([problems, warnings], [[], []]);
});

test("--once and --list look at classes", () => {
  assert.equal(select({ once: true }).scenarios, undefined);
  assert.equal(select({ list: true }).scenarios, undefined);
});

const REFUSED: readonly (readonly [what: string, options: Record<string, unknown>, problem: RegExp])[] = [
  ["a typing error", { scenario: ["chekout"] }, /"chekout": .* did you mean "checkout"\? There are browse, checkout$/],
  ["an unknown name", { scenario: ["zzz"] }, /no such scenario; choose from browse, checkout$/],
  [
    "--users",
    { given: ["users"] },
    /Cannot use --users with scenarios: .* leave it out, or run without scenarios by --scenario none/,
  ],
  ["--rate", { given: ["rate"] }, /Cannot use --rate with scenarios/],
  ["--class-picker", { given: ["class-picker"] }, /Cannot use --class-picker with scenarios/],
  ["classes", { userClasses: ["Shopper"] }, /Cannot choose Shopper with scenarios/],
  ["tags that leave no task", { excludeTags: ["buy"] }, /the scenario "checkout": no task of Admin is left/],
];
for (const [what, options, problem] of REFUSED) {
  test(`selectFrom() refuses ${what} beside scenarios`, () => {
    const { problems } = select(options);
    assert.equal(problems.length, 1, problems.join("\n"));
    assert.match(problems[0] as string, problem);
  });
}

test("selectFrom() refuses a shape beside scenarios, unless it is left out", () => {
  const shaped = { ...SHOP, shapes: [{ name: "Steps", file: "/x.ts", useCommonOptions: false }] };
  assert.match(select({}, shaped).problems[0] as string, /Cannot use the shape Steps with scenarios/);
  assert.deepEqual(select({ given: ["shape"], shape: "Default" }, shaped).problems, []);
});

test("selectFrom() refuses --scenario where there are none, and a host that is none", () => {
  const { scenarios: _, ...plain } = SHOP;
  assert.match(select({ scenario: ["a"] }, plain).problems[0] as string, /the locustfile exports no scenarios/);
  const hosted = { ...SHOP, scenarios: [planScenario("a", { host: "shop" })] };
  assert.match(
    select({ host: undefined }, hosted).problems[0] as string,
    /the host of the scenario "a": it has no scheme/,
  );
});
