/**
 * Puts together what follows a run and adds to its events: the timeline, the thresholds, and the capacity search where there is one. Each passes every event on,
 * in this order.
 */
import type { CapacityStep } from "../../protocol/capacity_message.ts";
import type { SnapshotMessage } from "../../protocol/snapshot_message.ts";
import type { ThresholdStatus } from "../../protocol/threshold_message.ts";
import type { Ledger } from "../../stats/ledger/ledger.ts";
import type { ThresholdMonitor } from "../../stats/thresholds/threshold_monitor.ts";
import type { Run } from "../run.ts";
import type { RunEventSink } from "../run_event.ts";
import { RunSearch } from "../capacity/run_search.ts";
import type { RunSettings } from "../run_settings.ts";
import { createThresholdWatch } from "./run_thresholds.ts";
import { createTimeline } from "./run_timeline.ts";
import { type SteadyWatch, watchSteadyPart } from "./steady_watch.ts";

export interface WatchedRun {
  readonly settings: RunSettings;
  readonly ledger: Ledger;
  /** Of a run that is resumed: how far an earlier master had come. */
  readonly earlier?:
    | { readonly thresholds?: ThresholdMonitor; readonly capacitySteps?: readonly CapacityStep[] }
    | undefined;
  /** It exists when the first event comes. */
  readonly run: () => Run;
  readonly events: RunEventSink;
}

export interface RunWatches {
  readonly events: RunEventSink;
  /** Undefined where there are none. */
  readonly concludeThresholds: (snapshot: SnapshotMessage) => readonly ThresholdStatus[] | undefined;
  readonly search: RunSearch | undefined;
  readonly unsteady: SteadyWatch["unsteady"];
}

export function watchRun({ settings, ledger, earlier, run, events }: WatchedRun): RunWatches {
  const elapsedMs = () => run().progress().elapsedMs;
  const search = settings.capacity === undefined ? undefined : new RunSearch({
    settings: settings.capacity,
    ledger,
    earlier: earlier?.capacitySteps,
    isReached: () => run().state === "running" && run().arrivals?.isChanging !== true,
    setUsers: (users, spawnRate) => run().setTarget(users, spawnRate),
    setRate: (rate) => run().arrivals?.setRate(rate),
    stop: (reason) => run().stop(reason),
    events,
  });
  const thresholds = createThresholdWatch({
    thresholds: settings.thresholds ?? [],
    counters: settings.counters,
    counting: settings.warmUpSeconds === undefined ? "now" : "later",
    ledger: () => ledger,
    earlier: earlier?.thresholds,
    elapsedMs,
    stop: (reason) => run().stop(reason),
    events: search?.sink ?? events,
  });
  const { warmUpSeconds } = settings;
  const steady = watchSteadyPart(warmUpSeconds, thresholds.sink);
  const steadyStretch = settings.load.kind === "scenarios" ? () => run().scenarios?.steadyStretch() : undefined;
  return {
    events: createTimeline({ ledger, warmUpSeconds, elapsedMs, steadyStretch, events: steady.sink }),
    concludeThresholds(snapshot) {
      const found = search?.thresholds() ?? [];
      const statuses = thresholds.conclude(snapshot);
      return found.length === 0 ? statuses : [...statuses ?? [], ...found];
    },
    search,
    unsteady: steady.unsteady,
  };
}
