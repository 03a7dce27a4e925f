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
  assert.equal(readClassSource("class B { a = 1; constructor() { super(); } }")?.constructed, "own");
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
  ];
  const acting = ["call()", "new Socket()", "a.b()", "count++", "x = 5", "await y", "`${call()}`", "(() => call())()"];
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
