import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { importLocustfiles } from "../../../src/platform/loading/module_loading.ts";
import { runtimeName } from "../../../src/platform/runtime.ts";
import { explainAlias } from "../../../src/platform/loading/tsconfig.ts";
import * as api from "../../../mod.ts";
import { describeLoadError } from "../../../src/user/loading/load_error.ts";
import { IMPORTED_NAMES } from "../../../src/base/hints/foreign_names.ts";
import { collectLocustfile } from "../../../src/user/loading/locustfile.ts";
import { TempFolder } from "../../support/temp_folder.ts";

/** What is said about the import of `locustfile.ts` among these files. */
async function importError(files: Readonly<Record<string, string>>, name = "locustfile.ts"): Promise<string> {
  using folder = new TempFolder(files);
  const { modules, failed } = await importLocustfiles([folder.at(name)]);
  assert.deepEqual(modules, []);
  const readText = (file: string) => {
    try {
      return readFileSync(file, "utf8");
    } catch {
      return undefined; // the case of the test: there is no such file
    }
  };
  const [failure] = failed;
  return describeLoadError(failure?.file ?? "", failure?.thrown, { folder: folder.path, readText, explainAlias });
}

test("describeLoadError() of a file that is not there", async () => {
  const text = await importError({});
  assert.equal(text, 'Cannot load "locustfile.ts": there is no such file; give the path of a locustfile with -f');
});

test(
  "describeLoadError() of a file that is there, with a question mark in its name",
  runtimeName === "bun" ? {} : { skip: "Deno loads it" },
  async () => {
    const text = await importError({ "shop?.ts": "export {};" }, "shop?.ts");
    assert.equal(text, 'Cannot load "shop?.ts": what follows the "?" of its path is read as a query; rename it');
  },
);

test("describeLoadError() of a bundle names the files in it, and not where it was unpacked", () => {
  const file = "/tmp/unpacked/95fb/locustfile.bundle.mjs";
  const thrown = Object.assign(new Error("no such shop"), { stack: `Error\n    at ${file}:7:9` });
  const describe = (source: string) => describeLoadError(file, thrown, { folder: "/home", readText: () => source });
  const bundle = `var entry = { "locust-ts bundle": [{ file: "a/shop.ts", exports: { ...m0 }, names: {} },
    { file: "b \\"x\\".ts", exports: { ...m1 }, names: {} }] };`;
  assert.match(
    describe(bundle),
    /^Cannot load "a\/shop\.ts", "b "x"\.ts": it threw Error: no such shop \(locustfile\.bundle\.mjs:7:9\)/,
  );
  assert.match(describe("export {};"), /^Cannot load "the master's locustfile": it threw/);
});

test("describeLoadError() of a syntax error shows its line and a caret", async () => {
  const text = await importError({ "locustfile.ts": "const a = 1;\nconst b = = 2;\nconst c = 3;\n" });
  assert.match(text, /^Cannot load "locustfile.ts": syntax error: .* \(locustfile\.ts:2:11\)\n/);
  assert.equal(
    text.slice(text.indexOf("\n") + 1),
    ["  1 | const a = 1;", "> 2 | const b = = 2;", "    |           ^", "  3 | const c = 3;"].join("\n"),
  );
});

test("describeLoadError() of a syntax error in an imported file names that file", async () => {
  const text = await importError({ "locustfile.ts": 'import "./lib/b.ts";\n', "lib/b.ts": "\nlet = = 1;\n" });
  assert.match(text, /^Cannot load "locustfile.ts": syntax error: .* \(lib\/b\.ts:2:\d+\)\n/);
  assert.match(text, /> 2 \| let = = 1;/);
});

test("describeLoadError() of an exception at import gives the position in the TypeScript", async () => {
  const text = await importError({
    "locustfile.ts":
      "interface Gone {\n  a: number;\n  b: string;\n}\n\nexport const x: Gone | undefined = undefined;\nthrow new TypeError('no token');\n",
  });
  assert.match(text, /^Cannot load "locustfile.ts": it threw TypeError: no token \(locustfile\.ts:7:\d+\)\n/);
  assert.match(text, /> 7 \| throw new TypeError\('no token'\);/);
});

