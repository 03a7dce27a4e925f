import assert from "node:assert/strict";
import { test } from "node:test";
import { describeArrivalCounts, describeTargets } from "../../../src/report/summary/describe_arrivals.ts";

test("describeArrivalCounts() adds up, and leaves out what is 0", () => {
  const all = { planned: 800, asked: 800, started: 800, dropped: 0, waiting: 0, late: 0 };
  assert.equal(describeArrivalCounts(all), "800 arrivals asked for: 800 started");
  assert.equal(
    describeArrivalCounts({ planned: 1000, asked: 990, started: 900, dropped: 60, waiting: 30, late: 4 }),
    "1000 arrivals asked for: 900 started, 4 of them late, 60 dropped, 30 never started, 10 lost",
  );
});

test("describeTargets() has a sentence for each class with a target rate", () => {
  const counts = { asked: 2000, started: 1969, dropped: 31, waiting: 0, late: 2 };
  assert.deepEqual(
    describeTargets({
      classArrivals: [{ ...counts, name: "Buyer", kind: "arrivals" }, { ...counts, name: "Reader", kind: "target" }],
    }),
    ["Reader: 1969 of 2000 tasks of its target rate were started"],
  );
  assert.deepEqual(describeTargets({}), []);
});
