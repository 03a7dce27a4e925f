import assert from "node:assert/strict";
import { test } from "node:test";
import { type Exemplar, ExemplarStore, MAX_EXEMPLARS } from "../../../src/stats/recording/exemplar_store.ts";

const exemplar = (fields: Partial<Exemplar>): Exemplar => ({
  method: "GET",
  name: "/",
  traceId: "1".repeat(32),
  responseTimeUs: 1000,
  outcome: "success",
  atMs: 0,
  ...fields,
});

test("ExemplarStore keeps the last one of each row and octave, with its age, and is empty then", () => {
  const store = new ExemplarStore();
  store.add(exemplar({ responseTimeUs: 1030, traceId: "a".repeat(32) }));
  store.add(exemplar({ responseTimeUs: 2000, traceId: "b".repeat(32), atMs: 40 }));
  store.add(exemplar({ responseTimeUs: 2000, name: "/other" }));
  store.add(exemplar({ responseTimeUs: 9000 }));
  const taken = store.take(100) ?? [];
  assert.deepEqual(taken.map(({ name, responseTimeUs, ageMs }) => [name, responseTimeUs, ageMs]), [
    ["/", 2000, 60],
    ["/other", 2000, 100],
    ["/", 9000, 100],
  ]);
  assert.equal(taken[0]?.traceId, "b".repeat(32));
  assert.equal(store.take(100), undefined);
});

test("ExemplarStore: a success does not displace a failure, a later failure does", () => {
  const store = new ExemplarStore();
  store.add(exemplar({ outcome: "failure", responseTimeUs: 1500 }));
  store.add(exemplar({ responseTimeUs: 1600 }));
  assert.equal(store.take(0)?.[0]?.responseTimeUs, 1500);
  store.add(exemplar({ outcome: "failure", responseTimeUs: 1500 }));
  store.add(exemplar({ outcome: "failure", responseTimeUs: 1700 }));
  assert.equal(store.take(0)?.[0]?.responseTimeUs, 1700);
});

test("ExemplarStore is bounded: the failed and the slowest ones stay, whenever they came", () => {
  const store = new ExemplarStore();
  store.add(exemplar({ name: "failed", outcome: "failure", responseTimeUs: 1 }));
  for (let i = 0; i < 5000; i++) store.add(exemplar({ name: `/${i}`, responseTimeUs: (i * 7919) % 5000 }));
  const taken = store.take(0) ?? [];
  assert.equal(taken.length, MAX_EXEMPLARS);
  assert.ok(taken.some(({ name }) => name === "failed"));
  const successes = taken.filter(({ outcome }) => outcome === "success");
  assert.equal(Math.min(...successes.map(({ responseTimeUs }) => responseTimeUs)), 5000 - successes.length);
});
