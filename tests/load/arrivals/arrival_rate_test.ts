import assert from "node:assert/strict";
import { test } from "node:test";
import { endCurve, formatRate, parseArrivalRate, shortenRate } from "../../../src/load/arrivals/arrival_rate.ts";

test("parseArrivalRate() reads rates by their unit", () => {
  const cases: readonly (readonly [string | number, number])[] = [
    ["50/s", 50],
    ["600/m", 10],
    ["6/min", 0.1],
    ["1/m", 1 / 60],
    ["7200/h", 2],
    ["0.1/s", 0.1],
    ["50/1s", 50],
    ["6/10s", 0.6],
    ["1/500ms", 2],
    ["30/2 min", 0.25],
    ["30 per minute", 0.5],
    ["50/sec", 50],
    ["50/second", 50],
    ["7200/hour", 2],
    [" 20000 / s ", 20_000],
    ["12.5", 12.5],
    [5, 5],
  ];
  for (const [text, perSecond] of cases) {
    assert.deepEqual(parseArrivalRate(text), {
      pattern: "even",
      curve: { countBefore: 0, points: [[0, perSecond]] },
    }, String(text));
  }
  assert.equal(parseArrivalRate("50/s poisson").pattern, "poisson");
  assert.equal(parseArrivalRate("50/s Poisson").pattern, "poisson");
});

test("parseArrivalRate() reads stages, with an end", () => {
  assert.deepEqual(parseArrivalRate("1m:50/s, 5m:600/m, 30s:0 poisson"), {
    pattern: "poisson",
    curve: { countBefore: 0, points: [[0, 0], [60_000, 50], [360_000, 10], [390_000, 0]], endMs: 390_000 },
  });
});

test("parseArrivalRate() says what is wrong", () => {
  const cases: readonly (readonly [string | number, RegExp])[] = [
    ["fast", /Cannot read the arrival rate "fast": it is no rate; write "50\/s"/],
    ["50/d", /it is no rate/],
    ["50/0s", /more than 10000000 a second/],
    ["0/0s", /it is not above 0/],
    ["50/constructor", /it is no rate/],
    ["50per", /it is no rate/],
    ["max", /it is no rate \(for as many as possible give users without a wait time, as in -u 100\); write "50/],
    ["Infinity", /it is no rate \(for as many as possible/],
    ["0", /it is not above 0 \(for as many as possible give users without a wait time, as in -u 100\); write "50/],
    ["50/", /it is no rate/],
    ["0/s", /it is not above 0/],
    [-1, /it is no rate/],
    ["1e99", /it is no rate/],
    ["99999999/s", /more than 10000000 a second/],
    ["1m:quick", /Cannot read stage "1m:quick": no rate after the colon/],
    [
      "1m:5/s, 1m:99999999/s",
      /^UsageError: Cannot read stage "1m:99999999\/s": its rate is more than 10000000 a second; /,
    ],
    ["1m:0, 1m:0", /no stage has a rate above 0/],
    ["0s:50/s", /together they last 0 seconds/],
  ];
  for (const [text, message] of cases) assert.throws(() => parseArrivalRate(text), message, String(text));
});

test("formatRate() takes the unit that is easy to read", () => {
  assert.deepEqual([50, 0.5, 1 / 60, 2 / 3600, 0].map(formatRate), ["50/s", "30/m", "1/m", "2/h", "0/s"]);
});

test("endCurve() lets no curve last longer", () => {
  const { curve } = parseArrivalRate("10s:5/s");
  assert.equal(endCurve(curve, 4000).endMs, 4000);
  assert.equal(endCurve(curve, 40_000).endMs, 10_000);
  assert.equal(endCurve(curve, undefined).endMs, 10_000);
});

test("shortenRate() leaves out what is between the ends of many stages", () => {
  assert.equal(shortenRate("50/s poisson"), "50/s poisson");
  assert.equal(shortenRate("0s:1/s, 1s:2/s, 1s:3/s, 1s:4/s, 1s:5/s"), "0s:1/s, 1s:2/s, 1s:3/s, 1s:4/s, 1s:5/s");
  const stages = Array.from({ length: 60 }, (_, i) => `1s:${i}/s`);
  assert.equal(
    shortenRate(`${stages.join(",")} poisson`),
    "1s:0/s, 1s:1/s, … 56 more …, 1s:58/s, 1s:59/s poisson",
  );
});
