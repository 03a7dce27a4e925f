/**
 * The arrivals of a thread: takes orders, wakes up when an arrival is due, and hands it to its stream. Owns the timer.
 * All that are due at a wake-up start together: at a high rate that is several each millisecond.
 *
 * After an idle time all code is slow, that of the runtime and the processor's caches included: a thread wakes up a
 * little before an arrival, and what is not needed to start it is done when its request has been sent.
 *
 * Orders say until when arrivals may start. What is due after that waits for the next order, and starts late: a worker
 * that its master cannot hear must not start what others have taken over.
 */
import { setImmediate } from "node:timers";
import type { Clock, Timer } from "../../base/clock.ts";
import {
  addArrivals,
  addClassArrivals,
  type ArrivalCounts,
  type ArrivalOrder,
  type ClassArrivalCounts,
  NO_ARRIVALS,
  NO_CLASS_ARRIVALS,
} from "../../protocol/arrivals_message.ts";
import type { RunningUser } from "../../user/running/running_user.ts";
import type { StopMode } from "../../user/lifecycle/user_lifecycle.ts";
import type { Alarm } from "../../platform/threads/alarm.ts";
import { ClassPacer } from "./class_pacer.ts";
import { RunTime } from "./run_time.ts";
import { StreamDriver, type StreamDriverOptions } from "./stream_driver.ts";
import { TargetDriver } from "./target_driver.ts";

/** Of a master that does not say it: less than the silence after which it gives a worker's arrivals to others, by a second. */
const LEASE_MS = 4000;

/** More than a thread can start in a millisecond: beyond it the event loop has its turn first. */
const MAX_PER_TURN = 512;

/** More than any order of this machine or network was under way, where a run can be measured at all. */
const AT_END_MS = 100;

/** A timer that fires this early is in time. */
const EARLY_MS = 0.05;

/** What was put off until an arrival has started begins so much after its time: its request is sent then, and mostly answered. */
const AFTER_MS = 1;

/**
 * A thread that has nothing to do for longer than twice this wakes up this much ahead of time. It takes up to 2 ms to
 * come up to speed.
 */
const AHEAD_MS = 3;

/**
 * The kernel wakes an idle core up to so late (p99 of a program that only sleeps: 0.15 to 0.36 ms), so a thread that
 * has nothing to do for longer than twice `AHEAD_MS` watches the clock for as long before an arrival: 5 % of a core at
 * most. Half of a thread's slice (`wake_first.ts`): the other half is for the request.
 */
const WATCH_MS = 0.3;

export interface ArrivalDriverOptions extends Omit<StreamDriverOptions, "stream" | "nowMs"> {
  readonly clock: Pick<Clock, "nowMs" | "schedule">;
  /** Makes a timer that is finer than those of the clock; absent or undefined: there is none. */
  readonly openAlarm?: ((ring: () => void) => Alarm | undefined) | undefined;
  /** An arrival was noticed so many milliseconds after its time. */
  readonly onWoke: (lateMs: number) => void;
  /** To an order with this `hold`: no arrival of that time of the run or later starts before the next order. */
  readonly onHeld: (hold: number, atMs: number) => void;
}

/** What was counted of arrivals. `arrivals`: of the open load alone; undefined: there is none. */
export interface TakenCounts {
  readonly arrivals: ArrivalCounts | undefined;
  readonly byClass: ClassArrivalCounts;
}

export class ArrivalDriver {
  readonly #options: ArrivalDriverOptions;
  readonly #time = new RunTime();
  readonly #streams = new Map<number, StreamDriver>();
  readonly #targets = new Map<number, TargetDriver>();
  readonly #pacers = new Map<string, ClassPacer>();
  #epoch = 0;
  /** No arrival of this time of the run or later may start. */
  #untilMs = -Infinity;
  /** Of the latest arrival of its own that has started. */
  #takenMs = -Infinity;
  /** The master says nothing of `untilMs`, and gives what does not start in time to others. */
  #isLegacy = false;
  #alarm: Alarm | undefined;
  #timer: Timer | undefined;
  #timerDueMs = Infinity;
  /** Of all kinds. */
  #all: readonly (StreamDriver | TargetDriver)[] = [];
  /** Of the arrivals that were started last. */
  readonly #lateMs: number[] = [];
  #isFollowUpDue = false;
  #isRamped = false;
  #isPaused = false;
  #isClosed = false;

  constructor(options: ArrivalDriverOptions) {
    this.#options = options;
  }

