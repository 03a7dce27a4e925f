/** A locustfile says the same where it lies and on a worker that has only its bundle. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { bundleLocustfile } from "../../../src/platform/bundling/bundle.ts";
import { importLocustfiles } from "../../../src/platform/loading/module_loading.ts";
import { runtimeName } from "../../../src/platform/runtime.ts";
import { unpackLocustfile } from "../../../src/platform/bundling/unpack_bundle.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const needsBun = runtimeName === "bun" ? {} : { skip: "only Bun has a bundler" };

/** The files of each case; `result` of "locustfile.ts" is compared, or what it returns. */
const CASES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "texts that show an import or a place": {
    "locustfile.ts": `
      import { readFileSync } from "node:fs";
      const text = \`__dirname \${typeof readFileSync}\`; // __filename, import.meta.url
      export const result = [text, "import.meta.url", 'SELECT name from "fs"', /import.meta.dirname/.source];
    `,
  },
  "import.meta as a whole": {
    "locustfile.ts": 'export { result } from "./lib/inner.ts";',
    "lib/inner.ts": `
      import { readFileSync } from "node:fs";
      const { url, dirname, filename } = import.meta;
      const read = (path: string | URL) => readFileSync(path, "utf8");
      export const result = [
        read(new URL("inner.txt", url)),
        read(dirname + "/inner.txt"),
        read(new URL("inner.txt", import.meta?.url)),
        read(new URL(import.meta.resolve("./inner.txt"))),
        filename.split("/").at(-1),
        import.meta.file,
        typeof (import.meta as any).env,
        (import.meta as any).main,
      ];
    `,
    "lib/inner.txt": "inside",
  },
  "a folder whose name has signs of a URL": {
    "locustfile.ts": 'export { result } from "./a #1%/inner.ts";',
    "a #1%/inner.ts": `
      import { readFileSync } from "node:fs";
      export const result = readFileSync(new URL("./inner.txt", import.meta.url), "utf8");
    `,
    "a #1%/inner.txt": "inside",
  },
  "a package that puts functions of its own into node:fs": {
    "locustfile.ts": `
      import * as fs from "node:fs";
      import { readFile } from "node:fs/promises";
      import graceful from "graceful";
      export const result = [graceful.read(new URL("x.txt", import.meta.url)), graceful.name, typeof fs.readFile, typeof readFile];
    `,
    "x.txt": "x",
    "node_modules/graceful/package.json": '{"name": "graceful", "main": "index.js"}',
    "node_modules/graceful/index.js": `
      "use strict";
      var fs = require("fs");
      Object.defineProperty(fs, Symbol.for("graceful"), { value: [], configurable: true });
      fs.close = (function (close) { return function gracefulClose(...a) { return close.apply(fs, a); }; })(fs.close);
      exports.name = fs.close.name;
      exports.read = (path) => fs.readFileSync(path, "utf8");
    `,
  },
  "modules that are imported for their effect, in a package without effects": {
    "package.json": '{"name": "shop", "sideEffects": false}',
    "locustfile.ts": `
      import "./listeners.ts";
      import { unused } from "./more.ts";
      import * as shapes from "./shapes.ts";
      export { again } from "./again.ts";
      export const result = [...(globalThis as any).effects, Object.keys(shapes)];
      (globalThis as any).effects = undefined;
    `,
    "listeners.ts": '((globalThis as any).effects ??= []).push("listeners");',
    "more.ts": '((globalThis as any).effects ??= []).push("more"); export const unused = 1;',
    "shapes.ts": 'export * from "./shape.ts";',
    "shape.ts": "export const shape = 1;",
    "again.ts": '((globalThis as any).effects ??= []).push("again"); export const again = 1;',
  },
  "scripts that read beside themselves, and a require of one's own": {
    "locustfile.ts": `
      import { createRequire } from "node:module";
      import script from "./lib/script.cjs";
      const require = createRequire(import.meta.url);
      export const result = [script.read(), require("tiny").hello, createRequire(import.meta.url)("./conf.json")];
    `,
    "lib/script.cjs": `
      const { readFileSync } = require("node:fs");
      exports.read = () => [readFileSync(__dirname + "/inner.txt", "utf8"), __filename.split("/").at(-1)];
    `,
    "lib/inner.txt": "inside",
    "conf.json": '{"a": 5}',
    "node_modules/tiny/package.json": '{"name": "tiny", "main": "index.js"}',
    "node_modules/tiny/index.js": 'exports.hello = "tiny";',
  },
  "files that are imported as such, and WebAssembly": {
    "locustfile.ts": 'export { result } from "./lib/inner.ts";',
    "lib/inner.ts": `
      import { readFileSync } from "node:fs";
      import picture from "../assets/picture.png" with { type: "file" };
      const code = readFileSync(new URL("./empty.wasm", import.meta.url));
      export const result = [readFileSync(picture, "utf8"), code.length];
    `,
    "assets/picture.png": "PNG",
    "lib/empty.wasm": "\0asm",
  },
  "the environment": {
    "locustfile.ts": 'export const result = [process.env.NODE_ENV ?? null, process.env["NODE_ENV"] ?? null];',
  },
  "classes without a name, or with one that others have": {
    "locustfile.ts": `
      import { Inner as Other, Visitor as V } from "./other.ts";
      const make = () => class Inner {};
      export default class {}
      export const Visitor = make();
      export const result = [Other.name, V.name];
    `,
    "other.ts": "export class Visitor {} export class Inner {}",
  },
  "tasks, task sets and bases of one name in two modules": {
    "locustfile.ts": `
      import { A } from "./a.ts";
      import { B } from "./b.ts";
      export { A, B };
      export const result = () => [A, B].map((each: any) =>
        [Object.getPrototypeOf(each).name, each.tasks.flat().map((task: any) => task.name ?? task), [...each.more.keys()].map((task) => task.name)]
      );
    `,
    ...Object.fromEntries(["A", "B"].map((name) => [
      `${name.toLowerCase()}.ts`,
      `const look = async () => {}; const buy = function () {};
       class Browse {} class Base { static tasks: any = [browse, [Browse, 2], look]; static more = new Map([[buy, 1]]); }
       async function browse() {}
       export class ${name} extends Base {}`,
    ])),
  },
  "names that the bundler might have made": {
    "locustfile.ts": `
      import { Look as Other, Buy2 as Second } from "./other.ts";
      class Browse {} class Browse2 {} class Look {} class Mine { static name = "Look2"; } class Buy2 {}
      export class Visitor { static tasks = [Browse, Browse2, Look, Mine, Other, Buy2, Second]; }
      export const result = () => Visitor.tasks.map((task) => task.name);
    `,
    "other.ts": "export class Look {} export class Buy {} export class Buy2 {}",
  },
};

