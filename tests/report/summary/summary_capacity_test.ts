import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { answerSoFar, toSummaryCapacity } from "../../../src/report/summary/summary_capacity.ts";
import { searchSimulated } from "../../support/simulated_search.ts";
import { createCurve } from "../../support/simulated_system.ts";

const schema = JSON.parse(await readFile(new URL("../../../docs/summary.schema.json", import.meta.url), "utf8"));
const validate = new Ajv2020({ strict: false }).compile({
  $defs: schema.$defs,
  ...schema.properties.capacity,
});

const search = { unit: "users", start: 30, slo: ["p99<100ms"] } as const;
const system = (edge: number, requestsPerLoad = 1) =>
  createCurve({ medianMs: (load) => load > edge ? 400 : 20, seed: 1, requestsPerLoad });

const REPORTS = {
  "an answer": searchSimulated(system(100), search),
  "few samples": searchSimulated(system(3), { ...search, start: 1 }),
  "no answer": searchSimulated(system(0), search),
  "no request": searchSimulated(system(3, 0), search),
  "nothing": searchSimulated(system(3), { ...search, seconds: 1 }),
};

for (const [title, { seconds: _, ...report }] of Object.entries(REPORTS)) {
  test(`toSummaryCapacity() fits the schema: ${title}`, () => {
    const capacity = toSummaryCapacity(report);
    assert.ok(validate(JSON.parse(JSON.stringify(capacity))), JSON.stringify(validate.errors));
    assert.equal(capacity.steps.length, report.steps.length);
  });
}

test("answerSoFar() of the steps of a whole search is its answer, unconfirmed", () => {
  const { load, low, high, steps } = REPORTS["an answer"];
  const soFar = answerSoFar({ unit: "users", start: 30, max: 10_000, slo: ["p99<100ms"] }, steps);
  assert.deepEqual([soFar.load, soFar.low, soFar.high, soFar.isConfirmed], [load, low, high, false]);
  assert.match(soFar.sentence, /ended before it had confirmed this$/);
});
