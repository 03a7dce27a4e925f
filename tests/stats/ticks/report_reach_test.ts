import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ReportReach, SILENT_AFTER_MS } from "../../../src/stats/ticks/report_reach.ts";

/** Sources that count at steady rates, and report at any times. */
const load = fc.record({
  perMs: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
  /** Which source reports, how long after the report before it, and how long its report was on its way. */
  reports: fc.array(
    fc.record({
      source: fc.nat(3),
      afterMs: fc.integer({ min: 1, max: 400 }),
      lateMs: fc.integer({ min: 0, max: 700 }),
    }),
    { minLength: 8, maxLength: 40 },
  ),
});

test("ReportReach: counts divided by the time between two reaches are the rate, whoever was late at either of them", () => {
  fc.assert(fc.property(load, ({ perMs, reports }) => {
    const reach = new ReportReach<number>(0);
    const reached = perMs.map(() => 0);
    let nowMs = 1000;
    let counted = 0;
    const report = (source: number, reachMs: number) => {
      if (reachMs <= (reached[source] as number)) return;
      const requests = (reachMs - (reached[source] as number)) * (perMs[source] as number);
      reached[source] = reachMs;
      counted += requests;
      reach.reported(source, { reachMs, requests }, nowMs);
    };
    perMs.forEach((_, source) => report(source, 500 + source)); // each has been heard of
    const heard = perMs.map(() => nowMs);
    const all = perMs.reduce((sum, each) => sum + each, 0);
    const look = () => ({ counted, reachMs: reach.at(nowMs) as number });
    let before = look();
    for (const { source, afterMs, lateMs } of reports) {
      nowMs += afterMs;
      report(source % perMs.length, nowMs - lateMs);
      heard[source % perMs.length] = nowMs;
      if (heard.some((ms) => nowMs - ms > SILENT_AFTER_MS)) return;
      const now = look();
      assert.ok(Math.abs(now.counted - before.counted - all * (now.reachMs - before.reachMs)) < 1e-6 * counted);
      before = now;
    }
  }));
});

/** Looks once a second, as a master does. */
function lookFrom(reach: ReportReach<string>, fromMs: number, toMs: number): unknown {
  let seen: unknown;
  for (let ms = fromMs; ms <= toMs; ms += 1000) seen = reach.at(ms);
  return seen;
}

test("ReportReach: before the first report it is late, a source that is silent for seconds is left out, and with nobody left nothing is waited for", () => {
  const reach = new ReportReach<string>(0);
  assert.equal(reach.at(800), "late");
  reach.reported("a", { reachMs: 850, requests: 100 }, 860);
  reach.reported("b", { reachMs: 850, requests: 300 }, 870);
  lookFrom(reach, 1000, 3000);
  reach.reported("b", { reachMs: 3850, requests: 900 }, 3860);
  assert.equal(reach.at(3860), (850 * 100 / 850 + 3850 * 0.3) / (100 / 850 + 0.3));
  assert.equal(reach.at(3870), 3850);
  reach.forget("b");
  assert.equal(reach.at(3870), "late");
  assert.equal(lookFrom(reach, 4870, 6870), "silent");
});

test("ReportReach: an owner that was kept from running waits for what was said meanwhile", () => {
  const reach = new ReportReach<string>(0);
  reach.reported("a", { reachMs: 850, requests: 85 }, 860);
  assert.equal(reach.at(9000), 850);
  assert.equal(reach.at(10_000), 850);
  reach.reported("a", { reachMs: 9900, requests: 905 }, 10_010);
  assert.equal(reach.at(10_020), 9900);
});

test("ReportReach: sources that count nothing reach as far as they say, and a report in parts only with the last of them", () => {
  const reach = new ReportReach<string>(0);
  for (const ms of [850, 1850]) {
    for (const name of ["a", "b"]) reach.reported(name, { reachMs: ms, requests: 0 }, ms);
  }
  assert.equal(reach.at(1900), 1850);
  reach.reported("a", { reachMs: 1850, requests: 60 }, 2850); // the first part: it says no more than the report before
  assert.equal(reach.at(2850), 1850);
  reach.reported("a", { reachMs: 2850, requests: 40 }, 2850);
  assert.equal(reach.at(2850), 2850);
});
