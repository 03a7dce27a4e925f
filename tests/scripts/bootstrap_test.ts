import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { requireTool } from "../support/requirements.ts";

/** An npm that "installs" by writing what the bootstrap script looks at. It warns, as the real one does. */
const FAKE_NPM = `
const fs = require("node:fs");
fs.appendFileSync("npm-calls", process.argv.slice(2).join(" ") + "\\n");
console.error("npm warn something is old");
if (process.env.FAKE_NPM_FAILS) process.exit(7);
fs.mkdirSync("node_modules/thing", { recursive: true });
fs.copyFileSync("package-lock.json", "node_modules/.package-lock.json");
`;

/** Stands where Bun's executable is: says what it was asked to run, and ends with the code that it was asked for. */
const FAKE_BUN = '#!/bin/sh\n[ "$1" = --version ] && exit 0\necho "ran $*"\nexit "${FAKE_BUN_CODE:-0}"\n';

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

class Tree {
  readonly root = mkdtempSync(join(tmpdir(), "locust-ts-bootstrap-"));

  constructor() {
    mkdirSync(join(this.root, "scripts"));
    copyFileSync("scripts/bootstrap.mjs", join(this.root, "scripts/bootstrap.mjs"));
    writeFileSync(join(this.root, "npm.cjs"), FAKE_NPM);
    this.lock({
      "node_modules/thing": { version: "1.0.0" },
      "node_modules/elsewhere": { version: "1.0.0", optional: true },
    });
    mkdirSync(join(this.root, "node_modules/bun/bin"), { recursive: true });
    writeFileSync(join(this.root, "node_modules/bun/bin/bun.exe"), FAKE_BUN);
    chmodSync(join(this.root, "node_modules/bun/bin/bun.exe"), 0o755);
  }

  lock(packages: Readonly<Record<string, unknown>>): void {
    writeFileSync(join(this.root, "package-lock.json"), JSON.stringify({ packages: { "": {}, ...packages } }));
  }

  run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Outcome {
    return spawnSync("node", [join(this.root, "scripts/bootstrap.mjs"), ...args], {
      cwd: tmpdir(), // it must find its way by itself
      encoding: "utf8",
      env: { ...process.env, npm_execpath: join(this.root, "npm.cjs"), ...env },
    });
  }

  get installed(): boolean {
    return existsSync(join(this.root, "npm-calls"));
  }

  forgetCalls(): void {
    rmSync(join(this.root, "npm-calls"), { force: true });
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

const options = { skip: requireTool("node") };

test(
  "bootstrap installs when nothing is there, in spite of npm's warnings, and hands the arguments on",
  options,
  () => {
    using tree = new Tree();
    const { status, stdout, stderr } = tree.run(["test", "stats", "--bun"]);
    assert.equal(status, 0, stderr);
    assert.equal(stdout, "ran scripts/run_tests.ts stats --bun\n");
    assert.match(stderr, /Installing the locked dependencies \(node_modules is missing\)/);
    assert.equal(tree.installed, true);
  },
);

test("bootstrap installs nothing when all is as locked; packages of other platforms may be absent", options, () => {
  using tree = new Tree();
  tree.run(["build"]);
  writeFileSync(
    join(tree.root, "node_modules/.package-lock.json"),
    JSON.stringify({ packages: { "node_modules/thing": { version: "1.0.0" } } }),
  );
  tree.forgetCalls();
  assert.equal(tree.run(["build"]).status, 0);
  assert.equal(tree.installed, false);
});

test("bootstrap installs anew when the lock has moved on, or a package is gone", options, () => {
  using tree = new Tree();
  tree.run(["build"]);
  tree.forgetCalls();
  tree.lock({ "node_modules/thing": { version: "1.0.1" } });
  assert.match(tree.run(["build"]).stderr, /node_modules\/thing is 1\.0\.0, not 1\.0\.1/);
  assert.equal(tree.installed, true);
  rmSync(join(tree.root, "node_modules/thing"), { recursive: true });
  assert.match(tree.run(["build"]).stderr, /node_modules\/thing is missing/);
});

test("bootstrap says what failed when npm fails, and does not run the step", options, () => {
  using tree = new Tree();
  const { status, stdout, stderr } = tree.run(["build"], { FAKE_NPM_FAILS: "1" });
  assert.equal(status, 1);
  assert.equal(stdout, "");
  assert.match(stderr, /Cannot install the dependencies: .* ended with 7/);
});

test("bootstrap ends with the code of the step", options, () => {
  using tree = new Tree();
  assert.equal(tree.run(["check"], { FAKE_BUN_CODE: "3" }).status, 3);
});

test("bootstrap knows its steps", options, () => {
  using tree = new Tree();
  const { status, stderr } = tree.run(["launch"]);
  assert.equal(status, 1);
  assert.match(stderr, /Cannot run "launch": there are start, test, build, check/);
});