test("describeLoadError() of an exception at import names the file that threw", async () => {
  const text = await importError({ "locustfile.ts": 'import "./b.ts";\n', "b.ts": "\n\nnull.x;\n" });
  assert.match(text, /^Cannot load "locustfile.ts": it threw TypeError: .* \(b\.ts:3:\d+\)\n/);
});

test("describeLoadError() of something thrown that is not an Error", async () => {
  const text = await importError({ "locustfile.ts": "throw { reason: 7 };\n" });
  assert.equal(text, 'Cannot load "locustfile.ts": it threw a value that is not an Error: { reason: 7 }');
});

test("describeLoadError() of a package that is not installed says what to run", async () => {
  const text = await importError({
    "locustfile.ts": '\nimport x from "nosuch-package-of-tests";\nexport default x;\n',
  });
  assert.match(
    text,
    /^Cannot load "locustfile.ts": the package "nosuch-package-of-tests" is not installed \(locustfile\.ts:2:15\); run "npm install nosuch-package-of-tests" in the folder of the locustfile\n/,
  );
  assert.match(text, /> 2 \| import x from "nosuch-package-of-tests";/);
});

for (
  const [specifier, message] of [
    ["k6/data", /"k6\/data" is a module of k6 .*; write feed\.csv or feed\.json, with "feed" from "locust-ts"/],
    ["k6/metrics", /"k6\/metrics" is a module of k6 .*; write metrics\.trend, \.counter, \.rate or \.gauge/],
    ["k6", /"k6" is a module of k6 .*; import everything from "locust-ts"; docs\/coming-from-k6\.md/],
    ["@gatling.io/http", /"@gatling\.io\/http" is a module of Gatling .*docs\/coming-from-gatling\.md/],
  ] as const
) {
  test(`describeLoadError() of the module ${specifier} of another tool says our words, and nothing of npm`, async () => {
    const text = await importError({ "locustfile.ts": `import * as x from "${specifier}";\nexport default x;\n` });
    assert.match(text, message);
    assert.doesNotMatch(text, /npm install/);
  });
}

test("describeLoadError() of an imported URL says that it is one", () => {
  const told = (url: string, message: string) =>
    describeLoadError("/w/locustfile.ts", new Error(message), {
      folder: "/w",
      readText: () => `import x from "${url}";\nexport default x;\n`,
    });
  for (const words of [(url: string) => `ENOENT reading "${url}"`, (url: string) => `Import '${url}' failed.`]) {
    const module = "https://esm.sh/lodash";
    assert.match(
      told(module, words(module)),
      /^Cannot load "locustfile.ts": it imports the URL "https:\/\/esm\.sh\/lodash" \(locustfile\.ts:1:15\); modules come from/,
    );
    const papa = "https://jslib.k6.io/papaparse/5.1.1/index.js";
    assert.match(
      told(papa, words(papa)),
      /index\.js" is a module for k6 .*; write feed\.csv, with "feed" from "locust-ts"/,
    );
  }
});

test("describeLoadError() of a deep import names the package, not the path in it", async () => {
  const text = await importError({
    "locustfile.ts": 'import x from "@nosuch/of-tests/deep/file.js";\nexport default x;\n',
  });
  assert.match(text, /the package "@nosuch\/of-tests" is not installed.*run "npm install @nosuch\/of-tests"/);
});

test("describeLoadError() of an imported file that is not there", async () => {
  const text = await importError({ "locustfile.ts": '// first\nimport "./gone.ts";\n' });
  assert.match(
    text,
    /^Cannot load "locustfile.ts": it imports "(?:\.\/)?gone\.ts", which does not exist \(locustfile\.ts:2:8\)\n/,
  );
});

