// A locustfile with packages of every make, aliases and data files, in a folder of its own: run by the executable where it lies,
// and by a worker that was started in an empty folder and has nothing but what the master ships.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { freePort } from "../support/free_port.ts";
import { type CliResult, startCli } from "../support/run_cli.ts";
import { TempFolder } from "../support/temp_folder.ts";

const PROJECT = {
  "package.json": '{"type": "module"}',
  "tsconfig.json": `{
    // with a comment, and decorators as older frameworks want them
    "compilerOptions": { "experimentalDecorators": true, "paths": { "@lib/*": ["./load/lib/*"] } }
  }`,
  "bunfig.toml": 'preload = ["./not-there.ts"]',
  "node_modules/@scope/dual/package.json":
    '{"name": "@scope/dual", "exports": {"./sub": {"import": "./esm/sub.js", "require": "./cjs/sub.cjs"}}}',
  "node_modules/@scope/dual/esm/sub.js": "export const kind = 'esm';",
  "node_modules/@scope/dual/esm/package.json": '{"type": "module"}',
  "node_modules/@scope/dual/cjs/sub.cjs": "exports.kind = 'cjs';",
  "node_modules/older/package.json": '{"name": "older", "main": "dist/main"}',
  "node_modules/older/dist/main.js":
    "const fs = require(/* not for browsers */ 'fs'); exports.lines = (file) => fs.readFileSync(file, 'utf8').split('\\n').length;",
  "node_modules/lazy/package.json": '{"name": "lazy", "type": "module", "exports": "./src/index.js"}',
  "node_modules/lazy/src/index.js": "export const open = async () => (await import('./deep/late.js')).late;",
  "node_modules/lazy/src/deep/late.js": "export const late = 'late';",
  "load/lib/names.ts": 'import limits from "./limits.json" with { type: "json" }; export const limit = limits.max;',
  "load/lib/limits.json": '{"max": 7}',
  "load/users.csv": "ada\ngrace\nlinus",
  "load/plus.txt": "plus",
  "load/template.txt": "template",
  "load/older.txt": "older",
  "load/lib/inner.txt": "inner",
  "load/lib/inner.ts": `
    import { dirname } from "node:path";
    import { fileURLToPath } from "node:url";
    import { readFileSync } from "node:fs";
    const __dirname = dirname(fileURLToPath(import.meta.url));
    export const inner = readFileSync(__dirname + "/inner.txt", "utf8");
  `,
  "data/items.txt": "1\n2",
  "load/locustfile.ts": `
    import { createReadStream, existsSync, readFileSync } from "node:fs";
    import { readFile } from "node:fs/promises";
    import { createRequire } from "node:module";
    import { join } from "node:path";
    import { kind } from "@scope/dual/sub";
    import older from "older";
    import { open } from "lazy";
    import { limit } from "@lib/names";
    import { inner } from "./lib/inner.ts";
    import { events, tag, task, TaskSet, User, constant } from "locust-ts";

    const users = readFileSync(new URL("./users.csv", import.meta.url), "utf8").split("\\n");
    const items = readFileSync("data/items.txt", "utf8").split("\\n");

    class Nested extends TaskSet {
      @tag("a") @task async leave() {
        this.interrupt(false);
      }
    }

    export class Reader extends User {
      override waitTime = constant(0.02);
      @task async read() {
        let streamed = "";
        for await (const chunk of createReadStream("load/users.csv", "utf8")) streamed += chunk;
        const name = [
          kind, older.lines("data/items.txt"), await open(), limit, createRequire(import.meta.url)("./lib/limits.json").max,
          users.length, items.length, (await readFile("./data/items.txt", "utf8")).length, streamed.length,
          readFileSync(join(import.meta.dirname, "users.csv"), "utf8").length, existsSync("data/not-there.txt"),
          readFileSync(import.meta.dirname + "/plus.txt", "utf8"), readFileSync(\`\${import.meta.dirname}/template.txt\`, "utf8"),
          readFileSync(join(__dirname, "older.txt"), "utf8"), inner,
        ].join(" ");
        events.request.fire({ requestType: "READ", name, responseTime: 1, exception: null });
      }
      @task(9) static nested = Nested;
    }
  `,
};
const READ = "esm 2 late 7 7 3 2 3 15 15 false plus template older inner";

