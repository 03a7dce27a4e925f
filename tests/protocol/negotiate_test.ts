import assert from "node:assert/strict";
import { test } from "node:test";
import { negotiate } from "../../src/protocol/negotiate.ts";

test("negotiate() agrees on the lower minor number of one major", () => {
  const side = (minor: number) => ({ protocol: [1, minor] as const, version: "x" });
  assert.deepEqual(negotiate(side(0), side(3)), { kind: "agreed", protocol: [1, 0] });
  assert.deepEqual(negotiate(side(5), side(3)), { kind: "agreed", protocol: [1, 3] });
});

test("negotiate() refuses another major with both versions in the sentence", () => {
  assert.deepEqual(
    negotiate({ protocol: [2, 1], version: "3.0.0" }, { protocol: [1, 0], version: "0.1.0" }),
    {
      kind: "refused",
      reason: "Cannot join: the worker speaks protocol 2.1 (version 3.0.0), the master 1.0 (version 0.1.0); " +
        "run the same version on both",
    },
  );
});
