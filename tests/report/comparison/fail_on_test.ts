import assert from "node:assert/strict";
import { test } from "node:test";
import { isCrossed, parseFailOn } from "../../../src/report/comparison/fail_on.ts";
import type { FigureChange } from "../../../src/stats/comparison/judge_change.ts";

for (
  const [text, scope, figure, changePercent] of [
    ["p95 +10%", { kind: "total" }, "p95", 10],
    ["GET /items: rps -5%", { kind: "rows", text: "GET /items", match: "exact" }, "rps", -5],
    [" * :failures+ 2.5 % ", { kind: "each" }, "failureRatio", 2.5],
    ["'GET a: b': mean +1%", { kind: "rows", text: "GET a: b", match: "exact" }, "mean", 1],
    ["tag region=eu: p95 +5%", { kind: "total", split: { tag: "region", value: "eu" } }, "p95", 5],
    [
      "checks{has items}: rate -1%",
      { kind: "measures", of: "checks", match: "exact", text: "has items" },
      "passRate",
      -1,
    ],
    ["checks{*} -1%", { kind: "measures", of: "checks", match: "each", text: "" }, "passRate", -1],
    ["checks -0.5%", { kind: "measures", of: "checks", match: "all", text: "" }, "passRate", -0.5],
    [
      "scenario buy checks{a: b}: rate -1%",
      { kind: "measures", of: "checks", match: "exact", text: "a: b", split: { tag: "scenario", value: "buy" } },
      "passRate",
      -1,
    ],
    [
      "transactions{visit / pay}: busy_p95 +10%",
      { kind: "measures", of: "transactions", match: "exact", text: "visit / pay" },
      "busyP95",
      10,
    ],
    [
      "metrics{orders}: per_second -5%",
      { kind: "measures", of: "metrics", match: "exact", text: "orders" },
      "perSecond",
      -5,
    ],
  ] as const
) {
  test(`parseFailOn(): ${text}`, () => {
    assert.deepEqual(parseFailOn(text), { expression: text.trim(), scope, figure, changePercent });
  });
}

for (
  const [text, column] of [
    ["p96 +10%", 1],
    ["p95 10%", 5],
    ["p95 +%", 6],
    ["p95 +10", 8],
    ["p95 +10%x", 9],
    ["", 1],
    [
      "GET /x: p95 >3",
      13,
    ],
    ["checks{a}: p95 +5%", 12],
    ["transactions{a}: rps +5%", 18],
    ["tag r=eu metrics{a}: p95 +5%", 10],
  ] as const
) {
  test(`parseFailOn() puts the caret under the first wrong character: "${text}"`, () => {
    assert.throws(() => parseFailOn(text), (error: { column?: number }) => error.column === column);
  });
}

const CHANGE: FigureChange = {
  figure: "p95",
  a: 100,
  b: 120,
  changePercent: 20,
  interval: [12, 28],
  judgement: "worse",
};

for (
  const [title, limit, change, crossed] of [
    ["beyond the limit, and the interval agrees", "p95 +10%", CHANGE, true],
    ["within the limit", "p95 +25%", CHANGE, false],
    ["beyond it, and the interval holds 0", "p95 +10%", { ...CHANGE, interval: [-2, 40], judgement: "same" }, false],
    ["the other direction", "p95 -10%", CHANGE, false],
    ["a fall", "rps -10%", { ...CHANGE, changePercent: -20, interval: [-25, -15] }, true],
    ["without an interval", "p95 +10%", { ...CHANGE, interval: null, judgement: "noInterval" }, false],
    [
      "failures that appear",
      "failures +500%",
      { ...CHANGE, a: 0, b: 0.1, changePercent: null, interval: null },
      true,
    ],
  ] as readonly (readonly [string, string, FigureChange, boolean])[]
) {
  test(`isCrossed(): ${title}`, () => assert.equal(isCrossed(parseFailOn(limit), change), crossed));
}

test("isCrossed(): a metric that is higher, or lower", () => {
  const change: FigureChange = {
    ...CHANGE,
    figure: "perSecond",
    changePercent: -20,
    interval: [-25, -15],
    judgement: "lower",
  };
  assert.equal(isCrossed(parseFailOn("metrics{orders}: per_second -10%"), change), true);
  assert.equal(isCrossed(parseFailOn("metrics{orders}: per_second +10%"), change), false);
});
