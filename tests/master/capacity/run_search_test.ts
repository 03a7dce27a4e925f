import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { planCapacity } from "../../../src/master/capacity/capacity_settings.ts";
import type { RunEvent, StopReason } from "../../../src/master/run_event.ts";
import { RunSearch } from "../../../src/master/capacity/run_search.ts";
import type { CapacityStep } from "../../../src/protocol/capacity_message.ts";
import type { WorkerHealth } from "../../../src/protocol/health_message.ts";
import { Histogram } from "../../../src/stats/histogram/histogram.ts";
import { Ledger } from "../../../src/stats/ledger/ledger.ts";
import { createCurve } from "../../support/simulated_system.ts";
import { FakeClock } from "../../support/fake_clock.ts";

/** A search over users on a system with a cliff at 40, fed a second at a time. */
function searchUsers(options: { readonly earlier?: readonly CapacityStep[]; readonly atLeast?: string } = {}) {
  const clock = new FakeClock();
  const ledger = new Ledger({ clock });
  const system = createCurve({ medianMs: (load) => load > 40 ? 500 : 20, requestsPerLoad: 50, seed: 1 });
  const events: RunEvent[] = [];
  const stops: StopReason[] = [];
  const targets: (readonly [users: number, spawnRate: number])[] = [];
  let users = 10;
  const search = new RunSearch({
    settings: planCapacity({
      slo: ["p99<100ms"],
      unit: "users",
      start: 10,
      maxUsers: 1000,
      poolUsers: 1000,
      stepSeconds: 5,
      atLeast: options.atLeast,
    }),
    ledger,
    earlier: options.earlier,
    isReached: () => true,
    setUsers(wanted, spawnRate) {
      users = wanted;
      targets.push([wanted, spawnRate]);
    },
    setRate: () => assert.fail("there are no arrivals"),
    stop: (reason) => stops.push(reason),
    events: (event) => events.push(event),
  });
  return {
    search,
    events,
    stops,
    targets,
    async tick(health?: Partial<WorkerHealth>) {
      const times = new Histogram();
      const { latenciesMs } = system.second(users);
      for (const ms of latenciesMs) times.record(ms * 1000);
      const row = {
        method: "GET",
        name: "/",
        requests: latenciesMs.length,
        failures: 0,
        untimed: 0,
        bytes: 0,
        lastAgeMs: 0,
      };
      ledger.apply({
        resets: ledger.resets,
        entries: [{ ...row, times: times.pack() }],
        failures: [],
        exceptions: [],
        retries: 0,
        abandoned: 0,
        failedStarts: 0,
        unfilteredNames: 0,
      }, "local");
      if (health !== undefined) {
        search.health.observeWorker("local", { ...FINE, ...health }, { requests: 0 });
      }
      await clock.advance(1000);
      ledger.rotate();
      const context = { state: "running", userCount: users, targetUserCount: users, usersByClass: {}, workers: [] };
      search.sink({ kind: "ticked", snapshot: ledger.snapshot(context) });
    },
  };
}

const FINE: WorkerHealth = {
  cpuPercent: 10,
  machineCpuPercent: 10,
  rssBytes: 0,
  loopLagP99Ms: 0,
  latenessP99Ms: 0,
  hung: [],
};

describe("RunSearch", () => {
  it("sets users, tells each step, and ends the run with the answer", async () => {
    const run = searchUsers({ atLeast: "35 users" });
    for (let i = 0; i < 400 && run.stops.length === 0; i++) await run.tick();
    assert.deepEqual(run.stops, [{ kind: "searchEnded", end: "found" }]);
    const { capacity } = run.search.found();
    assert.equal(capacity.load, 40, capacity.sentence);
    assert.equal(capacity.isConfirmed, true);
    assert.ok((capacity.requestsPerSecond ?? 0) > 1900, "50 requests a second and user");
    const told = run.events.flatMap((event) => event.kind === "capacityStep" ? [event.step] : []);
    assert.deepEqual(told, capacity.steps);
    assert.deepEqual(run.targets[0], [20, 5], "twice the users, within two seconds");
    assert.deepEqual(
      run.search.thresholds().map(({ state, measured, limit, unit }) => ({ state, measured, limit, unit })),
      [
        { state: "met", measured: 40, limit: 35, unit: "users" },
      ],
    );
  });

  it("adds to each tick how far it is", async () => {
    const run = searchUsers();
    for (let i = 0; i < 8; i++) await run.tick();
    const parts = run.events.flatMap((event) => event.kind === "ticked" ? [event.capacity?.part] : []);
    assert.deepEqual(parts.slice(0, 4), ["ramping", "settling", "settling", "measuring"]);
    const last = run.events.findLast((event) => event.kind === "ticked");
    assert.equal(last?.kind === "ticked" ? last.capacity?.low : undefined, 10);
  });

  it("begins the window anew when the statistics are reset", async () => {
    const run = searchUsers();
    for (let i = 0; i < 5; i++) await run.tick();
    run.search.sink({ kind: "statsReset" });
    await run.tick();
    const last = run.events.findLast((event) => event.kind === "ticked");
    assert.equal(last?.kind === "ticked" ? last.capacity?.part : undefined, "measuring");
    const { steps } = run.search.found().capacity;
    assert.deepEqual(steps, []);
  });

  it("goes on from the steps of an earlier master", async () => {
    const before = searchUsers();
    for (let i = 0; i < 60; i++) await before.tick();
    const { steps } = before.search.found().capacity;
    assert.ok(steps.length >= 4, `${steps.length}`);
    const run = searchUsers({ earlier: steps });
    await run.tick();
    assert.notEqual(run.targets[0]?.[0], 10, "not from the start");
    for (let i = 0; i < 400 && run.stops.length === 0; i++) await run.tick();
    assert.equal(run.search.found().capacity.load, 40);
    assert.deepEqual(run.search.found().capacity.steps.slice(0, steps.length), steps);
  });

  it("says when the load generator was the limit", async () => {
    const run = searchUsers();
    for (let i = 0; i < 400 && run.stops.length === 0; i++) {
      const isMuch = (run.targets.at(-1)?.[0] ?? 10) > 40;
      await run.tick({ machineCpuPercent: isMuch ? 99 : 20 });
    }
    const { capacity } = run.search.found();
    assert.equal(capacity.limitedBy, "generator", capacity.sentence);
    assert.match(
      capacity.sentence,
      /^The load generator was the limit at 4[1-9] users \(The CPU of local's machine was above 90 %/,
    );
    assert.match(run.search.notes()[0] ?? "", /was in doubt in \d+ of \d+ steps of the capacity search/);
  });

  it("has no figure without a step, and breaks --at-least then", () => {
    const run = searchUsers({ atLeast: "1500/s" });
    const [status] = run.search.thresholds();
    assert.equal(run.search.found().capacity.end, "stopped");
    assert.deepEqual([status?.state, status?.measured, status?.unit], ["broken", null, "/s"]);
  });
});
