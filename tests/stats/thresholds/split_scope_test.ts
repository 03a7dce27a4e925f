import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { DeltaMessage } from "../../../src/protocol/delta_message.ts";
import { Ledger } from "../../../src/stats/ledger/ledger.ts";
import { Recorder } from "../../../src/stats/recording/recorder.ts";
import { describeMeasured } from "../../../src/stats/thresholds/describe_status.ts";
import { parseThreshold, toExpression } from "../../../src/stats/thresholds/parse_threshold.ts";
import type { ThresholdSyntaxError } from "../../../src/stats/thresholds/threshold_syntax_error.ts";
import { formatScope } from "../../../src/stats/thresholds/threshold.ts";
import { ThresholdMonitor } from "../../../src/stats/thresholds/threshold_monitor.ts";
import { countCheck } from "../../../src/user/measures/checks.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const SCOPES: readonly [text: string, scope: unknown][] = [
  ["tag region=eu", { kind: "total", split: { tag: "region", value: "eu" } }],
  ["tag  region=eu ", { kind: "total", split: { tag: "region", value: "eu" } }],
  ["tag region=eu GET /items", {
    kind: "rows",
    text: "GET /items",
    match: "exact",
    split: { tag: "region", value: "eu" },
  }],
  ["tag region=eu /items*", { kind: "rows", text: "/items", match: "prefix", split: { tag: "region", value: "eu" } }],
  ["tag region=eu *", { kind: "each", split: { tag: "region", value: "eu" } }],
  ["tag region='new york' 'GET a: b'", {
    kind: "rows",
    text: "GET a: b",
    match: "exact",
    split: { tag: "region", value: "new york" },
  }],
  ["tag 'a=b'='it''s'", { kind: "total", split: { tag: "a=b", value: "it's" } }],
  ["scenario checkout", { kind: "total", split: { tag: "scenario", value: "checkout" } }],
  ["tag region=eu checks{has items}", {
    kind: "measures",
    of: "checks",
    match: "exact",
    text: "has items",
    split: { tag: "region", value: "eu" },
  }],
  ["scenario checkout checks", {
    kind: "measures",
    of: "checks",
    match: "all",
    text: "",
    split: { tag: "scenario", value: "checkout" },
  }],
  ["tag region=eu 'checks'", {
    kind: "rows",
    text: "checks",
    match: "exact",
    split: { tag: "region", value: "eu" },
  }],
  ["scenario 'log in' *", { kind: "each", split: { tag: "scenario", value: "log in" } }],
  // Rows of these names.
  ["tag", { kind: "rows", text: "tag", match: "exact" }],
  ["'tag region=eu'", { kind: "rows", text: "tag region=eu", match: "exact" }],
  ["tagged region=eu", { kind: "rows", text: "tagged region=eu", match: "exact" }],
];

for (const [text, scope] of SCOPES) {
  test(`parseThreshold() reads the scope ${text}`, () => {
    const isOfChecks = typeof scope === "object" && scope !== null && "of" in scope;
    const conditions = isOfChecks ? "rate > 99%, fails < 3" : "p95 < 300ms, failures < 1%";
    assert.deepEqual(parseThreshold(`${text}: ${conditions}`).scope, scope);
    if (!text.startsWith("'")) {
      assert.deepEqual(parseThreshold(toExpression({ scope: text, condition: conditions })).scope, scope);
    }
    if (isOfChecks) assert.deepEqual(parseThreshold(`${text} > 99%`).scope, scope);
  });
}

test("formatScope() of a split is read as the same again", () => {
  const word = fc.string({ minLength: 1, maxLength: 8 }).filter((text) => text.trim() === text && !/[\n\r]/.test(text));
  fc.assert(fc.property(word, word, (tag, value) => {
    const scope = { kind: "total", split: { tag, value } } as const;
    assert.deepEqual(parseThreshold(`${formatScope(scope)}: p95<1`).scope, scope);
  }));
});

const MISTAKES: readonly [text: string, column: number, expected: RegExp][] = [
  ["tag region: p95<300", 11, /expected "=" and the value of the tag/],
  ["tag =eu: p95<300", 5, /expected a tag and its value/],
  ["tag region=: p95<300", 12, /expected the value of the tag/],
  ["tag region='eu: p95<300", 12, /this quote is not closed/],
  ["tag at=a=b: p95<300", 9, /expected a blank or ":"; a value with such a character needs 'quotes'/],
  ["scenario ,: p95<300", 10, /expected the name of a scenario/],
  ["tag region=eu: median_x<300", 16, /expected a statistic/],
  ["tag region=eu transactions{pay}: p95<300", 15, /expected a row or checks: transactions have no tags/],
  ["tag region=eu checks{a: rate>1", 21, /this brace is not closed/],
  ["tag region=eu checks 99%", 15, /expected ":" and a condition, or a row and ":"/],
  ["tag region=eu p95<300, failures<1%:", 22, /a name with a comma needs 'quotes'/],
];

