/** Reads what is known of the users of a run with a number of iterations: from its roster, its dispatch and its counts. */
import { addArrivals, type ArrivalCounts, NO_ARRIVALS } from "../../protocol/arrivals_message.ts";
import type { IterationsByPlan } from "../../protocol/iterations_message.ts";
import type { UsersByClass } from "../../protocol/worker_message.ts";
import type { LeaseProgress } from "../questions/leases.ts";
import type { RunDependencies } from "../run_dependencies.ts";
import type { ArrivalSchedule } from "../arrivals/arrival_schedule.ts";
import type { RunState } from "../run_state.ts";
import type { UserDispatch } from "./user_dispatch.ts";

/** Arrivals of a schedule. A reset of the statistics zeroes the counts. */
export interface DueArrivals extends ArrivalCounts {
  /** By the schedule, from the beginning. */
  readonly planned: number;
  /** Of those, the ones before the last reset of the statistics. */
  readonly notCounted: number;
}

export interface IterationUsers {
  /** Load is asked for. */
  readonly isOn: boolean;
  /** All that are to be started have been, as far as workers have said. */
  readonly isSettled: boolean;
  /** Every worker has delivered, or is no longer waited for. */
  readonly hasEnded: boolean;
  /** That run now, by class. */
  readonly running: UsersByClass;
  /** That have been started and not been stopped by the run, by class. */
  readonly wanted: UsersByClass;
  /** Of all classes, at the end of a ramp that is on. */
  readonly target: number;
  /** Of the shared numbers, by the name of their range. */
  readonly leases: readonly LeaseProgress[];
  /** What has been counted. */
  readonly counts: IterationsByPlan;
  /** Arrivals of the schedule that a class is in. Undefined: it has none. */
  readonly arrivalsOf: (userClasses: readonly string[]) => DueArrivals | undefined;
  /** Of the run. */
  readonly elapsedMs: number;
  /** Whether the worker is connected, and heard of. */
  readonly isHere: (workerId: string) => boolean;
  /** Those on workers that are gone and have not delivered all they counted. */
  readonly lost: readonly { readonly workerId: string; readonly users: UsersByClass }[];
}

export function readIterationUsers(
  { roster, deliveries, ledger, leases }: RunDependencies,
  { usersByClass: wanted, away }: Pick<UserDispatch, "usersByClass" | "away">,
  run: {
    readonly state: RunState;
    readonly target: number;
    readonly elapsedMs: number;
    /** Undefined: the run has no arrivals. */
    readonly schedule: Pick<ArrivalSchedule, "plannedOf"> | undefined;
  },
): IterationUsers {
  const counted = ledger.counts();
  return {
    isOn: run.state === "spawning" || run.state === "running",
    isSettled: run.state !== "spawning" && roster.isSettled,
    hasEnded: run.state === "stopped",
    running: roster.usersByClass(),
    wanted,
    target: run.target,
    leases: leases(),
    counts: counted.iterations ?? {},
    arrivalsOf: (userClasses) => {
      const due = run.schedule?.plannedOf(userClasses[0] ?? "");
      const counts = userClasses.map((name) => counted.classArrivals?.[name] ?? NO_ARRIVALS);
      return due === undefined ? undefined : { ...counts.reduce(addArrivals, NO_ARRIVALS), ...due };
    },
    elapsedMs: run.elapsedMs,
    isHere: (workerId) => roster.placeable().some(({ id }) => id === workerId),
    lost: away.filter(({ workerId }) => !deliveries.isComplete(workerId)),
  };
}
