import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { describeLoadError } from "../../../src/user/loading/load_error.ts";

/** The first line that is said of an error, where the locustfile lies in `/w` among these files. */
function told(thrown: unknown, files: Readonly<Record<string, string>>): string {
  const text = describeLoadError("/w/locustfile.ts", thrown, {
    folder: "/w",
    readText: (file) => Object.entries(files).find(([name]) => join("/w", name) === file)?.[1],
    resolveAlias: (_importer, specifier) => specifier.startsWith("@lib/") ? `/w/${specifier.slice(1)}.ts` : undefined,
  });
  return text.split("\n")[0] ?? "";
}

const bun = (message: string) => Object.assign(new SyntaxError(message), { stack: undefined });
const resolving = (message: string) => Object.assign(new Error(message), { name: "ResolveMessage" });

test("describeLoadError() of a re-exported type says so, with the place in the module that does it", () => {
  const files = {
    "locustfile.ts": 'import { ids } from "./lib/all";\nexport default ids;\n',
    "lib/all.ts": 'export const ids = [1];\nexport { Item } from "@lib/item";\n',
    "lib/item.ts": "export interface Item { id: number }\n",
  };
  assert.equal(
    told(bun("export 'Item' not found in '@lib/item'"), files),
    'Cannot load "locustfile.ts": "Item" of "@lib/item" is a type, which is not there at run time (lib/all.ts:2:22); ' +
      'write "export type { Item }"',
  );
  assert.match(
    told(bun("export 'Item' not found in '@lib/item'"), { ...files, "lib/item.ts": 'export * from "./other.ts";\n' }),
    /"@lib\/item" exports no "Item" \(lib\/all\.ts:2:22\); if it is a type, write "export type \{ Item \}"$/,
  );
});

test("describeLoadError() of a default export that is not there names the importer, also behind an import", () => {
  const files = {
    "locustfile.ts": 'import { a } from "./a.js";\n',
    "a.ts": '\nimport helper from "./helper.ts";\nexport const a = helper;\n',
    "helper.ts": "export const helper = 1;\n",
  };
  assert.equal(
    told(bun("Missing 'default' export in module '/w/helper.ts'."), files),
    'Cannot load "locustfile.ts": "helper.ts" has no default export (a.ts:2:20); import what it exports by name, in braces',
  );
});

test("describeLoadError() of a name that is not exported finds the module of the user that imports it", () => {
  const files = {
    "locustfile.ts": 'import "./a.ts";\n',
    "a.ts": 'import { nope } from "./b.ts";\n',
    "b.ts": "export {};\n",
  };
  assert.match(
    told(bun("Export named 'nope' not found in module '/w/b.ts'."), files),
    /: "b\.ts" exports no "nope" \(a\.ts:1:22\)$/,
  );
});

for (
  const [name, content, advice] of [
    ["users.csv", "name,age\n", /; draw its rows with feed\.csv, or import it as text, with \{ type: "text" \}/],
    ["users.jsonl", "{}\n", /; draw its rows with feed\.jsonl, or import it as text/],
    ["query.graphql", "query { a }\n", /; import it as text, with \{ type: "text" \} after its name, or read it/],
    ["photo.png", "\uFFFDPNG", /; read it with readFileSync$/],
  ] as const
) {
  test(`describeLoadError() of ${name}, which is imported as a module, says how it is read`, () => {
    const files = { "locustfile.ts": `\nimport data from "./${name}";\n`, [name]: content };
    const position = { file: `/w/${name}`, line: 1, column: 1 };
    for (
      const thrown of [
        bun(`Missing 'default' export in module '/w/${name}'.`),
        Object.assign(new Error('Expected ";"'), { name: "BuildMessage", position }),
        Object.assign(new ReferenceError("a is not defined"), { stack: `ReferenceError\n    at /w/${name}:1:1` }),
      ]
    ) {
      const text = told(thrown, files);
      assert.ok(
        text.startsWith(
          `Cannot load "locustfile.ts": it imports "${name}", which is not a module (locustfile.ts:2:18)`,
        ),
        text,
      );
      assert.match(text, advice);
    }
  });
}

test("describeLoadError() of JSON that is none names the file, and not of JSON.parse in the code", () => {
  const files = {
    "locustfile.ts": 'import good from "./good.json";\nimport bad from "./bad.json";\nJSON.parse("{");\n',
    "good.json": "\uFEFF{}",
    "bad.json": '{"a": 1,,}',
  };
  assert.equal(
    told(bun("JSON Parse error: Property name must be a string literal"), files),
    'Cannot load "locustfile.ts": it imports "bad.json", which is not JSON: Property name must be a string literal (locustfile.ts:2:17)',
  );
  const parsed = Object.assign(new SyntaxError("JSON Parse error: Expected '}'"), {
    stack: "SyntaxError\n    at /w/locustfile.ts:3:6",
  });
  assert.match(told(parsed, files), /it threw SyntaxError: JSON Parse error: Expected '\}' \(locustfile\.ts:3:6\)$/);
});

test("describeLoadError() of a package that is installed does not ask to install it", () => {
  const files = {
    "locustfile.ts": 'import a from "@acme/api";\nimport b from "tool/inner";\n',
    "node_modules/@acme/api/package.json": '{"main": "dist/index.js"}',
    "node_modules/tool/package.json": '{"exports": {".": "./index.js"}}',
  };
  assert.match(
    told(resolving("Cannot find package '@acme/api' imported from /w/locustfile.ts"), files),
    /the package "@acme\/api" is installed, but not the file that node_modules\/@acme\/api\/package\.json names \(locustfile\.ts:1:15\); build the package, or correct "main" there$/,
  );
  assert.match(
    told(resolving("Cannot find package 'tool' imported from /w/locustfile.ts"), files),
    /the package "tool" is installed and has no "tool\/inner" \(locustfile\.ts:2:15\); import what "exports" in node_modules\/tool\/package\.json names$/,
  );
});

test("describeLoadError() of a decorator of a package that threw says which decorators there are", () => {
  const files = {
    "locustfile.ts": 'import { IsString } from "class-validator";\n\nclass Order {\n  @IsString() id!: string;\n}\n',
  };
  const at = (top: string) =>
    Object.assign(new TypeError("undefined is not an object"), {
      stack: `TypeError: undefined is not an object\n    at ${top}:1:47\n    at <anonymous> (/w/locustfile.ts:3:1)`,
    });
  assert.match(
    told(at("<anonymous> (/w/node_modules/class-validator/index.js"), files),
    /\(locustfile\.ts:3:1\); decorators of a locustfile are standard ones, and @IsString of "class-validator" is made for experimentalDecorators: /,
  );
  assert.doesNotMatch(told(at("<anonymous> (/w/own.js"), files), /decorators/);
});
