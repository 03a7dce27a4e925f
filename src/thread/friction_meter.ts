/**
 * Counts what delays this thread's requests and task starts on the generator's own side, for the verdict: waits for addresses and for
 * connections, starts that a pace asked for and did not get, pauses of the event loop in which garbage was collected. One per thread.
 */
import type { Clock } from "../base/clock.ts";
import type { EngineWatch } from "../http/engine/engine_options.ts";
import { type Friction, NO_FRICTION, SLOW_LOOKUP_MS } from "../protocol/health_message.ts";
import type { PaceWatch } from "../user/timing/wait_time.ts";

/** Shorter pauses are no reason to doubt anything, and every busy loop has them. */
const MIN_PAUSE_MS = 20;

/** The share of a pause in which the process must have computed for it to be a collection. */
const MIN_BUSY_SHARE = 0.5;

export class FrictionMeter implements EngineWatch, PaceWatch {
  #sums: { -readonly [Field in keyof Friction]: number } = { ...NO_FRICTION };
  readonly #clockStepMs: number;
  #lastBusyMs = 0;
  readonly #witness: GarbageWitness;
  readonly #cpuMs: () => number;
  #lastCpuMs: number;

  /** `cpuMs`: CPU time of the process so far, of all its threads: collectors have threads of their own. */
  constructor(
    options: {
      readonly clock: Pick<Clock, "nowMs">;
      readonly cpuMs: () => number;
      readonly witness?: GarbageWitness;
    },
  ) {
    this.#cpuMs = options.cpuMs;
    this.#lastCpuMs = options.cpuMs();
    this.#clockStepMs = measureClockStep(options.clock);
    this.#witness = options.witness ?? createGarbageWitness();
  }

  lookedUp(ms: number): void {
    if (ms >= SLOW_LOOKUP_MS) this.#sums.slowLookUps++;
    this.#sums.lookUpMs = Math.max(this.#sums.lookUpMs, ms);
  }

  queued(ms: number): void {
    this.#sums.queued++;
    this.#sums.queuedMs = Math.max(this.#sums.queuedMs, ms);
  }

  paced(askedStarts: number): void {
    this.#sums.pacedStarts++;
    this.#sums.pacedAsked += askedStarts;
  }

  /** A timer of the event loop fired so late. Called at every beat, late or not. */
  beat(lateMs: number): void {
    const collected = this.#witness.takeCollected();
    const cpuMs = this.#cpuMs();
    // A process that was stopped, or got no core, did not collect garbage meanwhile.
    const busyMs = cpuMs - this.#lastCpuMs >= lateMs * MIN_BUSY_SHARE ? lateMs : 0;
    this.#lastCpuMs = cpuMs;
    // The sign of a collection may come one beat after it.
    const pauseMs = Math.max(busyMs, this.#lastBusyMs);
    this.#lastBusyMs = busyMs;
    if (collected && pauseMs >= MIN_PAUSE_MS) this.#sums.gcPauseMs = Math.max(this.#sums.gcPauseMs, pauseMs);
  }

  /** What was counted since the last call. */
  take(): Friction {
    const sums = { ...this.#sums, clockStepMs: this.#clockStepMs };
    this.#sums = { ...NO_FRICTION };
    return sums;
  }
}

/** Sees whether garbage was collected. */
export interface GarbageWitness {
  /** Whether it was since the last call. */
  takeCollected(): boolean;
}

/**
 * Neither runtime tells when it collects garbage, or for how long. An object without references goes with the next collection, and there
 * are two ways to notice: Bun empties its weak references at once and calls finalizers late, Deno the other way round.
 */
export function createGarbageWitness(): GarbageWitness {
  let isFinalized = false;
  const finalizers = new FinalizationRegistry<undefined>(() => isFinalized = true);
  const layBait = () => {
    finalizers.register({}, undefined); // not the same object: under Deno a look at a weak reference keeps it
    return new WeakRef({});
  };
  let bait = layBait();
  return {
    takeCollected() {
      if (!isFinalized && bait.deref() !== undefined) return false;
      isFinalized = false;
      bait = layBait();
      return true;
    },
  };
}

const STEPS = 5;
/** Far more than a clock of any use takes; ends the loop under a clock that a test stands still. */
const MAX_READINGS = 20_000;

/** The smallest difference between two readings that differ; 0 if the clock stood still. */
export function measureClockStep(clock: Pick<Clock, "nowMs">): number {
  let smallestMs = Infinity;
  let lastMs = clock.nowMs();
  for (let readings = 0, steps = 0; readings < MAX_READINGS && steps < STEPS; readings++) {
    const nowMs = clock.nowMs();
    if (nowMs === lastMs) continue;
    smallestMs = Math.min(smallestMs, nowMs - lastMs);
    lastMs = nowMs;
    steps++;
  }
  return smallestMs === Infinity ? 0 : smallestMs;
}
