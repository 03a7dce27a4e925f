import { strict as assert } from "node:assert";
import { test } from "node:test";
import { formatMs } from "../../../web/view/format.ts";

const CASES: readonly (readonly [ms: number | null, text: string])[] = [
  [null, "–"],
  [0, "0.00"],
  [0.001, "<0.01"],
  [0.0049, "<0.01"],
  [0.005, "0.01"],
  [9.99, "9.99"],
  [9.996, "10.0"],
  [128, "128"],
  [3_600_000, "3,600,000"],
];

for (const [ms, text] of CASES) test(`formatMs() of ${ms} is ${text}`, () => assert.equal(formatMs(ms), text));
