import assert from "node:assert/strict";
import { test } from "node:test";
import { causesOf, describeCauses, describeWithCauses } from "../../src/base/error_causes.ts";

test("describeWithCauses() tells the chain of causes, the nearest first", () => {
  const refused = new Error("connect ECONNREFUSED 10.0.0.7:443");
  const failed = new TypeError("fetch failed", { cause: refused });
  assert.equal(
    describeWithCauses(new Error("no token", { cause: failed })),
    "Error: no token; caused by TypeError: fetch failed; caused by Error: connect ECONNREFUSED 10.0.0.7:443",
  );
  assert.equal(describeWithCauses(new Error("alone")), "Error: alone");
  assert.equal(describeWithCauses(new Error("with a text", { cause: "why" })), "Error: with a text; caused by why");
  assert.equal(describeWithCauses("a text"), "a text");
});

test("describeCauses() tells the errors of an AggregateError, equal ones once", () => {
  const both = [new Error("connect ECONNREFUSED ::1:1"), new Error("connect ECONNREFUSED 127.0.0.1:1")];
  assert.deepEqual(describeCauses(new AggregateError(both)), both.map(String));
  assert.deepEqual(describeCauses(new AggregateError([new Error("same"), new Error("same")], "all")), ["Error: same"]);
});

test("causesOf() ends in a circle, of many errors, and where a getter throws", () => {
  const [first, second] = [new Error("first"), new Error("second")];
  first.cause = second;
  second.cause = first;
  assert.deepEqual(causesOf(first), [second]);
  assert.equal(causesOf(new AggregateError(Array.from({ length: 100 }, (_, i) => new Error(`${i}`)))).length, 5);
  const hostile = Object.defineProperty(new Error("own"), "cause", {
    get() {
      throw new Error("no");
    },
  });
  assert.deepEqual(causesOf(hostile), []);
  assert.deepEqual(causesOf({ cause: first }), []);
  assert.equal(describeCauses(new Error("x", { cause: new Error("y".repeat(1000)) }))[0]?.length, 300);
});
