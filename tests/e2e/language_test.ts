// One language everywhere: features of TypeScript that compilers treat differently, in a repository whose tsconfig.json asks for
// the older manner, run by the executable, from source under both runtimes, and on a worker that gets the bundle.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { freePort } from "../support/free_port.ts";
import { type CliResult, startCli } from "../support/run_cli.ts";
import { TempFolder } from "../support/temp_folder.ts";

/** What a feature must give, and code that ends in its value. */
const FEATURES: Readonly<Record<string, readonly [value: unknown, code: string]>> = {
  "decorators are standard": [
    "method object",
    'let seen = ""; function note(_: unknown, context: any) { seen = `${context.kind} ${typeof context}`; } ' +
    "class A { @note m() {} } void A; return seen;",
  ],
  "a class decorator may replace the class": [
    "Other",
    "class Other {} const swap: any = () => Other; @swap class A {} return A.name;",
  ],
  "a field decorator gives an initializer": [
    6,
    "const twice: any = () => (value: number) => value * 2; class A { @twice n = 3; } return new A().n;",
  ],
  "fields are defined, not set": [
    false,
    "let set = false; class A { set x(_: unknown) { set = true; } } class B extends A { x: unknown = 1; } new B(); return set;",
  ],
  "a field without initialiser is a key": [
    "a,b,c",
    "class A { a?: number; b = 2; c!: string; } return Object.keys(new A()).join();",
  ],
  "declare makes no key": ["b", "class A { declare a: number; b = 2; } return Object.keys(new A()).join();"],
  "parameter properties come first": [
    "p,q,r",
    "class A { constructor(readonly p: number, public q = 3) {} r = 1; } return Object.keys(new A(1)).join();",
  ],
  "accessor": [
    "4 5 ",
    "class A { accessor z = 4; static accessor w = 5; } return `${new A().z} ${A.w} ${Object.keys(new A())}`;",
  ],
  "private names and static blocks": [
    "true 1",
    "class A { static n = 0; static { A.n = 1; } #p = 1; has() { return #p in this; } } return `${new A().has()} ${A.n}`;",
  ],
  "enums and namespaces": ["0 3 B 1", "return `${Plain.A} ${Const.X} ${Plain[1]} ${Space.v}`;"],
  "using and await using": [
    "inner outer",
    "const gone: string[] = []; { await using a = { async [Symbol.asyncDispose]() { gone.push('outer'); } }; " +
    "using b = { [Symbol.dispose]() { gone.push('inner'); } }; void a; void b; } return gone.join(' ');",
  ],
  "top-level await": [7, "return awaited;"],
  "JSON": [9, "return limits.max;"],
  "a CommonJS package": ["cjs", "return older.kind;"],
  "a package of both makes": ["esm", "return kind;"],
  "an alias of a file that is extended by a list": ["one", "return one;"],
  "an alias of a package that is extended": ["deep", "return deep;"],
  "imports that are types only are left out": [false, "return 'sideEffect' in globalThis;"],
  "satisfies, as const and overloads": [
    "1",
    "const a = { x: 1 } as const satisfies Record<string, number>; return String(a.x);",
  ],
};

const HEAD = `
import { constant, events, task, User } from "locust-ts";
import limits from "./limits.json" with { type: "json" };
import older from "older";
import { kind } from "dual";
import { one } from "@one/one";
import { deep } from "#deep/deep";
import { OnlyType } from "./types.ts";
import type { Other } from "./absent.ts";
enum Plain { A, B }
const enum Const { X = 3 }
namespace Space { export const v = 1; }
const awaited = await Promise.resolve(7);
export type Both = OnlyType | Other;
`;

const body = Object.entries(FEATURES).map(([name, [, code]]) => `  ${JSON.stringify(name)}: async () => { ${code} },`);
const LOCUSTFILE = `${HEAD}
const FEATURES: Record<string, () => Promise<unknown>> = {
${body.join("\n")}
};
export class Reader extends User {
  override waitTime = constant(0.2);
  @task async read() {
    for (const [name, run] of Object.entries(FEATURES)) {
      const value = await run().catch(String);
      events.request.fire({ requestType: "READ", name: name + " = " + JSON.stringify(value), responseTime: 1, exception: null });
    }
  }
}
`;

