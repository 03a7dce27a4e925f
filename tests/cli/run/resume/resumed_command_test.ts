import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { changeSettings, describeFixedOptions } from "../../../../src/cli/run/resume/recover_run.ts";
import { withResumed } from "../../../../src/cli/run/resume/resumed_command.ts";
import { parseCommandLine } from "../../../../src/cli/options/parse_command_line.ts";
import { formatLine } from "../../../../src/master/journal/journal_line.ts";
import type { RunSettings } from "../../../../src/master/run_settings.ts";
import { makeKeptFolder } from "../../../support/kept_folder.ts";
import { PLAN } from "../../../support/pool_fixture.ts";

const SETTINGS: RunSettings = {
  plan: { ...PLAN, options: { shop: "berlin", apiKey: "sesame" } },
  classes: [{ name: "V", weight: 1, fixedCount: 0 }],
  load: { kind: "users", users: 30, spawnRate: 3 },
  runTimeSeconds: 60,
  locustfile: "shop.ts",
  version: "test",
  options: {
    master: true,
    host: "http://shop.test",
    users: 30,
    "spawn-rate": 3,
    "run-time": 60,
    tags: ["a", "b"],
    csv: "out/run",
    "master-token": "***",
    "api-key": "***",
    shop: "berlin",
  },
  command: { files: ["/tests/shop.ts"], folder: "/tests", userClasses: ["V"] },
};

function writeJournal(settings: RunSettings): string {
  const path = join(makeKeptFolder(), "run.ndjson");
  writeFileSync(
    path,
    formatLine({ kind: "journalOpened", version: 3, program: "test", wallMs: 0 }) +
      formatLine({ kind: "runPlanned", atMs: 0, startWallMs: 0, detail: "full", settings }),
  );
  return path;
}

async function parseResumed(argv: readonly string[], settings = SETTINGS) {
  const path = writeJournal(settings);
  const { line, folder } = await withResumed({ argv: [...argv, "--resume", path], env: {}, configs: [] }, path);
  const command = parseCommandLine(line);
  assert.ok(command.kind === "run", JSON.stringify(command));
  return { line, folder, options: command.options };
}

test("withResumed(): --resume alone brings locustfile, classes, role and options of the journal", async () => {
  const { line, folder, options } = await parseResumed([]);
  assert.equal(folder, "/tests");
  assert.equal(options.locustfile, "/tests/shop.ts");
  assert.deepEqual(options.userClasses, ["V"]);
  assert.equal(options.role, "master");
  assert.equal(options.web, false);
  assert.equal(options.host, "http://shop.test");
  assert.equal(options.users, 30);
  assert.equal(options.runTimeSeconds, 60);
  assert.deepEqual(options.tags, ["a", "b"]);
  assert.equal(options.csvPrefix, "out/run"); // relative to the folder, which becomes the current one
  assert.deepEqual(line.secrets, ["master-token", "api-key"]);
  assert.equal(options.masterToken, undefined);
});

test("withResumed(): what is given again wins", async () => {
  const { options } = await parseResumed(["run", "/other/file.ts", "W", "-t", "90s", "--csv", "again"]);
  assert.equal(options.locustfile, "/other/file.ts");
  assert.deepEqual(options.userClasses, ["W"]);
  assert.equal(options.runTimeSeconds, 90);
  assert.equal(options.csvPrefix, "again");
  assert.equal(options.users, 30);
});

test("withResumed() leaves the command line alone for a journal without a command", async () => {
  const { command: _, ...older } = SETTINGS;
  const path = writeJournal(older);
  const line = { argv: ["--resume", path], env: {}, configs: [] };
  assert.deepEqual(await withResumed(line, path), { line });
  assert.deepEqual(await withResumed(line, undefined), { line });
});

test("changeSettings() takes users, spawn rate and run time that are given again", async () => {
  const { options } = await parseResumed(["-u", "50", "-t", "90s", "-H", "http://other.test"]);
  const changed = changeSettings(SETTINGS, options);
  assert.deepEqual(changed.load, { kind: "users", users: 50, spawnRate: 3 });
  assert.equal(changed.runTimeSeconds, 90);
  assert.deepEqual(changed.plan, SETTINGS.plan);
  assert.equal(changed.options?.["users"], 50);
  assert.deepEqual(describeFixedOptions(SETTINGS, options), [
    "--host has no effect here: the workers continue the run with the value that it was started with",
  ]);
  const moved = { ...SETTINGS, plan: { ...SETTINGS.plan, host: "http://other.test" } };
  assert.deepEqual(describeFixedOptions(moved, options), [], "the host was changed to this one during the run");
});
