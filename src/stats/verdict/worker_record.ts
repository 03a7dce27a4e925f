/**
 * Keeps what was observed of one worker in a run so far: counts seconds and the worst values. `health_monitor.ts` hands
 * it each heartbeat.
 */
import {
  type Friction,
  type LimitUse,
  NO_FRICTION,
  type ProcessLimits,
  sumFriction,
  type WorkerHealth,
} from "../../protocol/health_message.ts";
import type { SecondCounts, WorkerEvidence, WorkerWork } from "./evidence.ts";

/**
 * A loop or a start that is later than this is counted: response times are wrong by as much, and targets answer in tens
 * of ms.
 */
export const LATE_MS = 50;

/** From here on the machine's cores are full: the scheduler has no room left for a peak of a second. */
export const CPU_FULL_PERCENT = 90;

/** The speed of a worker is that of so many heartbeats: one alone may hold the counts of two seconds. */
const SPEED_BEATS = 5;

/** What the ledger knows of the worker when a heartbeat comes. */
export interface WorkerMoment {
  /** Counted so far. */
  readonly requests: number;
}

export class SecondCounter implements SecondCounts {
  seconds = 0;
  of = 0;
  worst = 0;

  count(value: number, from: number): void {
    this.of++;
    if (value > from) this.seconds++;
    if (value > this.worst) this.worst = value;
  }

  read(): SecondCounts {
    return { seconds: this.seconds, of: this.of, worst: this.worst };
  }
}

export class WorkerRecord {
  readonly #loopLate = new SecondCounter();
  readonly #startsLate = new SecondCounter();
  readonly #cpuFull = new SecondCounter();
  readonly #gcPauses = new SecondCounter();
  readonly #blocked = new SecondCounter();
  #blockedIn = "";
  readonly #throttled = new SecondCounter();
  #friction: Friction = NO_FRICTION;
  #limits: Omit<ProcessLimits, "throttled"> = {};
  #lastRequests: number[] = [];
  #bestPerSecond = 0;
  #calibratedPerSecond: number | undefined;

  take(health: WorkerHealth, { requests }: WorkerMoment): void {
    const { friction = NO_FRICTION, limits = {}, blocked, calibratedPerSecond } = health;
    this.#loopLate.count(health.loopLagP99Ms, LATE_MS);
    this.#startsLate.count(health.latenessP99Ms, LATE_MS);
    this.#cpuFull.count(health.machineCpuPercent, CPU_FULL_PERCENT);
    this.#gcPauses.count(friction.gcPauseMs, LATE_MS);
    if (blocked !== undefined && blocked.ms > this.#blocked.worst) this.#blockedIn = blocked.doing;
    this.#blocked.count(blocked?.ms ?? 0, LATE_MS);
    this.#throttled.count(
      limits.throttled !== undefined && limits.throttled.throttledPeriods > 0 ? limits.throttled.ms : 0,
      0,
    );
    this.#friction = sumFriction([this.#friction, friction]);
    this.#limits = nearestOf(this.#limits, limits);
    this.#calibratedPerSecond = calibratedPerSecond ?? this.#calibratedPerSecond;
    this.#takeSpeed(requests);
  }

  /** Counts begin anew. */
  reset(): void {
    this.#lastRequests = [];
    this.#friction = { ...NO_FRICTION, clockStepMs: this.#friction.clockStepMs };
  }

  read(id: string, work: WorkerWork | undefined): WorkerEvidence {
    const calibratedPerSecond = this.#calibratedPerSecond;
    return {
      id,
      loopLate: this.#loopLate.read(),
      startsLate: this.#startsLate.read(),
      cpuFull: this.#cpuFull.read(),
      gcPauses: this.#gcPauses.read(),
      blocked: { ...this.#blocked.read(), doing: this.#blockedIn },
      throttled: this.#throttled.read(),
      friction: this.#friction,
      limits: this.#limits,
      work,
      ...(calibratedPerSecond === undefined ? {} : { speed: { perSecond: this.#bestPerSecond, calibratedPerSecond } }),
    };
  }

  #takeSpeed(requests: number): void {
    this.#lastRequests.push(requests);
    if (this.#lastRequests.length <= SPEED_BEATS) return;
    const before = this.#lastRequests.shift() as number;
    this.#bestPerSecond = Math.max(this.#bestPerSecond, (requests - before) / SPEED_BEATS);
  }
}

function nearestOf(
  a: Omit<ProcessLimits, "throttled">,
  b: Omit<ProcessLimits, "throttled">,
): Omit<ProcessLimits, "throttled"> {
  const memory = nearer(a.memory, b.memory);
  const files = nearer(a.files, b.files);
  const ports = nearer(a.ports, b.ports);
  return {
    ...(memory === undefined ? {} : { memory }),
    ...(files === undefined ? {} : { files }),
    ...(ports === undefined ? {} : { ports }),
  };
}

function nearer<Use extends LimitUse>(a: Use | undefined, b: Use | undefined): Use | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return b.used / b.limit > a.used / a.limit ? b : a;
}
