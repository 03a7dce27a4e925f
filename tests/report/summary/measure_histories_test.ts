import assert from "node:assert/strict";
import { test } from "node:test";
import { MeasureHistories } from "../../../src/report/summary/measure_histories.ts";
import { toMeasureHistory } from "../../../src/report/summary/measure_steps.ts";
import { MeasureBook } from "../../../src/stats/measures/measure_book.ts";
import { snapshotMeasures } from "../../../src/stats/measures/snapshot_measures.ts";

const spanOf = (fromSecond: number, toSecond: number) => ({
  elapsedMs: toSecond * 1000,
  fromSecond,
  toSecond,
  users: 1,
  requests: 0,
  failures: 0,
  bytes: 0,
  times: new Uint8Array(0),
});

/** A run whose seconds count what the test does. */
function createRun(histories = new MeasureHistories()) {
  const book = new MeasureBook();
  let second = 0;
  return {
    histories,
    book,
    tick(count: (book: MeasureBook) => void = () => {}) {
      count(book);
      histories.take(snapshotMeasures(book, 1000), spanOf(second, ++second));
    },
  };
}

const stepsOf = ({ histories }: { readonly histories: MeasureHistories }, name: string) => {
  const found = histories.list().find((each) => each.name === name);
  return found === undefined ? [] : toMeasureHistory(found).steps;
};

test("MeasureHistories: each second has what was counted in it; one in which nothing was is no step", () => {
  const run = createRun();
  run.tick((book) => {
    book.check("ok").take(1);
    book.check("ok").take(0);
    book.metric("counter", "orders", "EUR").take(5, 0);
    book.metric("gauge", "queue", "").take(-3, 0);
    book.transaction("pay").finish(100, 40, "success");
  });
  run.tick();
  run.tick((book) => {
    book.check("ok").take(1);
    book.metric("counter", "orders", "EUR").take(2, 0);
    book.metric("gauge", "queue", "").take(9, 0);
    book.transaction("pay").finish(300, 50, "failure");
  });
  assert.deepEqual(stepsOf(run, "ok"), [
    { second: 0, seconds: 1, count: 2, failures: 1, passRate: 0.5 },
    { second: 2, seconds: 1, count: 1, failures: 0, passRate: 1 },
  ]);
  assert.deepEqual(stepsOf(run, "orders").map(({ second, sum }) => [second, sum]), [[0, 5], [2, 2]]);
  assert.deepEqual(stepsOf(run, "queue").map(({ last }) => last), [-3, 9]);
  const [first, second] = stepsOf(run, "pay");
  assert.deepEqual([first?.count, first?.failures, first?.mean, first?.p50, first?.busyP95], [1, 0, 100, 100, 40]);
  assert.deepEqual([second?.count, second?.failures, second?.mean], [1, 1, 300]);
  assert.ok(Math.abs((second?.p99 ?? 0) - 300) < 1.5, "of this second alone");
  assert.deepEqual(run.histories.find({ of: "metrics", kind: "counter", name: "orders" })?.unit, "EUR");
  assert.equal(run.histories.find({ of: "checks", name: "nope" }), undefined);
});

test("MeasureHistories: a reset loses nothing of before or after it, whether it is told of or not", () => {
  for (const told of [true, false]) {
    const run = createRun();
    run.tick((book) => [1, 1, 0].forEach((held) => book.check("ok").take(held as 0 | 1)));
    run.book.clear();
    if (told) run.histories.reset();
    run.tick((book) => book.check("ok").take(1));
    run.tick((book) => book.check("ok").take(0));
    assert.deepEqual(stepsOf(run, "ok").map(({ count, failures }) => [count, failures]), [[3, 1], [1, 0], [1, 1]]);
  }
});

test("MeasureHistories: long runs are thinned, many measures more, and the counts still add up", () => {
  const run = createRun();
  for (let second = 0; second < 700; second++) run.tick((book) => book.check("a").take(second % 2 === 0 ? 1 : 0));
  const steps = stepsOf(run, "a");
  assert.ok(steps.length <= 70 + 1, String(steps.length));
  assert.equal(steps.reduce((sum, { count }) => sum + count, 0), 700);
  assert.deepEqual(steps[0], { second: 0, seconds: 10, count: 10, failures: 5, passRate: 0.5 });
  const many = createRun();
  for (let second = 0; second < 200; second++) {
    many.tick((book) => {
      for (let i = 0; i < 120; i++) book.check(`c${i}`).take(1);
    });
  }
  const all = many.histories.list();
  assert.equal(all.length, 100, "further ones have none");
  assert.ok(all.every((each) => each.steps.length <= 120));
  assert.ok(all.every((each) => each.steps.reduce((sum, { count }) => sum + count, 0) === 200));
});
