/** The state of the live view, folded from the run events: the last snapshot, the ramp, missing workers, the stop. Pure. */
import type { PhaseBegan, RunEvent } from "../../master/run_event.ts";
import type { CapacityProgress } from "../../protocol/capacity_message.ts";
import type { SnapshotMessage } from "../../protocol/snapshot_message.ts";
import type { ThresholdStatus } from "../../protocol/threshold_message.ts";

export interface LiveRun {
  readonly host: string | undefined;
  readonly runTimeSeconds: number | null;
  /** The ramp that is under way. */
  readonly ramp: { readonly fromUsers: number; readonly toUsers: number } | undefined;
  readonly missingWorkers: readonly string[];
  readonly stopping: boolean;
  /** In a run with a warm-up: the part that it is in, from the end of its ramp on. */
  readonly part: "warm-up" | "steady" | "cool-down" | undefined;
  readonly snapshot: SnapshotMessage | undefined;
  readonly thresholds: readonly ThresholdStatus[];
  /** How far a capacity search is. */
  readonly capacity: CapacityProgress | undefined;
}

export const NO_RUN: LiveRun = {
  host: undefined,
  runTimeSeconds: null,
  ramp: undefined,
  missingWorkers: [],
  stopping: false,
  part: undefined,
  snapshot: undefined,
  thresholds: [],
  capacity: undefined,
};

export function foldLiveRun(run: LiveRun, event: RunEvent): LiveRun {
  switch (event.kind) {
    case "runStarted":
      return { ...NO_RUN, host: event.host, runTimeSeconds: event.runTimeSeconds };
    case "rampStarted":
      return { ...run, ramp: { fromUsers: event.fromUsers, toUsers: event.users } };
    case "rampCompleted":
      return { ...run, ramp: undefined };
    case "ticked":
      return { ...run, snapshot: event.snapshot, thresholds: event.thresholds ?? [], capacity: event.capacity };
    case "workerMissing":
      return { ...run, missingWorkers: [...run.missingWorkers, event.workerId] };
    case "workerReturned":
    case "workerLeft":
      return { ...run, missingWorkers: run.missingWorkers.filter((id) => id !== event.workerId) };
    case "stopping":
      return { ...run, stopping: true };
    case "runEnded":
      return { ...run, snapshot: event.snapshot, thresholds: event.thresholds ?? [] };
    case "phaseBegan":
      return { ...run, part: findPart(run.part, event) };
    case "capacityStep":
    case "draining":
    case "scenarioMoved":
    case "rateChanged":
    case "hostChanged":
    case "optionsChanged":
    case "exitCodeDecided":
    case "sampled":
    case "traced":
    case "failuresTimed":
    case "statsReset":
    case "workerJoined":
    case "workerTroubled":
      return run;
  }
}

/** The steady part of a run without a warm-up is nothing worth a word: its ledger is not kept. */
function findPart(now: LiveRun["part"], { phase, ledger }: PhaseBegan): LiveRun["part"] {
  switch (phase) {
    case "ramp":
      return undefined;
    case "warmUp":
      return "warm-up";
    case "steady":
      return ledger === undefined ? undefined : "steady";
    case "coolDown":
      return now === undefined ? undefined : "cool-down";
  }
}
