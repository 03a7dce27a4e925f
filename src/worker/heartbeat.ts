/** A worker's heartbeat: what its process, its machine and its threads measured since the last one. */
import type { LimitMeter } from "../platform/machine/limit_meter.ts";
import type { ProcessMeter } from "../platform/machine/process_stats.ts";
import type { ToMaster, UsersByClass } from "../protocol/worker_message.ts";
import type { ThreadPool } from "./pool/thread_pool.ts";
import { toWorkerState, type WorkerPhase } from "./worker_phase.ts";

export interface HeartbeatMeters {
  readonly meter: ProcessMeter;
  readonly limits: LimitMeter;
  /** Requests per second that a calibration of this machine reached; absent if there was none. */
  readonly calibratedPerSecond?: number | undefined;
}

export function takeHeartbeat(
  phase: WorkerPhase,
  pool: ThreadPool | undefined,
  { meter, limits, calibratedPerSecond }: HeartbeatMeters,
): Extract<ToMaster, { kind: "heartbeat" }> {
  const { cpuPercent, machineCpuPercent, rssBytes } = meter.read();
  const threads = pool?.takeHealth() ?? { loopLagP99Ms: 0, latenessP99Ms: 0, hung: [] };
  const usersByClass = pool?.run?.users ?? {};
  const calibrated = calibratedPerSecond === undefined ? {} : { calibratedPerSecond };
  return {
    kind: "heartbeat",
    state: toWorkerState(phase),
    users: countUsers(usersByClass),
    usersByClass,
    health: { cpuPercent, machineCpuPercent, rssBytes, ...threads, limits: limits.read(), ...calibrated },
  };
}

function countUsers(users: UsersByClass): number {
  return Object.values(users).reduce((sum, count) => sum + count, 0);
}
