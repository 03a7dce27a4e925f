import { strict as assert } from "node:assert";
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { findOverwritten } from "../../../../src/cli/options/locustfile/overwritten_files.ts";
import type { RunOptions } from "../../../../src/cli/options/reading/options.ts";
import { makeKeptFolder } from "../../../support/kept_folder.ts";

test("findOverwritten() finds outputs that would replace the locustfile or another module, and no others", () => {
  const cwd = makeKeptFolder();
  for (const name of ["shop.ts", "other.mjs", "old.html"]) writeFileSync(join(cwd, name), "");
  symlinkSync(join(cwd, "shop.ts"), join(cwd, "link"));
  const find = (options: Partial<RunOptions>) => findOverwritten(options as RunOptions, [join(cwd, "shop.ts")], cwd);
  assert.deepEqual(find({ htmlFile: "shop.ts", junitFile: "./link", logFile: "other.mjs" }), [
    'Cannot write "shop.ts": it is the locustfile; name another file with --html',
    'Cannot write "./link": it is the locustfile; name another file with --junit',
    'Cannot write "other.mjs": it is a module that is there already; name another file with --logfile',
  ]);
  assert.deepEqual(find({ htmlFile: "old.html", markdownFile: "new.ts", journal: "none" }), []);
});
