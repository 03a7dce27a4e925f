/**
 * Measures the lag of this thread, of its event loop and of its users; the verdict rests on both figures. A timer that
 * is due every 10 ms gives the first: each delay counts, and so do the beats that were missed meanwhile (one stall of
 * 300 ms is 30 late beats). The same timer counts up the shared cell by which the worker sees that the thread is alive.
 * While nothing happens it beats less often: a thread whose users all sleep is to cost next to nothing.
 */
import type { Clock, Timer } from "../base/clock.ts";
import { Histogram } from "../stats/histogram/histogram.ts";

const BEAT_MS = 10;

/** Of a thread at rest. A multiple of the other; the worker looks for beats each quarter second. */
const REST_BEAT_MS = 100;

/** So many beats, a second of them, without a step of a user: it is at rest. */
const REST_AFTER = 100;

/** A suspended machine wakes up hours late; more than this is reported as this. */
const LONGEST_STALL_MS = 60_000;

export interface LoopMeter {
  /** The 99th percentile of the delays since the last call, in ms. */
  takeP99Ms(): number;
  stop(): void;
}

/** Starts beating; `beat` is called at each beat, with how late it is. `steps` counts what users do. */
export function startLoopMeter(clock: Clock, beat: (lateMs: number) => void, steps: () => number): LoopMeter {
  let delays: number[] = [];
  let timer: Timer;
  let lastSteps = steps();
  let quietBeats = 0;
  const intervalMs = () => {
    const now = steps();
    quietBeats = now === lastSteps ? quietBeats + 1 : 0;
    lastSteps = now;
    return quietBeats < REST_AFTER ? BEAT_MS : REST_BEAT_MS;
  };
  const beatAfter = (dueMs: number, afterMs: number) => {
    timer = clock.schedule(dueMs - clock.nowMs(), () => {
      // The beats that were left out would have found a loop with nothing to do.
      for (let leftOut = afterMs - BEAT_MS; leftOut > 0; leftOut -= BEAT_MS) delays.push(0);
      const nowMs = clock.nowMs();
      for (let missed = Math.min(nowMs - dueMs, LONGEST_STALL_MS); missed > 0; missed -= BEAT_MS) delays.push(missed);
      if (nowMs <= dueMs) delays.push(0);
      beat(Math.max(0, nowMs - dueMs));
      const nextMs = intervalMs();
      beatAfter(nowMs + nextMs, nextMs);
    });
  };
  beatAfter(clock.nowMs() + BEAT_MS, BEAT_MS);
  return {
    takeP99Ms: () => {
      const p99 = quantile(delays, 0.99);
      delays = [];
      return p99;
    },
    stop: () => timer.cancel(),
  };
}

/** Collects how late users wake from their waits. */
export interface LatenessMeter {
  record(lateMs: number): void;
  /** The 99th percentile since the last call, in ms; 0 where no user woke. */
  takeP99Ms(): number;
}

export function createLatenessMeter(): LatenessMeter {
  const lateness = new Histogram();
  return {
    record: (lateMs) => lateness.record(Math.max(0, lateMs) * 1000),
    takeP99Ms: () => {
      const p99Us = lateness.quantileUs(0.99) ?? 0;
      lateness.reset();
      return p99Us / 1000;
    },
  };
}

/** The nearest-rank quantile; 0 of nothing. */
export function quantile(values: readonly number[], fraction: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(fraction * sorted.length) - 1)] ?? 0;
}
