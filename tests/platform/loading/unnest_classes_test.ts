import assert from "node:assert/strict";
import { test } from "node:test";
import { unnestClasses } from "../../../src/platform/loading/unnest_classes.ts";

test("unnestClasses() makes a declaration of a class expression in a class, in place", () => {
  const cases: [string, string | undefined][] = [
    [
      "class A { static B = class extends C { x() {} }; }",
      "class A { static B = (() => { class B extends C { x() {} } return B; })(); }",
    ],
    [
      "class A {\n  @task static B = class Named extends C<{ a: 1 }> {\n  }\n}",
      "class A {\n  @task static B = (() => { class Named extends C<{ a: 1 }> {\n  } return Named; })()\n}",
    ],
    [
      "class A { static B = task(2)(class extends C {}); }",
      "class A { static B = task(2)((() => { class B extends C {} return B; })()); }",
    ],
    [
      "class A { static B = class { static C = class {}; }; }",
      "class A { static B = (() => { class B { static C = (() => { class C {} return C; })(); } return B; })(); }",
    ],
    [
      "class A { static C = class extends C {}; }",
      "class A { static C = (() => { class C$ extends C {} return C$; })(); }",
    ],
    ["const A = class extends B { x() {} };", undefined],
    ["class A { x() { class B {} return B; } }", undefined],
    ["class A { x = `class { ${1}`; y = 'a = class {'; /* = class {} */ z = /= class {}/; }", undefined],
    ["class A { kind = { class: 1 }; of() { return this.class; } }", undefined],
  ];
  for (const [source, expected] of cases) assert.equal(unnestClasses(source), expected, source);
});

test("unnestClasses() keeps every line where it is", () => {
  const source =
    "class A {\n  static B = class extends C {\n    x() {\n      return `}${'{'}`;\n    }\n  };\n  y() {}\n}\n";
  const rewritten = unnestClasses(source) ?? "";
  const lines = (text: string) => text.split("\n").map((line) => line.trim());
  assert.equal(lines(rewritten).length, lines(source).length);
  assert.equal(lines(rewritten)[3], "return `}${'{'}`;");
  assert.equal(lines(rewritten)[6], "y() {}");
});
