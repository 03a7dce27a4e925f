/**
 * The owner of a session that no user has: one made by hand in `runSetup`, in a script or a test. It may always send, nobody
 * listens, and what it counts is in nobody's statistics.
 */
import { type Clock, systemClock } from "../../base/clock.ts";
import { Recorder } from "../../stats/recorder.ts";
import type { SessionOwner } from "./session_owner.ts";

export function createDetachedOwner(clock: Clock = systemClock): SessionOwner {
  return {
    recorder: new Recorder({ clock }),
    clock,
    abortSignal: new AbortController().signal,
    expectedIntervalMs: 0,
    context: () => ({}),
    beforeRequest: () => undefined,
    requestStarted: () => {},
    requestEnded: () => {},
    hasRequestListeners: () => false,
    fireRequest: () => {},
    warn: (message) => console.warn(message),
  };
}