const PACKAGES = {
  "load/limits.json": '{"max": 9}',
  "load/types.ts": "(globalThis as any).sideEffect = true; export interface OnlyType {}",
  "load/locustfile.ts": LOCUSTFILE,
  "src/one.ts": 'export const one = "one";',
  "src/deep.ts": 'export const deep = "deep";',
  "config/one.json": '{"compilerOptions": {"paths": {"@one/*": ["../src/*"], "#deep/*": ["../src/*"]}}}',
  "node_modules/@company/config/package.json": '{"name": "@company/config", "tsconfig": "./base.json"}',
  "node_modules/@company/config/base.json":
    '{"compilerOptions": {"experimentalDecorators": true, "emitDecoratorMetadata": true, "useDefineForClassFields": false, ' +
    '"target": "es2017", "paths": {"#deep/*": ["../../../src/*"], "@one/*": ["../../../src/*"]}}}',
  "node_modules/older/package.json": '{"name": "older", "main": "dist/main"}',
  "node_modules/older/dist/main.js": "exports.kind = 'cjs';",
  "node_modules/dual/package.json":
    '{"name": "dual", "exports": {".": {"import": "./esm.mjs", "require": "./cjs.cjs"}}}',
  "node_modules/dual/esm.mjs": "export const kind = 'esm';",
  "node_modules/dual/cjs.cjs": "exports.kind = 'cjs';",
};

/** Repositories that ask for the older manner in different ways. */
const REPOSITORIES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "a package in extends": { "tsconfig.json": '{"extends": "@company/config"}', "package.json": '{"type": "module"}' },
  "a list in extends, in a CommonJS repository": {
    "tsconfig.json":
      '{ // as NestJS has it\n"extends": ["./config/one"], "compilerOptions": {"experimentalDecorators": true, "useDefineForClassFields": false,},}',
    "package.json": '{"type": "commonjs"}',
  },
};

const ROOT = join(import.meta.dirname!, "../..");
const WAYS: Readonly<Record<string, readonly string[] | undefined>> = {
  "the executable": undefined,
  "Bun from source": [join(ROOT, "node_modules/.bin/bun"), join(ROOT, "src/main.ts")],
  "Deno from source": [
    join(ROOT, "node_modules/.bin/deno"),
    "run",
    "--quiet",
    "--allow-all",
    join(ROOT, "src/main.ts"),
  ],
};

const RUN = ["run", "load/locustfile.ts", "-u", "1", "-t", "1s", "--json"];
const EXPECTED = Object.entries(FEATURES).map(([name, [value]]) => `${name} = ${JSON.stringify(value)}`).toSorted();

function assertFeatures(result: CliResult): void {
  assert.equal(result.code, 0, result.stderr);
  const rows = JSON.parse(result.stdout) as { readonly name: string }[];
  assert.deepEqual(rows.map(({ name }) => name).toSorted(), EXPECTED);
}

for (const [repository, files] of Object.entries(REPOSITORIES)) {
  for (const [way, command] of Object.entries(WAYS)) {
    test(`a locustfile means the same by ${way} below ${repository}`, async () => {
      using folder = new TempFolder({ ...PACKAGES, ...files });
      const options = { cwd: folder.path, ...(command === undefined ? {} : { command }) };
      assertFeatures(await startCli([...RUN, "--processes", "1"], options).ended);
    });
  }

  test(`a locustfile means the same on a worker that gets it below ${repository}`, async () => {
    using folder = new TempFolder({ ...PACKAGES, ...files });
    using empty = new TempFolder();
    const port = String(await freePort());
    const worker = startCli(["--worker", "--master-port", port, "--processes", "1"], { cwd: empty.path });
    const bind = ["--master", "--master-bind-host", "127.0.0.1", "--master-bind-port", port, "--journal", "none"];
    const master = startCli([...RUN, ...bind], { cwd: folder.path });
    try {
      assertFeatures(await master.ended);
      assert.equal((await worker.ended).code, 0, worker.stderr());
    } finally {
      for (const { child } of [worker, master]) if (child.exitCode === null) process.kill(child.pid!, "SIGKILL");
    }
  });
}

