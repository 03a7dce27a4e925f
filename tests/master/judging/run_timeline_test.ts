import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunEvent } from "../../../src/master/run_event.ts";
import { RunClock } from "../../../src/master/run_clock.ts";
import { createTimeline } from "../../../src/master/judging/run_timeline.ts";
import { Ledger } from "../../../src/stats/ledger/ledger.ts";
import { deltaOf } from "../../support/deltas.ts";
import { FakeClock } from "../../support/fake_clock.ts";

/** The phases of a run of ten seconds whose load is steady from its third to its seventh. */
async function phasesWith(warmUpSeconds: number | undefined): Promise<unknown[]> {
  let elapsedMs = 0;
  const seen: RunEvent[] = [];
  const clock = new FakeClock();
  const timeline = createTimeline({
    ledger: new Ledger({ clock }),
    warmUpSeconds,
    elapsedMs: () => elapsedMs,
    steadyStretch: () => ({ fromMs: 3000, toMs: 7000 }),
    events: (event) => void seen.push(event),
  });
  const snapshot = { userCount: 1 };
  timeline({ kind: "runStarted" } as RunEvent);
  for (elapsedMs = 1000; elapsedMs <= 10_000; elapsedMs += 1000) {
    await clock.advance(1000);
    timeline({ kind: "rampStarted", users: elapsedMs, spawnRate: 1, fromUsers: 0 });
    timeline({ kind: "rampCompleted", usersByClass: {}, users: elapsedMs });
    timeline({ kind: "ticked", snapshot } as unknown as RunEvent);
  }
  timeline({ kind: "stopping", reason: { kind: "requested" } });
  timeline({ kind: "ticked", snapshot: { ...snapshot, loadEndedMs: 10_000 } } as unknown as RunEvent);
  return seen.flatMap((event) =>
    event.kind === "phaseBegan" ? [[event.phase, event.elapsedMs, event.ledger !== undefined]] : []
  );
}

test("createTimeline() of scenarios: their times decide the steady part, and no ramp of one of them", async () => {
  assert.deepEqual(await phasesWith(undefined), [
    ["ramp", 0, false],
    ["steady", 3000, false],
    ["coolDown", 7000, false],
  ]);
});

test("createTimeline() of scenarios: a warm-up takes the first part of it, and the ledger stands at both ends", async () => {
  assert.deepEqual(await phasesWith(5), [
    ["ramp", 0, false],
    ["warmUp", 3000, false],
    ["steady", 5000, true],
    ["coolDown", 7000, true],
  ]);
});

test("createTimeline() knows the users of a run that ends before its first tick", () => {
  let elapsedMs = 0;
  const users: number[] = [];
  const clock = new RunClock(new FakeClock());
  const timeline = createTimeline({
    ledger: new Ledger({ clock }),
    warmUpSeconds: undefined,
    elapsedMs: () => elapsedMs,
    events: (event) => "span" in event && event.span !== undefined && users.push(event.span.users),
  });
  timeline({ kind: "runStarted" } as RunEvent);
  timeline({ kind: "rampCompleted", usersByClass: { A: 3 }, users: 3 });
  elapsedMs = 700;
  timeline({ kind: "runEnded", snapshot: { userCount: 0 } } as unknown as RunEvent);
  assert.deepEqual(users, [3]);
});

test("createTimeline() knows the users of a run that is stopped before its ramp is over and before its first tick", () => {
  let elapsedMs = 0;
  const users: number[] = [];
  const clock = new RunClock(new FakeClock());
  const timeline = createTimeline({
    ledger: new Ledger({ clock }),
    warmUpSeconds: undefined,
    elapsedMs: () => elapsedMs,
    events: (event) => "span" in event && event.span !== undefined && users.push(event.span.users),
  });
  timeline({ kind: "runStarted" } as RunEvent);
  elapsedMs = 700;
  timeline({ kind: "stopping", reason: { kind: "requested" }, users: 3 });
  timeline({ kind: "runEnded", snapshot: { userCount: 0 } } as unknown as RunEvent);
  assert.deepEqual(users, [3]);
});

test("createTimeline(): with reports that are late, the steady part begins when what was counted before it has been reported", async () => {
  const clock = new FakeClock();
  const ledger = new Ledger({ clock, leadMs: 150, reach: "told" });
  const seen: (readonly [phase: string, atMs: number, requests: number | undefined])[] = [];
  const timeline = createTimeline({
    ledger,
    warmUpSeconds: 2,
    elapsedMs: () => clock.nowMs(),
    events: (event) =>
      event.kind === "phaseBegan" && seen.push([event.phase, event.elapsedMs, event.ledger?.total.requests]),
  });
  const ramp = { method: "GET", name: "/", ms: 900, bytes: 1, failure: undefined, intervalMs: 0 };
  timeline({ kind: "runStarted" } as RunEvent);
  timeline({ kind: "rampStarted", users: 10, spawnRate: 10, fromUsers: 0 });
  for (const [atMs, reachMs] of [[1000, 850], [2000, 850], [3000, 850], [4000, 3850], [5000, 4850]] as const) {
    await clock.advance(990);
    if (reachMs > ledger.reach.reportedMs) ledger.apply(deltaOf([ramp, ramp, ramp]), "w", reachMs);
    await clock.advance(10);
    timeline({ kind: "ticked", snapshot: { userCount: 10 } } as unknown as RunEvent);
    if (atMs === 1000) timeline({ kind: "rampCompleted", usersByClass: {}, users: 10 });
  }
  timeline({ kind: "stopping", reason: { kind: "requested" } });
  assert.deepEqual(seen, [["ramp", 0, undefined], ["warmUp", 1000, undefined], ["steady", 3850, 6], [
    "coolDown",
    5000,
    9,
  ]]);
});
