/** Arrivals of a class for tests of outputs. */
import type { ClassArrivals } from "../../src/protocol/snapshot_message.ts";

export function classArrivals(given: Partial<ClassArrivals> = {}): ClassArrivals {
  return {
    name: "Buyer",
    kind: "arrivals",
    plannedPerSecond: 50,
    asked: 0,
    started: 0,
    dropped: 0,
    late: 0,
    waiting: 0,
    askedPerSecond: 50,
    startedPerSecond: 48,
    droppedPerSecond: 0,
    latePerSecond: 0,
    ...given,
  };
}
