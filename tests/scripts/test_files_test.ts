import assert from "node:assert/strict";
import { test } from "node:test";
import { isExecutableTest, planJobs, sortByNeighbours } from "../../scripts/test_files.ts";

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

test("planJobs() runs tests of other programs under the first runtime alone", () => {
  const files = ["tests/scripts/declarations_test.ts", "tests/cli/verbs/init/init_compilers_test.ts"];
  const jobs = planJobs(files, { filters: [], runtimes: ["bun", "deno"] });
  assert.deepEqual(jobs.map(({ file, runtime }) => `${runtime} ${file}`), files.map((file) => `bun ${file}`));
});

test("planJobs() runs what speaks HTTP once more over each socket, where the runtime has several kinds", () => {
  const files = [
    "tests/e2e/counts_test.ts",
    "tests/e2e/http_bytes_test.ts",
    "tests/e2e/web_ui_test.ts",
    "tests/http/bytes/head_parser_test.ts",
    "tests/http/engine/engine_test.ts",
  ];
  const named = (runtimes: readonly ("bun" | "deno")[]) =>
    planJobs(files, { filters: [], runtimes, sockets: ["epoll", "runtime"] })
      .map(({ file, runtime, socket }) => [runtime, file.split("/").at(-1), socket ?? "fastest"].join(" "));
  assert.deepEqual(named(["bun", "deno"]), [
    "bun counts_test.ts fastest",
    "bun counts_test.ts epoll",
    "bun counts_test.ts runtime",
    "bun http_bytes_test.ts fastest",
    "bun http_bytes_test.ts epoll",
    "bun http_bytes_test.ts runtime",
    "bun web_ui_test.ts fastest",
    "bun head_parser_test.ts fastest",
    "deno head_parser_test.ts fastest",
    "bun engine_test.ts fastest",
    "deno engine_test.ts fastest",
    "bun engine_test.ts epoll",
    "bun engine_test.ts runtime",
  ]);
  assert.ok(named(["deno"]).every((name) => name.endsWith("fastest")));
});

test("sortByNeighbours() has each job once: unit tests, tests of the executable, and those that need quiet", () => {
  const files = ["tests/e2e/truth_test.ts", "tests/e2e/web_ui_test.ts", "tests/http/engine/engine_test.ts"];
  const { unit, executable, quiet } = sortByNeighbours(planJobs(files, { filters: [], runtimes: ["bun"] }));
  assert.deepEqual([quiet, executable, unit].map((jobs) => jobs.map(({ file }) => file)), files.map((file) => [file]));
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
