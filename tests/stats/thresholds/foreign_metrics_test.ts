import assert from "node:assert/strict";
import { test } from "node:test";
import { findForeignMetric } from "../../../src/stats/thresholds/foreign_metrics.ts";
import { parseThreshold } from "../../../src/stats/thresholds/parse_threshold.ts";

const REFUSED: readonly (readonly [expression: string, ours: RegExp])[] = [
  ["http_req_duration: p(95)<300", /expected "p95 < 300ms", of a tag .*: there is no "http_req_duration" here/],
  ["http_req_duration{region:eu}: p(95)<300", /of a tag "tag region=eu: p95 < 300ms"/],
  ["  http_req_failed: rate<0.01", /expected "failures < 1%": there is no "http_req_failed" here/],
  ["http_req_failed<0.01", /expected "failures < 1%": there is no "http_req_failed" here/],
  ["rate>0.99", /expected "failures < 1%" or "checks > 99%": there is no "rate" here/],
  ["count > 5", /expected "requests > 1000"/],
  ["check{has items} > 99%", /expected "checks\{has items\} > 99%": there is no "check" here/],
  ["checks {has items} > 99%", /expected "checks\{has items\} > 99%"/],
  ["transaction{buy}: p95<1s", /expected "transactions\{checkout\}: p95 < 2s"/],
  ["group{buy}: p95<1s", /expected "transactions\{checkout\}: p95 < 2s"/],
  ["metric{a}: p95<1s", /expected "metrics\{time to paint\}: p95 < 2s"/],
  ["http_reqs: count>1000", /"requests > 1000"/],
  ["http_req_waiting: p95<100", /have no thresholds/],
  ["group_duration{group:::checkout}: p95<2000", /"transactions\{checkout\}: p95 < 2s"/],
  ["http.response_time.p95: 300", /expected "p95 < 300ms"/],
  ["http.codes.500: 10", /"failures_count < 10"/],
];

for (const [expression, ours] of REFUSED) {
  test(`parseThreshold() names our word for ${expression}`, () => {
    assert.throws(() => parseThreshold(expression), ours);
  });
}

test("findForeignMetric() leaves rows alone, also those in quotes", () => {
  for (
    const text of [
      "GET /http_req_duration: p95<1",
      "'http_req_duration': p95<1",
      "http_request: p95<1",
      "p95<300",
      "rates: p95<1",
      "'check{a}': p95<1",
    ]
  ) {
    assert.equal(findForeignMetric(text), undefined, text);
    parseThreshold(text);
  }
});
