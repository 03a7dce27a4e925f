import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createThresholdWatch } from "../../../src/master/judging/run_thresholds.ts";
import type { RunEvent, StopReason } from "../../../src/master/run_event.ts";
import { Histogram } from "../../../src/stats/histogram/histogram.ts";
import { Ledger } from "../../../src/stats/ledger/ledger.ts";
import { parseThreshold } from "../../../src/stats/thresholds/parse_threshold.ts";
import { deltaOf } from "../../support/deltas.ts";
import { FakeClock } from "../../support/fake_clock.ts";

/** A watch over a ledger that is fed a second at a time. */
function watchRun(
  expressions: readonly string[],
  counting: "now" | "later" = "now",
  leadMs = 0,
  reach: { readonly reach?: "told" } = {},
) {
  const clock = new FakeClock();
  const ledger = new Ledger({ clock, leadMs, ...reach });
  const events: RunEvent[] = [];
  const stops: StopReason[] = [];
  const context = { state: "running", userCount: 3, targetUserCount: 3, usersByClass: {}, workers: [] };
  const watch = createThresholdWatch({
    thresholds: expressions.map((text) => parseThreshold(text)),
    counting,
    ledger: () => ledger,
    elapsedMs: () => ledger.snapshot(context).elapsedMs,
    stop: (reason) => stops.push(reason),
    events: (event) => events.push(event),
  });
  return {
    clock,
    events,
    stops,
    ledger,
    watch,
    /** One second with requests of `ms`. */
    async tick(...times: readonly number[]) {
      const histogram = new Histogram();
      for (const ms of times) histogram.record(ms * 1000);
      if (times.length > 0) {
        ledger.apply({
          resets: ledger.resets,
          entries: [{
            method: "GET",
            name: "/a",
            requests: times.length,
            failures: 0,
            untimed: 0,
            bytes: 0,
            lastAgeMs: 0,
            times: histogram.pack(),
          }],
          failures: [],
          exceptions: [],
          retries: 0,
          abandoned: 0,
          failedStarts: 0,
          unfilteredNames: 0,
        }, "local");
      }
      await clock.advance(1000);
      ledger.rotate();
      watch.sink({ kind: "ticked", snapshot: ledger.snapshot(context) });
    },
    /** A tick that comes at this time, and has requests that a worker counted up to that one. */
    async tickAt(atMs: number, requests: number, reachMs: number) {
      await clock.advance(atMs - clock.nowMs());
      const one = { method: "GET", name: "/a", ms: 5, bytes: 0, failure: undefined, intervalMs: 0 };
      ledger.apply(deltaOf(Array.from({ length: requests }, () => one)), "local", reachMs);
      ledger.rotate();
      watch.sink({ kind: "ticked", snapshot: ledger.snapshot(context) });
    },
    end() {
      ledger.endLoad();
      if (leadMs === 0) ledger.complete();
      return watch.conclude(ledger.snapshot(context));
    },
  };
}

describe("createThresholdWatch()", () => {
  it("adds to each tick how the conditions stand", async () => {
    const run = watchRun(["max<100"]);
    await run.tick(50);
    await run.tick(150);
    const states = run.events.map((event) => event.kind === "ticked" ? event.thresholds?.[0]?.state : event.kind);
    assert.deepEqual(states, ["met", "broken"]);
    assert.equal(run.end()?.[0]?.crossedAtSeconds, 2);
  });

  it("passes events on as they are where there are no thresholds", async () => {
    const run = watchRun([]);
    await run.tick(50);
    assert.equal(run.events[0]?.kind === "ticked" && "thresholds" in run.events[0], false);
    assert.equal(run.end(), undefined);
  });

  it("stops the run by the first threshold that aborts, with its figure", async () => {
    const run = watchRun(["max<100 over 2s, abort"]);
    for (const ms of [50, 50, 150]) await run.tick(ms);
    assert.equal(run.stops.length, 1);
    assert.deepEqual(run.stops[0]?.kind, "thresholdBroken");
    assert.match(
      run.stops[0]?.kind === "thresholdBroken" ? run.stops[0].measured : "",
      /^max = 150 ms in the worst 2 s/,
    );
  });

  it("counts from the steady part to the cool-down where there is a warm-up", async () => {
    const run = watchRun(["max<100", "requests<=2"], "later");
    await run.tick(500);
    run.watch.sink({ kind: "phaseBegan", phase: "steady", elapsedMs: 1000 });
    await run.tick(10, 20);
    run.watch.sink({ kind: "phaseBegan", phase: "coolDown", elapsedMs: 2000 });
    await run.tick(900);
    assert.deepEqual(run.end()?.map(({ state }) => state), ["met", "met"]);
  });

  it("has rates over the time between the last reports before the ends of the steady part, however late it reads", async () => {
    const run = watchRun(["rps>1"], "later", 150);
    await run.tick(500);
    await run.clock.advance(80);
    run.watch.sink({ kind: "phaseBegan", phase: "steady", elapsedMs: 1000 });
    await run.tick(10, 20, 30);
    await run.tick(10, 20, 30);
    await run.clock.advance(120);
    run.watch.sink({ kind: "phaseBegan", phase: "coolDown", elapsedMs: 3000 });
    assert.equal(run.end()?.[0]?.measured, 3);
  });

  it("has rates of windows over the time of their reports, where a tick comes late and its report counts up to then", async () => {
    const run = watchRun(["rps>99.9 over 2s", "rps<100.1 over 2s"], "now", 150, { reach: "told" });
    await run.tickAt(1000, 85, 850);
    await run.tickAt(2450, 155, 2400);
    await run.tickAt(3000, 45, 2850);
    await run.tickAt(4000, 100, 3850);
    assert.deepEqual(run.watch.monitor?.statuses().map(({ state }) => state), ["met", "met"]);
  });

  it("has rates over the time that has been reported, at the first tick, in the first window and at the end", async () => {
    const run = watchRun(["rps>=100", "rps>=100 over 2s", "rps>=100 over 2s after 1s"], "now", 150);
    const states: unknown[] = [];
    for (const count of [85, 100, 100]) {
      await run.tick(...Array.from({ length: count }, () => 5));
      const event = run.events.at(-1);
      states.push(event?.kind === "ticked" ? event.thresholds?.map(({ state }) => state) : undefined);
    }
    assert.deepEqual(states, [["met", "pending", "pending"], ["met", "met", "pending"], ["met", "met", "met"]]);
    assert.deepEqual(run.end()?.map(({ measured }) => measured), [100, 100, 100]);
  });

  it("counts from a reset of the statistics", async () => {
    const run = watchRun(["max<100"]);
    await run.tick(500);
    run.watch.sink({ kind: "statsReset" });
    run.ledger.reset();
    await run.tick(10);
    assert.equal(run.end()?.[0]?.state, "met");
  });
});
