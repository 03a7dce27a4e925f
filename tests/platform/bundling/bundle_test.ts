import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { test } from "node:test";
import { bundleLocustfile, hashBundle } from "../../../src/platform/bundling/bundle.ts";
import { filesInBundle } from "../../../src/platform/loading/bundle_format.ts";
import { MAX_TOTAL_BYTES } from "../../../src/platform/bundling/data_files.ts";
import { importLocustfiles } from "../../../src/platform/loading/module_loading.ts";
import { runtimeName } from "../../../src/platform/runtime.ts";
import { unpackLocustfile } from "../../../src/platform/bundling/unpack_bundle.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const needsBun = runtimeName === "bun" ? {} : { skip: "only Bun has a bundler" };

const FILES = {
  "locustfile.ts": `
    import { readFileSync } from "node:fs";
    import tiny from "tiny";
    import conf from "./conf.json" with { type: "json" };
    import { deep } from "./lib/deep.ts";
    export const users: string[] = readFileSync(new URL("./users.csv", import.meta.url), "utf8").split("\\n");
    export const all = [tiny.hello(), conf.a, deep];
    export class Shopper { fail() { throw new Error("here"); } }
  `,
  "conf.json": '{"a": 5}',
  "users.csv": "ada\nbob",
  "secret.csv": "not named anywhere",
  "lib/deep.ts": `
    import { readFileSync } from "node:fs";
    import { join } from "node:path";
    export const deep = readFileSync(join(import.meta.dirname, "inner.txt"), "utf8");
    export const list = ["data"];
  `,
  "lib/inner.txt": "inside",
  "data/one.csv": "1",
  "data/two.json": "2",
  "data/code.ts": "export {}",
  "data/.hidden.csv": "3",
  "node_modules/tiny/package.json": '{"name": "tiny", "version": "1.0.0", "main": "index.js"}',
  "node_modules/tiny/index.js": 'exports.hello = () => "tiny";',
};

test(
  "bundleLocustfile() runs elsewhere as it ran here: local imports, packages, JSON and data files",
  needsBun,
  async () => {
    using folder = new TempFolder(FILES);
    using elsewhere = new TempFolder();
    const { hash, source, files } = await bundleLocustfile([folder.at("locustfile.ts")]);
    const module = unpackLocustfile(hash, source, files, elsewhere.path);
    folder[Symbol.dispose](); // nothing of it may be needed
    assert.deepEqual(filesInBundle(source), ["locustfile.ts"]);
    const { modules, failed } = await importLocustfiles([module]);
    assert.deepEqual(failed, []);
    assert.equal(modules[0]?.file, "locustfile.ts");
    assert.deepEqual(modules[0]?.exports["users"], ["ada", "bob"]);
    assert.deepEqual(modules[0]?.exports["all"], ["tiny", 5, "inside"]);
  },
);

test("bundleLocustfile() keeps the positions of the TypeScript in stacks", needsBun, async () => {
  using folder = new TempFolder(FILES);
  using elsewhere = new TempFolder();
  const { hash, source, files } = await bundleLocustfile([folder.at("locustfile.ts")]);
  const { modules } = await importLocustfiles([unpackLocustfile(hash, source, files, elsewhere.path)]);
  const Shopper = modules[0]?.exports["Shopper"] as new () => { fail(): void };
  assert.throws(() => new Shopper().fail(), (error: Error) => /locustfile\.ts:8:\d+/.test(error.stack ?? ""));
});

test("bundleLocustfile() takes the data files that the code names, and no others", needsBun, async () => {
  using folder = new TempFolder(FILES);
  const { files } = await bundleLocustfile([folder.at("locustfile.ts")]);
  assert.deepEqual(files.map(({ path }) => path), [
    "conf.json",
    "data/one.csv",
    "data/two.json",
    "lib/inner.txt",
    "users.csv",
  ]);
});

test("bundleLocustfile() gives packages a require that every runtime has", needsBun, async () => {
  using folder = new TempFolder({
    "locustfile.ts": 'import tiny from "tiny"; export const sep = tiny.sep;',
    "node_modules/tiny/package.json": '{"name": "tiny", "main": "index.js"}',
    "node_modules/tiny/index.js": 'exports.sep = require("path").sep;',
  });
  const { source } = await bundleLocustfile([folder.at("locustfile.ts")]);
  assert.match(source, /__require = import\.meta\.require \?\? createRequireAnywhere\(import\.meta\.url\)/);
  const withoutOwn = folder.at("other_runtime.mjs");
  writeFileSync(withoutOwn, source.replace("import.meta.require ??", "undefined ??"));
  const { modules, failed } = await importLocustfiles([withoutOwn]);
  assert.deepEqual([failed, modules[0]?.exports["sep"]], [[], "/"]);
});

