import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunEvent } from "../../../src/master/run_event.ts";
import { RunClock } from "../../../src/master/run_clock.ts";
import { createTimeline } from "../../../src/master/judging/run_timeline.ts";
import { Ledger } from "../../../src/stats/ledger/ledger.ts";
import { FakeClock } from "../../support/fake_clock.ts";

/** The phases of a run of ten seconds whose load is steady from its third to its seventh. */
function phasesWith(warmUpSeconds: number | undefined): unknown[] {
  let elapsedMs = 0;
  const seen: RunEvent[] = [];
  const clock = new RunClock(new FakeClock());
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

test("createTimeline() of scenarios: their times decide the steady part, and no ramp of one of them", () => {
  assert.deepEqual(phasesWith(undefined), [["ramp", 0, false], ["steady", 3000, false], ["coolDown", 7000, false]]);
});

test("createTimeline() of scenarios: a warm-up takes the first part of it, and the ledger stands at both ends", () => {
  assert.deepEqual(phasesWith(5), [
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
