import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ageDelta } from "../../../src/stats/delta/delta.ts";
import { DeltaAccumulator } from "../../../src/stats/recording/delta_accumulator.ts";
import { deltaOf, type Sample, samples, sorted } from "../../support/deltas.ts";

function merge(deltas: readonly ReturnType<typeof deltaOf>[], options = {}) {
  const accumulator = new DeltaAccumulator(options);
  for (const delta of deltas) accumulator.add(delta, 0);
  return accumulator.take(0);
}

const parts = fc.array(samples, { minLength: 1, maxLength: 5 });

test("DeltaAccumulator: the parts sum to the delta of all samples in one thread", () => {
  fc.assert(fc.property(parts, (lists) => {
    assert.deepEqual(sorted(merge(lists.map(deltaOf))), sorted(deltaOf(lists.flat())));
  }));
});

test("DeltaAccumulator: merges commute", () => {
  fc.assert(fc.property(parts, (lists) => {
    const deltas = lists.map(deltaOf);
    assert.deepEqual(sorted(merge([...deltas].reverse())), sorted(merge(deltas)));
  }));
});

test("DeltaAccumulator: merges associate, so a worker in between changes nothing", () => {
  fc.assert(fc.property(samples, samples, samples, (a, b, c) => {
    const [x, y, z] = [deltaOf(a), deltaOf(b), deltaOf(c)];
    const left = merge([merge([x, y]) ?? x, z]);
    const right = merge([x, merge([y, z]) ?? y]);
    assert.deepEqual(sorted(left), sorted(right));
  }));
});

test("DeltaAccumulator.take() empties: the second one is nothing", () => {
  const accumulator = new DeltaAccumulator();
  assert.equal(accumulator.take(0), undefined);
  accumulator.add(deltaOf([plain("GET", "/")]), 0);
  assert.equal(accumulator.take(0)?.entries.length, 1);
  assert.equal(accumulator.take(0), undefined);
});

test("DeltaAccumulator.take() ages what was kept, by the time it was kept", () => {
  const accumulator = new DeltaAccumulator();
  const delta = deltaOf([{ ...plain("GET", "/"), failure: "no" }]);
  accumulator.add(ageDelta(delta, 250), 1000);
  const taken = accumulator.take(21_000);
  assert.equal(taken?.entries[0]?.lastAgeMs, 20_250);
  assert.equal(taken?.failures[0]?.firstAgeMs, 20_250);
  assert.equal(taken?.failures[0]?.lastAgeMs, 20_250);
});

test("DeltaAccumulator.take() keeps the first and the last time of merged failures", () => {
  const accumulator = new DeltaAccumulator();
  const delta = deltaOf([{ ...plain("GET", "/"), failure: "no" }]);
  accumulator.add(delta, 1000);
  accumulator.add(delta, 4000);
  const failure = accumulator.take(5000)?.failures[0];
  assert.deepEqual([failure?.count, failure?.firstAgeMs, failure?.lastAgeMs], [2, 4000, 1000]);
});

test("DeltaAccumulator bounds the names of all threads together and counts each overflowed request once", () => {
  const one = merge([deltaOf([plain("GET", "/a"), plain("GET", "/b"), plain("GET", "/c")])], { maxNames: 2 });
  const other = merge([deltaOf([plain("GET", "/d"), plain("GET", "/e"), plain("GET", "/f")])], { maxNames: 2 });
  assert.equal(one?.unfilteredNames, 1);
  if (one === undefined || other === undefined) throw new Error("both counted something");
  const both = merge([one, other], { maxNames: 3 });
  assert.deepEqual(both?.entries.map(({ name, requests }) => [name, requests]), [
    ["/a", 1],
    ["/b", 1],
    ["(other)", 3],
    ["/d", 1],
  ]);
  assert.equal(both?.unfilteredNames, 3);
});

test("DeltaAccumulator.add() of a malformed delta throws bad_stats and counts nothing of it", () => {
  const good = deltaOf([plain("GET", "/a"), plain("GET", "/b")]);
  const [first, second] = good.entries;
  if (first === undefined || second === undefined) throw new Error("two entries were recorded");
  const bad: [string, typeof good][] = [
    ["a histogram that cannot be read", { ...good, entries: [first, { ...second, times: Uint8Array.of(1) }] }],
    ["requests that do not add up", { ...good, entries: [first, { ...second, requests: 7 }] }],
    ["half a request", { ...good, entries: [first, { ...second, failures: 0.5 }] }],
    ["a negative count", { ...good, abandoned: -1 }],
    ["an age that is none", { ...good, entries: [first, { ...second, lastAgeMs: NaN }] }],
    ["too few corrected times", { ...good, entries: [first, { ...second, corrected: new Uint8Array(0) }] }],
  ];
  for (const [sentence, delta] of bad) {
    const accumulator = new DeltaAccumulator();
    assert.throws(() => accumulator.add(delta, 0), { code: "bad_stats" }, sentence);
    assert.equal(accumulator.take(0), undefined, sentence);
  }
});

test("ageDelta() adds to every age and leaves the rest", () => {
  const delta = deltaOf([{ ...plain("GET", "/"), failure: "no" }]);
  const older = ageDelta(delta, 1500);
  assert.equal(older.entries[0]?.lastAgeMs, 1500);
  assert.equal(older.failures[0]?.lastAgeMs, 1500);
  assert.deepEqual(older.entries[0]?.times, delta.entries[0]?.times);
  assert.equal(ageDelta(delta, 0), delta);
});

function plain(method: string, name: string): Sample {
  return { method, name, ms: 5, bytes: 1, failure: undefined, intervalMs: 0 };
}

test("DeltaAccumulator.add() drops what belongs to an earlier reset, and its own counts when a later one comes", () => {
  const accumulator = new DeltaAccumulator();
  const one = deltaOf([{ method: "GET", name: "/", ms: 1, bytes: 0, failure: undefined, intervalMs: 0 }]);
  accumulator.add(one, 0);
  accumulator.add({ ...one, resets: 1 }, 0);
  accumulator.add(one, 0);
  const taken = accumulator.take(0);
  assert.deepEqual([taken?.resets, taken?.entries[0]?.requests], [1, 1]);
});