test("bundleLocustfile() keeps the names of classes that packages or other modules have too", needsBun, async () => {
  using folder = new TempFolder({
    "node_modules/tiny/package.json": '{"name": "tiny", "main": "index.js", "type": "module"}',
    "node_modules/tiny/index.js": "export class Client {} export class Shopper {} export class Visitor {}",
    "a.ts": `
      import * as tiny from "tiny";
      export const used = [tiny.Client, tiny.Shopper, tiny.Visitor].length;
      export class Client {}
      class Shopper {}
      export { Shopper as Buyer };
      export default class Visitor {}
    `,
    "b.ts": "class Client {} export class Client2 extends Client {}",
  });
  using elsewhere = new TempFolder();
  const { hash, source, files } = await bundleLocustfile([folder.at("a.ts"), folder.at("b.ts")]);
  const { modules } = await importLocustfiles([unpackLocustfile(hash, source, files, elsewhere.path)]);
  const nameOf = (module: number, key: string) => (modules[module]?.exports[key] as { name: string }).name;
  assert.deepEqual(["Client", "Buyer", "default"].map((key) => nameOf(0, key)), ["Client", "Shopper", "Visitor"]);
  assert.equal(nameOf(1, "Client2"), "Client2");
});

test("bundleLocustfile() keeps several locustfiles apart", needsBun, async () => {
  using folder = new TempFolder({ "a.ts": "export const name = 'a';", "sub/b.ts": "export const name = 'b';" });
  using elsewhere = new TempFolder();
  const { hash, source, files } = await bundleLocustfile([folder.at("a.ts"), folder.at("sub/b.ts")]);
  const { modules } = await importLocustfiles([unpackLocustfile(hash, source, files, elsewhere.path)]);
  assert.deepEqual(modules.map(({ file, exports }) => [file, exports["name"]]), [["a.ts", "a"], ["sub/b.ts", "b"]]);
});

test("bundleLocustfile() has one hash for one content", needsBun, async () => {
  using folder = new TempFolder(FILES);
  const first = await bundleLocustfile([folder.at("locustfile.ts")]);
  const second = await bundleLocustfile([folder.at("locustfile.ts")]);
  assert.equal(first.hash, second.hash);
  assert.equal(first.hash, hashBundle(first.source, first.files));
});

test("bundleLocustfile() has the same hash from every current folder", needsBun, async () => {
  using folder = new TempFolder(
    nest("shop", { ...FILES, "locustfile.ts": `${FILES["locustfile.ts"]}\nimport "../lib/x.ts";` }),
  );
  writeFileSync(folder.at("package.json"), "{}");
  mkdirSync(folder.at("lib"));
  writeFileSync(folder.at("lib/x.ts"), "export const x = import.meta.url;");
  const before = process.cwd();
  const hashes = new Set<string>();
  try {
    for (const from of [folder.at("shop"), folder.path, folder.at("lib"), "/"]) {
      process.chdir(from);
      const { hash, source, files } = await bundleLocustfile([folder.at("shop/locustfile.ts")]);
      hashes.add(hash);
      assert.deepEqual(files.map(({ path }) => path), [
        "shop/conf.json",
        "shop/data/one.csv",
        "shop/data/two.json",
        "shop/lib/inner.txt",
        "shop/users.csv",
      ]);
      assert.match(source, /\n\/\/ shop\/lib\/deep\.ts\n/);
    }
  } finally {
    process.chdir(before);
  }
  assert.equal(hashes.size, 1);
});

/** The files in a folder of this name. */
function nest(name: string, files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`${name}/${path}`, text]));
}

test("bundleLocustfile() refuses a package with native code and names it", needsBun, async () => {
  using folder = new TempFolder({
    "locustfile.ts": 'import "fastthing"; export {};',
    "node_modules/fastthing/package.json": '{"name": "fastthing", "main": "index.js"}',
    "node_modules/fastthing/index.js": 'module.exports = require("./build/fast.node");',
    "node_modules/fastthing/build/fast.node": "ELF",
  });
  await assert.rejects(bundleLocustfile([folder.at("locustfile.ts")]), {
    code: "bundle_native",
    message: /"fastthing" has native code, which cannot be bundled; install it on each worker/,
  });
});

test("bundleLocustfile() says what it cannot resolve", needsBun, async () => {
  using folder = new TempFolder({ "locustfile.ts": 'import "nosuch-package-of-tests";' });
  await assert.rejects(bundleLocustfile([folder.at("locustfile.ts")]), {
    code: "bundle",
    message: /nosuch-package-of-tests/,
  });
});

