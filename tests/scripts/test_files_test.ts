import assert from "node:assert/strict";
import { test } from "node:test";
import { isExecutableTest, planJobs } from "../../scripts/test_files.ts";

const FILES = [
  "tests/docs/links_test.ts",
  "tests/e2e/run_test.ts",
  "tests/http/engine_test.ts",
  "tests/stats/engine_figures_test.ts",
];

function plan(filters: readonly string[], runtimes: readonly ("bun" | "deno")[] = ["bun", "deno"]): readonly string[] {
  return planJobs(FILES, { filters, runtimes }).map((job) => `${job.runtime} ${job.file}`);
}

test("planJobs() runs each file under both runtimes, tests of executable and texts under the first alone", () => {
  assert.deepEqual(plan([]), [
    "bun tests/docs/links_test.ts",
    "bun tests/e2e/run_test.ts",
    "bun tests/http/engine_test.ts",
    "deno tests/http/engine_test.ts",
    "bun tests/stats/engine_figures_test.ts",
    "deno tests/stats/engine_figures_test.ts",
  ]);
});

test("planJobs() narrows to paths that contain any of the filters", () => {
  assert.deepEqual(plan(["http/"], ["bun"]), ["bun tests/http/engine_test.ts"]);
  assert.deepEqual(plan(["engine"], ["deno"]).length, 2);
  assert.deepEqual(plan(["e2e", "stats"], ["bun"]).length, 2);
  assert.deepEqual(plan(["nothing like it"]), []);
});

test("isExecutableTest() goes by the folder", () => {
  assert.equal(isExecutableTest("tests/e2e/run_test.ts"), true);
  assert.equal(isExecutableTest("tests/http/e2e_test.ts"), false);
});
