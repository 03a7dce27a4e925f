import assert from "node:assert/strict";
import { test } from "node:test";
import type { ThresholdStatus } from "../../../src/protocol/threshold_message.ts";
import { describeMeasured } from "../../../src/stats/thresholds/describe_status.ts";

const STATUS: ThresholdStatus = {
  expression: "p95<300",
  scope: "Aggregated",
  metric: "response_time",
  statistic: "p95",
  operator: "<",
  limit: 300,
  unit: "ms",
  measured: 412,
  state: "broken",
  crossedAtSeconds: 3,
  windowSeconds: null,
  aborts: false,
};

const CASES: readonly (readonly [Partial<ThresholdStatus>, string])[] = [
  [{}, "p95 = 412 ms, limit 300 ms"],
  [{ measured: 299.96 }, "p95 = 299.96 ms, limit 300 ms"],
  [{ measured: 300.04, operator: "<=" }, "p95 = 300.04 ms, limit 300 ms"],
  [{ measured: 300 }, "p95 = 300 ms, limit 300 ms"],
  [{ measured: 299.94 }, "p95 = 299.9 ms, limit 300 ms"],
  [{ statistic: "failures", measured: 1.0004, limit: 1, unit: "%" }, "failures = 1.0004 %, limit 1 %"],
  [{ statistic: "rate", operator: ">", measured: 99, limit: 99, unit: "%" }, "rate = 99 %, limit above 99 %"],
  [{ statistic: "rps", operator: ">=", measured: 9.999, limit: 10, unit: "/s" }, "rps = 9.999/s, limit at least 10/s"],
  [{ measured: 0.25, limit: 1e-6, operator: ">" }, "p95 = 0.25 ms, limit above 0.000001 ms"],
  [{ statistic: "requests", operator: ">", measured: 3, limit: 3, unit: "" }, "requests = 3, limit above 3"],
  [{ measured: 56.9595, limit: 60, unit: "" }, "p95 = 56.96, limit 60"],
  [{ measured: 0.30000000000000004, limit: 0.30000000000000004, unit: "" }, "p95 = 0.3, limit 0.3"],
  [{ measured: 0.1, limit: 0.123456, unit: "s" }, "p95 = 0.1 s, limit 0.123456 s"],
  [{ measured: 56.9595, limit: 60, unit: "items" }, "p95 = 56.96 items, limit 60 items"],
  [{ measured: 61_234_567, limit: 50_000_000, unit: "B" }, "p95 = 61.23 MB, limit 50 MB"],
  [{ measured: 1000.4, limit: 1000, unit: "bytes" }, "p95 = 1.0004 KB, limit 1 KB"],
  [{ statistic: "per_second", measured: 1234.5678, limit: 2000, unit: "B/s" }, "per_second = 1.23 KB/s, limit 2 KB/s"],
  [{ statistic: "last", measured: -56.9595, limit: 0, unit: "B" }, "last = -56.96 B, limit 0 B"],
  [
    { statistic: "capacity", operator: ">=", measured: 1, limit: 500, unit: "users" },
    "capacity = 1 user, limit at least 500 users",
  ],
];

for (const [changes, sentence] of CASES) {
  test(`describeMeasured() stands on its side of the limit: ${sentence}`, () => {
    assert.equal(describeMeasured({ ...STATUS, ...changes }), sentence);
  });
}

test("describeMeasured() names what was counted under a similar name; the row of many URLs comes first", () => {
  const missing = { ...STATUS, measured: null, lacks: "row" } as const;
  assert.equal(
    describeMeasured({ ...missing, scope: "checks{has itmes}", nearest: "checks{has items}" }),
    'p95: nothing was counted in checks{has itmes} (did you mean "checks{has items}"?), limit 300 ms',
  );
  assert.equal(
    describeMeasured({ ...missing, scope: "tag region=ue", nearest: "tag region=eu" }),
    'p95: no request had tag region=ue (did you mean "tag region=eu"?), limit 300 ms',
  );
  assert.equal(
    describeMeasured({ ...missing, scope: "/itmes", nearest: "/items" }),
    'p95: no row matches "/itmes" (did you mean "/items"?), limit 300 ms',
  );
  assert.equal(
    describeMeasured({ ...missing, scope: "/items/5", nearest: "/items/[id]" }),
    'p95: no row matches "/items/5" (many URLs like it are one row, "/items/[id]"), limit 300 ms',
  );
});

test("describeMeasured() says that no window was whole before the end, whatever came too late", () => {
  assert.equal(
    describeMeasured({
      ...STATUS,
      expression: "rps>1 over 2s after 15s",
      measured: null,
      windowSeconds: 2,
      lacks: "time",
    }),
    "p95: the counted part ended before the first window of 2 s, limit 300 ms",
  );
});
