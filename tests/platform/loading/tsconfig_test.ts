import assert from "node:assert/strict";
import { test } from "node:test";
import {
  asksForOtherLanguage,
  findProjectConfig,
  languageOptions,
  parseJsonWithComments,
  resolveAlias,
} from "../../../src/platform/loading/tsconfig.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const SOURCES = { "src/x.ts": "", "src/dir/index.ts": "", "src/data.json": "{}", "deep/er/locustfile.ts": "" };

/** Where `specifier` leads, relative to the repository, from a module in `deep/er`. */
function lead(files: Readonly<Record<string, string>>, specifier: string): string | undefined {
  using folder = new TempFolder({ ...SOURCES, ...files });
  const config = findProjectConfig(folder.at("deep/er"));
  return config === undefined ? undefined : resolveAlias(config, specifier)?.slice(folder.path.length + 1);
}

const PATHS = '"compilerOptions": {"paths": {"@/*": ["../src/*"]}}';
const CASES: readonly (readonly [sentence: string, files: Record<string, string>, specifier: string, path?: string])[] =
  [
    ["paths beside", { "tsconfig.json": '{"compilerOptions": {"paths": {"@/*": ["./src/*"]}}}' }, "@/x", "src/x.ts"],
    [
      "paths from baseUrl",
      { "tsconfig.json": '{"compilerOptions": {"baseUrl": "src", "paths": {"@/*": ["*"]}}}' },
      "@/x",
      "src/x.ts",
    ],
    ["baseUrl alone", { "tsconfig.json": '{"compilerOptions": {"baseUrl": "src"}}' }, "x", "src/x.ts"],
    ["baseUrl takes no module of the runtime", {
      "tsconfig.json": '{"compilerOptions": {"baseUrl": "src"}}',
      "src/path.ts": "",
    }, "path"],
    [
      "an index",
      { "tsconfig.json": '{"compilerOptions": {"paths": {"@/*": ["./src/*"]}}}' },
      "@/dir",
      "src/dir/index.ts",
    ],
    [
      "JSON",
      { "tsconfig.json": '{"compilerOptions": {"paths": {"@/*": ["./src/*"]}}}' },
      "@/data.json",
      "src/data.json",
    ],
    [
      "x.js means x.ts",
      { "tsconfig.json": '{"compilerOptions": {"paths": {"@/*": ["./src/*"]}}}' },
      "@/x.js",
      "src/x.ts",
    ],
    [
      "an exact name",
      { "tsconfig.json": '{"compilerOptions": {"paths": {"the-x": ["./src/x.ts"]}}}' },
      "the-x",
      "src/x.ts",
    ],
    [
      "the second target",
      { "tsconfig.json": '{"compilerOptions": {"paths": {"@/*": ["./no/*", "./src/*"]}}}' },
      "@/x",
      "src/x.ts",
    ],
    [
      "the longer prefix wins",
      {
        "tsconfig.json": '{"compilerOptions": {"paths": {"*": ["./no/*"], "@/x*": ["./src/x*"]}}}',
      },
      "@/x",
      "src/x.ts",
    ],
    ["extends a file", { "tsconfig.json": '{"extends": "./a/b.json"}', "a/b.json": `{${PATHS}}` }, "@/x", "src/x.ts"],
    [
      "extends without an ending",
      { "tsconfig.json": '{"extends": "./a/b"}', "a/b.json": `{${PATHS}}` },
      "@/x",
      "src/x.ts",
    ],
    [
      "extends a chain",
      {
        "tsconfig.json": '{"extends": "./a/b.json"}',
        "a/b.json": '{"extends": "./c.json"}',
        "a/c.json": `{${PATHS}}`,
      },
      "@/x",
      "src/x.ts",
    ],
    [
      "extends a list, the last wins",
      {
        "tsconfig.json": '{"extends": ["./a/c.json", "./a/b.json"]}',
        "a/b.json": `{${PATHS}}`,
        "a/c.json": '{"compilerOptions": {"paths": {"@/*": ["./no/*"]}}}',
      },
      "@/x",
      "src/x.ts",
    ],
    [
      "extends a package",
      {
        "tsconfig.json": '{"extends": "@co/base"}',
        "node_modules/@co/base/tsconfig.json": '{"compilerOptions": {"paths": {"@/*": ["../../../src/*"]}}}',
      },
      "@/x",
      "src/x.ts",
    ],
    [
      "extends a file of a package",
      {
        "tsconfig.json": '{"extends": "base/strict"}',
        "node_modules/base/strict.json": '{"compilerOptions": {"paths": {"@/*": ["../../src/*"]}}}',
      },
      "@/x",
      "src/x.ts",
    ],
    [
      "${configDir} is the folder of the project",
      {
        "tsconfig.json": '{"extends": "./a/b.json"}',
        "a/b.json": '{"compilerOptions": {"paths": {"@/*": ["${configDir}/src/*"]}}}',
      },
      "@/x",
      "src/x.ts",
    ],
    [
      "a circle ends",
      { "tsconfig.json": `{"extends": "./a/b.json"}`, "a/b.json": `{"extends": "../tsconfig.json", ${PATHS}}` },
      "@/x",
      "src/x.ts",
    ],
    ["what is absent is not an alias", { "tsconfig.json": '{"extends": "./none.json"}' }, "@/x"],
    ["a path is not an alias", { "tsconfig.json": '{"compilerOptions": {"paths": {"*": ["./src/*"]}}}' }, "./x"],
    [
      "locust-ts is not an alias",
      { "tsconfig.json": '{"compilerOptions": {"paths": {"locust-ts": ["./src/x.ts"]}}}' },
      "locust-ts",
    ],
  ];

for (const [sentence, files, specifier, path] of CASES) {
  test(`resolveAlias(): ${sentence}`, () => assert.equal(lead(files, specifier), path));
}

test("languageOptions() keep a project's JSX and nothing else of its language", () => {
  using folder = new TempFolder({
    "tsconfig.json": '{"compilerOptions": {"jsx": "react-jsx", "experimentalDecorators": true, "target": "es5"}}',
  });
  const config = findProjectConfig(folder.path)!;
  assert.equal(asksForOtherLanguage(config), true);
  const { jsx, experimentalDecorators, target } = languageOptions(config);
  assert.deepEqual({ jsx, experimentalDecorators, target }, {
    jsx: "react-jsx",
    experimentalDecorators: false,
    target: "esnext",
  });
});

test("parseJsonWithComments() leaves texts alone", () => {
  const text = '\uFEFF{ // one\n "a": "// no /* comment */, ]", /* two */ "b": [1, 2,], }';
  assert.deepEqual(parseJsonWithComments(text), { a: "// no /* comment */, ]", b: [1, 2] });
});
