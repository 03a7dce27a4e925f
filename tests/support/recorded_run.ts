/** A small run with everything in it that a report can show, the same each time. */
import type { RunEvent } from "../../src/master/run_event.ts";
import type { SnapshotMessage, WorkerSnapshot } from "../../src/protocol/snapshot_message.ts";
import { Ledger } from "../../src/stats/ledger/ledger.ts";
import { Recorder } from "../../src/stats/recording/recorder.ts";
import { FakeClock } from "./fake_clock.ts";

const WORKER: WorkerSnapshot = {
  id: "alpha_1",
  index: 0,
  host: "alpha",
  state: "running",
  users: 5,
  threads: 2,
  requests: 0,
  cpuPercent: 33.4,
  rssBytes: 61_200_000,
  loopLagP99Ms: 1.25,
  latenessP99Ms: 0.4,
};

/** How the small run began. */
export const STARTED: Extract<RunEvent, { readonly kind: "runStarted" }> = {
  kind: "runStarted",
  runId: "r1",
  wallMs: 1_790_000_000_000,
  version: "1",
  locustfile: "shop.ts",
  userClasses: ["Shopper"],
  targetUsers: 10,
  spawnRate: 1,
  runTimeSeconds: 12,
  seed: 1,
};

export interface RecordedRun {
  readonly ledger: Ledger;
  readonly snapshots: readonly SnapshotMessage[]; // one per second
  readonly ended: Extract<RunEvent, { readonly kind: "runEnded" }>;
}

/** Twelve seconds: a paced row, a failing row, one without times, one with a hostile name, an exception, phases. */
export async function recordRun(): Promise<RecordedRun> {
  const clock = new FakeClock();
  const recorder = new Recorder({ clock, phases: "keep" });
  const ledger = new Ledger({ clock });
  const snapshots: SnapshotMessage[] = [];
  for (let second = 0; second < 12; second++) {
    await clock.advance(500);
    for (let i = 0; i < 20; i++) {
      const cart = recorder.entry("GET", "/cart");
      recorder.record(cart, 12 + i * 9.5, 512, undefined, 50);
      recorder.recordPhases(cart, { waiting: 10 + i, receiving: 0.25, connect: i === 0 ? 1.5 : undefined });
    }
    for (let i = 0; i < 4; i++) {
      const failure = i === 0 ? 'HttpError 500 Internal "Server" Error' : undefined;
      recorder.record(recorder.entry("POST", "/orders"), 61 + i * 270.5, 1024, failure, 0);
    }
    recorder.record(
      recorder.entry("CUSTOM", "=cmd()\x1b[31m, and a name that is longer than most"),
      null,
      0,
      "@nothing\nat all",
      0,
    );
    if (second === 3) {
      recorder.recordException(
        "Error: boom\x1b[2J",
        "at order (shop.ts:12:5)\n  at Shopper.run (shop.ts:3:1)",
        "Shopper.order",
      );
    }
    const delta = recorder.drain();
    if (delta !== undefined) ledger.apply(delta, second % 2 ? "beta_2" : "alpha_1");
    await clock.advance(500);
    ledger.rotate();
    snapshots.push(ledger.snapshot(contextOf(ledger, second)));
  }
  const snapshot = ledger.snapshot({ ...contextOf(ledger, 12), state: "stopped" });
  return {
    ledger,
    snapshots,
    ended: {
      kind: "runEnded",
      reason: { kind: "runTime", seconds: 12 },
      snapshot,
      verdict: {
        kind: "degraded",
        doubts: [{
          kind: "cpu-full",
          severity: "degraded",
          sentence: "The CPU of beta_2's machine was above 90 % in 7 of 12 seconds (up to 99 %)",
          advice: "start fewer users here, or add machines with --worker",
        }],
      },
    },
  };
}

function contextOf(ledger: Ledger, second: number) {
  return {
    state: "running",
    userCount: Math.min(10, second + 1),
    targetUserCount: 10,
    usersByClass: { Shopper: Math.min(10, second + 1) },
    workers: [
      { ...WORKER, requests: ledger.byWorker.requestsOf("alpha_1") },
      {
        ...WORKER,
        id: "beta_2",
        index: 1,
        requests: ledger.byWorker.requestsOf("beta_2"),
        incidents: ["away 20 s", "left: SIGTERM\x1b[2J"],
      },
    ],
  };
}
