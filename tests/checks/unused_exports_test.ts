import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSource } from "../../scripts/checks/source_tree.ts";
import { checkUnusedExports } from "../../scripts/checks/unused_exports.ts";

/** What the check says of a file that exports `a` and `B`, beside one that imports as given. */
function judge(imports: string, importer = "src/base/user.ts"): readonly string[] {
  const text = "export const a = 1;\n\nexport abstract class B {}\nexport interface Shape {}\nconst own = 2;\n";
  const files = [parseSource("src/base/values.ts", text), parseSource(importer, imports)];
  return checkUnusedExports(files).map(({ line, text }) => `${line} ${text.split(",")[0]}`);
}

const CASES: readonly (readonly [string, string, readonly string[]])[] = [
  ["nobody imports it", "", ["1 exports a", "3 exports B"]],
  ["one of two", 'import { a } from "./values.ts";', ["3 exports B"]],
  ["under another name", 'import { a as one, B as Two } from "./values.ts";', []],
  ["as a type", 'import type { B } from "./values.ts";\nexport { a } from "./values.ts";', []],
  ["all of it", 'import * as values from "./values.ts";', []],
  ["at run time", 'const { a } = await import("./values.ts");', []],
  ["of another file", 'import { a, B } from "../user/values.ts";', ["1 exports a", "3 exports B"]],
];

for (const [sentence, imports, expected] of CASES) {
  test(`checkUnusedExports(): ${sentence}`, () => assert.deepEqual(judge(imports), expected));
}

test("checkUnusedExports() counts tests, and leaves what is outside src and web alone", () => {
  assert.deepEqual(judge('import { a, B } from "../../src/base/values.ts";', "tests/base/values_test.ts"), []);
  assert.deepEqual(checkUnusedExports([parseSource("scripts/a.ts", "export const a = 1;\n")]), []);
});
