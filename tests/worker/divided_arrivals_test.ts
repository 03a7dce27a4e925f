import assert from "node:assert/strict";
import { test } from "node:test";
import type { ArrivalStream } from "../../src/protocol/arrivals_message.ts";
import { DividedArrivals } from "../../src/worker/divided_arrivals.ts";

const CURVE = { countBefore: 0, points: [[0, 10]] as const };
const STREAM: ArrivalStream = {
  id: 0,
  classes: [{ name: "Buyer", weight: 1 }],
  pattern: "even",
  seed: 1,
  maxUsers: 10,
  firstUserIndex: 0,
  userIndexStep: 1,
  legs: [{ fromIndex: 0, curve: CURVE, of: 9, slots: [3, 4, 5] }],
  owed: [{ fromIndex: 1, toIndex: 9, of: 9, slots: [0, 1] }],
};
const ORDER = { runId: "run-1", epoch: 4, runMs: 100, streams: [STREAM] };

test("DividedArrivals gives each thread its turns, and what is owed once", () => {
  const arrivals = new DividedArrivals();
  const [first, second] = arrivals.take(ORDER, [{}, {}]);
  assert.deepEqual(first?.streams?.[0]?.legs[0]?.slots, [3, 5]);
  assert.deepEqual(second?.streams?.[0]?.legs[0]?.slots, [4]);
  assert.deepEqual(second?.streams?.[0]?.owed[0]?.slots, [1]);
  const [alone] = arrivals.again([{}]) ?? [];
  assert.deepEqual(alone?.streams?.[0]?.legs[0]?.slots, [3, 4, 5]);
  assert.deepEqual(alone?.streams?.[0]?.owed, []);
  assert.ok((alone?.epoch ?? 0) > (first?.epoch ?? 0), "the thread takes it as new");
});

test("DividedArrivals passes the time on, and an order of before changes nothing", () => {
  const arrivals = new DividedArrivals();
  const [{ epoch } = { epoch: 0 }] = arrivals.take(ORDER, [{}]);
  assert.deepEqual(arrivals.take({ runId: "run-1", epoch: 0, runMs: 1100 }, [{}]), [{
    runId: "run-1",
    epoch,
    runMs: 1100,
  }]);
  assert.deepEqual(arrivals.take(ORDER, [{}]), [{ runId: "run-1", epoch, runMs: 100 }]);
  assert.equal(new DividedArrivals().again([{}, {}]), undefined);
});

test("DividedArrivals gives the starts of a target rate to threads by their users", () => {
  const leg = { fromIndex: 0, curve: CURVE, of: 4, slots: [0, 1, 2, 3] };
  const order = { ...ORDER, streams: [{ ...STREAM, kind: "target" as const, legs: [leg], owed: [] }] };
  const parts = new DividedArrivals().take(order, [{ Buyer: 3 }, { Other: 5 }, { Buyer: 1 }]);
  assert.deepEqual(parts.map(({ streams }) => streams?.[0]?.legs[0]?.slots), [[0, 1, 3], [], [2]]);
});
