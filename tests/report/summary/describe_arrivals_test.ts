import assert from "node:assert/strict";
import { test } from "node:test";
import { describeArrivalCounts, describeClassArrivals } from "../../../src/report/summary/describe_arrivals.ts";

test("describeArrivalCounts() adds up, and leaves out what is 0", () => {
  const all = { planned: 800, asked: 800, started: 800, dropped: 0, waiting: 0, late: 0 };
  assert.equal(describeArrivalCounts(all), "800 arrivals asked for: 800 started");
  assert.equal(
    describeArrivalCounts({ planned: 1000, asked: 990, started: 900, dropped: 60, waiting: 30, late: 4 }),
    "1000 arrivals asked for: 900 started, 4 of them late, 60 dropped, 30 never started, 10 lost",
  );
});

test("describeClassArrivals() has a sentence for each class with a target rate, and for several with arrivals", () => {
  const counts = { asked: 2000, started: 1969, dropped: 30, waiting: 1, late: 2 };
  const buyer = { ...counts, name: "Buyer", kind: "arrivals" as const };
  const reader = { ...counts, waiting: 0, dropped: 31, name: "Reader", kind: "target" as const };
  assert.deepEqual(describeClassArrivals({ classArrivals: [buyer, reader] }), [
    "Buyer: 1969 of 2000 arrivals were started, 30 dropped, 1 not yet",
    "Reader: 1969 of 2000 tasks of its target rate were started, 31 dropped",
  ]);
  assert.deepEqual(describeClassArrivals({ classArrivals: [reader] }).length, 1);
  assert.deepEqual(describeClassArrivals({ classArrivals: [buyer] }), [], "the sentence of all arrivals says it");
  assert.deepEqual(describeClassArrivals({}), []);
});
