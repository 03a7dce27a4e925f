/** One stream of arrivals: what is planned of it, and what becomes of the part of a worker that is gone. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { startCurve } from "../../../src/load/arrivals/arrival_rate.ts";
import { turnsOfThreads } from "../../../src/master/arrivals/arrival_legs.ts";
import { DividedStream } from "../../../src/master/arrivals/divided_stream.ts";
import type { RateCurve } from "../../../src/protocol/arrivals_message.ts";

const CLASSES = [{ name: "A", weight: 1 }] as const;
const TEN_A_SECOND: RateCurve = { countBefore: 0, points: [[0, 10]] };
const TWO = turnsOfThreads([{ id: "a", threads: 1 }, { id: "b", threads: 1 }], 100);
const ONE = turnsOfThreads([{ id: "b", threads: 1 }], 100);

function begun(count?: number): DividedStream {
  const settings = { classes: CLASSES, pattern: "even" as const, maxUsers: 100, curve: TEN_A_SECOND };
  const stream = new DividedStream(0, count === undefined ? settings : { ...settings, count }, 1);
  stream.begin(0, TWO);
  return stream;
}

test("DividedStream plans by its curve, and no more than its count or its end allows", () => {
  assert.equal(begun().plannedUntil(2000), 20);
  assert.equal(begun(15).plannedUntil(2000), 15);
  assert.equal(begun(15).rateAt(1000), 10);
  assert.equal(begun(15).rateAt(2000), 0);
  const ended = begun();
  ended.endAt(1000);
  assert.equal(ended.plannedUntil(2000), 10);
});

test("DividedStream.settle() leaves what a worker cannot have started to the others", () => {
  const stream = begun();
  stream.memberGone("a");
  stream.legFrom({ nowMs: 1500, atMs: 1950 }, stream.curveAt(1950), ONE);
  let ids = 0;
  const of = { workerId: "a", sinceMs: 950, nowMs: 1500, members: ["b"], unreachable: new Set<string>() };
  stream.settle({ ...of, createId: () => ++ids });
  const [debt, ...others] = stream.owedOf("b");
  assert.deepEqual(others, []);
  assert.deepEqual([debt?.fromIndex, debt?.toIndex], [10, 20]); // of those due at 1 s to 1.9 s, every other one
  assert.equal(debt?.of, 2);
  assert.deepEqual(stream.orderFor("a", 0).left, [{ id: 1, fromIndex: 10 }]);
});

test("DividedStream.heard() forgets a debt that is over and known, and no other", () => {
  const stream = begun();
  stream.legFrom({ nowMs: 1500, atMs: 1950 }, stream.curveAt(1950), ONE);
  let ids = 0;
  const of = { workerId: "a", sinceMs: 950, nowMs: 1500, members: ["b"], unreachable: new Set<string>() };
  stream.settle({ ...of, createId: () => ++ids });
  stream.heard("b", { atMs: 3000, lastId: 0 });
  assert.equal(stream.owedOf("b").length, 1);
  stream.heard("b", { atMs: 3000, lastId: ids });
  assert.deepEqual(stream.owedOf("b"), []);
});

test("DividedStream.legFrom() begins at the first arrival of that time, with another rate from there on", () => {
  const stream = begun();
  stream.legFrom({ nowMs: 900, atMs: 1000 }, startCurve({ ...TEN_A_SECOND, points: [[0, 30]] }, 1000, 10), ONE);
  assert.equal(stream.curveRateAt(500), 10);
  assert.equal(stream.curveRateAt(1500), 30);
  assert.equal(stream.plannedUntil(2000), 40);
});
