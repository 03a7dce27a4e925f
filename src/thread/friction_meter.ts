/**
 * Counts what delays this thread's requests and task starts on the generator's own side, for the verdict: waits for
 * addresses and for connections, starts that a pace asked for and did not get, and why the event loop stood still:
 * garbage that was collected, or user code that did not return. One per thread.
 */
import { ACTIVITY_CELL, STEP_CELL } from "../protocol/activity_cells.ts";
import type { Clock } from "../base/clock.ts";
import type { EngineWatch } from "../http/engine/engine_options.ts";
import { type Friction, NO_FRICTION, SLOW_LOOKUP_MS } from "../protocol/health_message.ts";
import { type Collecting, NO_COLLECTING, type ThreadCpu } from "../platform/machine/thread_cpu.ts";
import type { PaceWatch } from "../user/timing/wait_time.ts";

/** Shorter pauses are no reason to doubt anything, and every busy loop has them. */
const MIN_PAUSE_MS = 20;

/** Code of a user that computes so long holds up the requests of the others: the limit of a late loop. */
const MIN_BLOCK_MS = 50;

/** The watch over the threads sees what is longer, and says so. */
const MAX_BLOCK_MS = 2_500;

/** From here on that watch has told what it saw run, which may be another user's task of the same turn. */
const MIN_STANDSTILL_MS = 2_000;

/**
 * After a gap of so much, or so long after the last time, the CPU clock is read: it shall tell what was computed in one
 * gap, and it is not free.
 */
const MIN_GAP_MS = 2;
const MAX_AGE_MS = 10;

/** For how long user code computed without returning to the event loop, and the number of what it was. */
export interface Block {
  readonly ms: number;
  readonly activity: number;
}

export class FrictionMeter implements EngineWatch, PaceWatch {
  #sums: { -readonly [Field in keyof Friction]: number } = { ...NO_FRICTION };
  #block: Block | undefined;
  #standstill: number | undefined;
  readonly #clockStepMs: number;
  readonly #witness: GarbageWitness;
  readonly #cpu: ThreadCpu;
  readonly #activity: Int32Array;
  readonly #clock: Pick<Clock, "nowMs">;
  /** When this thread was last seen to do something else. */
  #lastMs: number;
  #lastOwnMs: number;
  #lastSteps = 0;
  #lastReadMs: number;
  /** CPU time at the last beat, and what collectors did since then. */
  #beatOwnMs: number;
  #collecting = NO_COLLECTING;
  #lastCollectingMs = 0;

  constructor(
    options: {
      readonly clock: Pick<Clock, "nowMs">;
      readonly cpu: ThreadCpu;
      /** The cells that user code writes. */
      readonly activity: Int32Array;
      readonly witness?: GarbageWitness;
    },
  ) {
    this.#clock = options.clock;
    this.#cpu = options.cpu;
    this.#activity = options.activity;
    this.#lastMs = this.#lastReadMs = options.clock.nowMs();
    this.#lastOwnMs = this.#beatOwnMs = options.cpu.ownMs();
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

  called(nowMs: number): void {
    const gapMs = nowMs - this.#lastMs;
    this.#lastMs = nowMs;
    this.#lastSteps = this.#activity[STEP_CELL] ?? 0;
    if (gapMs >= MIN_STANDSTILL_MS) this.#standstill = this.#activity[ACTIVITY_CELL];
    if (gapMs < MIN_GAP_MS && nowMs - this.#lastReadMs < MAX_AGE_MS) return;
    const computedMs = this.#takeComputedMs(gapMs);
    if (computedMs >= MIN_BLOCK_MS && gapMs < MAX_BLOCK_MS) this.#noteBlock(computedMs);
  }

  connected(nowMs: number): void {
    const gapMs = nowMs - this.#lastMs;
    this.#lastMs = nowMs;
    this.#takeComputedMs(gapMs);
    this.#lastSteps = this.#activity[STEP_CELL] ?? 0;
  }

  /** A timer of the event loop fired so late. Called at every beat, late or not. */
  beat(lateMs: number): void {
    const nowMs = this.#clock.nowMs();
    // Without a step since the last call there was no user code, as far as that can be seen.
    if (this.#activity[STEP_CELL] === this.#lastSteps) this.connected(nowMs);
    else this.called(nowMs);
    const collecting = addCollecting(this.#collecting, this.#cpu.takeCollecting());
    this.#noteCollection(estimateCollection(collecting, lateMs, this.#lastOwnMs - this.#beatOwnMs));
    this.#beatOwnMs = this.#lastOwnMs;
    this.#collecting = NO_COLLECTING;
  }

  /** What this thread computed in a gap that ends now, without collections. In the rest it was stopped, or had no core. */
  #takeComputedMs(gapMs: number): number {
    const ownMs = this.#cpu.ownMs();
    const computedMs = Math.min(gapMs, ownMs - this.#lastOwnMs);
    this.#lastOwnMs = ownMs;
    this.#lastReadMs = this.#lastMs;
    if (computedMs < MIN_BLOCK_MS) return computedMs;
    const collecting = this.#cpu.takeCollecting();
    this.#collecting = addCollecting(this.#collecting, collecting);
    return computedMs - Math.min(collecting.cpuMs, computedMs); // CPU time of both
  }

  /** The sign of a collection may come one beat after it. */
  #noteCollection(collectingMs: number): void {
    const pauseMs = Math.max(collectingMs, this.#lastCollectingMs);
    this.#lastCollectingMs = collectingMs;
    if (!this.#witness.takeCollected() || pauseMs < MIN_PAUSE_MS) return;
    this.#sums.gcPauseMs = Math.max(this.#sums.gcPauseMs, pauseMs);
    this.#lastCollectingMs = 0; // it is counted
  }

  #noteBlock(ms: number): void {
    if (ms > (this.#block?.ms ?? 0)) this.#block = { ms, activity: this.#activity[ACTIVITY_CELL] ?? 0 };
  }

  /** What was counted since the last call. */
  take(): Friction {
    const sums = { ...this.#sums, clockStepMs: this.#clockStepMs };
    this.#sums = { ...NO_FRICTION };
    return sums;
  }

  /** The longest since the last call. */
  takeBlock(): Block | undefined {
    const block = this.#block;
    this.#block = undefined;
    return block;
  }

  /** The number of what user code did while the loop stood still for seconds; undefined: it has not, since the last call. */
  takeStandstill(): number | undefined {
    const standstill = this.#standstill;
    this.#standstill = undefined;
    return standstill;
  }
}

function addCollecting(a: Collecting, b: Collecting): Collecting {
  return { cpuMs: a.cpuMs + b.cpuMs, activeMs: a.activeMs + b.activeMs };
}

/**
 * For how long a collection held this thread up in a pause: a helper gets as much of a core as the thread does, and on
 * a busy machine both wait for theirs. Time in which the thread computed while the helper waited is not the
 * collection's.
 */
function estimateCollection({ cpuMs, activeMs }: Collecting, pauseMs: number, ownMs: number): number {
  const share = pauseMs === 0 ? 1 : Math.min(1, Math.max(0.1, ownMs / pauseMs));
  return Math.min(pauseMs, activeMs, cpuMs / share);
}

/** Sees whether garbage was collected. */
export interface GarbageWitness {
  /** Whether it was since the last call. */
  takeCollected(): boolean;
}

/**
 * Neither runtime tells when it collects garbage. An object without references goes with the next collection, and there
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
