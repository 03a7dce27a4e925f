import assert from "node:assert/strict";
import { test } from "node:test";
import { createTimeline } from "../../../src/master/judging/run_timeline.ts";
import { watchSteadyPart } from "../../../src/master/judging/steady_watch.ts";
import type { RunEvent } from "../../../src/master/run_event.ts";
import { deltaOf } from "../../support/deltas.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { Ledger } from "../../../src/stats/ledger/ledger.ts";

const ONE = deltaOf([{ method: "GET", name: "/", ms: 5, bytes: 1, failure: undefined, intervalMs: 0 }]);

/** What is found of a run that is stopped after so long; its ramp takes a second, and its worker reports before each tick. */
async function runFor(
  ms: number,
  { warmUpSeconds, rampMs = 1000, reportUntilMs = Infinity }: {
    readonly warmUpSeconds?: number;
    readonly rampMs?: number;
    readonly reportUntilMs?: number;
  },
) {
  const clock = new FakeClock();
  const ledger = new Ledger({ clock, leadMs: 150, reach: "told" });
  const watch = watchSteadyPart(warmUpSeconds, () => {});
  const timeline = createTimeline({ ledger, warmUpSeconds, elapsedMs: () => clock.nowMs(), events: watch.sink });
  timeline({ kind: "runStarted" } as RunEvent);
  timeline({ kind: "rampStarted", users: 10, spawnRate: 10, fromUsers: 0 });
  for (let tickMs = 1000; tickMs <= ms; tickMs += 1000) {
    await clock.advance(850);
    if (clock.nowMs() <= reportUntilMs) ledger.apply(ONE, "w", clock.nowMs());
    await clock.advance(150);
    ledger.rotate();
    timeline({ kind: "ticked", snapshot: { userCount: 10 } } as unknown as RunEvent);
    if (tickMs === rampMs) timeline({ kind: "rampCompleted", usersByClass: {}, users: 10 });
  }
  const during = watch.unsteady();
  await clock.advance(ms - clock.nowMs());
  ledger.endLoad();
  timeline({ kind: "stopping", reason: { kind: "requested" } });
  return [during, watch.unsteady()];
}

test("watchSteadyPart() says of a run that has ended which part it never came to, and nothing before", async () => {
  assert.deepEqual(await runFor(5000, {}), [undefined, undefined], "no warm-up");
  assert.deepEqual(await runFor(5000, { warmUpSeconds: 2 }), [undefined, undefined]);
  assert.deepEqual(await runFor(5000, { warmUpSeconds: 60 }), [undefined, { endedIn: "warmUp", warmUpSeconds: 60 }]);
  assert.deepEqual(await runFor(5000, { warmUpSeconds: 2, rampMs: 9000 }), [undefined, {
    endedIn: "ramp",
    warmUpSeconds: 2,
  }]);
  assert.deepEqual(await runFor(4500, { warmUpSeconds: 4 }), [undefined, { endedIn: "steady", warmUpSeconds: 4 }]);
  const silent = await runFor(5000, { warmUpSeconds: 3, reportUntilMs: 3000 });
  assert.deepEqual(silent, [undefined, { endedIn: "steady", warmUpSeconds: 3 }], "no report came in it");
  const late = await runFor(3000, { warmUpSeconds: 2, reportUntilMs: 1000 });
  assert.deepEqual(late, [undefined, { endedIn: "steady", warmUpSeconds: 2 }], "no report came since long before it");
});
