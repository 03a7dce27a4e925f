import assert from "node:assert/strict";
import { test } from "node:test";
import { explainPackageImport } from "../../../src/platform/loading/package_imports.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const IMPORTS = {
  "#lib/*": "./src/*.ts",
  "#db": { node: "./db_node.js", default: ["./db.js"] },
  "#off": null,
};

const CASES: readonly (readonly [sentence: string, specifier: string, what: string, advice: string])[] = [
  ["a pattern", "#lib/x", 'the alias "#lib/x" leads to "./src/x.ts", which does not exist', '"#lib/*" in "imports" of'],
  [
    "conditions",
    "#db",
    'the alias "#db" leads to "./db_node.js" or "./db.js", which does not exist',
    '"#db" in "imports"',
  ],
  [
    "one that is switched off",
    "#off",
    'the alias "#off" leads to nothing, which does not exist',
    '"#off" in "imports"',
  ],
  ["no entry", "#other/x", 'the alias "#other/x" is not defined', 'add it to "imports" in '],
];

for (const [sentence, specifier, what, advice] of CASES) {
  test(`explainPackageImport() of ${sentence} names the package.json`, () => {
    using folder = new TempFolder({ "package.json": JSON.stringify({ imports: IMPORTS }), "load/locustfile.ts": "" });
    const problem = explainPackageImport(folder.at("load/locustfile.ts"), specifier);
    assert.equal(problem?.what, what);
    assert.ok(problem?.advice.includes(advice) && problem.advice.includes(folder.at("package.json")), problem?.advice);
  });
}

test("explainPackageImport() has nothing to say of other names, and takes a broken package.json", () => {
  using folder = new TempFolder({ "package.json": "{", "locustfile.ts": "" });
  assert.equal(explainPackageImport(folder.at("locustfile.ts"), "@/x"), undefined);
  assert.equal(explainPackageImport(folder.at("locustfile.ts"), "#x")?.what, 'the alias "#x" is not defined');
});