test(
  "bundleLocustfile() only names a file that is too large for a message, and knows it by size and time",
  needsBun,
  async () => {
    using folder = new TempFolder({
      "locustfile.ts": 'export const path = "big.csv";',
      "big.csv": new Uint8Array(MAX_TOTAL_BYTES + 1),
    });
    const { hash, source, files, large, warnings } = await bundleLocustfile([folder.at("locustfile.ts")]);
    assert.deepEqual([files, warnings], [[], []]);
    assert.deepEqual(large.map(({ path, size }) => [path, size]), [["big.csv", MAX_TOTAL_BYTES + 1]]);
    assert.equal(hashBundle(source, files, large), hash);
    assert.notEqual(hashBundle(source, files, [{ path: "big.csv", size: MAX_TOTAL_BYTES + 1, changedMs: 1 }]), hash);
  },
);

test("bundleLocustfile() takes what is named from the current folder above the locustfile", needsBun, async () => {
  using folder = new TempFolder({
    "load/locustfile.ts": `
      import { readFileSync } from "node:fs";
      export const files = ["data/items.txt", "../data/items.txt", "data"];
      export const here = import.meta.dirname;
    `,
    "data/items.txt": "1",
    "data/other.txt": "not named",
  });
  const { files, warnings } = await bundleLocustfile([folder.at("load/locustfile.ts")], folder.path);
  assert.deepEqual(files.map(({ path }) => path), ["data/items.txt"]);
  assert.deepEqual(warnings, []);
});

test("bundleLocustfile() tells of data files that are named and lie elsewhere", needsBun, async () => {
  using folder = new TempFolder({
    "load/locustfile.ts": 'export const file = "../data/items.txt";',
    "data/items.txt": "1",
  });
  const { files, warnings } = await bundleLocustfile([folder.at("load/locustfile.ts")], folder.at("load"));
  assert.deepEqual(files, []);
  assert.match(
    warnings.join(),
    /data\/items\.txt" is not shipped to workers: it lies outside of .*load; start the master/,
  );
});

test("bundleLocustfile() is the same below a tsconfig.json that asks for another language", needsBun, async () => {
  const files = {
    "locustfile.ts": `
      import { task, TaskSet, User } from "locust-ts";
      export class Visitor extends User {
        @task static browse = class extends TaskSet {
          @task async look() {}
        };
      }
    `,
  };
  using older = new TempFolder({
    ...files,
    "tsconfig.json": '{"compilerOptions": {"experimentalDecorators": true, "useDefineForClassFields": false}}',
  });
  using usual = new TempFolder(files);
  const there = await bundleLocustfile([older.at("locustfile.ts")]);
  const here = await bundleLocustfile([usual.at("locustfile.ts")]);
  const codeOf = ({ source }: { readonly source: string }) => source.replace(/\/\/.*$/gm, "");
  assert.equal(codeOf(there), codeOf(here));
  assert.deepEqual(there.warnings, []);
});

test(
  "bundleLocustfile() without a bundler says what to do",
  runtimeName === "bun" ? { skip: "Bun has one" } : {},
  async () => {
    await assert.rejects(bundleLocustfile(["/x.ts"]), {
      code: "bundle_runtime",
      message: /start the master with the executable/,
    });
  },
);

test("unpackLocustfile() refuses contents of another hash", () => {
  using folder = new TempFolder();
  assert.throws(() => unpackLocustfile("0".repeat(64), "export {}", [], folder.path), { code: "bundle_corrupt" });
});

for (const path of ["../evil.csv", "/etc/evil.csv", "a/../../evil.csv", "", "a\0b"]) {
  test(`unpackLocustfile() refuses the path ${JSON.stringify(path)} and writes nothing`, () => {
    using folder = new TempFolder();
    const files = [{ path, bytes: new Uint8Array(1) }];
    const hash = hashBundle("export {}", files);
    assert.throws(() => unpackLocustfile(hash, "export {}", files, folder.at("in")), { code: "bundle_corrupt" });
    assert.ok(!existsSync(folder.at("in")));
  });
}

test("unpackLocustfile() writes module and files, and the same again gives the same path", () => {
  using folder = new TempFolder();
  const files = [{ path: "data/x.csv", bytes: new TextEncoder().encode("hello") }];
  const hash = hashBundle("export const a = 1;", files);
  const first = unpackLocustfile(hash, "export const a = 1;", files, folder.path);
  assert.equal(unpackLocustfile(hash, "export const a = 1;", files, folder.path), first);
  assert.equal(readFileSync(first.replace(/[^/\\]+$/, "data/x.csv"), "utf8"), "hello");
});
