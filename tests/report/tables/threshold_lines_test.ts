import { strict as assert } from "node:assert";
import { test } from "node:test";
import type { ThresholdStatus } from "../../../src/protocol/threshold_message.ts";
import { renderLiveThresholds, renderThresholds } from "../../../src/report/tables/threshold_lines.ts";

function status(changes: Partial<ThresholdStatus>): ThresholdStatus {
  return {
    expression: "p99<2s",
    scope: "Aggregated",
    metric: "response_time",
    statistic: "p99",
    operator: "<",
    limit: 2000,
    unit: "ms",
    measured: 41.5,
    state: "met",
    crossedAtSeconds: null,
    windowSeconds: null,
    aborts: false,
    ...changes,
  };
}

const PAIR = "GET /cart: mean<30ms, rps>=2";
const pair = [
  status({
    expression: PAIR,
    scope: "GET /cart",
    statistic: "mean",
    limit: 30,
    state: "broken",
    crossedAtSeconds: 75,
  }),
  status({ expression: PAIR, scope: "GET /cart", statistic: "rps", operator: ">=", limit: 2, unit: "/s", measured: 9 }),
];

test("renderThresholds() has one line for a condition, and a heading above several", () => {
  assert.deepEqual(renderThresholds([status({}), ...pair], { colors: "none", width: null }), [
    "Thresholds",
    "  met      p99<2s  (p99 = 41.5 ms, limit 2000 ms)",
    `  ${PAIR}`,
    "  NOT MET    mean = 41.5 ms, limit 30 ms, since 1:15",
    "  met        rps = 9/s, limit at least 2/s",
    "",
  ]);
});

test("renderThresholds() wraps within the width, under its own text", () => {
  const lines = renderThresholds([status({ expression: `'${"long name ".repeat(8)}': p99<2s` })], {
    colors: "none",
    width: 40,
  });
  assert.ok(lines.length > 4 && lines.every((line) => line.length <= 40), lines.join("\n"));
  assert.ok(lines.slice(2, -1).every((line) => line.startsWith(" ".repeat(11))));
});

test("renderLiveThresholds() shows broken ones first, in four lines at most, none wider than the terminal", () => {
  const many = [...Array.from({ length: 6 }, () => status({})), ...pair];
  const lines = renderLiveThresholds(many, 80, "none");
  assert.equal(lines[0], "BROKEN since 1:15  GET /cart: mean = 41.5 ms, limit 30 ms");
  assert.equal(lines[3], "… and 5 more conditions, 0 of them broken");
  assert.ok(renderLiveThresholds(many, 24, "none").every((line) => line.length <= 24));
});
