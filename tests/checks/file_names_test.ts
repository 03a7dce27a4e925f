import assert from "node:assert/strict";
import { test } from "node:test";
import { checkFileNames } from "../../scripts/checks/file_names.ts";
import { parseSource } from "../../scripts/checks/source_tree.ts";

function judge(...paths: readonly string[]): readonly string[] {
  return checkFileNames(paths.map((path) => parseSource(path, ""))).map((problem) => problem.text);
}

const TABLE: readonly (readonly [path: string, complaint: RegExp | undefined])[] = [
  ["src/stats/histogram.ts", undefined],
  ["src/http/http2_frame.ts", undefined],
  ["src/stats/packedHistogram.ts", /snake_case/],
  ["src/stats/Histogram.ts", /snake_case/],
  ["src/stats/packed-histogram.ts", /snake_case/],
  ["src/http/utils.ts", /drawer/],
  ["src/http/url_utils.ts", /drawer/],
  ["tests/support/helpers.ts", /drawer/],
  ["src/master/message_handler.ts", /drawer/],
  ["src/stats/index.ts", /barrel/],
  ["mod.ts", undefined],
];

for (const [path, complaint] of TABLE) {
  test(`checkFileNames(): ${path} is ${complaint === undefined ? "fine" : `refused: ${complaint.source}`}`, () => {
    const found = judge(path);
    if (complaint === undefined) assert.deepEqual(found, []);
    else assert.match(found.join(), complaint);
  });
}

test("checkFileNames() wants the tested file of each test, in the folder of the same name", () => {
  assert.deepEqual(judge("tests/stats/histogram_test.ts", "src/stats/histogram.ts"), []);
  assert.deepEqual(judge("tests/web/model/chart_test.ts", "web/model/chart.ts"), []);
  assert.deepEqual(judge("tests/web/view/page_test.ts", "web/view/page.tsx"), []);
  assert.deepEqual(judge("tests/http/session/session_redirects_test.ts", "src/http/session/session.ts"), []);
  assert.match(judge("tests/stats/histogram_test.ts", "src/http/histogram.ts").join(), /no src\/stats\/histogram\.ts/);
  assert.deepEqual(judge("tests/checks/staircase_test.ts", "scripts/checks/staircase.ts"), []);
  assert.deepEqual(judge("tests/scripts/bootstrap_test.ts", "scripts/bootstrap.mjs"), []);
});

test("checkFileNames() leaves suites over many files alone", () => {
  assert.deepEqual(judge("tests/e2e/whole_run_test.ts", "tests/contract/link_test.ts"), []);
});
