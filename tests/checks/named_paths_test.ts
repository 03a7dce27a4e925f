import assert from "node:assert/strict";
import { test } from "node:test";
import { checkNamedPaths } from "../../scripts/checks/named_paths.ts";

const PATHS = ["src/http/engine/engine.ts", "src/http/session/res.ts", "scripts/check.ts", "docs/http.md"];

const CASES: readonly (readonly [path: string, text: string, missing: readonly string[]])[] = [
  ["src/http/engine/engine.ts", "// see `engine.ts`, `src/http`, `http/session/res.ts`, `../session/res.ts`", []],
  ["src/http/engine/engine.ts", "/**\n * See `session/gone.ts`.\n */", ["2 session/gone.ts"]],
  ["src/http/engine/engine.ts", "/** See `./res.ts`. */", ["1 ./res.ts"]],
  ["src/http/engine/engine.ts", "const x = 1; // as in `gone.ts`", ["1 gone.ts"]],
  ["src/http/engine/engine.ts", 'const text = `gone.ts`; const other = "`src/gone.ts`";', []],
  ["src/http/engine/engine.ts", "// `locustfile.ts`, `shop/my_test.ts`, `a.b.c`, `users.csv`, `dist/x.ts`", []],
  ["docs/http.md", "See `src/http/` and `scripts/check.ts`; write `shop.ts`.", []],
  ["docs/http.md", "Read\n`src/http/gone` and `docs/none.md`.", ["2 src/http/gone", "2 docs/none.md"]],
];

for (const [path, text, missing] of CASES) {
  test(`checkNamedPaths() of ${path}: ${text.replaceAll("\n", " ")}`, () => {
    const found = checkNamedPaths([{ path, text }], PATHS);
    const expected = missing.map((entry) => entry.replace(/^(\d+) (.*)$/, "$1 names `$2`, which is not there"));
    assert.deepEqual(found.map((problem) => `${problem.line} ${problem.text}`), expected);
  });
}
