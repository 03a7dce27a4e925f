import assert from "node:assert/strict";
import { test } from "node:test";
import { checkPackages } from "../../scripts/checks/packages.ts";
import { formatProblem, parseSource } from "../../scripts/checks/source_tree.ts";

const PAGE = "| package | version | place | for |\n| --- | --- | --- | --- |\n" +
  "| `commander` | 15 | `src/cli/options/argv_reader.ts` | flags |\n| `hono` | 4 | `src/server/` | HTTP |\n";

function judge(
  files: Readonly<Record<string, string>>,
  dependencies: Readonly<Record<string, string>>,
  page = PAGE,
): readonly string[] {
  const sources = Object.entries(files).map(([path, text]) => parseSource(path, text));
  return checkPackages(sources, { dependencies, page }).map(formatProblem);
}

const COMMANDER = 'import { Command } from "commander";';

test("checkPackages() is content with a package that enters where its row says", () => {
  assert.deepEqual(
    judge({
      "src/cli/options/argv_reader.ts": COMMANDER,
      "src/server/app.ts": 'import { Hono } from "hono";',
      "src/server/sse.ts": 'import { streamSSE } from "hono/streaming";',
    }, { commander: "15.1.0", hono: "4.0.0" }),
    [],
  );
});

test("checkPackages() objects to a second place", () => {
  assert.deepEqual(
    judge({ "src/cli/options/argv_reader.ts": COMMANDER, "src/cli/options/help.ts": COMMANDER }, {
      commander: "15.1.0",
    }),
    [
      'src/cli/options/help.ts: imports "commander": that package enters through src/cli/options/argv_reader.ts only',
    ],
  );
});

test("checkPackages() objects to a package without a row", () => {
  assert.deepEqual(judge({ "src/cli/options/argv_reader.ts": COMMANDER }, { commander: "15.1.0" }, ""), [
    'docs/dependencies.md: has no row for "commander", which src/cli/options/argv_reader.ts imports',
  ]);
});

test("checkPackages() objects to a package that is not a dependency, and to one that nobody imports", () => {
  assert.deepEqual(judge({ "src/cli/options/argv_reader.ts": COMMANDER }, { hono: "4.0.0" }), [
    'src/cli/options/argv_reader.ts: imports "commander", which is not a dependency',
    'package.json: nothing in src imports "hono"',
  ]);
});

test("checkPackages() wants versions, not ranges", () => {
  assert.deepEqual(judge({ "src/cli/options/argv_reader.ts": COMMANDER }, { commander: "^15.0.0" }), [
    'package.json: "commander" is not pinned: write a version, not "^15.0.0"',
  ]);
});

test("checkPackages() knows our own name, node: and relative imports as no packages", () => {
  const text = 'import "node:fs"; import "./a.ts"; import "locust-ts";';
  assert.deepEqual(judge({ "src/cli/a.ts": text }, {}), []);
});
