/** The dependencies of a run, passed by its master. Types only. */
import type { Clock } from "../base/clock.ts";
import type { ShapeTick } from "../protocol/control_message.ts";
import type { DeltaMessage } from "../protocol/delta_message.ts";
import type { SnapshotMessage } from "../protocol/snapshot_message.ts";
import type { ThresholdStatus } from "../protocol/threshold_message.ts";
import type { ToWorker } from "../protocol/worker_message.ts";
import type { Ledger } from "../stats/ledger/ledger.ts";
import type { UnsteadyRun } from "../stats/verdict/evidence.ts";
import type { Deliveries } from "./workers/deliveries.ts";
import type { LeaseProgress } from "./questions/leases.ts";
import type { Roster } from "./workers/roster.ts";
import type { RunClock } from "./run_clock.ts";
import type { RunSearch } from "./capacity/run_search.ts";
import type { MachineClock } from "../platform/machine/machine_clock.ts";
import type { RunEventSink } from "./run_event.ts";

export interface RunDependencies {
  readonly clock: Clock;
  /** The one that workers on this machine have as well; absent: there is none. */
  readonly machineClock?: MachineClock | undefined;
  /** The ledger's: it moves with each input of the run. */
  readonly runClock: RunClock;
  readonly ledger: Ledger;
  readonly deliveries: Deliveries;
  readonly roster: Roster;
  readonly events: RunEventSink;
  /** How far feeds of the locustfile are used. */
  readonly feeds?: () => Pick<SnapshotMessage, "feeds">;
  /** The final state of the thresholds; undefined where there are none. */
  readonly concludeThresholds: (snapshot: SnapshotMessage) => readonly ThresholdStatus[] | undefined;
  /** How far the shared ranges of the run are used. */
  readonly leases: () => readonly LeaseProgress[];
  /** For the verdict: see `steady_watch.ts`. */
  readonly unsteady?: () => UnsteadyRun | undefined;
  /** Absent where the load is not searched for. */
  readonly search?: RunSearch | undefined;
  readonly send: (workerId: string, message: ToWorker) => void;
  readonly askShape: (
    request: { runTimeSeconds: number; currentUsers: number },
    timeoutMs: number,
  ) => Promise<ShapeTick | null>;
  /** A delta has been applied to the ledger: for the journal. */
  readonly counted: (workerId: string, delta: DeltaMessage) => void;
  /** `Deliveries` holds something to acknowledge, as soon as it is safe. */
  readonly acknowledge: (pace: "ticks" | "prompt") => void;
}
