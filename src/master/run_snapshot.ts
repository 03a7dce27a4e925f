/** A run as readers see it at a moment: the ledger's figures, and beside them what roster, load and plan know. Changes nothing. */
import type { SnapshotMessage } from "../protocol/snapshot_message.ts";
import type { HealthMonitor } from "../stats/verdict/health_monitor.ts";
import { snapshotWorkers } from "./workers/roster_view.ts";
import type { ArrivalSchedule } from "./arrivals/arrival_schedule.ts";
import type { RunDependencies } from "./run_dependencies.ts";
import type { RunIterations } from "./users/run_iterations.ts";
import type { RunScenarios } from "./scenarios/run_scenarios.ts";
import { addTargetPace } from "./arrivals/target_pace.ts";

/** What the run itself knows. */
export interface RunMoment extends Pick<SnapshotMessage, "state" | "targetUserCount"> {
  readonly health: Pick<HealthMonitor, "pace">;
  readonly scenarios: RunScenarios | undefined;
  readonly schedule: ArrivalSchedule | undefined;
  readonly iterations: RunIterations | undefined;
}

export function snapshotRun(
  { roster, ledger, feeds }: Pick<RunDependencies, "roster" | "ledger" | "feeds">,
  { state, targetUserCount, health, scenarios, schedule, iterations }: RunMoment,
): SnapshotMessage {
  const snapshot = ledger.snapshot({
    state,
    userCount: roster.userCount,
    targetUserCount,
    scenarios: scenarios?.snapshot(),
    usersByClass: roster.usersByClass(),
    pace: state === "stopped" ? undefined : health.pace,
    arrivals: schedule?.planned(),
    iterations: iterations?.planned(),
    scheduledClasses: schedule?.classes(),
    workers: snapshotWorkers(roster, (id) => ledger.byWorker.requestsOf(id)),
  });
  return { ...addTargetPace(snapshot), ...feeds?.() };
}