test("describeLoadError() of a specifier without its ending names the file that is meant", async () => {
  const text = importError({
    "locustfile.ts": 'import { yes } from "./lib";\nexport const a = yes;\n',
    "lib.ts": "export const yes = 1;\n",
  });
  if ("Bun" in globalThis) return await assert.rejects(text, "Bun finds the file: there is no error to describe");
  assert.match(
    await text,
    /imports "lib", which does not exist \(locustfile\.ts:1:21\); Deno wants the ending too: "lib\.ts"/,
  );
});

test("describeLoadError() of a name that a module does not export", async () => {
  const text = await importError({
    "locustfile.ts": 'import { nope } from "./lib.ts";\nexport const a = nope;\n',
    "lib.ts": "export const yes = 1;\n",
  });
  assert.match(text, /^Cannot load "locustfile.ts": "(?:\.\/)?lib\.ts" exports no "nope" \(locustfile\.ts:1:10\)\n/);
});

test("describeLoadError() of Python's names says ours", async () => {
  const start = 'import { constant_pacing } from "./lib.ts";\nexport const w = constant_pacing(1);\n';
  const files = { "locustfile.ts": start, "lib.ts": "export const constantPacing = 1;\n" };
  assert.match(await importError(files), /exports no "constant_pacing".*: "constantPacing"/);
  const other = await importError({ "locustfile.ts": 'import { task } from "locust";\nexport const t = task;\n' });
  assert.match(other, /there is no "locust" .*; import everything from "locust-ts"/);
});

test("describeLoadError() of a declaration that is there twice", async () => {
  const text = await importError({ "locustfile.ts": "export const q = 1;\nconst q = 3;\n" });
  assert.match(text, /^Cannot load "locustfile.ts": syntax error: .*already been declared \(locustfile\.ts:2:7\)\n/);
});

test("importLocustfiles() tells each file that fails and loads the others", async () => {
  using folder = new TempFolder({ "a.ts": "throw 1;", "b.ts": "export const b = 2;", "c.ts": "const = ;" });
  const { modules, failed } = await importLocustfiles([folder.at("a.ts"), folder.at("b.ts"), folder.at("c.ts")]);
  assert.deepEqual(modules.map(({ file, exports }) => [file, exports["b"]]), [[folder.at("b.ts"), 2]]);
  assert.deepEqual(failed.map(({ file }) => file), [folder.at("a.ts"), folder.at("c.ts")]);
});

test("importLocustfiles() takes top-level await, JSON and type-only imports", async () => {
  using folder = new TempFolder({
    "locustfile.ts": 'import conf from "./conf.json" with { type: "json" };\nimport type { T } from "./types.ts";\n' +
      "export const late: T = await Promise.resolve(conf.a);\nexport enum Kind { One = 1 }\n",
    "conf.json": '{"a": 5}',
    "types.ts": "export type T = number;\n",
  });
  const { modules, failed } = await importLocustfiles([folder.at("locustfile.ts")]);
  assert.deepEqual(failed, []);
  assert.equal(modules[0]?.exports["late"], 5);
});

/** A nested set as the documentation of other tools would write it: in place. */
const NESTED = `import { HttpUser, task, TaskSet } from "${new URL("../../../mod.ts", import.meta.url).href}";
export class Shopper extends HttpUser {
  @task
  home() {}
  @task(2)
  static Browse = class extends TaskSet {
    @task
    list() {}
  };
}
`;

test("a nested set written in place is loaded", async () => {
  using folder = new TempFolder({ "locustfile.ts": NESTED });
  const { modules, failed } = await importLocustfiles([folder.at("locustfile.ts")]);
  assert.deepEqual(failed, []);
  const { description, problems } = collectLocustfile(modules);
  assert.deepEqual(problems, []);
  const [home, browse] = description.userClasses[0]?.tasks ?? [];
  assert.deepEqual([home?.name, browse?.name, browse?.weight, browse?.tasks[0]?.name], ["home", "Browse", 2, "list"]);
});

