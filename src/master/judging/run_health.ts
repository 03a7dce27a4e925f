/**
 * Watches over a run for its verdict: adds to each observation what roster, ledger and deliveries know at that moment, and has it judged.
 * `HealthMonitor` keeps what was observed.
 */
import type { WorkerHealth } from "../../protocol/health_message.ts";
import type { SnapshotMessage } from "../../protocol/snapshot_message.ts";
import type { ThresholdStatus } from "../../protocol/threshold_message.ts";
import type { ScheduledClass } from "../../stats/ticks/class_arrival_ticks.ts";
import type { RunVerdict } from "../../stats/verdict/doubt.ts";
import { HealthMonitor } from "../../stats/verdict/health_monitor.ts";
import type { ArrivalSchedule } from "../arrivals/arrival_schedule.ts";
import type { RunDependencies } from "../run_dependencies.ts";
import type { StopReason } from "../run_event.ts";
import type { RunSettings } from "../run_settings.ts";
import { judgeRun } from "./run_verdict.ts";
import { whoEnded } from "../stop_reason.ts";

type Dependencies = Pick<RunDependencies, "clock" | "roster" | "ledger" | "deliveries" | "search" | "unsteady">;

/** How many users are wanted at this moment of a ramp, and in its end. */
type AskedUsers = Parameters<HealthMonitor["observeUsers"]>[1];

export class RunHealth {
  readonly monitor: HealthMonitor;
  readonly #deps: Dependencies;
  readonly #asked: () => AskedUsers;
  readonly #schedule: () => Pick<ArrivalSchedule, "reportable" | "classes"> | undefined;
  readonly #loadKind: RunSettings["load"]["kind"];
  /** When target rates were looked at last. */
  #lookedMs = 0;
  /** Those whose class had no user then. */
  #idle: readonly ScheduledClass[] = [];
  #hasEnded = false;
  /** When the last tick came; at first the beginning of the run. */
  #tickedMs: number;

  constructor(
    deps: Dependencies,
    asked: () => AskedUsers,
    schedule: () => Pick<ArrivalSchedule, "reportable" | "classes"> | undefined,
    loadKind: RunSettings["load"]["kind"],
  ) {
    this.#deps = deps;
    this.#schedule = schedule;
    this.#loadKind = loadKind;
    this.#asked = asked;
    this.#tickedMs = deps.clock.nowMs();
    this.monitor = deps.search?.health ?? new HealthMonitor();
  }

  /** The master's tick, which came so late. */
  tick(lateMs: number): void {
    const nowMs = this.#deps.clock.nowMs();
    this.monitor.observeTick(lateMs, nowMs - this.#tickedMs);
    this.#tickedMs = nowMs;
  }

  /** A worker's own measurements of its last second. */
  observeWorker(id: string, health: WorkerHealth): void {
    this.monitor.observeWorker(id, health, { requests: this.#deps.ledger.byWorker.requestsOf(id) });
  }

  /** A worker runs another number of users. */
  observeApplied(id: string): void {
    const { clock, roster } = this.#deps;
    if (!this.#hasEnded) {
      this.monitor.observeUsersOf(id, roster.get(id)?.usersByClass ?? {}, clock.nowMs());
      this.#observeTargets(clock.nowMs());
    }
    this.monitor.observeUsers(roster.userCount, this.#asked());
  }

  /** Looks at the users of all workers. */
  observeUsers(): void {
    const { clock, roster } = this.#deps;
    const nowMs = clock.nowMs();
    for (const { id, usersByClass } of roster.placeable()) this.monitor.observeUsersOf(id, usersByClass, nowMs);
    this.monitor.observeUsers(roster.userCount, this.#asked());
    this.#observeTargets(nowMs);
  }

  /** A target rate whose class got no user asks nobody. Scenarios and shapes have classes that are without users on purpose. */
  #observeTargets(nowMs: number): void {
    for (const { name, plannedPerSecond } of this.#idle) {
      this.monitor.observeUnserved(name, plannedPerSecond * (nowMs - this.#lookedMs) / 1000);
    }
    this.#lookedMs = nowMs;
    const { wanted, target } = this.#asked();
    const isWhole = this.#loadKind === "users" && target > 0 && wanted >= target;
    const placed = this.#deps.roster.placeable();
    this.#idle = (isWhole ? this.#schedule()?.classes() ?? [] : []).filter(({ name, kind }) =>
      kind === "target" && !placed.some(({ usersByClass }) => (usersByClass[name] ?? 0) > 0)
    );
  }

  /** The load ends, while its users are there. */
  observeEnd(reason: StopReason): void {
    this.observeUsers();
    this.#hasEnded = true;
    this.monitor.observeEnd(whoEnded(reason));
  }

  /** The counts begin anew. */
  observeReset(): void {
    this.monitor.observeReset(this.#deps.clock.nowMs());
  }

  /** A worker was or is away; whether its counts are complete is judged at the end. */
  observeAbsence(id: string, users: number, kind: "returned" | "lost", awayMs: number): void {
    const numbers = kind === "returned" || this.#deps.deliveries.isComplete(id) ? "complete" : "undelivered";
    this.monitor.observeAbsence({ id, users, kind, awayMs, numbers });
  }

  /** What the verdict would be if the run ended with this snapshot. */
  judge(snapshot: SnapshotMessage, thresholds: readonly ThresholdStatus[] | undefined): RunVerdict {
    return judgeRun({
      ...this.#deps,
      health: this.monitor,
      snapshot,
      thresholds,
      reportable: this.#schedule()?.reportable,
    });
  }
}
