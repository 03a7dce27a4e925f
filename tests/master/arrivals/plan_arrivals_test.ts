import assert from "node:assert/strict";
import { test } from "node:test";
import { endOfArrivals, planArrivals } from "../../../src/master/arrivals/plan_arrivals.ts";

const BROWSER = { name: "Browser", weight: 3 };
const BUYER = { name: "Buyer", weight: 1, arrivalRate: "10/s", maxUsers: 50 };

test("planArrivals() makes a stream of each class with a rate", () => {
  const [stream, ...others] = planArrivals([BROWSER, BUYER], {}) ?? [];
  assert.deepEqual(others, []);
  assert.deepEqual(stream, {
    classes: [{ name: "Buyer", weight: 1 }],
    pattern: "even",
    maxUsers: 50,
    curve: { countBefore: 0, points: [[0, 10]] },
  });
  assert.equal(planArrivals([BROWSER], {}), undefined);
});

test("planArrivals() makes one stream of all classes where the whole test has a rate", () => {
  const streams = planArrivals([BROWSER, BUYER], { rate: "1m:20/s poisson", maxUsers: 7 });
  assert.deepEqual(streams?.map(({ classes, pattern, maxUsers }) => ({ classes, pattern, maxUsers })), [{
    classes: [{ name: "Browser", weight: 3 }, { name: "Buyer", weight: 1 }],
    pattern: "poisson",
    maxUsers: 7,
  }]);
  assert.equal(endOfArrivals(streams ?? []), 60);
});

test("endOfArrivals() knows no end where one stream has none", () => {
  assert.equal(endOfArrivals(planArrivals([{ ...BUYER, arrivalRate: "1m:5/s" }, BUYER], {}) ?? []), undefined);
});
