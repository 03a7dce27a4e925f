import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type CountedNames, nearestScope } from "../../../src/stats/thresholds/nearest_scope.ts";
import { parseThreshold } from "../../../src/stats/thresholds/parse_threshold.ts";

const rows = (...names: readonly string[]) =>
  names.map((each) => {
    const [method = "", name = ""] = each.split(" ");
    return { method, name };
  });

const COUNTED = {
  entries: rows("GET /items", "POST /orders", "GET /search?q=[value]"),
  splits: [{ tag: "region", values: [{ value: "europe", entries: rows("GET /items") }, { value: "us", entries: [] }] }],
  measures: {
    checks: [{ name: "has items" }, { name: "is fast" }],
    metrics: [{ name: "time to paint" }],
    transactions: [{ name: "visit / checkout" }, { name: "checkout" }],
    checkSplits: [{ tag: "plan", values: [{ value: "free", checks: [{ name: "has items" }] }] }],
  },
} as unknown as CountedNames;

describe("nearestScope()", () => {
  for (
    const [threshold, near] of [
      ["checks{has itmes} > 99%", "checks{has items}"],
      ["checks{Has Items} > 99%", "checks{has items}"],
      ["checks{ha itm*} > 99%", "checks{has it*}"],
      ["metrics{time to pant}: p95 < 2s", "metrics{time to paint}"],
      ["transactions{visit/checkout}: p95 < 2s", "transactions{visit / checkout}"],
      ["metrics{checkout}: p95 < 2s", "transactions{checkout}"],
      ["checks{GET /items}: fails < 1", "GET /items"],
      ["checkout: p95 < 2s", "transactions{checkout}"],
      ["GET /itmes: p95 < 2s", "GET /items"],
      ["GET /search?q=shoes: p95 < 2s", "GET /search?q=[value]"],
      ["/order: p95 < 2s", "/orders"],
      ["GET /itmes*: p95 < 2s", "GET /items*"],
      ["tag region=eurpe: p95 < 2s", "tag region=europe"],
      ["tag regin=europe: p95 < 2s", "tag region=europe"],
      ["tag region=europe GET /itens: p95 < 2s", "tag region=europe GET /items"],
      ["tag plan=fre checks{has items} > 99%", "tag plan=free checks{has items}"],
      ["tag plan=free checks{has itms} > 99%", "tag plan=free checks{has items}"],
      ["checks{something else altogether} > 99%", undefined],
      ["GET /something/else/altogether: p95 < 2s", undefined],
      ["checks{has items} > 99%", undefined], // it is there: its samples were not of the counted part
      ["GET /items: p95 < 2s", undefined],
      ["p95 < 2s", undefined],
      ["*: p95 < 2s", undefined],
      ["checks > 99%", undefined],
    ] as const
  ) {
    test(`of "${threshold}": ${near ?? "none"}`, () => {
      assert.equal(nearestScope(parseThreshold(threshold).scope, COUNTED), near);
    });
  }

  test("of a run that counted nothing: none", () => {
    assert.equal(nearestScope(parseThreshold("checks{a} > 1%").scope, { entries: [] }), undefined);
  });
});