function assertRead(result: CliResult): void {
  assert.equal(result.code, 0, result.stderr);
  const rows = JSON.parse(result.stdout) as { name: string; num_requests: number }[];
  assert.deepEqual(rows.map(({ name }) => name), [READ], result.stderr);
  assert.ok(rows[0]!.num_requests > 0);
}

const RUN = ["run", "load/locustfile.ts", "-u", "1", "-t", "1s", "--json"];

test("packages, aliases and data files are found where the locustfile lies", async () => {
  using folder = new TempFolder(PROJECT);
  assertRead(await startCli([...RUN, "--processes", "1"], { cwd: folder.path }).ended);
});

test("a worker in an empty folder has the packages and data files of the master's locustfile", async () => {
  using folder = new TempFolder(PROJECT);
  using empty = new TempFolder();
  const port = String(await freePort());
  const worker = startCli(["--worker", "--master-port", port, "--processes", "1"], { cwd: empty.path });
  const master = startCli(
    [...RUN, "--master", "--master-bind-host", "127.0.0.1", "--master-bind-port", port, "--journal", "none"],
    { cwd: folder.path },
  );
  try {
    assertRead(await master.ended);
    assert.equal((await worker.ended).code, 0, worker.stderr());
    assert.deepEqual(existsSync(empty.at("data")), false, "nothing is unpacked into the worker's own folder");
  } finally {
    worker.child.kill("SIGKILL");
    master.child.kill("SIGKILL");
  }
});

test("a file of the worker's own comes before the one that was shipped, and what is written stays there", async () => {
  using folder = new TempFolder({
    "part.csv": "master",
    "locustfile.ts": `
      import { readFileSync, writeFileSync } from "node:fs";
      import { events, task, User, constant } from "locust-ts";
      const part = readFileSync("part.csv", "utf8");
      export class Reader extends User {
        override waitTime = constant(0.2);
        @task async read() {
          writeFileSync("seen.txt", part);
          events.request.fire({ requestType: "READ", name: part, responseTime: 1, exception: null });
        }
      }
    `,
  });
  using own = new TempFolder({ "part.csv": "worker" });
  const port = String(await freePort());
  const worker = startCli(["--worker", "--master-port", port, "--processes", "1"], { cwd: own.path });
  const master = startCli([
    ...["run", "locustfile.ts", "-u", "1", "-t", "1s", "--json"],
    ...["--master", "--master-bind-host", "127.0.0.1", "--master-bind-port", port, "--journal", "none"],
  ], { cwd: folder.path });
  try {
    const rows = JSON.parse((await master.ended).stdout) as { name: string }[];
    assert.deepEqual(rows.map(({ name }) => name), ["worker"], worker.stderr());
    assert.ok(existsSync(own.at("seen.txt")));
  } finally {
    worker.child.kill("SIGKILL");
    master.child.kill("SIGKILL");
  }
});

test("a worker that cannot run the master's locustfile says why and exits with 2", async () => {
  using folder = new TempFolder({
    "locustfile.ts": `
      import { events, task, User } from "locust-ts";
      if (process.env.LOAD_HERE === undefined) throw new Error("no LOAD_HERE on this machine");
      export class Idle extends User { @task async rest() { await this.sleep(1); } }
    `,
  });
  using empty = new TempFolder();
  const port = String(await freePort());
  const master = startCli([
    ...["run", "locustfile.ts", "-u", "1", "-t", "1s"],
    ...["--master", "--master-bind-host", "127.0.0.1", "--master-bind-port", port, "--journal", "none"],
  ], { cwd: folder.path, env: { LOAD_HERE: "1" } });
  const worker = startCli(["--worker", "--master-port", port, "--processes", "1"], { cwd: empty.path });
  try {
    const result = await worker.ended;
    assert.equal(result.code, 2, result.stderr);
    assert.match(result.stderr, /Cannot run the master's locustfile: .*no LOAD_HERE on this machine/);
    await master.waitFor(/left: it cannot load .*no LOAD_HERE on this machine/);
  } finally {
    worker.child.kill("SIGKILL");
    master.child.kill("SIGKILL");
  }
});
