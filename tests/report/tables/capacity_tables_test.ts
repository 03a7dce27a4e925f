import assert from "node:assert/strict";
import { test } from "node:test";
import {
  describeAim,
  describeSearch,
  describeStep,
  renderCapacity,
  renderSearch,
} from "../../../src/report/tables/capacity_tables.ts";
import { searchSimulated } from "../../support/simulated_search.ts";
import { createCurve } from "../../support/simulated_system.ts";

const report = searchSimulated(createCurve({ medianMs: (load) => load > 100 ? 400 : 20, seed: 1 }), {
  unit: "users",
  start: 30,
  slo: ["p99<100ms, failures<1%"],
  doubts: (load) => load === 120 ? ["The CPU of local's machine was above 90 % in 8 of 10 seconds"] : [],
});

test("renderCapacity() has the answer and a row for each step", () => {
  const lines = renderCapacity(report, { width: null, colors: "none" });
  assert.equal(lines[0], "Capacity");
  assert.equal(lines[1], report.sentence);
  const rows = lines.filter((line) => /^ +\d+ /.test(line));
  assert.equal(rows.length, report.steps.length);
  assert.match(rows[0] ?? "", /^ +1 +0:0\d +\d+ s rise +30 users +30 .* p99 \d+\.?\d* ms, failures 0 % +fine$/);
  assert.match(lines.join("\n"), /Step 3: The CPU of local's machine/);
});

test("renderCapacity() fits a terminal", () => {
  for (const width of [60, 80, 120]) {
    for (const line of renderCapacity(report, { width, colors: "none" })) assert.ok(line.length <= width, line);
  }
  assert.deepEqual(renderCapacity(undefined, { width: 80, colors: "none" }), []);
});

test("describeStep() says how a step ended", () => {
  const [first] = report.steps;
  assert.ok(first !== undefined);
  assert.match(describeStep({ ...first, outcome: "within" }), /^Step 1: 30 users within the SLO: p99 /);
  assert.match(
    describeStep({ ...first, outcome: "broken", shortfall: "only 12 users ran" }),
    /broke the SLO: .*; only 12 users ran$/,
  );
  assert.match(describeStep({ ...first, outcome: "unclear", leaning: "broken" }), /too near to the SLO to tell/);
});

test("describeSearch() is one line for the live view", () => {
  assert.equal(
    describeSearch({
      unit: "/s",
      number: 7,
      purpose: "halve",
      load: 1600,
      part: "measuring",
      low: 800,
      high: 3200,
      figures: [{ condition: "p99<80ms", statistic: "p99", limit: 80, unit: "ms", measured: 71.42, outcome: "within" }],
    }),
    "search: step 7 (halve), 1,600/s, measuring: p99 71.42 ms  (800/s held, 3,200/s broke)",
  );
});

test("renderSearch() keeps what is known and what is waited for on lines of their own", () => {
  const progress = {
    unit: "users",
    number: 4,
    purpose: "confirm",
    load: 6,
    part: "measuring",
    low: 4,
    high: 8,
    waitsFor: "30 s more: 12 of 700 responses above 200 ms decide",
    figures: [{
      condition: "p95<200ms",
      statistic: "p95",
      limit: 200,
      unit: "ms",
      measured: 204.3,
      outcome: "unclear",
    }],
  } as const;
  assert.deepEqual(renderSearch(progress, 80), [
    "search: step 4 (confirm), 6 users, measuring  (4 users held, 8 users broke)",
    "        p95 204.3 ms; 30 s more: 12 of 700 responses above 200 ms decide",
  ]);
  const { waitsFor: _waitsFor, ...settling } = progress;
  // Two lines also where there is nothing to say yet, so that the table below does not jump.
  assert.deepEqual(renderSearch({ ...settling, low: null, high: null, part: "settling", figures: [] }, 80), [
    "search: step 4 (confirm), 6 users, settling",
    "",
  ]);
});

test("describeAim() says what is searched for, where it begins, and that it ends by itself", () => {
  const slo = ["p99<300ms", "failures<1%"];
  assert.equal(
    describeAim({ unit: "users", start: 10, max: 10_000, slo }),
    "Search for the highest load within p99<300ms, failures<1%: begins at 10 users, up to 10,000 users, and ends by itself, usually after 3 to 15 minutes",
  );
  assert.match(describeAim({ unit: "/s", start: 50, max: 10_000_000, slo }), /begins at 50\/s, and ends by itself/);
});
