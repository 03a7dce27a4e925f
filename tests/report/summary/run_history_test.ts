import assert from "node:assert/strict";
import { test } from "node:test";
import { MAX_SPANS, RunHistory } from "../../../src/report/summary/run_history.ts";
import { Histogram } from "../../../src/stats/histogram/histogram.ts";

function spanOf(second: number, us: number) {
  const times = new Histogram();
  times.record(us);
  const counted = { requests: 1, failures: 0, bytes: 10, times: times.pack() };
  return { fromSecond: second, toSecond: second + 1, elapsedMs: (second + 1) * 1000, users: second % 7, ...counted };
}

test("RunHistory keeps an hour by the second", () => {
  const history = new RunHistory();
  for (let second = 0; second < MAX_SPANS; second++) history.add(spanOf(second, 1000));
  assert.equal(history.spans.length, 3600);
  assert.equal(history.spans[3599]?.seconds, 1);
});

test("RunHistory thins longer runs into whole steps of 10 s and 60 s and loses no request", () => {
  for (const [seconds, step] of [[3601, 10], [40_000, 60]] as const) {
    const history = new RunHistory();
    for (let second = 0; second < seconds; second++) history.add(spanOf(second, second + 1));
    assert.ok(history.spans.length <= MAX_SPANS);
    assert.ok(history.spans.every(({ second }) => second % step === 0));
    assert.equal(history.spans.reduce((sum, { requests }) => sum + requests, 0), seconds);
    const first = history.spans[0];
    assert.equal(first?.seconds, step);
    assert.deepEqual(
      Histogram.unpack(first?.times as Uint8Array).buckets().map(({ us }) => us),
      Array.from({ length: step }, (_, i) => i + 1),
    );
  }
});

test("RunHistory sums the time that was counted, and does not know it where one of the steps does not", () => {
  for (const unknown of [false, true]) {
    const history = new RunHistory();
    history.add({ ...spanOf(0, 1000), countedMs: 850 });
    for (let second = 1; second <= 3600; second++) {
      history.add({ ...spanOf(second, 1000), ...(unknown && second === 5 ? {} : { countedMs: 1000 }) });
    }
    assert.equal(history.spans[0]?.countedSeconds, unknown ? undefined : 9.85);
    assert.equal(history.spans[1]?.countedSeconds, 10);
  }
});

test("RunHistory: counts that arrive after the last second join it", () => {
  const history = new RunHistory();
  history.add(spanOf(0, 100));
  history.add({ ...spanOf(1, 200), toSecond: 1 });
  assert.equal(history.spans.length, 1);
  assert.equal(history.spans[0]?.requests, 2);
  assert.equal(history.spans[0]?.seconds, 1);
});

test("RunHistory: rows of feeds are those at the end of a step, also when steps are merged", () => {
  const history = new RunHistory(5);
  for (let second = 0; second < 20; second++) {
    history.add({ ...spanOf(second, 100), ...(second < 3 ? {} : { feeds: { rows: second } }) });
  }
  assert.deepEqual(history.spans.map(({ second, feeds }) => [second, feeds?.["rows"]]), [[0, 9], [10, 19]]);
  const none = { ...spanOf(20, 100), toSecond: 20, requests: 0 };
  history.add({ ...none, feeds: { rows: 15 } });
  assert.equal(history.spans.at(-1)?.feeds?.["rows"], 15); // what threads did not use went back
  const empty = new RunHistory();
  empty.add({ ...none, feeds: { rows: 0 } });
  assert.equal(empty.spans.length, 0);
});
