import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { late } from "../../src/base/late_modules.ts";
import { bunApi } from "../../src/platform/runtime.ts";

interface Scanning {
  readonly Transpiler: new (options: { readonly loader: "ts" }) => {
    scanImports(text: string): readonly { readonly path: string; readonly kind: string }[];
  };
}

/** What is evaluated before the first request of `run` and `hit`, in the main thread and in the others. */
const ENTRIES = [
  "src/main.ts",
  "src/cli/program.ts",
  "src/cli/run/run.ts",
  "src/cli/hit/hit_command.ts",
  "src/thread/thread_main.ts",
  "src/control/control_main.ts",
];

const bun = bunApi<Scanning>();
const readSource = (path: string) => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), "utf8");

test("late() makes its value with the first call alone", () => {
  let made = 0;
  const get = late(() => ++made);
  assert.equal(made, 0);
  assert.deepEqual([get(), get()], [1, 1]);
});

test(
  "nothing before the first request imports a module of late_modules.ts at once",
  { skip: bun === undefined },
  () => {
    const scanner = new (bun as Scanning).Transpiler({ loader: "ts" });
    const lateNames = new Set(
      [...readSource("src/base/late_modules.ts").matchAll(/"(node:[\w/]+)"\)/g)].map((at) => at[1]),
    );
    assert.ok(lateNames.size >= 10);
    const hasty: string[] = [];
    const reached = new Set(ENTRIES);
    for (const path of reached) {
      for (const { path: imported, kind } of scanner.scanImports(readSource(path))) {
        if (kind !== "import-statement") continue;
        if (lateNames.has(imported)) hasty.push(`${path} imports ${imported}`);
        const target = new URL(imported, `file:///${path}`);
        if (imported.startsWith(".") && imported.endsWith(".ts")) reached.add(target.pathname.slice(1));
      }
    }
    assert.deepEqual(hasty, []);
    assert.ok(reached.size > 300);
  },
);
