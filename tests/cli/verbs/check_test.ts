import { strict as assert } from "node:assert";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { checkTypes, formatDescription, formatTypeCheck } from "../../../src/cli/verbs/check.ts";
import { makeKeptFolder } from "../../support/kept_folder.ts";

const MODULES = fileURLToPath(new URL("../../../node_modules", import.meta.url));

function project(locustfile: string): string {
  const folder = makeKeptFolder();
  mkdirSync(join(folder, "tests"));
  symlinkSync(MODULES, join(folder, "node_modules"));
  writeFileSync(join(folder, "tests", "locustfile.ts"), locustfile);
  return join(folder, "tests", "locustfile.ts");
}

describe("checkTypes()", () => {
  test("finds the compiler above the locustfile and passes on what it says", async () => {
    const outcome = await checkTypes(project("export const weight: number = 'heavy';\n"));
    assert.equal(outcome.kind, "failed");
    assert.match(formatTypeCheck(outcome), /^\nTypes: wrong\n.*locustfile\.ts\(1,14\): error TS2322/);
  });
  test("is content with correct types", async () => {
    const outcome = await checkTypes(project("export const weight: number = 1;\n"));
    assert.deepEqual([outcome.kind, formatTypeCheck(outcome)], ["passed", "\nTypes: correct\n"]);
  });
  test("says when there is no compiler", async () => {
    assert.deepEqual(await checkTypes("/locustfile.ts"), { kind: "absent" });
  });
});

test("formatDescription() nests task sets and escapes what a locustfile named", () => {
  const text = formatDescription({
    userClasses: [{
      name: "Fixed",
      file: "/a.ts",
      weight: 1,
      fixedCount: 3,
      host: "http://h",
      needsHost: true,
      json: {},
      tasks: [{
        name: "Forum",
        weight: 10,
        tags: [],
        kind: "sequential",
        tasks: [{ name: "re\x1bad", weight: 1, tags: ["a", "b"], kind: "task", tasks: [] }],
      }],
    }],
    shapes: [],
    arguments: [],
    warnings: [],
  }, ["/x/a.ts", "/x/b.ts"]);
  assert.equal(
    text,
    "a.ts, b.ts: 1 user class\n\nFixed (exactly 3, host http://h)\n   10 × Forum (in sequence)\n        1 × re\\x1bad  tags: a, b\n",
  );
});
