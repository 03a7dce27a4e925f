/**
 * The users of a run on its workers: what `user_dispatch.ts` decides is noted in the roster and sent. Each assignment
 * makes its worker a part of the run, whose last counts are waited for.
 */
import type { ReadyMessage, ToWorker, UsersByClass } from "../../protocol/worker_message.ts";
import type { HealthMonitor } from "../../stats/verdict/health_monitor.ts";
import { mixesOf } from "../scenarios/plan_scenarios.ts";
import type { Roster } from "../workers/roster.ts";
import type { RunEventSink } from "../run_event.ts";
import type { RunIterations } from "../users/run_iterations.ts";
import type { RunSettings } from "../run_settings.ts";
import { type Assignment, UserDispatch } from "../users/user_dispatch.ts";

export interface RunUsersOptions {
  readonly settings: RunSettings;
  readonly iterations: RunIterations | undefined;
  readonly roster: Roster;
  readonly send: (workerId: string, message: ToWorker) => void;
  /** This worker takes part in the run. */
  readonly join: (workerId: string) => void;
  readonly health: Pick<HealthMonitor, "observeOlder">;
  readonly events: RunEventSink;
}

export class RunUsers {
  readonly #options: RunUsersOptions;
  readonly #dispatch: UserDispatch;
  /** Workers that are too old for this run, and have been named. */
  readonly #older = new Set<string>();

  constructor(options: RunUsersOptions) {
    const { settings, iterations } = options;
    this.#options = options;
    const isUnmoved = settings.rebalancing === false || iterations !== undefined;
    this.#dispatch = new UserDispatch(
      mixesOf(settings),
      isUnmoved ? "unmoved" : "fewest",
      iterations?.onceClasses,
    );
  }

  /** What the assignments ask for, and the state that a journal keeps. */
  get wanted(): Pick<UserDispatch, "total" | "usersByClass" | "nextIndex" | "away"> {
    return this.#dispatch;
  }

  usersOf(workerId: string): UsersByClass {
    return this.#dispatch.usersOf(workerId);
  }

  /** The workers of the beginning, each with an assignment of no users. */
  plan(brief: (workerId: string) => void): void {
    const { settings, roster, send } = this.#options;
    this.#dispatch.setWorkers(roster.placeable());
    for (const { id } of roster.placeable()) {
      brief(id);
      const { epoch, users, fresh } = this.#dispatch.repeat(id);
      roster.assign(id, epoch, users);
      send(id, { kind: "assign", runId: settings.plan.runId, epoch, users, fresh });
    }
  }

  /** Takes in the workers that are here, and names those that get no users. `nextIndex`: of an earlier master. */
  begin(nextIndex = 0): void {
    this.#nameOlder();
    this.#dispatch.setWorkers(this.#options.roster.placeable());
    this.#dispatch.resumeFrom(nextIndex);
  }

  resize(users: number, only?: readonly string[]): void {
    this.#deliver(this.#dispatch.resize(users, only));
  }

  /** The same with a number for each scenario. */
  resizeAll(users: readonly number[]): void {
    this.#deliver(this.#dispatch.resizeAll(users));
  }

  /** Workers came or went. */
  workersChanged(): void {
    this.#deliver(this.#dispatch.setWorkers(this.#options.roster.placeable()));
  }

  /** What a worker says that it runs. Assignments that it does not know were lost on their way, with their index numbers. */
  adopt(workerId: string, kept: ReadyMessage["run"]): void {
    const { users = {}, spareIndexes = {}, epoch = 0 } = kept ?? {};
    this.#dispatch.adopt(workerId, users, spareIndexes, epoch);
  }

  /** A worker is here, perhaps again: it gets its whole assignment in any case. */
  workerReady(workerId: string): void {
    this.#nameOlder();
    const changes = this.#dispatch.setWorkers(this.#options.roster.placeable());
    this.#deliver(changes);
    if (!changes.some((change) => change.workerId === workerId)) this.#deliver([this.#dispatch.repeat(workerId)]);
  }

  #nameOlder(): void {
    const { settings: { load }, roster, health, events } = this.#options;
    for (const { id } of roster.older()) {
      if (this.#older.has(id)) continue;
      this.#older.add(id);
      const lacks = load.kind === "scenarios" ? "scenarios" : "iterations";
      health.observeOlder({ id, lacks });
      events({ kind: "workerTroubled", workerId: id, trouble: { kind: "isOlder", lacks } });
    }
  }

  #deliver(assignments: readonly Assignment[]): void {
    const { settings, roster, send, join } = this.#options;
    for (const { workerId, epoch, users, fresh } of assignments) {
      join(workerId);
      roster.assign(workerId, epoch, users);
      send(workerId, { kind: "assign", runId: settings.plan.runId, epoch, users, fresh });
    }
  }
}