for (const [text, column, expected] of MISTAKES) {
  test(`parseThreshold() points at what is wrong in ${text}`, () => {
    assert.throws(() => parseThreshold(text), (error: ThresholdSyntaxError) => {
      assert.match(error.reason, expected);
      assert.equal(error.column, column);
      return true;
    });
  });
}

/** Two regions, one slow and failing; the last second of the run is of one of them. */
async function judge(...expressions: readonly string[]) {
  const clock = new FakeClock();
  const recorder = new Recorder({ clock });
  const ledger = new Ledger({ clock });
  const monitor = new ThresholdMonitor(expressions.map((each) => parseThreshold(each)), "now");
  const read = (second: number) => {
    const { loadMs, ...counts } = ledger.read({
      row: (row) => monitor.wants(row),
      corrected: false,
      measures: monitor.wantsMeasures,
    });
    return { seconds: second, loadSeconds: loadMs / 1000, users: 1, ...counts };
  };
  const record = (name: string, region: string | undefined, ms: number, failure?: string) => {
    const tags = region === undefined ? undefined : { region, scenario: "checkout" };
    recorder.record(recorder.entry("GET", name), ms, 0, failure, 0, undefined, 200, undefined, 0, tags);
    countCheck(recorder, `${name} is fast`, ms < 40, tags);
    countCheck(recorder, "is there", true, region === "eu" ? tags : undefined);
  };
  for (let second = 1; second <= 10; second++) {
    for (let i = 0; i < 10; i++) {
      record("/items", "eu", 10);
      record("/cart", "eu", 50);
      if (second < 8) record("/items", "us", 400, i === 0 ? "no" : undefined);
      record("/items", undefined, 9000);
    }
    await clock.advance(1000);
    ledger.apply(recorder.drain() as DeltaMessage, "w");
    ledger.rotate();
    monitor.take(read(second));
  }
  return monitor.conclude(read(10)).map((status) => `${status.state}: ${describeMeasured(status)}`);
}

test("ThresholdMonitor: requests with a tag are judged by themselves", async () => {
  assert.deepEqual(
    await judge(
      "tag region=eu: max < 300ms",
      "tag region=us: max < 300ms, failures < 1%",
      "tag region=eu: requests >= 200, rps > 19",
      "scenario checkout: requests >= 270",
      "tag region=eu GET /cart: requests >= 100",
      "tag region=eu /c*: requests >= 100",
      "tag region=eu *: max < 40",
      "*: max < 10000",
      "tag region=mars: max < 300ms",
      "tag region=eu /nope: max < 300ms",
      "tag region=us: requests > 0 over 2s",
    ),
    [
      "met: max = 50 ms, limit 300 ms",
      "broken: max = 400 ms, limit 300 ms",
      "broken: failures = 10 %, limit 1 %",
      "met: requests = 200, limit at least 200",
      "met: rps = 20/s, limit above 19/s",
      "met: requests = 270, limit at least 270",
      "met: requests = 100, limit at least 100",
      "met: requests = 100, limit at least 100",
      "broken: max of GET /cart = 50 ms, limit 40 ms",
      "met: max of GET /items = 9000 ms, limit 10000 ms",
      "broken: max: no request had tag region=mars, limit 300 ms",
      "broken: max: no request had tag region=eu /nope, limit 300 ms",
      "broken: requests = 0 in the worst 2 s, limit above 0",
    ],
  );
});

test("ThresholdMonitor: checks with a tag are judged by themselves", async () => {
  assert.deepEqual(
    await judge(
      "tag region=eu checks{/items is fast} > 99%",
      "tag region=us checks{/items is fast} > 99%",
      "checks{/items is fast} > 30%",
      "tag region=eu checks > 60%",
      "tag region=eu checks: passes >= 300, fails < 101",
      "tag region=eu checks{/*}: passes > 99",
      "tag region=eu checks{*} >= 1%",
      "tag region=us checks{*} > 99%",
      "scenario checkout checks: fails < 100",
      "tag region=us checks{is there} > 1%",
      "tag region=mars checks > 1%",
      "tag region=us checks{/items is fast}: fails < 1 over 2s",
      "tag region=eu checks{/cart is fast}: fails < 100 over 2s",
    ),
    [
      "met: rate = 100 %, limit above 99 %",
      "broken: rate = 0 %, limit above 99 %",
      "met: rate = 37.04 %, limit above 30 %",
      "met: rate = 75 %, limit above 60 %",
      "met: passes = 300, limit at least 300",
      "met: fails = 100, limit 101",
      "met: passes = 100, limit above 99",
      "broken: rate of /cart is fast = 0 %, limit at least 1 %",
      "broken: rate of /items is fast = 0 %, limit above 99 %",
      "broken: fails = 170, limit 100",
      "broken: rate: nothing was counted in tag region=us checks{is there}, limit above 1 %",
      "broken: rate: nothing was counted in tag region=mars checks, limit above 1 %",
      "broken: fails = 20 in the worst 2 s, limit 1",
      "met: fails = 20 in the worst 2 s, limit 100",
    ],
  );
});
