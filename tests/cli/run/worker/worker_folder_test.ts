import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { openWorkerFolder } from "../../../../src/cli/run/worker/worker_folder.ts";

function withParent(use: (parent: string) => void): void {
  const parent = mkdtempSync(join(tmpdir(), "worker-folder-"));
  try {
    use(parent);
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

test("openWorkerFolder() makes a folder that goes with its worker", () =>
  withParent((parent) => {
    const folder = openWorkerFolder("box", parent);
    writeFileSync(join(folder.path, "locustfile.bundle.mjs"), "");
    folder[Symbol.dispose]();
    assert.deepEqual(readdirSync(parent), []);
  }));

test("openWorkerFolder() removes what killed workers of this machine left, and nothing else", () =>
  withParent((parent) => {
    const { pid: dead } = spawnSync(process.execPath, ["--version"]);
    const abandoned = join(parent, `locust-ts-box-${dead}-AbCdEf`);
    const others = [`locust-ts-other-${dead}-AbCdEf`, `locust-ts-box-${process.pid}-AbCdEf`, "locust-ts-box-notes"];
    for (const name of [abandoned, ...others.map((other) => join(parent, other))]) {
      mkdirSync(join(name, "x"), { recursive: true });
    }
    using folder = openWorkerFolder("box", parent);
    assert.ok(!existsSync(abandoned));
    for (const other of others) assert.ok(existsSync(join(parent, other)), other);
    assert.ok(existsSync(folder.path));
  }));