for (const [title, files] of Object.entries(CASES)) {
  test(`bundleLocustfile() says what the file says: ${title}`, needsBun, async () => {
    using folder = new TempFolder(files);
    using elsewhere = new TempFolder();
    const here = await load(folder.at("locustfile.ts"));
    const bundle = await bundleLocustfile([folder.at("locustfile.ts")], folder.path);
    folder[Symbol.dispose](); // nothing of it may be needed
    const there = await load(unpackLocustfile(bundle.hash, bundle.source, bundle.files, elsewhere.path));
    assert.deepEqual(resultOf(there), resultOf(here));
    assert.deepEqual(namesIn(there), namesIn(here));
  });
}

test("bundleLocustfile() finds shipped files by a relative name, whatever reads them", needsBun, async () => {
  using folder = new TempFolder({
    "locustfile.ts": `
      import * as fs from "node:fs";
      import { copyFile, readFile } from "node:fs/promises";
      import { promisify } from "node:util";
      const name = "only_in_the_bundle.csv";
      const target = new URL("copied.csv", import.meta.url);
      await copyFile(name, target);
      export const result = [
        await (await fs.openAsBlob(name)).text(),
        await readFile(target, "utf8"),
        fs.promises.readFile !== undefined && await fs.promises.readFile(name, "utf8"),
        fs.existsSync(name),
        fs.realpathSync(name) === fs.realpathSync.native(name),
        await Bun.file(name).text(),
        await promisify(fs.exists)(name),
      ];
    `,
    "only_in_the_bundle.csv": "a,b",
  });
  using elsewhere = new TempFolder();
  const { hash, source, files } = await bundleLocustfile([folder.at("locustfile.ts")]);
  const there = await load(unpackLocustfile(hash, source, files, elsewhere.path));
  assert.deepEqual(there["result"], ["a,b", "a,b", "a,b", true, true, "a,b", true]);
});

async function load(file: string): Promise<Record<string, unknown>> {
  const { modules: [module], failed: [failure] } = await importLocustfiles([file]);
  if (module === undefined) throw failure?.thrown;
  return module.exports;
}

/** What is asked for a result has its names. */
function resultOf({ result }: Record<string, unknown>): unknown {
  return typeof result === "function" ? result() : result;
}

/** A class without a name is named after its file, which is "" or "default" here. */
function namesIn(exports: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(exports).filter(([, value]) => typeof value === "function")
      .map(([key, value]) => [key, (value as { name: string }).name.replace(/^default$/, "")]),
  );
}
