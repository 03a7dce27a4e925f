/** A run with a time axis, on a fake clock: its events as a master emits them, with spans, phases and ledgers. */
import type { RunEvent } from "../../src/master/run_event.ts";
import { createTimeline } from "../../src/master/judging/run_timeline.ts";
import type { RunVerdict } from "../../src/stats/verdict/doubt.ts";
import { Ledger } from "../../src/stats/ledger/ledger.ts";
import { Recorder } from "../../src/stats/recording/recorder.ts";
import { FakeClock } from "./fake_clock.ts";

export interface TimedRunOptions {
  readonly seconds: number;
  readonly rampSeconds?: number;
  readonly warmUpSeconds?: number;
  readonly verdict?: RunVerdict;
  readonly started?: Partial<Extract<RunEvent, { kind: "runStarted" }>>;
  /** Records what happens in a second. */
  readonly second: (recorder: Recorder, second: number) => void;
}

const START_MS = Date.UTC(2026, 10, 28, 9, 30);

/** All events in order, and the deltas that were counted by second. */
export async function recordTimedRun(options: TimedRunOptions): Promise<{ events: RunEvent[]; ledger: Ledger }> {
  const clock = new FakeClock();
  const recorder = new Recorder({ clock, phases: "keep" });
  const ledger = new Ledger({ clock });
  const events: RunEvent[] = [];
  const startMs = clock.nowMs();
  const { rampSeconds = 2, seconds } = options;
  const emit = createTimeline({
    ledger,
    warmUpSeconds: options.warmUpSeconds,
    elapsedMs: () => clock.nowMs() - startMs,
    events: (event) => events.push(event),
  });
  const snapshot = (state: string, second: number) => {
    const users = Math.min(10, Math.ceil((10 * second) / rampSeconds));
    return ledger.snapshot({
      state,
      userCount: users,
      targetUserCount: 10,
      usersByClass: { Shopper: users },
      workers: [],
    });
  };
  emit({
    kind: "runStarted",
    runId: "run-1",
    wallMs: START_MS,
    version: "0.1.0",
    locustfile: "shop.ts",
    host: "http://localhost:8000",
    userClasses: ["Shopper"],
    targetUsers: 10,
    spawnRate: 10 / rampSeconds,
    runTimeSeconds: seconds,
    seed: 7,
    runtime: "Bun 1.4.5",
    options: { users: 10, "run-time": seconds, "master-token": "***" },
    ...options.started,
  });
  emit({ kind: "rampStarted", users: 10, spawnRate: 10 / rampSeconds, fromUsers: 0 });
  for (let second = 0; second < seconds; second++) {
    await clock.advance(500);
    options.second(recorder, second);
    const delta = recorder.drain();
    if (delta !== undefined) ledger.apply(delta, "local");
    await clock.advance(500);
    ledger.rotate();
    emit({ kind: "ticked", snapshot: snapshot("running", second + 1) });
    if (second + 1 === rampSeconds) emit({ kind: "rampCompleted", usersByClass: { Shopper: 10 }, users: 10 });
  }
  emit({ kind: "stopping", reason: { kind: "runTime", seconds } });
  await clock.advance(300);
  options.second(recorder, seconds);
  const last = recorder.drain();
  if (last !== undefined) ledger.apply(last, "local");
  const verdict = options.verdict ?? { kind: "valid", doubts: [] };
  emit({ kind: "runEnded", reason: { kind: "runTime", seconds }, snapshot: snapshot("stopped", seconds), verdict });
  return { events, ledger };
}
