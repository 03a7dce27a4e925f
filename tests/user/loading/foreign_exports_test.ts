import assert from "node:assert/strict";
import { test } from "node:test";
import { findForeignExports } from "../../../src/user/loading/foreign_exports.ts";

const find = (exports: Readonly<Record<string, unknown>>, source = "") =>
  findForeignExports([{ file: "shop.ts", exports }], () => source);

for (
  const [name, value, advice] of [
    [
      "options",
      { vus: 5, duration: "5s" },
      "it is k6's; write -u 50 -t 1m, --stages, or export const scenarios and thresholds",
    ],
    ["default", function () {}, "it is k6's; what a user does is a method with @task of an exported class"],
    ["default", async () => {}, "it is k6's; what a user does is a method with @task of an exported class"],
    ["setup", () => {}, "it is k6's; write events.runSetup.addListener(…)"],
    ["teardown", () => {}, "it is k6's; write events.runTeardown.addListener(…)"],
    [
      "handleSummary",
      () => {},
      "it is k6's; write --summary-file FILE, or a listener of testStop that reads environment.stats",
    ],
    [
      "config",
      { target: "http://a", phases: [] },
      "it is Artillery's; write -H for the target, and --rate or export const scenarios for the phases",
    ],
    ["scenario", { browse: {} }, 'rename it to "scenarios"'],
    ["SCENARIOS", { browse: {} }, 'rename it to "scenarios"'],
    ["threshold", ["p95<300"], 'rename it to "thresholds"'],
    ["Thresholds", ["p95<300"], 'rename it to "thresholds"'],
    [
      "default",
      { scenarios: {} },
      "exports are read by their names; write export const scenarios and thresholds",
    ],
  ] as const
) {
  test(`findForeignExports() finds "${name}", a ${typeof value}`, () => {
    const source = `import "locust-ts";\n\nexport const ${name} = …`;
    assert.deepEqual(find({ [name]: value }, source), [
      `Cannot use the export "${name}" of shop.ts:3: nothing reads it here; ${advice}`,
    ]);
  });
}

test("findForeignExports() leaves helpers alone, and a class that is exported by default", () => {
  class Visitor {}
  assert.deepEqual(
    find({
      options: { currency: "EUR" },
      default: Visitor,
      setup: { a: 1 },
      config: { pages: 5 },
      scenario: "a",
      threshold: 5,
    }),
    [],
  );
});
