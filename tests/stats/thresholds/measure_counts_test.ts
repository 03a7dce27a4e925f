import assert from "node:assert/strict";
import { test } from "node:test";
import { Recorder } from "../../../src/stats/recording/recorder.ts";
import { DeltaAccumulator } from "../../../src/stats/recording/delta_accumulator.ts";
import type { MeasureBook } from "../../../src/stats/measures/measure_book.ts";
import { describeBadSlo } from "../../../src/stats/capacity/read_slo.ts";
import { addIdleCounters } from "../../../src/stats/thresholds/measure_counts.ts";
import { describeMeasured } from "../../../src/stats/thresholds/describe_status.ts";
import { parseThreshold, toExpression } from "../../../src/stats/thresholds/parse_threshold.ts";
import { ThresholdSyntaxError } from "../../../src/stats/thresholds/threshold_syntax_error.ts";
import { formatScope } from "../../../src/stats/thresholds/threshold.ts";
import { ThresholdMonitor } from "../../../src/stats/thresholds/threshold_monitor.ts";
import type { LedgerReading } from "../../../src/stats/thresholds/ledger_reading.ts";
import { FakeClock } from "../../support/fake_clock.ts";

function meaning(text: string): readonly string[] {
  const { scope, conditions } = parseThreshold(text);
  return [
    formatScope(scope),
    ...conditions.map(({ statisticName, operator, limit, unit, windowSeconds }) =>
      `${statisticName} ${operator} ${limit}${unit}${windowSeconds === undefined ? "" : ` over ${windowSeconds}`}`
    ),
  ];
}

test("parseThreshold() reads scopes of checks, metrics and transactions", () => {
  const readable: readonly (readonly [string, ...string[]])[] = [
    ["checks > 99%", "checks", "rate > 99%"],
    ["checks{has items} > 99%", "checks{has items}", "rate > 99%"],
    ["checks{has items}>=99 over 30s, fails < 10", "checks{has items}", "rate >= 99% over 30", "fails < 10"],
    ["checks{has: a, comma}: rate > 99.5 %", "checks{has: a, comma}", "rate > 99.5%"],
    ["checks{*} > 90%, abort", "checks{*}", "rate > 90%"],
    ["checks{login*} > 90%", "checks{login*}", "rate > 90%"],
    ["checks{'a}b'} > 90%", "checks{'a}b'}", "rate > 90%"],
    ["checks: passes > 1", "checks", "passes > 1"],
    ["metrics{time to paint}: p95 < 2000", "metrics{time to paint}", "p95 < 2000"],
    ["metrics{time to paint}: p95 < 2s, mean<300ms", "metrics{time to paint}", "p95 < 2000ms", "mean < 300ms"],
    ["metrics{orders}: sum > 10, per_second >= 2/s", "metrics{orders}", "sum > 10", "per_second >= 2/s"],
    ["metrics{'ends in *'}: last<3", "metrics{'ends in *'}", "last < 3"],
    ["metrics{stock}: value<3, med < 2", "metrics{stock}", "last < 3", "median < 2"],
    ["transactions: failures<1%", "transactions", "failures < 1%"],
    [
      "transactions{checkout / pay}: p95<2s, busy_p95<500, cut_off<5",
      "transactions{checkout / pay}",
      "p95 < 2000ms",
      "busy_p95 < 500ms",
      "cut_off < 5",
    ],
  ];
  for (const [text, ...expected] of readable) assert.deepEqual(meaning(text), expected, text);
});

test("parseThreshold() takes rows whose names begin like a family, and quoted ones, for rows", () => {
  for (
    const [text, scope] of [
      ["checks/list: p95<300", "checks/list"],
      ["'checks': p95<300", "checks"],
      ["metrics endpoint: p95<300", "metrics endpoint"],
      ["transactions*: p95<300", "transactions*"],
    ] as const
  ) {
    assert.equal(parseThreshold(text).scope.kind, "rows", text);
    assert.equal(formatScope(parseThreshold(text).scope), scope);
  }
});

test("parseThreshold() says what is wrong in a scope or statistic of measures, with a caret", () => {
  const wrong: readonly (readonly [string, number, RegExp])[] = [
    ["checks{has items > 99%", 7, /this brace is not closed/],
    ["checks{'a > 99%", 8, /this quote is not closed/],
    ["checks{} > 99%", 8, /expected a name/],
    ["checks{a} = 99%", 11, /expected "<", "<=", ">", ">=" or ":" and a statistic/],
    ["checks{a}: p95 < 1", 12, /expected a statistic: rate \(of passes\), passes, fails/],
    ["checks{a} > 99ms", 15, /expected one of the units %/],
    ["metrics > 3", 8, /expected "\{" and the name of a metric/],
    ["metrics{a*}: sum > 3", 9, /expected the name of one metric/],
    ["metrics{a} > 3", 12, /expected ":" and a statistic/],
    ["metrics{a}: failures > 3", 13, /expected a statistic: p50/],
    ["transactions{a}: corrected_p95 < 3", 18, /expected a statistic: p50 .* cut_off/],
  ];
  for (const [text, column, reason] of wrong) {
    assert.throws(() => parseThreshold(text), (error) => {
      assert.ok(error instanceof ThresholdSyntaxError, text);
      assert.equal(error.column, column, `${text}\n${error.reason}`);
      assert.match(error.reason, reason);
      return true;
    });
  }
});

