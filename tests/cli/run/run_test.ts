import assert from "node:assert/strict";
import { test } from "node:test";
import { threadsAtOnce } from "../../../src/cli/run/run.ts";

type Amount = Parameters<typeof threadsAtOnce>[0];

const ramp: Amount = { web: false, findMax: false, users: 100 };

const cases: [
  sentence: string,
  options: Partial<Amount>,
  threads: number,
  cores: number,
  expected: number,
][] = [
  ["one where main and control thread have no core to spare", {}, 2, 2, 1],
  ["one on one core", {}, 1, 1, 1],
  ["as many as there are cores beside them", {}, 8, 8, 6],
  ["no more than there are threads", {}, 2, 16, 2],
  ["no more than users", { users: 3 }, 8, 16, 3],
  ["one where users are still to come", { users: 0 }, 8, 16, 1],
  ["all with the web UI, which starts runs of any size", { web: true }, 4, 2, 4],
  ["all with arrivals, which would come late", { rate: "50/s" }, 4, 2, 4],
];
for (const [sentence, options, threads, cores, expected] of cases) {
  test(`threadsAtOnce() is ${sentence}`, () => {
    assert.equal(threadsAtOnce({ ...ramp, ...options }, threads, cores), expected);
  });
}
