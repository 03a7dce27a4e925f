// `init` of the executable itself: what it carries inside is written, and the project that comes out of it is correct and runs.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { appendFileSync, readFileSync, symlinkSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runCli } from "../support/run_cli.ts";
import { TempFolder } from "../support/temp_folder.ts";

const MODULES = fileURLToPath(new URL("../../node_modules", import.meta.url));

test("init writes a project in which the compiler knows Node's types offline", async () => {
  using folder = new TempFolder();
  const { code, stdout } = await runCli(["init", "."], { cwd: folder.path });
  assert.equal(code, 0);
  assert.match(stdout, /wrote {3}types\/node\/\n/);
  assert.match(readFileSync(folder.at("types/node/process.d.ts"), "utf8"), /interface ProcessEnv/);
  appendFileSync(folder.at("locustfile.ts"), "console.log(process.env['HOST'], Buffer.from('a'));\n");
  const check = spawnSync("node", [`${MODULES}/typescript/bin/tsc`, "--project", "."], {
    cwd: folder.path,
    encoding: "utf8",
  });
  assert.deepEqual([check.status, check.stdout], [0, ""]);
});

test("check judges the locustfile and what it imports below the project's options, not its neighbours", async () => {
  using folder = new TempFolder({ "neighbour.ts": "export const wrong: number = 'text';\n" });
  await runCli(["init", "."], { cwd: folder.path });
  symlinkSync(MODULES, folder.at("node_modules"));
  const right = await runCli(["check", "locustfile.ts"], { cwd: folder.path });
  assert.equal(right.code, 0, right.stdout);
  assert.match(right.stdout, /\nTypes: correct\n$/);
  appendFileSync(folder.at("locustfile.ts"), 'import { wrong } from "./neighbour.ts";\nconsole.log(wrong);\n');
  const wrong = await runCli(["check", "locustfile.ts"], { cwd: folder.path });
  assert.equal(wrong.code, 2);
  assert.match(wrong.stdout, /Types: wrong\n.*neighbour\.ts\(1,14\): error TS2322/);
});

test("init in a repository that has a tsconfig.json says which lines to add", async () => {
  using folder = new TempFolder({ "tsconfig.json": '{"include": ["src"]}' });
  const { stdout } = await runCli(["init", "."], { cwd: folder.path });
  assert.match(stdout, /write in it:\n {2}"include": \["src", "locustfile\.ts", "types\/locust-ts\.d\.ts"\]\n/);
  assert.equal(readFileSync(folder.at("tsconfig.json"), "utf8"), '{"include": ["src"]}');
});
