import assert from "node:assert/strict";
import { test } from "node:test";
import { pinMeta } from "../../../src/platform/bundling/module_place.ts";
import { replaceCode } from "../../../src/platform/bundling/replace_code.ts";

/** Pins a module; what stands in a script is another thing. */
const pin = (source: string, path = "/project/lib/a.ts") =>
  pinMeta(`${source}\nexport {};`, "/project", path).replace(/\nexport \{\};$/, "");

const URL_OF_A = 'new URL("./lib/a.ts", import.meta.url).href';
const FILE_OF_A = '(import.meta.dirname + "/lib/a.ts")';
const FOLDER_OF_A = '(import.meta.dirname + "/lib")';

/** What stands in a module, and what stands there in the bundle. */
const PLACES: readonly (readonly [title: string, source: string, pinned: string])[] = [
  ["a member", "f(import.meta.url, import.meta.path)", `f(${URL_OF_A}, ${FILE_OF_A})`],
  ["a member in a template", "`${import.meta.dirname}/x`", `\`\${${FOLDER_OF_A}}/x\``],
  ["the older names in a module", "f(__dirname, __filename)", `f(${FOLDER_OF_A}, ${FILE_OF_A})`],
  ["the name of the file", "f(import.meta.file)", 'f("a.ts")'],
  ["a member of the bundle itself", "f(import.meta.main)", "f(import.meta.main)"],
  ["a text that shows a member", 'log("import.meta.url is", 1)', 'log("import.meta.url is", 1)'],
  ["a text that shows an older name", "log('__dirname')", "log('__dirname')"],
  ["a template that shows a member", "`import.meta.url`", "`import.meta.url`"],
  ["a comment", "x(); // import.meta.url\n", "x(); // import.meta.url\n"],
  ["a regular expression", "/__dirname|import.meta.url/.test(t)", "/__dirname|import.meta.url/.test(t)"],
  ["a type", "const m = x as typeof import.meta;", "const m = x as typeof import.meta;"],
  [
    "decorators and types",
    "class A<T> { @task() a(b: T) { f(import.meta.file); } }",
    'class A<T> { @task() a(b: T) { f("a.ts"); } }',
  ],
];

for (const [title, source, pinned] of PLACES) {
  test(`pinMeta(): ${title}`, () => assert.equal(pin(source), pinned));
}

test("pinMeta() gives the whole object its places: taken apart, handed on, behind a question mark", () => {
  for (
    const source of [
      "const { url, dirname } = import.meta;",
      "f(import.meta)",
      "import.meta?.url",
      "import.meta\n  .url",
    ]
  ) {
    const pinned = pin(source);
    assert.ok(pinned.includes(`({ ...import.meta, url: ${URL_OF_A}, filename: ${FILE_OF_A}`), pinned);
    assert.equal(pinned.split("\n").length, source.split("\n").length);
  }
});

test("pinMeta() resolves paths from the module's place, and leaves packages to the runtime", () => {
  assert.match(
    pin('import.meta.resolve("./x.csv")'),
    /new URL\(name, new URL\("\.\/lib\/a\.ts", import\.meta\.url\)\.href\)\.href : import\.meta\.resolve\(name\)/,
  );
});

test("pinMeta() writes a path as the path of a URL: no sign of it begins a query or a fragment", () => {
  const pinned = pin("f(import.meta.url)", "/project/a #1?/50% ü.ts");
  assert.equal(pinned, 'f(new URL("./a%20%231%3F/50%25%20%C3%BC.ts", import.meta.url).href)');
});

test("pinMeta() gives a script its folder by a require, and none that it declares", () => {
  const folder = '(require("locust-ts-shipped-fs-place").folder + "/lib")';
  const script = 'const fs = require("fs"); f(__dirname, "__dirname");';
  const pinned = pinMeta(script, "/project", "/project/lib/a.cjs");
  assert.equal(pinned, `const fs = require("fs"); f(${folder}, "__dirname");`);
  assert.equal(pinMeta("const __dirname = g();", "/project", "/project/a.cjs"), "const __dirname = g();");
});

test("pinMeta() leaves a module alone that lies above the folder", () => {
  assert.equal(pin("f(import.meta.url)", "/elsewhere/a.ts"), "f(import.meta.url)");
});

test("replaceCode() replaces everywhere in a text whose literals cannot be told from code", () => {
  assert.equal(replaceCode("<p>it's {here}</p>", /here/g, () => "there"), "<p>it's {there}</p>");
});