test("what Deno's compiler cannot do with a class in a class is told with what to write instead", async () => {
  if ("Bun" in globalThis) return; // it can
  const decorated = NESTED.replace("= class", "= @tag('x') class").replace("task,", "tag, task,");
  assert.match(
    await importError({ "locustfile.ts": decorated }),
    /^Cannot load "locustfile\.ts": Deno cannot compile a class .* \(locustfile\.ts:6:\d+\); declare it before/,
  );
});

test("describeLoadError() of an alias names the tsconfig.json, and no package to install", async () => {
  const locustfile = 'import { x } from "@/lib/x";\nx();\n';
  const none = await importError({ "locustfile.ts": locustfile, "tsconfig.json": "{}" });
  assert.match(
    none,
    /^Cannot load "locustfile\.ts": the alias "@\/lib\/x" is not defined \(locustfile\.ts:1:19\); add a pattern for it to "paths" in .*tsconfig\.json\n/,
  );
  const wrong = await importError({
    "locustfile.ts": locustfile,
    "tsconfig.json": '{"extends": "./base.json"}',
    "base.json": '{"compilerOptions": {"paths": {"@/*": ["./src/*"]}}}',
  });
  assert.match(wrong, /the alias "@\/lib\/x" leads to ".*src\/lib\/x", which does not exist .*"@\/\*" in "paths" of/);
});

test("describeLoadError() of a decorator before a parameter says that there are none", {
  skip: !("Deno" in globalThis),
}, async () => {
  const source = "const inject: any = () => () => {};\nclass A {\n  constructor(@inject() readonly x: number) {}\n}\n";
  const text = await importError({ "locustfile.ts": source });
  assert.match(
    text,
    /^Cannot load "locustfile\.ts": syntax error: .* \(locustfile\.ts:3:15\); decorators of a locustfile are/,
  );
  const other = await importError({ "locustfile.ts": "const b = @inject;\n" });
  assert.doesNotMatch(other, /decorators of a locustfile/);
});

test("describeLoadError() of an import that locust-ts has under another name, or nearly, says which", () => {
  const described = (message: string) => {
    const thrown = new SyntaxError(message);
    return describeLoadError("/t/locustfile.ts", thrown, { folder: "/t", readText: () => undefined });
  };
  const [bun, deno] = [
    (name: string) => described(`Export named '${name}' not found in module 'locust-ts'.`),
    (name: string) => described(`The requested module 'locust-ts' does not provide an export named '${name}'`),
  ] as const;
  for (const say of [bun, deno]) {
    assert.match(say("taks"), /the package "locust-ts" exports no "taks"; write "task"$/);
    assert.match(say("HttpLocust"), /exports no "HttpLocust"; write "HttpUser"$/);
    assert.match(say("RestUser"), /exports no "RestUser"; write "FastHttpUser": it has rest\(\)$/);
    assert.match(say("exception"), /exports no "exception"; import StopUser/);
    assert.match(say("Zebra"), /exports no "Zebra"$/);
  }
});

test("IMPORTED_NAMES are names of locust-ts", () => {
  assert.deepEqual(IMPORTED_NAMES.filter((name) => !Object.hasOwn(api, name)), []);
});

test("describeLoadError() of Python in a TypeScript file names the page that translates it", async () => {
  const python = "from locust import HttpUser, task\n\nclass A(HttpUser):\n    @task\n    def a(self):\n        pass\n";
  assert.match(await importError({ "locustfile.ts": python }), /; it is Python; docs\/coming-from-locust\.md shows/);
});

test("describeLoadError() of a decorator before a function says how to write it", () => {
  const source = "const on: any = () => {};\n@on.start\nfunction f() {}\n";
  const thrown = Object.assign(new Error('Expected "class" but found "function"'), {
    name: "BuildMessage",
    position: { file: "/t/locustfile.ts", line: 3, column: 1 },
  });
  const text = describeLoadError("/t/locustfile.ts", thrown, { folder: "/t", readText: () => source });
  assert.match(
    text,
    /"function" \(locustfile\.ts:3:1\); functions have no decorators; write on\.start\(function …\)\n/,
  );
});
