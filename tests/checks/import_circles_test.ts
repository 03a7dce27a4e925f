import assert from "node:assert/strict";
import { test } from "node:test";
import { checkImportCircles } from "../../scripts/checks/import_circles.ts";
import { parseSource } from "../../scripts/checks/source_tree.ts";

/** What the check says about files that import each other as given. */
function judge(imports: Readonly<Record<string, readonly string[]>>, knot: readonly string[] = []): readonly string[] {
  const files = Object.entries(imports).map(([name, targets]) =>
    parseSource(`src/${name}.ts`, targets.map((target) => `import type { X } from "./${target}.ts";\n`).join(""))
  );
  return checkImportCircles(files, knot).map(({ path, text }) => `${path} ${text}`);
}

const CASES: readonly (readonly [string, Record<string, string[]>, readonly string[], readonly string[]])[] = [
  ["a tree", { a: ["b", "c"], b: ["c"], c: [] }, [], []],
  ["a pair", { a: ["b"], b: ["a"] }, [], ["src/a.ts imports itself by way of src/b.ts"]],
  ["the shortest way round", { a: ["b", "c"], b: ["c"], c: ["a"] }, [], ["src/a.ts imports itself by way of src/c.ts"]],
  ["itself", { a: ["a"] }, [], ["src/a.ts imports itself by way of "]],
  ["two circles", { a: ["b"], b: ["a"], c: ["d"], d: ["c"] }, [], [
    "src/a.ts imports itself by way of src/b.ts",
    "src/c.ts imports itself by way of src/d.ts",
  ]],
  ["the knot", { a: ["b"], b: ["a"] }, ["src/a.ts", "src/b.ts"], []],
  ["a stranger in the knot", { a: ["b"], b: ["a", "c"], c: ["a"] }, ["src/a.ts", "src/b.ts"], [
    "src/c.ts imports itself by way of src/a.ts, src/b.ts",
  ]],
  ["a knot that came undone", { a: ["b"], b: [] }, ["src/a.ts"], [
    "scripts/checks/import_circles.ts lists src/a.ts, which is in no circle any more; remove it from KNOT",
  ]],
];

for (const [sentence, imports, knot, expected] of CASES) {
  test(`checkImportCircles(): ${sentence}`, () => assert.deepEqual(judge(imports, knot), expected));
}

test("checkImportCircles() looks at the web page's files too, with imports that cross the folders", () => {
  const files = [
    parseSource("web/component/table.tsx", 'import { Row } from "./row.tsx";\n'),
    parseSource(
      "web/component/row.tsx",
      'import type { Table } from "./table.tsx";\nimport "../../src/base/units.ts";\n',
    ),
  ];
  assert.deepEqual(checkImportCircles(files, []).map(({ path }) => path), ["web/component/row.tsx"]);
});

test("checkImportCircles() refuses a circle of values in the knot, where types may go round", () => {
  const judgeValues = (second: string) =>
    checkImportCircles([
      parseSource("src/a.ts", 'import { b } from "./b.ts";\n'),
      parseSource("src/b.ts", second),
    ], ["src/a.ts", "src/b.ts"]).map(({ path, text }) => `${path} ${text}`);
  assert.deepEqual(judgeValues('import type { A } from "./a.ts";\n'), []);
  const told = ["src/a.ts imports itself by way of src/b.ts"];
  assert.deepEqual(judgeValues('import { a } from "./a.ts";\n'), told);
  assert.deepEqual(judgeValues('import { type A } from "./a.ts";\n'), told); // the import itself stays
});
