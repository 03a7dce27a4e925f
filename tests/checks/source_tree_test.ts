import assert from "node:assert/strict";
import { test } from "node:test";
import { lineAt, parseSource, resolveImport } from "../../scripts/checks/source_tree.ts";

test("parseSource() finds imports of every form, with their lines", () => {
  const { imports } = parseSource(
    "src/a/a.ts",
    [
      'import one from "./one.ts";',
      'import { two, type Two } from "../b/two.ts";',
      'import type { Three } from "three";',
      "import {",
      "  four,",
      "  five,",
      '} from "@scope/four";',
      'import "./effect.ts";',
      'export * from "./six.ts";',
      'export { seven } from "./seven.ts";',
      'const eight = await import("./eight.ts");',
    ].join("\n"),
  );
  assert.deepEqual(imports.map(({ specifier, line }) => `${line} ${specifier}`), [
    "1 ./one.ts",
    "2 ../b/two.ts",
    "3 three",
    "4 @scope/four",
    "8 ./effect.ts",
    "9 ./six.ts",
    "10 ./seven.ts",
    "11 ./eight.ts",
  ]);
});

test("parseSource() tells imports of types from imports of values", () => {
  const kindOf = (text: string) => parseSource("a.ts", text).imports.map(({ kind }) => kind).join();
  assert.equal(kindOf('import type { A } from "./a.ts";'), "type");
  assert.equal(kindOf('import type * as a from "./a.ts";'), "type");
  assert.equal(kindOf('export type { A } from "./a.ts";'), "type");
  assert.equal(kindOf('import { type A, a } from "./a.ts";'), "value");
  assert.equal(kindOf('export * from "./a.ts";'), "value");
  assert.equal(kindOf('import typeName from "./a.ts";'), "value");
});

test("parseSource() lists what is imported by name", () => {
  const namesOf = (text: string) => parseSource("a.ts", text).imports.map(({ names }) => names);
  assert.deepEqual(namesOf('import { a, type B as C, d as e, } from "./a.ts";'), [["a", "B", "d"]]);
  assert.deepEqual(namesOf('export type {\n  A,\n} from "./a.ts";'), [["A"]]);
  assert.deepEqual(namesOf('import * as a from "./a.ts";\nexport * from "./b.ts";'), ["all", "all"]);
  assert.deepEqual(namesOf('import "./a.ts";\nawait import("./b.ts");\nimport c from "./c.ts";'), [
    "all",
    "all",
    "all",
  ]);
});

test("parseSource() finds no imports in comments and strings", () => {
  const text =
    '// import "a";\n/* import "b"; */\nconst s = "import \\"c\\"";\nconst t = `\nimport "d";\n`;\nexport const x = 1;\n';
  assert.deepEqual(parseSource("a.ts", text).imports, []);
});

const BLANKED: readonly (readonly [text: string, code: string, why: string])[] = [
  ["a // b", "a     ", "line comment"],
  ["a /* b\nc */ d", "a     \n     d", "block comment keeps its lines"],
  ['"x" + y', "    + y", "string"],
  ["'it\\'s' + y", "        + y", "escaped quote"],
  ["`a ${b} c` + y", "           + y", "template with code in it"],
  ['x = /[/"]+/g; y', "x =         ; y", "regular expression with a quote in it"],
  ["a / b / c", "a / b / c", "division stays"],
];

for (const [text, code, why] of BLANKED) {
  test(`parseSource() blanks out: ${why}`, () => assert.equal(parseSource("a.ts", text).code, code));
}

test("resolveImport() follows relative paths and leaves packages alone", () => {
  assert.equal(resolveImport("src/stats/entry.ts", "./histogram.ts"), "src/stats/histogram.ts");
  assert.equal(resolveImport("src/stats/entry.ts", "../base/clock.ts"), "src/base/clock.ts");
  assert.equal(resolveImport("src/thread/thread_main.ts", "../../mod.ts"), "mod.ts");
  assert.equal(resolveImport("src/stats/entry.ts", "node:fs"), undefined);
  assert.equal(resolveImport("src/stats/entry.ts", "hono"), undefined);
});

test("lineAt() counts from 1", () => {
  assert.equal(lineAt("a\nb\nc", 0), 1);
  assert.equal(lineAt("a\nb\nc", 4), 3);
});
