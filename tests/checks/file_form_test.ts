import assert from "node:assert/strict";
import { test } from "node:test";
import { checkFileForm, MAX_LINES, MAX_TEST_LINES } from "../../scripts/checks/file_form.ts";
import { parseSource } from "../../scripts/checks/source_tree.ts";

const HEADER = "/** Owns nothing. */\n";

function judge(path: string, text: string): readonly string[] {
  return checkFileForm([parseSource(path, text)]).map((problem) => `${problem.line ?? "-"}: ${problem.text}`);
}

test("checkFileForm() allows the last line and not one more", () => {
  assert.deepEqual(judge("src/a/a.ts", HEADER + "x;\n".repeat(MAX_LINES - 1)), []);
  assert.match(judge("src/a/a.ts", HEADER + "x;\n".repeat(MAX_LINES)).join(), /has 401 lines/);
  assert.deepEqual(judge("tests/a/a_test.ts", "x;\n".repeat(MAX_TEST_LINES)), []);
  assert.match(judge("tests/a/a_test.ts", "x;\n".repeat(MAX_TEST_LINES + 1)).join(), /has 501 lines/);
});

test("checkFileForm() wants a header in sources and scripts, not in tests and examples", () => {
  assert.match(judge("src/a/a.ts", "export const a = 1;\n").join(), /^1: has no header comment/);
  assert.match(judge("scripts/a.ts", "// a\n").join(), /^1: has no header comment/);
  assert.deepEqual(judge("scripts/a.ts", `#!/usr/bin/env bun\n${HEADER}`), []);
  const pragma = "/** @jsxImportSource preact */\n";
  assert.deepEqual(judge("web/a.tsx", `${pragma}${HEADER}`), []);
  assert.match(judge("web/a.tsx", `${pragma}export const a = 1;\n`).join(), /^1: has no header comment/);
  assert.deepEqual(judge("tests/a/a_test.ts", "export const a = 1;\n"), []);
});

test("checkFileForm() finds what was left for later, in comments too", () => {
  const [later, broken] = ["TO" + "DO", "FIX" + "ME"];
  assert.match(judge("src/a/a.ts", `${HEADER}// ${later}: more\n`).join(), new RegExp(`^2: says ${later}`));
  assert.match(judge("tests/a_test.ts", `${broken}\n`).join(), new RegExp(`^1: says ${broken}`));
  assert.deepEqual(judge("src/a/a.ts", `${HEADER}// a todo list shop\n`), []);
});

for (const word of ["What", "Where", "Who", "How", "Whoever"]) {
  test(`checkFileForm() objects to a header that opens with ${word}`, () => {
    for (const text of [`/** ${word} it is. */\n`, `/**\n * ${word} it is.\n */\n`]) {
      const problems = checkFileForm([parseSource("src/base/new_file.ts", text)]);
      assert.match(problems.map((problem) => problem.text).join(), new RegExp(`opens its header with "${word}"`));
    }
    assert.deepEqual(checkFileForm([parseSource("src/base/new_file.ts", "/** Whatever: a verb is better. */\n")]), []);
  });
}
