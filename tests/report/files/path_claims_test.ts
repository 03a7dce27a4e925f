import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { openPathClaims } from "../../../src/report/files/path_claims.ts";

const WALL_MS = Date.UTC(2026, 10, 28, 9, 30, 0);

/** A process that lives as long as this test: its parent. */
const OTHER = process.ppid;

function withFolder(use: (folder: string, claims: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "claims-"));
  try {
    use(folder, join(folder, "claims"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("openPathClaims() refuses a path that another run writes to, and names that run", () => {
  withFolder((folder, claims) => {
    const path = join(folder, "run.json");
    using first = openPathClaims({ pid: OTHER, run: "run of shop.ts", wallMs: WALL_MS }, claims);
    first.claim(path, "--json-file");
    using second = openPathClaims({ pid: process.pid, run: "run of other.ts", wallMs: WALL_MS }, claims);
    assert.throws(() => second.claim(path, "--csv"), {
      name: "UsageError",
      message:
        `Cannot write "${path}": the run of shop.ts (process ${OTHER}, since 2026-11-28 09:30:00 UTC) writes to it with ` +
        "--json-file; choose another place with --csv, or wait until that run has ended",
    });
  });
});

test("openPathClaims() knows a path by another name", () => {
  withFolder((folder, claims) => {
    writeFileSync(join(folder, "real.json"), "");
    symlinkSync(join(folder, "real.json"), join(folder, "link.json"));
    using first = openPathClaims({ pid: OTHER, run: "run of a.ts", wallMs: WALL_MS }, claims);
    first.claim(join(folder, "real.json"), "--json-file");
    using second = openPathClaims({ pid: process.pid, run: "run of b.ts", wallMs: WALL_MS }, claims);
    assert.throws(() => second.claim(join(folder, "link.json"), "--json-file"), /the run of a\.ts/);
    assert.throws(
      () => second.claim(`${folder}/../${folder.split("/").at(-1)}/real.json`, "--csv"),
      /the run of a\.ts/,
    );
  });
});

test("openPathClaims() refuses a path that two outputs of one run share", () => {
  withFolder((folder, claims) => {
    using own = openPathClaims({ pid: process.pid, run: "run of shop.ts", wallMs: WALL_MS }, claims);
    own.claim(join(folder, "run.json"), "--json-file");
    assert.throws(() => own.claim(join(folder, "run.json"), "--journal"), /: --json-file writes to it too; /);
  });
});

test("openPathClaims() is free again after disposal, and after its process has ended", () => {
  withFolder((folder, claims) => {
    const path = join(folder, "run.json");
    openPathClaims({ pid: 2 ** 30, run: "run of gone.ts", wallMs: WALL_MS }, claims).claim(path, "--csv");
    for (let round = 0; round < 2; round++) {
      using own = openPathClaims({ pid: process.pid, run: "run of shop.ts", wallMs: WALL_MS }, claims);
      own.claim(path, "--json-file");
      assert.equal(readdirSync(claims).length, 1);
    }
    assert.deepEqual(readdirSync(claims), []);
  });
});

test("openPathClaims() lets several runs write to a device", () => {
  withFolder((_, claims) => {
    using first = openPathClaims({ pid: OTHER, run: "run of a.ts", wallMs: WALL_MS }, claims);
    using second = openPathClaims({ pid: process.pid, run: "run of b.ts", wallMs: WALL_MS }, claims);
    first.claim("/dev/null", "--json-file");
    second.claim("/dev/null", "--json-file");
  });
});

test("openPathClaims() knows a file in folders that are not there yet, and leaves a path below a file to its output", () => {
  withFolder((folder, claims) => {
    writeFileSync(join(folder, "taken"), "");
    using first = openPathClaims({ pid: OTHER, run: "run of a.ts", wallMs: WALL_MS }, claims);
    first.claim(join(folder, "new/deep/run.ndjson"), "--journal");
    first.claim(join(folder, "taken/out/run.ndjson"), "--journal");
    using second = openPathClaims({ pid: process.pid, run: "run of b.ts", wallMs: WALL_MS }, claims);
    assert.throws(() => second.claim(join(folder, "new/deep/run.ndjson"), "--journal"), /the run of a\.ts/);
  });
});
