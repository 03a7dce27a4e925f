import assert from "node:assert/strict";
import { test } from "node:test";
import { blankLiterals, parseDefinition, parseFieldValue } from "../../src/base/javascript_syntax.ts";

const BLANKED: readonly (readonly [text: string, blanked: string | undefined])[] = [
  ['a = "x{y";', "a =      ;"],
  ["a = 'it\\'s';", "a =        ;"],
  ["a; // { b", "a;       "],
  ["a /* {\n} */ b", "a     \n     b"],
  ["x = /[/{]\\/}/g.y", "x =           .y"],
  ["x = a / b / c", "x = a / b / c"],
  ["x = (a) / b / c", "x = (a) / b / c"],
  ["`{${a + `}` + { b: 1 }}}`", "    a +     + { b: 1 }   "],
  [
    "@task(3) class A<T extends B> { x?: number; declare y: T }",
    "@task(3) class A<T extends B> { x?: number; declare y: T }",
  ],
  ["a = 'unfinished", undefined],
];

for (const [text, blanked] of BLANKED) {
  test(`blankLiterals() of ${text.replaceAll("\n", " ")}`, () => assert.equal(blankLiterals(text), blanked));
}

test("parseFieldValue() takes what stands in a class field", () => {
  for (const text of ["1", "this.#hidden", "super.name", "() => { return 1; }", "{ a: 1 }", "class {}", "1 // note"]) {
    const parsed = parseFieldValue(text);
    assert.ok(parsed !== undefined, text);
    assert.ok(text.startsWith(parsed.text.slice(parsed.node.start, parsed.node.end)), text);
  }
  for (const text of ["", "1; 2", "= 1", "1) } class B { x = (2", "1); y = (2"]) {
    assert.equal(parseFieldValue(text), undefined, text);
  }
});

test("parseDefinition() takes methods as the engine shows them", () => {
  for (const text of ["async go() {}", "get x() { return 1; }", "[key]() {}", "*walk() {}"]) {
    assert.equal(parseDefinition(text)?.node.type, "FunctionExpression", text);
  }
  assert.equal(parseDefinition("class A extends B { x = 1; }")?.node.type, "ClassExpression");
  assert.equal(parseDefinition("function parseInt() { [native code] }"), undefined);
});
