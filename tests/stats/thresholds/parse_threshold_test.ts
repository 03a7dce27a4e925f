import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseThreshold, toExpression } from "../../../src/stats/thresholds/parse_threshold.ts";
import { ThresholdSyntaxError } from "../../../src/stats/thresholds/threshold_syntax_error.ts";
import { formatScope, matchesScope } from "../../../src/stats/thresholds/threshold.ts";

const parse = (text: string) => parseThreshold(text);

describe("parseThreshold()", () => {
  const readable: [text: string, meaning: unknown][] = [
    ["p95<300", ["Aggregated", [["p95", "<", 300, "ms", null, null]], false]],
    ["p(95) <= 0.3s", ["Aggregated", [["p95", "<=", 300, "ms", null, null]], false]],
    ["p99.9<1s", ["Aggregated", [["p99.9", "<", 1000, "ms", null, null]], false]],
    ["p100<2s, p50.5 < 1e3, p10<.5", [
      "Aggregated",
      [["p100", "<", 2000, "ms", null, null], ["p50.5", "<", 1000, "ms", null, null], [
        "p10",
        "<",
        0.5,
        "ms",
        null,
        null,
      ]],
      false,
    ]],
    ["p(99.99)<250us", ["Aggregated", [["p99.99", "<", 0.25, "ms", null, null]], false]],
    ["median<5ms,avg<6,min>0,max<1s", [
      "Aggregated",
      [["median", "<", 5, "ms", null, null], ["mean", "<", 6, "ms", null, null], ["min", ">", 0, "ms", null, null], [
        "max",
        "<",
        1000,
        "ms",
        null,
        null,
      ]],
      false,
    ]],
    ["failures<1%", ["Aggregated", [["failures", "<", 1, "%", null, null]], false]],
    ["failures < 0.5 %", ["Aggregated", [["failures", "<", 0.5, "%", null, null]], false]],
    ["failures<0.07", ["Aggregated", [["failures", "<", 0.07, "%", null, null]], false]],
    ["failures_count<10", ["Aggregated", [["failures_count", "<", 10, "", null, null]], false]],
    ["rps>=100/s, fps<1", [
      "Aggregated",
      [["rps", ">=", 100, "/s", null, null], ["fps", "<", 1, "/s", null, null]],
      false,
    ]],
    ["corrected_p99<1s", ["Aggregated", [["corrected_p99", "<", 1000, "ms", null, null]], false]],
    ["users>=50", ["Aggregated", [["users", ">=", 50, "", null, null]], false]],
    ["GET /items: p95<300 over 30s after 1m", ["GET /items", [["p95", "<", 300, "ms", 30, 60]], false]],
    ["GET /items: p95<300 after 1m over 30s", ["GET /items", [["p95", "<", 300, "ms", 30, 60]], false]],
    ["/items*: p95 < 300 , failures<1% , abort", [
      "/items*",
      [["p95", "<", 300, "ms", null, null], ["failures", "<", 1, "%", null, null]],
      true,
    ]],
    ["*: max<2s", ["*", [["max", "<", 2000, "ms", null, null]], false]],
    ["Aggregated: requests>0", ["Aggregated", [["requests", ">", 0, "", null, null]], false]],
    ["'GET a: b': p50<1", ["GET a: b", [["p50", "<", 1, "ms", null, null]], false]],
    ["GET 'a: b': p50<1", ["GET a: b", [["p50", "<", 1, "ms", null, null]], false]],
    ["GET 'a, b*': p50<1", ["GET a, b*", [["p50", "<", 1, "ms", null, null]], false]],
    ["'it''s: here': p50<1", ["it's: here", [["p50", "<", 1, "ms", null, null]], false]],
    ["Bob's page: p50<1", ["Bob's page", [["p50", "<", 1, "ms", null, null]], false]],
    ["p95<300over 10s", ["Aggregated", [["p95", "<", 300, "ms", 10, null]], false]],
  ];
  for (const [text, meaning] of readable) {
    it(`reads ${text}`, () => {
      const { scope, conditions, aborts } = parse(text);
      const read = conditions.map((each) => [
        each.statisticName,
        each.operator,
        each.limit,
        each.unit,
        each.windowSeconds ?? null,
        each.afterSeconds ?? null,
      ]);
      assert.deepEqual([formatScope(scope), read, aborts], meaning);
    });
  }

  const wrong: [text: string, column: number, words: RegExp][] = [
    ["", 1, /expected a statistic/],
    ["p95", 4, /expected "<"/],
    ["p95<", 5, /expected a number/],
    ["p95<<300", 5, /expected a number/],
    ["p95=300", 4, /expected "<"/],
    ["p95<-1", 5, /expected a number/],
    ["p95< 1e400", 6, /expected a smaller number/],
    ["p95<300 m", 9, /units us, ms, s/],
    ["p95<300%", 8, /units us, ms, s/],
    ["failures<1ms", 11, /units %/],
    ["failures_count<1%", 17, /no unit/],
    ["failures < 500", 12, /expected at most 100: .+ share in %; failures_count is their number/],
    ["dropped < 101%", 11, /expected at most 100: this statistic is a share in %$/m],
    ["checks > 100.5%", 10, /expected at most 100/],
    ["p101<1", 1, /expected a statistic/],
    ["p100.1<1", 1, /expected a statistic/],
    ["p1e1<1", 3, /expected "<"/],
    ["p95<1e", 6, /units us, ms, s/],
    ["p0<1", 1, /expected a statistic/],
    ["p(95<1", 5, /expected "\)"/],
    ["p( <1", 4, /expected a number such as 95/],
    ["fps>1 ms", 7, /expected one of the units \/s, "over"/],
    ["requests>9s", 11, /expected no unit: this statistic is a count/],
    ["p95<1,", 7, /expected a statistic/],
    ["p95<1,abort,p50<1", 12, /nothing after "abort"/],
    ["abort", 1, /expected a statistic/],
    ["checks{a } b} > 99%", 10, /a name with "\}" in it needs 'quotes': checks\{'a \} b'\}/],
    ['checks{"{it\'s}"} > 99%', 14, /needs 'quotes': checks\{'\{it''s\}'\}/],
    ["tag region=eu checks{a}b} > 5%", 23, /needs 'quotes': checks\{'a\}b'\}/],
    ["transactions{a} b}: p95<1s", 15, /needs 'quotes': transactions\{'a\} b'\}/],
    ["metrics{a}b}: p95<1s", 10, /needs 'quotes': metrics\{'a\}b'\}/],
    ["checks{a} > 99%, b}", 18, /expected a statistic/],
    ["checks{check:a} > 99%", 8, /expected checks\{a\}; a name that begins with "check:" or "group:" needs 'quotes'/],
    ["transactions{group:::a}: p95<1s", 14, /expected transactions\{a\}; /],
    ["checks > 0.99", 10, /expected "99%" or "0.99%": this statistic is a share in %/],
    ["checks: rate >= 1", 17, /expected "100%" or "1%": /],
    ["metrics{cached}: rate > .5", 25, /expected "50%" or "0.5%": /],
    ["p95<1 over", 11, /a time such as/],
    ["p95<1 over 0s", 12, /a time such as/],
    ["p95<1 over 5s over 6s", 15, /given twice/],
    ["p95<1 5", 7, /units us, ms, s/],
    [": p95<1", 1, /expected a scope/],
    ["GET /x p95<1", 1, /expected a statistic/],
    ["http://x/y: p95<1", 6, /'quotes'/],
    ["GET 'a: p95<1", 5, /not closed/],
    ["GET /a,b: p95<1", 7, /comma needs 'quotes'/],
    ["p95<1, GET /x: p95<2", 8, /expected a statistic/],
    ["GET /x: p95<1 und rps>2", 15, /units us, ms, s/],
  ];
  for (const [text, column, words] of wrong) {
    it(`names column ${column} of ${JSON.stringify(text)}`, () => {
      assert.throws(() => parse(text), (error) => {
        assert.ok(error instanceof ThresholdSyntaxError);
        assert.equal(error.column, column);
        assert.match(error.message, words);
        const [, shown, caret] = error.message.split("\n");
        assert.equal(shown, `  ${text}`);
        assert.equal(caret, `  ${" ".repeat(column - 1)}^`);
        return true;
      });
    });
  }

  it("counts characters, and puts the caret behind those of two cells", () => {
    assert.throws(() => parse("GET /日本/😀: p95<<1"), (error) => {
      assert.ok(error instanceof ThresholdSyntaxError);
      assert.equal(error.column, 16);
      assert.equal(error.message.split("\n")[2], `  ${" ".repeat(18)}^`);
      return true;
    });
  });

  it("finds the same rows by method and name, by name, and by a prefix", () => {
    const row = { method: "GET", name: "/items/1" };
    for (const text of ["GET /items/1", "/items/1", "/items*", "GET /it*", "*", "'GET /items/1'"]) {
      assert.ok(matchesScope(parse(`${text}: p50<1`).scope, row), text);
    }
    for (const text of ["POST /items/1", "/items", "GET /x*", "Aggregated"]) {
      assert.ok(!matchesScope(parse(`${text}: p50<1`).scope, row), text);
    }
  });
});

describe("toExpression()", () => {
  it("is the expression of its parts", () => {
    const expression = toExpression({ scope: "GET a: b", condition: "p95<1s", abort: true });
    assert.equal(expression, "'GET a: b': p95<1s, abort");
    assert.equal(formatScope(parse(expression).scope), "GET a: b");
    assert.equal(parse(expression).aborts, true);
  });

  it("needs no scope", () => {
    assert.equal(toExpression({ condition: "p95<1" }), "p95<1");
  });
});