test("toExpression() writes a scope of measures as it is", () => {
  const text = toExpression({ scope: "checks{a: b}", condition: "rate > 99%", abort: true });
  assert.deepEqual([text, meaning(text)], ["checks{a: b}: rate > 99%, abort", ["checks{a: b}", "rate > 99%"]]);
});

test("describeBadSlo() refuses conditions on measures", () => {
  assert.match(describeBadSlo("checks > 99%") ?? "", /is about checks, metrics or transactions/);
});

/** A run whose measures are counted second by second. */
class Scene {
  readonly #sum = new DeltaAccumulator();
  readonly #recorder = new Recorder({ clock: new FakeClock() });
  readonly monitor: ThresholdMonitor;
  second = 0;

  readonly #counters: readonly string[];

  constructor(expressions: readonly string[], counting: "now" | "later" = "now", counters: readonly string[] = []) {
    this.#counters = counters;
    this.monitor = new ThresholdMonitor(expressions.map(parseThreshold), counting);
  }

  tick(count: (book: MeasureBook) => void = () => {}): void {
    count(this.#recorder.measures);
    const delta = this.#recorder.drain();
    if (delta !== undefined) this.#sum.add(delta, 0);
    this.second++;
    this.monitor.take(this.read());
  }

  read(): LedgerReading {
    const total = {
      method: "",
      name: "Aggregated",
      requests: 0,
      failures: 0,
      startedLate: 0,
      failedLate: 0,
      times: new Uint8Array(),
    };
    return {
      seconds: this.second,
      loadSeconds: this.second,
      users: 1,
      arrivals: { asked: 0, started: 0, dropped: 0, late: 0 },
      total,
      rows: [],
      measures: addIdleCounters(this.#sum.measures.toDeltas(0) ?? [], this.#counters),
    };
  }

  end(): readonly string[] {
    return this.monitor.conclude(this.read()).map((status) => `${status.state}: ${describeMeasured(status)}`);
  }
}

test("ThresholdMonitor judges checks: one, all together, and each by itself", () => {
  const scene = new Scene([
    "checks{a} > 99%",
    "checks > 60%",
    "checks{*} > 90%",
    "checks{missing} > 1%",
    "checks{a}: fails < 1",
  ]);
  scene.tick((book) => {
    for (let i = 0; i < 10; i++) book.check("a").take(1);
    for (let i = 0; i < 10; i++) book.check("b").take(Number(i < 5));
  });
  assert.deepEqual(scene.end(), [
    "met: rate = 100 %, limit above 99 %",
    "met: rate = 75 %, limit above 60 %",
    "broken: rate of b = 50 %, limit above 90 %",
    "broken: rate: nothing was counted in checks{missing}, limit above 1 %",
    "met: fails = 0, limit 1",
  ]);
});

test("ThresholdMonitor judges every window of a check by itself, and one without a check is broken", () => {
  const scene = new Scene(["checks{a} > 70% over 2s"]);
  for (const passes of [1, 1, 0, 0, 1]) scene.tick((book) => [1, passes].forEach((each) => book.check("a").take(each)));
  assert.deepEqual(scene.end(), ["broken: rate = 50 % in the worst 2 s, limit above 70 %"]);
  const silent = new Scene(["checks{a} > 70% over 2s"]);
  silent.tick((book) => book.check("a").take(1));
  for (let i = 0; i < 3; i++) silent.tick();
  assert.deepEqual(silent.end(), [
    "broken: rate = 100 % in the worst 2 s, limit above 70 %; one window had no samples",
  ]);
});

test("ThresholdMonitor counts nothing of before the steady part", () => {
  const scene = new Scene([
    "checks{a} > 99%",
    "metrics{paint}: max < 50",
    "metrics{orders}: sum < 3",
    "transactions{t}: busy_max < 20",
  ], "later");
  scene.tick((book) => {
    book.check("a").take(0);
    book.metric("trend", "paint", "ms").take(500, 0);
    book.metric("counter", "orders", "").take(100, 0);
    book.transaction("t").finish(100, 90, "failure");
  });
  scene.monitor.beginCounting(scene.read());
  scene.tick((book) => {
    book.check("a").take(1);
    book.metric("trend", "paint", "ms").take(40, 0);
    book.metric("counter", "orders", "").take(2, 0);
    book.transaction("t").finish(100, 10, "success");
  });
  assert.deepEqual(scene.end().map((line) => line.slice(0, 4)), ["met:", "met:", "met:", "met:"]);
});

test("ThresholdMonitor judges metrics in their unit, or in one of time where it is written", () => {
  const scene = new Scene([
    "metrics{paint}: max <= 2",
    "metrics{paint}: max < 2001ms",
    "metrics{size}: mean < 1s",
    "metrics{orders}: sum > 5, per_second > 1/s, count < 3",
    "metrics{hits}: rate > 60%",
    "metrics{queue}: last < 5, max > 8",
    "metrics{orders}: p95 < 3",
    "metrics{sent}: sum > 1000, per_second < 5000, count < 3",
    "metrics{size}: p95 < 3000",
    "metrics{absent}: p95 < 3000",
  ]);
  scene.tick((book) => {
    book.metric("trend", "paint", "s").take(2, 0);
    book.metric("trend", "size", "B").take(2000, 0);
    for (const value of [2, 4]) book.metric("counter", "orders", "").take(value, 0);
    for (const value of [1, 1, 0]) book.metric("rate", "hits", "").take(value, 0);
    for (const value of [9, 3]) book.metric("gauge", "queue", "jobs").take(value, 0);
    for (const value of [1000, 1234.5678]) book.metric("counter", "sent", "B").take(value, 0);
  });
  assert.deepEqual(scene.end(), [
    "met: max = 2 s, limit 2 s",
    "met: max = 2000 ms, limit 2001 ms",
    'broken: mean: "metrics{size}" has no such figure in this unit, limit 1000 ms',
    "met: sum = 6, limit above 5",
    "met: per_second = 6/s, limit above 1/s",
    "met: count = 2, limit 3",
    "met: rate = 66.67 %, limit above 60 %",
    "met: last = 3 jobs, limit 5 jobs",
    "met: max = 9 jobs, limit above 8 jobs",
    'broken: p95: "metrics{orders}" has no such figure in this unit, limit 3',
    "met: sum = 2.23 KB, limit above 1 KB",
    "met: per_second = 2.23 KB/s, limit 5 KB/s",
    "met: count = 2, limit 3",
    "met: p95 = 2 KB, limit 3 KB",
    "broken: p95: nothing was counted in metrics{absent}, limit 3000",
  ]);
});

test("ThresholdMonitor judges transactions by both times, failures and those cut off", () => {
  const scene = new Scene(["transactions{pay}: max < 200ms, busy_max < 60, failures < 40%, count > 3, cut_off < 1"]);
  scene.tick((book) => {
    const row = book.transaction("pay");
    row.finish(100, 50, "success");
    row.finish(150, 50, "success");
    row.finish(300, 50, "failure");
    row.cutOff++;
  });
  assert.deepEqual(scene.end(), [
    "broken: max = 300 ms, limit 200 ms",
    "met: busy_max = 50 ms, limit 60 ms",
    "met: failures = 33.33 %, limit 40 %",
    "broken: count = 3, limit above 3",
    "broken: cut_off = 1, limit 1",
  ]);
});

test("ThresholdMonitor holds a counter to which nothing was added for 0, and stretches of a lower limit begin with its first value", () => {
  const texts = ["sum < 10", "count < 1, per_second < 1", "sum > 1", "sum < 1 over 2s", "sum > 1 over 2s"];
  const judge = (added: readonly number[]) => {
    const scene = new Scene(texts.map((text) => `metrics{errors}: ${text}`), "now", ["errors"]);
    for (const value of added) {
      scene.tick((book) => value === 0 ? undefined : book.metric("counter", "errors", "").take(value, 0));
    }
    return scene.end();
  };
  assert.deepEqual(judge([0, 0, 0, 0]), [
    "met: sum = 0, limit 10",
    "met: count = 0, limit 1",
    "met: per_second = 0/s, limit 1/s",
    "broken: sum = 0, limit above 1",
    "met: sum = 0 in the worst 2 s, limit 1",
    "broken: sum: nothing was counted in metrics{errors}, limit above 1",
  ]);
  assert.deepEqual(judge([0, 0, 2, 2]).slice(-3), [
    "met: sum = 4, limit above 1",
    "broken: sum = 4 in the worst 2 s, limit 1",
    "met: sum = 4 in the worst 2 s, limit above 1",
  ]);
});

test("addIdleCounters() adds those only that nothing was counted of", () => {
  const counted = [{ kind: "counter" as const, name: "orders", unit: "", count: 1, sum: 3 }];
  assert.deepEqual(
    addIdleCounters(counted, ["orders", "errors"]).map((each) => [each.name, "sum" in each ? each.sum : undefined]),
    [["orders", 3], ["errors", 0]],
  );
});
