import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { collectNodeTypes, packNodeTypes, readNodeTypes } from "../../src/platform/node_types.ts";
import { TempFolder } from "../support/temp_folder.ts";

test("collectNodeTypes() puts what the package imports beside it", () => {
  using folder = new TempFolder({
    "@types/node/package.json":
      '{"name": "@types/node", "version": "1.2.3", "types": "index.d.ts", "scripts": {"x": "y"}}',
    "@types/node/LICENSE": "MIT",
    "@types/node/index.d.ts": '/// <reference path="web/fetch.d.ts" />',
    "@types/node/web/fetch.d.ts": 'import("undici-types")',
    "@types/node/http.d.ts": 'import("undici-types")',
    "@types/node/README.md": "no types",
    "undici-types/index.d.ts": "export {};",
  });
  const types = collectNodeTypes(folder.path);
  assert.deepEqual(Object.keys(types ?? {}).toSorted(), [
    ...["LICENSE", "http.d.ts", "index.d.ts", "package.json", "undici-types/index.d.ts", "web/fetch.d.ts"],
  ]);
  assert.equal(types?.["http.d.ts"], 'import("./undici-types/index.js")');
  assert.equal(types?.["web/fetch.d.ts"], 'import("../undici-types/index.js")');
  assert.deepEqual(JSON.parse(types?.["package.json"] ?? ""), {
    name: "@types/node",
    version: "1.2.3",
    types: "index.d.ts",
  });
  assert.deepEqual(JSON.parse(gunzipSync(packNodeTypes(types ?? {})).toString()), types);
});

test("collectNodeTypes() of a place without them is undefined", () => {
  using folder = new TempFolder();
  assert.equal(collectNodeTypes(folder.path), undefined);
});

test("readNodeTypes() from source has the installed package", async () => {
  assert.match((await readNodeTypes())?.["process.d.ts"] ?? "", /interface ProcessEnv/);
});
