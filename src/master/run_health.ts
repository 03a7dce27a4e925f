/**
 * Watches over a run for its verdict: adds to each observation what roster, ledger and deliveries know at that moment, and has it judged.
 * `HealthMonitor` keeps what was observed.
 */
import type { WorkerHealth } from "../protocol/health_message.ts";
import type { SnapshotMessage } from "../protocol/snapshot_message.ts";
import type { ThresholdStatus } from "../protocol/threshold_message.ts";
import type { RunVerdict } from "../stats/verdict/doubt.ts";
import { HealthMonitor } from "../stats/verdict/health_monitor.ts";
import type { RunDependencies } from "./run_dependencies.ts";
import type { StopReason } from "./run_event.ts";
import { judgeRun } from "./run_verdict.ts";
import { whoEnded } from "./stop_reason.ts";

type Dependencies = Pick<RunDependencies, "clock" | "roster" | "ledger" | "deliveries" | "search">;

/** How many users are wanted at this moment of a ramp, and in its end. */
type AskedUsers = Parameters<HealthMonitor["observeUsers"]>[1];

export class RunHealth {
  readonly monitor: HealthMonitor;
  readonly #deps: Dependencies;
  readonly #asked: () => AskedUsers;
  readonly #reportable: () => number | undefined;
  #hasEnded = false;

  /** `reportable`: arrivals that workers have had the time to report. */
  constructor(deps: Dependencies, asked: () => AskedUsers, reportable: () => number | undefined) {
    this.#deps = deps;
    this.#reportable = reportable;
    this.#asked = asked;
    this.monitor = deps.search?.health ?? new HealthMonitor();
  }

  /** A worker's own measurements of its last second. */
  observeWorker(id: string, health: WorkerHealth): void {
    this.monitor.observeWorker(id, health, { requests: this.#deps.ledger.workerRequests(id) });
  }

  /** A worker runs another number of users. */
  observeApplied(id: string): void {
    const { clock, roster } = this.#deps;
    if (!this.#hasEnded) this.monitor.observeUsersOf(id, roster.get(id)?.usersByClass ?? {}, clock.nowMs());
    this.monitor.observeUsers(roster.userCount, this.#asked());
  }

  /** Looks at the users of all workers. */
  observeUsers(): void {
    const { clock, roster } = this.#deps;
    const nowMs = clock.nowMs();
    for (const { id, usersByClass } of roster.placeable()) this.monitor.observeUsersOf(id, usersByClass, nowMs);
    this.monitor.observeUsers(roster.userCount, this.#asked());
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
    return judgeRun({ ...this.#deps, health: this.monitor, snapshot, thresholds, reportable: this.#reportable() });
  }
}
