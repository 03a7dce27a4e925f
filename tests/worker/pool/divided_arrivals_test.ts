import assert from "node:assert/strict";
import { test } from "node:test";
import type { ArrivalOrder, ArrivalStream } from "../../../src/protocol/arrivals_message.ts";
import { DividedArrivals } from "../../../src/worker/pool/divided_arrivals.ts";

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

const holders = (...users: readonly Record<string, number>[]) => users.map((each, thread) => ({ thread, users: each }));
const slotsOf = (orders: readonly ArrivalOrder[] | undefined) =>
  orders?.map(({ streams }) => streams?.[0]?.legs.map(({ fromIndex, slots }) => [fromIndex, slots]));

test("DividedArrivals gives each thread its turns, and what is owed once", () => {
  const arrivals = new DividedArrivals();
  const [first, second] = arrivals.take(ORDER, holders({}, {}));
  assert.deepEqual(first?.streams?.[0]?.legs[0]?.slots, [3, 5]);
  assert.deepEqual(second?.streams?.[0]?.legs[0]?.slots, [4]);
  assert.deepEqual(second?.streams?.[0]?.owed[0]?.slots, [1]);
});

test("DividedArrivals.lose() gives the turns of a thread that is gone to the others, from that time on", () => {
  const arrivals = new DividedArrivals();
  const [first] = arrivals.take(ORDER, holders({}, {}));
  const orders = arrivals.lose(1, 1995, holders({}));
  assert.deepEqual(slotsOf(orders), [[[0, [3, 5]], [20, [3, 4, 5]]]]);
  assert.deepEqual(orders?.[0]?.streams?.[0]?.owed, []);
  assert.ok((orders?.[0]?.epoch ?? 0) > (first?.epoch ?? 0), "the thread takes it as new");
  const repeated = {
    ...ORDER,
    epoch: 5,
    streams: [{ ...STREAM, legs: [...STREAM.legs, { ...STREAM.legs[0]!, fromIndex: 40, slots: [2] }] }],
  };
  assert.deepEqual(slotsOf(arrivals.take(repeated, holders({}))), [[[0, [3, 5]], [20, [3, 4, 5]], [40, [2]]]]);
});

test("DividedArrivals leaves turns with their threads, also where an order begins with the rest of a leg", () => {
  const arrivals = new DividedArrivals();
  arrivals.take(ORDER, holders({}, {}, {}));
  const [, , third] = holders({}, {}, {});
  const [, second] = holders({}, {});
  arrivals.lose(0, 1995, [second!, third!]);
  const rest = { ...ORDER, epoch: 5, streams: [{ ...STREAM, legs: [{ ...STREAM.legs[0]!, fromIndex: 30 }] }] };
  assert.deepEqual(slotsOf(arrivals.take(rest, [second!, third!])), [[[30, [3, 4]]], [[30, [5]]]]);
});

test("DividedArrivals leaves the turns of a leg with their threads when users come and go, and gives those of a new leg by users", () => {
  const leg = { fromIndex: 0, curve: CURVE, of: 4, slots: [0, 1, 2, 3] };
  const order = { ...ORDER, streams: [{ ...STREAM, kind: "target" as const, legs: [leg], owed: [] }] };
  const arrivals = new DividedArrivals();
  assert.deepEqual(slotsOf(arrivals.take(order, holders({ Buyer: 3 }, { Buyer: 1 }))), [[[0, [0, 1, 3]]], [[0, [2]]]]);
  const next = { ...order, epoch: 5, streams: [{ ...order.streams[0]!, legs: [leg, { ...leg, fromIndex: 9 }] }] };
  assert.deepEqual(slotsOf(arrivals.take(next, holders({ Buyer: 2 }, { Buyer: 2 }))), [
    [[0, [0, 1, 3]], [9, [0, 2]]],
    [[0, [2]], [9, [1, 3]]],
  ]);
});

test("DividedArrivals passes the time on, and an order of before changes nothing", () => {
  const arrivals = new DividedArrivals();
  const [{ epoch } = { epoch: 0 }] = arrivals.take(ORDER, holders({}));
  assert.deepEqual(arrivals.take({ runId: "run-1", epoch: 0, runMs: 1100, untilMs: 6000 }, holders({})), [{
    runId: "run-1",
    epoch,
    runMs: 1100,
    untilMs: 6000,
  }]);
  assert.deepEqual(arrivals.take(ORDER, holders({})), [{ runId: "run-1", epoch, runMs: 100 }]);
  assert.equal(new DividedArrivals().lose(0, 0, holders({}, {})), undefined);
});

test("DividedArrivals.lose() lets nobody start more than the master has said last", () => {
  const arrivals = new DividedArrivals();
  arrivals.take({ ...ORDER, untilMs: 6000 }, holders({}, {}));
  arrivals.take({ runId: "run-1", epoch: 0, runMs: 500, untilMs: 900, hold: 3 }, holders({}, {}));
  const [order] = arrivals.lose(1, 600, holders({})) ?? [];
  assert.deepEqual([order?.untilMs, order?.hold], [900, undefined]);
  arrivals.pause();
  assert.equal(arrivals.lose(1, 600, holders({}))?.[0]?.untilMs, 0);
});

test("DividedArrivals.lastMs is the time of the last arrival of a worker that others follow", () => {
  const arrivals = new DividedArrivals();
  assert.equal(arrivals.lastMs, -Infinity);
  arrivals.take({ ...ORDER, untilMs: 6000 }, holders({}));
  assert.equal(arrivals.lastMs, Infinity);
  const legs = [...STREAM.legs, { fromIndex: 14, curve: CURVE, of: 6, slots: [] }];
  arrivals.take({ ...ORDER, epoch: 5, untilMs: 6000, streams: [{ ...STREAM, legs }] }, holders({}));
  assert.equal(arrivals.lastMs, 1300);
  arrivals.take({ ...ORDER, epoch: 6 }, holders({}));
  assert.equal(arrivals.lastMs, -Infinity, "a master without hand-overs says nothing of it");
});

test("DividedArrivals gives the starts of a target rate to threads by their users", () => {
  const leg = { fromIndex: 0, curve: CURVE, of: 4, slots: [0, 1, 2, 3] };
  const order = { ...ORDER, streams: [{ ...STREAM, kind: "target" as const, legs: [leg], owed: [] }] };
  const parts = new DividedArrivals().take(order, holders({ Buyer: 3 }, { Other: 5 }, { Buyer: 1 }));
  assert.deepEqual(parts.map(({ streams }) => streams?.[0]?.legs[0]?.slots), [[0, 1, 3], [], [2]]);
});