  /**
   * Takes in an order. `readMs`: when the run's time was `runMs`; absent: before now, by the time that the order was
   * under way.
   */
  take({ epoch, runMs, untilMs, hold, streams }: ArrivalOrder, readMs?: number): void {
    if (this.#isClosed) return;
    const nowMs = this.#options.clock.nowMs();
    this.#isLegacy = untilMs === undefined;
    if (this.#isLegacy && this.#time.toRunMs(nowMs) > this.#untilMs) this.#skipLapse(runMs);
    if (readMs === undefined) this.#time.note(runMs, nowMs);
    else this.#time.set(runMs, readMs);
    const grantedMs = this.#untilMs;
    // On a new link a time without shares says nothing: orders of before may have been lost with the old one.
    if (streams !== undefined) this.#isPaused = false;
    if (hold !== undefined) this.#untilMs = Math.max(this.#takenMs, Math.min(grantedMs, untilMs ?? 0));
    else if (!this.#isPaused) this.#untilMs = Math.max(grantedMs, untilMs ?? runMs + LEASE_MS);
    if (streams !== undefined && epoch > this.#epoch) {
      this.#epoch = epoch;
      for (const stream of streams) {
        const known = this.#streams.get(stream.id) ?? this.#targets.get(stream.id);
        if (known !== undefined) known.update(stream, grantedMs);
        else if (stream.kind === "target") this.#targets.set(stream.id, this.#createTarget(stream));
        else this.#streams.set(stream.id, this.#createStream(stream));
        if (stream.isOver === true) this.#finish(stream.id, runMs);
      }
      this.#all = [...this.#streams.values(), ...this.#targets.values()];
    }
    this.#ring();
    if (hold !== undefined) this.#options.onHeld(hold, this.#untilMs);
  }

  /** Nothing starts until the next order with a share: the master cannot be reached. */
  pause(): void {
    this.#isPaused = true;
    this.#time.forget();
    if (this.#isLegacy) { for (const { share } of this.#all) share.clear(); }
  }

  /** What was due starts; then no more. */
  close(): void {
    if (!this.#isClosed) {
      const nowMs = this.#time.toRunMs(this.#options.clock.nowMs());
      // A run that ends by its plan is stopped at the end of its arrivals, and this thread's time may be a moment behind.
      const isAtEnd = this.#all.some(({ share }) => Math.abs(share.endMs - nowMs) < AT_END_MS);
      this.#startDue(isAtEnd ? AT_END_MS : EARLY_MS, Infinity);
      this.#noteLate();
    }
    this.#isClosed = true;
    this.#alarm?.close();
    this.#alarm = undefined;
    this.#timer?.cancel();
    for (const stream of this.#all) stream.close();
  }

  stopAll(mode: StopMode): void {
    for (const stream of this.#streams.values()) stream.stopAll(mode);
  }

  abortAll(): void {
    for (const stream of this.#streams.values()) stream.abortAll();
  }

  /** Users that have not ended. */
  get alive(): number {
    let alive = 0;
    for (const stream of this.#streams.values()) alive += stream.alive;
    return alive;
  }

  /** Users that serve an arrival, by class; classes without any are left out. */
  get busyByClass(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { pools } of this.#streams.values()) {
      for (const { className, busy } of pools) if (busy > 0) counts[className] = (counts[className] ?? 0) + busy;
    }
    return counts;
  }

  /** Streams that are over, with no user left. */
  get endedStreams(): readonly number[] {
    return [...this.#streams].flatMap(([id, { hasEnded }]) => hasEnded ? [id] : []);
  }

  living(): RunningUser[] {
    return [...this.#streams.values()].flatMap((stream) => stream.living());
  }

  /**
   * So long should wait what takes `forMs` and can wait, to delay no arrival: until the next one has started, if it is
   * due that soon.
   */
  putOffMs(forMs: number): number {
    const nextMs = this.#nextStream()?.share.nextMs ?? Infinity;
    const inMs = this.#time.toLocalMs(nextMs) - this.#options.clock.nowMs();
    const isInTheWay = inMs > 0 && inMs < forMs && nextMs < this.#untilMs && !this.#isPaused && !this.#isClosed;
    return isInTheWay ? inMs + AFTER_MS : 0;
  }

  /** What was counted since the last call; undefined: nothing. */
  takeCounts(): TakenCounts | undefined {
    const open = [...this.#streams.values()].map((stream) => stream.takeCounts()).reduce(
      addClassArrivals,
      NO_CLASS_ARRIVALS,
    );
    const byClass = [...this.#targets.values()].map((target) => target.takeCounts()).reduce(addClassArrivals, open);
    if (Object.keys(byClass).length === 0) return undefined;
    const counts = Object.values(open);
    return { arrivals: counts.length === 0 ? undefined : counts.reduce(addArrivals, NO_ARRIVALS), byClass };
  }

  /** Decides when users of a class with a target rate begin their tasks. */
  pacerOf(className: string): ClassPacer {
    let pacer = this.#pacers.get(className);
    if (pacer === undefined) {
      pacer = new ClassPacer(className, () => this.#options.clock.nowMs());
      if (this.#isRamped) pacer.ramped();
      this.#pacers.set(className, pacer);
    }
    return pacer;
  }

  /** All users that the run asked for are there. */
  ramped(): void {
    this.#isRamped = true;
    for (const pacer of this.#pacers.values()) pacer.ramped();
  }

  /** The statistics begin anew. */
  reset(): void {
    for (const stream of this.#all) stream.reset();
  }

  #createTarget(stream: StreamDriverOptions["stream"]): TargetDriver {
    this.#alarm ??= this.#options.openAlarm?.(this.#ring);
    return new TargetDriver(stream, this.pacerOf(stream.classes[0]?.name ?? ""));
  }

  #createStream(stream: StreamDriverOptions["stream"]): StreamDriver {
    const { clock, onWoke: _onWoke, openAlarm, ...options } = this.#options;
    this.#alarm ??= openAlarm?.(this.#ring);
    return new StreamDriver({ ...options, stream, nowMs: () => clock.nowMs() });
  }

  #skipLapse(runMs: number): void {
    for (const { share } of this.#all) share.skipTo(runMs);
  }

  readonly #ring = (): void => {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#timerDueMs = Infinity;
    this.#startDue();
    // The clock's timers are a test's, or fire so late that nothing is to be gained.
    if (this.#alarm === undefined) return this.#followUp();
    if (this.#isFollowUpDue) return;
    this.#isFollowUpDue = true;
    setImmediate(this.#followUp);
  };

  /** What follows the start of arrivals. */
  readonly #followUp = (): void => {
    this.#isFollowUpDue = false;
    this.#noteLate();
    this.#arm();
  };

  #noteLate(): void {
    for (const lateMs of this.#lateMs) this.#options.onWoke(lateMs);
    this.#lateMs.length = 0;
  }

  /** Starts what is due, the earliest first. */
  #startDue(aheadMs = EARLY_MS, atMost = MAX_PER_TURN): void {
    if (this.#isPaused) return;
    const nowMs = this.#options.clock.nowMs();
    const dueMs = this.#time.toRunMs(nowMs + aheadMs);
    for (let started = 0; started < atMost; started++) {
      const next = this.#nextStream();
      if (next === undefined || next.share.nextMs > dueMs || next.share.nextMs >= this.#untilMs) return;
      this.#startNext(next, nowMs);
    }
  }

  /**
   * The end of a stream is over on the master's clock: a thread that stood still, or whose time is behind, starts what
   * was due before.
   */
  #finish(id: number, runMs: number): void {
    const stream = this.#streams.get(id);
    const nowMs = this.#options.clock.nowMs();
    while (stream !== undefined && stream.share.nextMs <= runMs) this.#startNext(stream, nowMs);
    stream?.finish();
  }

  #startNext(stream: StreamDriver | TargetDriver, nowMs: number): void {
    const { index, atMs } = stream.share.take();
    this.#takenMs = Math.max(this.#takenMs, atMs);
    const dueMs = this.#time.toLocalMs(atMs);
    stream.arrive({ index, dueMs });
    this.#lateMs.push(Math.max(0, nowMs - dueMs));
  }

  #nextStream(): StreamDriver | TargetDriver | undefined {
    let first: StreamDriver | TargetDriver | undefined;
    for (const stream of this.#all) {
      if (first === undefined || stream.share.nextMs < first.share.nextMs) first = stream;
    }
    return first;
  }

  #arm(): void {
    const { clock } = this.#options;
    const nextMs = this.#nextStream()?.share.nextMs ?? Infinity;
    const nowMs = clock.nowMs();
    if (nextMs === Infinity || this.#isClosed || this.#isPaused || nextMs >= this.#untilMs) return;
    const dueMs = this.#time.toLocalMs(nextMs);
    if (dueMs >= this.#timerDueMs) return;
    if (this.#alarm !== undefined) {
      this.#timerDueMs = dueMs - nowMs > 2 * AHEAD_MS ? dueMs - AHEAD_MS : dueMs;
      const isSeldom = nextMs - this.#takenMs > 2 * AHEAD_MS;
      const watchMs = isSeldom && this.#timerDueMs === dueMs ? WATCH_MS : 0;
      return this.#alarm.set(Math.max(0, this.#timerDueMs - nowMs), watchMs);
    }
    this.#timerDueMs = dueMs;
    this.#timer?.cancel();
    this.#timer = clock.schedule(Math.max(0, dueMs - nowMs), this.#ring);
  }
}
