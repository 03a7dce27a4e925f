import assert from "node:assert/strict";
import { test } from "node:test";
import { OwnPaths } from "../../../../src/cli/run/web/own_paths.ts";
import type { RunOptions } from "../../../../src/cli/options/reading/options.ts";

const options = (fields: Partial<RunOptions>) => fields as RunOptions;

test("OwnPaths gives each run of a process files of its own", () => {
  const paths = new OwnPaths();
  const given = options({ htmlFile: "out/report.html", csvPrefix: "out/run", journal: "j.ndjson", users: 5 });
  assert.deepEqual(paths.take(given), given, "the first run has the paths as given");
  const second = paths.take(given);
  assert.deepEqual(
    [second.htmlFile, second.csvPrefix, second.journal, second.users],
    ["out/report-2.html", "out/run-2", "j-2.ndjson", 5],
  );
  assert.equal(paths.take(given).htmlFile, "out/report-3.html");
});

test("OwnPaths leaves paths that differ anyway, and the journal that is off", () => {
  const paths = new OwnPaths();
  paths.take(options({ htmlFile: "a-1.html", journal: "none" }));
  const next = paths.take(options({ htmlFile: "a-2.html", journal: "none" }));
  assert.deepEqual([next.htmlFile, next.journal], ["a-2.html", "none"]);
});
