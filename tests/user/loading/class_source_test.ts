import assert from "node:assert/strict";
import { test } from "node:test";
import { isClosedFunction, isInert, readClassSource } from "../../../src/user/loading/class_source.ts";

test("readClassSource() reads instance fields, whatever is in their way", () => {
  const source = readClassSource(`class A extends (_base = make({ x: 1 })) {
  static { _init = start(_base); }
  static weight = 2;
  name = (__runInitializers_1(_init$1, 5, this), "x;}");
  /* b = 1; */ pattern = /[;}"]/g;
  waitTime = ({ waitTime: () => NaN }["waitTime"]);
  #hidden;
  handler = () => { return { a: 1 }; };
  async onStart() { this.name = "a"; }
  [(_dec = [task], "go")]() {}
}`);
  assert.deepEqual(source?.fields.map(({ name }) => name), ["name", "pattern", "waitTime", "#hidden", "handler"]);
  assert.equal(source?.fields[0]?.initializer, '"x;}"');
  assert.equal(source?.constructed, "plainly");
  assert.equal(readClassSource("class B extends A { a = 1; constructor() { super(); } }")?.constructed, "own");
  assert.equal(readClassSource("() => 5"), undefined);
});

test("isInert() is true for what makes a value and does nothing", () => {
  const inert = [
    "",
    "5",
    '"call()"',
    "[1, 2]",
    "new Map()",
    "between(1, 5)",
    "() => call()",
    "async (x) => { call(); }",
    "[() => call(), { f() { return call(); } }]",
    "this.index + 1",
    "a / b / c",
  ];
  const acting = [
    "call()",
    "new Socket()",
    "a.b()",
    "count++",
    "x = 5",
    "await y",
    "`${call()}`",
    "(() => call())()",
    "tag`x`",
    'import("x")',
    "delete a.b",
    "class {}",
    "= =",
  ];
  for (const text of inert) assert.equal(isInert(text), true, text);
  for (const text of acting) assert.equal(isInert(text), false, text);
});

test("isClosedFunction() is true for what stands on its text alone", () => {
  const closed = ["() => NaN", "waitTime() { return Math.random() * 5; }", "() => { const x = 3; return x; }"];
  const open = [
    "() => pause",
    "waitTime() { return this.pause; }",
    "(user) => user.pause",
    "() => `${x}`",
    "() => f(1)",
  ];
  for (const text of closed) assert.equal(isClosedFunction(text, "waitTime"), true, text);
  for (const text of open) assert.equal(isClosedFunction(text, "waitTime"), false, text);
  assert.equal(isClosedFunction("tick() { return this.runTime < 5 ? [1] : null; }", "tick", ["runTime"]), true);
});

test("readClassSource() is not misled by literals that look like code", () => {
  const source = readClassSource(
    "class A { a = b / c; d = /[/}]\\/;/; e = `}${`{`}`; 'quoted' = 1; 7 = 2; static { if (x) { y; } } get f() { return 1; } g }",
  );
  assert.deepEqual(source?.fields, [
    { name: "a", initializer: "b / c" },
    { name: "d", initializer: "/[/}]\\/;/" },
    { name: "e", initializer: "`}${`{`}`" },
    { name: "quoted", initializer: "1" },
    { name: "7", initializer: "2" },
    { name: "g", initializer: "" },
  ]);
  assert.equal(readClassSource("class A { = }"), undefined);
});
