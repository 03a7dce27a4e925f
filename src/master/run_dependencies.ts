/** What a run is given by its master, and what it comes to. Types only. */
import type { Clock } from "../base/clock.ts";
import type { ShapeTick } from "../protocol/control_message.ts";
import type { DeltaMessage } from "../protocol/delta_message.ts";
import type { SnapshotMessage } from "../protocol/snapshot_message.ts";
import type { ToWorker } from "../protocol/worker_message.ts";
import type { Ledger } from "../stats/ledger.ts";
import type { RunVerdict } from "../stats/verdict/doubt.ts";
import type { Deliveries } from "./deliveries.ts";
import type { Roster } from "./roster.ts";
import type { RunEventSink, StopReason } from "./run_event.ts";

export interface RunDependencies {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly deliveries: Deliveries;
  readonly roster: Roster;
  readonly events: RunEventSink;
  readonly send: (workerId: string, message: ToWorker) => void;
  readonly askShape: (request: { runTimeSeconds: number; currentUsers: number }, timeoutMs: number) => Promise<
    ShapeTick | null
  >;
  /** Listeners in the control thread and the threads' last words; the run ends when it resolves. */
  readonly beforeEnd: (snapshot: SnapshotMessage) => Promise<void>;
  /** A delta has been applied to the ledger: for the journal. */
  readonly counted: (workerId: string, delta: DeltaMessage) => void;
  /** `Deliveries` holds something to acknowledge, as soon as it is safe. */
  readonly acknowledge: (pace: "ticks" | "prompt") => void;
}

export interface RunOutcome {
  readonly reason: StopReason;
  readonly snapshot: SnapshotMessage;
  readonly verdict: RunVerdict;
}
