/** The npm packages as a user installs them: packed, installed into an empty folder without a registry, and used from there. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { before, test } from "node:test";
import { startCountingServer } from "../support/counting_server.ts";
import { findTool, requireTool } from "../support/requirements.ts";
import { writeFiles } from "../support/run_cli.ts";

const ROOT = process.cwd();
const skip = requireTool("node", "npm");
const NODE = findTool("node") ?? "node";
const LOCUSTFILE = `
  import { constant, HttpUser, task } from "locust-ts";
  export class Visitor extends HttpUser {
    override waitTime = constant(0.05);
    @task async items() { await this.client.get("/items"); }
  }
`;
/** As plain JavaScript, which every runtime takes. */
const PROGRAM = `
  import { constant, createLocalRunner, Environment, HttpUser } from "locust-ts";
  class Visitor extends HttpUser {
    waitTime = constant(0.05);
    static tasks = [async (user) => { await user.client.get("/items"); }];
  }
  const environment = new Environment({ userClasses: [Visitor], host: process.argv[2] });
  const runner = createLocalRunner(environment);
  await runner.start(3, 30);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await runner.stop();
  console.log(JSON.stringify({ requests: runner.stats.total.numRequests, failures: runner.stats.total.numFailures }));
  await runner.quit();
`;
const TYPED = `
  import { between, createLocalRunner, Environment, HttpUser, task } from "locust-ts";
  class Visitor extends HttpUser {
    override waitTime = between(1, 2);
    @task async items(): Promise<void> {
      const response = await this.client.get("/items");
      const length: number = (await response.text()).length;
      console.log(length);
    }
  }
  export const runner = createLocalRunner(new Environment({ userClasses: [Visitor] }));
  export const wrong: string = runner.stats.total.numRequests;
`;

let folder = "";

function npm(args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync("npm", args, { cwd, encoding: "utf8" });
  assert.equal(status, 0, `npm ${args.join(" ")}: ${stderr}`);
  return stdout;
}

before(() => {
  if (skip !== false) return;
  const out = writeFiles({});
  npm(["run", "--silent", "package", "--", "--out", out], ROOT);
  const packed = readdirSync(out).map((name) => join(out, name, npm(["pack", "--silent"], join(out, name)).trim()));
  folder = writeFiles({
    "package.json": '{ "name": "load-tests", "private": true, "type": "module" }',
    "locustfile.ts": LOCUSTFILE,
    "program.mjs": PROGRAM,
    "typed.ts": TYPED,
  });
  npm(["install", "--offline", "--no-audit", "--no-fund", ...packed], folder);
});

/** Runs a program to its end. */
function run(
  command: string,
  args: readonly string[],
  stopWhen?: Promise<unknown>,
): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: folder,
      env: { ...process.env, NO_COLOR: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout.on("data", (bytes) => output += String(bytes));
    child.stderr.on("data", (bytes) => output += String(bytes));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output }));
    void stopWhen?.then(() => child.kill("SIGTERM"));
  });
}

test("npx locust-ts runs a locustfile, with its exit code", { skip }, async () => {
  const server = await startCountingServer();
  const options = ["-H", server.url, "-u", "2", "-r", "2", "-t", "1s", "--headless", "--json"];
  const good = await run("npx", ["locust-ts", "run", "locustfile.ts", ...options]);
  const counted = server.total();
  const bad = await run("npx", ["locust-ts", "run", "nothing.ts", ...options]);
  await server.close();
  assert.equal(good.code, 0, good.output);
  assert.ok(counted > 10);
  assert.ok(
    good.output.includes(`"num_requests": ${counted}`) || good.output.includes(`"num_requests":${counted}`),
    good.output,
  );
  assert.equal(bad.code, 2);
  assert.match(bad.output, /nothing\.ts/);
});

test("a signal to the launcher ends the run in order", { skip }, async () => {
  const server = await startCountingServer();
  const launcher = join(folder, "node_modules/locust-ts/bin/locust-ts.mjs");
  const seen = (async () => {
    while (server.total() < 5) await new Promise((resolve) => setTimeout(resolve, 20));
  })();
  const { code, output } = await run(NODE, [
    launcher,
    "run",
    "locustfile.ts",
    "-H",
    server.url,
    "-u",
    "2",
    "--headless",
  ], seen);
  await server.close();
  assert.match(output, /Aggregated/); // the final tables
  assert.equal(code, 0, output);
});

const bun = join(ROOT, "node_modules/bun/bin/bun.exe");
const deno = process.execPath.includes("deno") ? process.execPath : join(ROOT, "node_modules/.bin/deno");
for (
  const [runtime, command, args] of [["Node.js", NODE, []], ["Bun", bun, []], ["Deno", deno, ["run", "-A"]]] as const
) {
  test(`a program under ${runtime} starts users by createLocalRunner`, { skip }, async () => {
    const server = await startCountingServer();
    const { code, output } = await run(command, [...args, "program.mjs", server.url]);
    const counted = server.total();
    await server.close();
    assert.equal(code, 0, output);
    assert.ok(counted > 10);
    assert.ok(output.includes(JSON.stringify({ requests: counted, failures: 0 })), output);
  });
}

for (const compiler of ["typescript", "typescript-oldest"]) {
  test(`${compiler} finds the types of the package, and a mistake against them`, { skip }, async () => {
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({
        compilerOptions: {
          strict: true,
          noEmit: true,
          module: "nodenext",
          moduleResolution: "nodenext",
          target: "es2022",
          lib: ["esnext", "dom"],
          types: [],
        },
        files: ["typed.ts"],
      }),
    );
    const { output } = await run(NODE, [join(ROOT, "node_modules", compiler, "bin/tsc"), "--project", "tsconfig.json"]);
    const mistakes = output.split("\n").filter((line) => line.includes("error TS"));
    assert.equal(mistakes.length, 1, output);
    assert.match(mistakes[0] ?? "", /typed\.ts.*TS2322.*'number'.*'string'/);
  });
}

test("the manifest names a package for each platform, and nothing that is installed without need", { skip }, () => {
  const manifest = JSON.parse(readFileSync(join(folder, "node_modules/locust-ts/package.json"), "utf8"));
  assert.equal(manifest.dependencies, undefined);
  assert.deepEqual(Object.keys(manifest.optionalDependencies).toSorted(), [
    "@locust-ts/darwin-arm64",
    "@locust-ts/darwin-x64",
    "@locust-ts/linux-arm64",
    "@locust-ts/linux-arm64-musl",
    "@locust-ts/linux-x64",
    "@locust-ts/linux-x64-musl",
    "@locust-ts/windows-x64",
  ]);
});