const CLASS = "class Kinds extends User { async once() {} static tasks = ['once']; }";
const KINDS: Readonly<Record<string, string>> = {
  "kinds.js": `import { User } from "locust-ts"; export ${CLASS}`,
  "kinds.jsx": `import { User } from "locust-ts"; export ${CLASS}`,
  "kinds.mjs": `import { User } from "locust-ts"; export ${CLASS}`,
  "kinds.cjs": `const { User } = require("locust-ts"); ${CLASS} module.exports = { Kinds };`,
  "kinds.cts": `import locust = require("locust-ts"); ${CLASS.replace("User", "locust.User")} export = { Kinds };`,
  "kinds.mts": `import { User } from "locust-ts"; export ${CLASS} export const n: number = 1;`,
  "kinds.tsx": `/** @jsxRuntime classic @jsx h */ import { User } from "locust-ts"; const h = (tag: string) => tag; ` +
    `export ${CLASS} export const x = <a />;`,
};

test("a locustfile may have any suffix that the runtime loads, and its errors name their line", async () => {
  using folder = new TempFolder({
    ...KINDS,
    ...Object.fromEntries(Object.keys(KINDS).map((name) => [`broken_${name}`, `\n\nnull.x;\n`])),
  });
  const options = { cwd: folder.path };
  for (const name of Object.keys(KINDS)) {
    const { stdout, stderr, code } = await startCli(["run", name, "-l"], options).ended;
    assert.deepEqual([stdout, code], ["Available Users:\n    Kinds\n", 0], `${name}: ${stderr}`);
    const broken = await startCli(["run", `broken_${name}`, "-l"], options).ended;
    assert.match(broken.stderr, new RegExp(`^Cannot load "broken_${name}": .*\\(broken_${name}:3:`), name);
  }
});

for (const [way, command] of Object.entries(WAYS)) {
  test(`a locustfile of CommonJS gets locust-ts by require, in ${way}`, async () => {
    using folder = new TempFolder(KINDS);
    const options = { cwd: folder.path, ...(command === undefined ? {} : { command }) };
    for (const name of ["kinds.cjs", "kinds.cts"]) {
      const { stdout, stderr, code } = await startCli(["run", name, "-l"], options).ended;
      assert.deepEqual([stdout, code], ["Available Users:\n    Kinds\n", 0], `${name}: ${stderr}`);
    }
  });
}

const OLDER = `
import { HttpUser, MarkovTaskSet, SequentialTaskSet, tag, task, TaskSet, transition, transitions } from "locust-ts";
class Steps extends SequentialTaskSet { @task a() {} @tag("x") @task(2) async b() {} }
class Walk extends MarkovTaskSet { @transition("look") async enter() {} @transitions({ enter: 2 }) async look() {} }
@tag("set") class Tagged extends TaskSet { @task a() {} }
export class Shopper extends HttpUser {
  @task async browse() {}
  @task() empty() {}
  @tag("slow") @task(3) async order(): Promise<void> {}
  @task static Steps = Steps;
  @tag("w") @task(2) static Walk = Walk;
  @task static Tagged = Tagged;
}
`;

test("a locustfile that a compiler made with older decorators has the same tasks as its source", async () => {
  using folder = new TempFolder({
    "locustfile.ts": OLDER,
    "tsconfig.json": JSON.stringify({
      compilerOptions: {
        ...{ experimentalDecorators: true, useDefineForClassFields: false, target: "es2022", module: "esnext" },
        ...{ moduleResolution: "bundler", outDir: "out", types: [] },
      },
      files: ["locustfile.ts", "types/locust-ts.d.ts"],
    }),
    "types/locust-ts.d.ts": readFileSync(join(ROOT, "src/cli/verbs/locust_ts_types.txt")),
  });
  const compiled = spawnSync("node", [join(ROOT, "node_modules/typescript/bin/tsc"), "--project", "."], {
    cwd: folder.path,
    encoding: "utf8",
  });
  assert.deepEqual([compiled.status, compiled.stdout], [0, ""]);
  assert.match(readFileSync(folder.at("out/locustfile.js"), "utf8"), /__decorate\(/);
  const describe = async (file: string) => {
    const { code, stdout } = await startCli(["check", file], { cwd: folder.path }).ended;
    assert.equal(code, 0, stdout);
    return stdout.slice(stdout.indexOf("\n"));
  };
  const source = await describe("locustfile.ts");
  assert.match(source, /3 × order {2}tags: slow\n/);
  assert.equal(await describe("out/locustfile.js"), source);
});
