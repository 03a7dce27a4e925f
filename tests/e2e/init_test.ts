// `init` of the executable itself: what it carries inside is written, and the project that comes out of it is correct and runs.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { appendFileSync, readFileSync, symlinkSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { ALL_TEMPLATES, templateNamed } from "../../src/cli/verbs/init/init_templates.ts";
import { startDemo } from "../support/demo.ts";
import { openInspector } from "../support/inspector.ts";
import { requireTool } from "../support/requirements.ts";
import { productCommand, runCli, startCli } from "../support/run_cli.ts";
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

/** Without the failures that the shop makes on purpose. */
const QUIET = { latency: { kind: "fixed", ms: 2 }, errorRate: 0 } as const;

for (const { name, load } of ALL_TEMPLATES.filter(({ load }) => load !== "")) {
  test(`the template ${name} runs against the shop without a failure`, async () => {
    using folder = new TempFolder();
    await using demo = await startDemo(QUIET);
    assert.equal((await runCli(["init", ".", "--template", name], { cwd: folder.path })).code, 0);
    const options = [...load.split(" "), "-t", "2s", "-r", "20"];
    const args = ["run", "locustfile.ts", "-H", demo.url, ...options, "--json", "--headless"];
    const { code, stdout, stderr } = await runCli(args, { cwd: folder.path });
    assert.equal(code, 0, stderr);
    const rows = JSON.parse(stdout) as { readonly num_requests: number; readonly num_failures: number }[];
    const counted = rows.reduce((sum, row) => sum + row.num_requests, 0);
    assert.deepEqual(rows.filter((row) => row.num_failures > 0), []);
    assert.ok(counted > 0, stdout);
    assert.equal(demo.requests().byRoute["(no such page)"] ?? 0, 0, "it knows the shop's pages");
  });
}

test("the template shape runs by its plan until it is stopped", async () => {
  using folder = new TempFolder();
  await using demo = await startDemo(QUIET);
  await runCli(["init", ".", "--template", "shape"], { cwd: folder.path });
  const run = startCli(["run", "locustfile.ts", "-H", demo.url, "--headless"], { cwd: folder.path });
  await run.waitFor("Shape test starting");
  while (demo.requests().total < 5) await new Promise((resolve) => setTimeout(resolve, 20));
  run.child.kill("SIGINT");
  const { code, stdout, stderr } = await run.ended;
  assert.equal(code, 0, stderr);
  assert.match(stdout, /Aggregated +\d+ 0\(0\.00%\)/);
});

test("a person at a terminal chooses the template", { skip: requireTool("python3") }, async () => {
  using folder = new TempFolder();
  const answers = JSON.stringify([["Number or name [http]: ", "chekout\n"], ["did you mean checkout?", "5\n"]]);
  const before = ["python3", `${process.cwd()}/tests/support/answer_on_pty.py`, answers];
  const { code, stdout } = await runCli(["init", "."], { cwd: folder.path, before });
  assert.equal(code, 0, stdout);
  assert.match(stdout, /wrote {3}locustfile\.ts/);
  assert.equal(readFileSync(folder.at("locustfile.ts"), "utf8"), templateNamed("checkout").text);
});

test("launch.json starts a program that a debugger stops at a line of the locustfile", async () => {
  using folder = new TempFolder();
  await using demo = await startDemo(QUIET);
  await runCli(["init", "."], { cwd: folder.path });
  const [first] = JSON.parse(readFileSync(folder.at(".vscode/launch.json"), "utf8")).configurations;
  const place = (text: string) =>
    text.replace("${workspaceFolder}", folder.path).replace("http://localhost:8000", demo.url);
  await using inspector = await openInspector({
    command: [...productCommand(), ...first.runtimeArgs, place(first.program), ...first.args.map(place)],
    cwd: place(first.cwd),
    script: "locustfile.ts",
    line: /\/items\?page=\$\{page\}/,
    expression: "`${this.constructor.name} on page ${page}`",
  });
  assert.match(await inspector.stopped, /^Visitor on page \d+$/);
});
