import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { writeProject } from "../../../src/cli/verbs/init.ts";
import { makeKeptFolder } from "../../support/kept_folder.ts";

const TSC = fileURLToPath(new URL("../../../node_modules/typescript/bin/tsc", import.meta.url));
const newFolder = () => makeKeptFolder();

describe("writeProject()", () => {
  test("writes the project and says how to go on", () => {
    const cwd = newFolder();
    const text = writeProject({ cwd, folder: "load-test", overwrite: "never" });
    for (const path of ["locustfile.ts", "package.json", "tsconfig.json", "types/locust-ts.d.ts"]) {
      assert.ok(existsSync(join(cwd, "load-test", path)), path);
      assert.match(text, new RegExp(`wrote {3}load-test/${path.replace(".", "\\.")}\n`));
    }
    assert.match(text, /locust-ts run load-test\/locustfile\.ts -H http:\/\/localhost:8000 -u 10 -r 2 -t 30s\n$/);
  });
  test("keeps what is there, but renews the types", () => {
    const cwd = newFolder();
    writeFileSync(join(cwd, "locustfile.ts"), "mine");
    assert.match(writeProject({ cwd, folder: ".", overwrite: "never" }), /kept {4}locustfile\.ts\n/);
    assert.equal(readFileSync(join(cwd, "locustfile.ts"), "utf8"), "mine");
    writeFileSync(join(cwd, "types/locust-ts.d.ts"), "old");
    assert.match(writeProject({ cwd, folder: ".", overwrite: "never" }), /renewed types\/locust-ts\.d\.ts\n/);
    assert.notEqual(readFileSync(join(cwd, "types/locust-ts.d.ts"), "utf8"), "old");
  });
  test("overwrites when forced", () => {
    const cwd = newFolder();
    writeFileSync(join(cwd, "locustfile.ts"), "mine");
    assert.match(writeProject({ cwd, folder: ".", overwrite: "force" }), /renewed locustfile\.ts\n/);
    assert.match(readFileSync(join(cwd, "locustfile.ts"), "utf8"), /extends HttpUser/);
  });
  test("a folder that cannot be written is one sentence", () => {
    const cwd = newFolder();
    writeFileSync(join(cwd, "file"), "");
    assert.throws(
      () => writeProject({ cwd, folder: "file", overwrite: "never" }),
      /^LocustError: Cannot write ".*": .*; choose another folder$/,
    );
  });
  test("an editor checks the project with the types alone", () => {
    const cwd = newFolder();
    writeProject({ cwd, folder: ".", overwrite: "never" });
    const check = () => spawnSync(TSC, ["--project", "."], { cwd, encoding: "utf8" });
    const first = check();
    assert.deepEqual([first.status, first.stdout], [0, ""]);
    appendFileSync(join(cwd, "locustfile.ts"), "\nVisitor.weight = 'heavy';\n");
    assert.match(check().stdout, /Type 'string' is not assignable to type 'number'/);
  });
});
