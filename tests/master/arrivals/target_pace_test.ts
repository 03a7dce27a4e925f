import { strict as assert } from "node:assert";
import { test } from "node:test";
import { addTargetPace } from "../../../src/master/arrivals/target_pace.ts";
import type { ClassArrivals, SnapshotMessage } from "../../../src/protocol/snapshot_message.ts";

const of = (classArrivals: readonly Partial<ClassArrivals>[], pace?: SnapshotMessage["pace"]) =>
  addTargetPace({ classArrivals, pace } as unknown as SnapshotMessage).pace;

test("addTargetPace() holds what was started against what was asked for in the same seconds, while the rate rises", () => {
  const reader = { kind: "target", plannedPerSecond: 100, askedPerSecond: 50, startedPerSecond: 50 } as const;
  assert.deepEqual(of([reader]), { intendedPerSecond: 50, achievedPerSecond: 50 });
  assert.deepEqual(of([reader, { ...reader, askedPerSecond: 20, startedPerSecond: 5 }]), {
    intendedPerSecond: 70,
    achievedPerSecond: 55,
  });
});

test("addTargetPace() adds to users that are paced each for themselves, and leaves out what has no target rate now", () => {
  const pace = { intendedPerSecond: 10, achievedPerSecond: 9 };
  const buyer = { kind: "arrivals", plannedPerSecond: 5, askedPerSecond: 5, startedPerSecond: 5 } as const;
  const over = { kind: "target", plannedPerSecond: 0, askedPerSecond: 5, startedPerSecond: 5 } as const;
  assert.equal(of([buyer, over], pace), pace);
  const reader = { kind: "target", plannedPerSecond: 2, askedPerSecond: 2, startedPerSecond: 1 } as const;
  assert.deepEqual(of([buyer, reader], pace), { intendedPerSecond: 12, achievedPerSecond: 10 });
});
