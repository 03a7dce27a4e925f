/**
 * The arrivals of a thread: takes orders, wakes up when an arrival is due, and hands it to its stream. Owns the timer. All that are due
 * at a wake-up start together: at a high rate that is several each millisecond.
 *
 * Without orders for `LEASE_MS` nothing starts: a worker that its master cannot hear must not start what others have taken over.
 */
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
import type { StopMode } from "../../user/running/user_lifecycle.ts";
import type { Alarm } from "../../platform/alarm.ts";
import { ClassPacer } from "./class_pacer.ts";
import { RunTime } from "./run_time.ts";
import { StreamDriver, type StreamDriverOptions } from "./stream_driver.ts";
import { TargetDriver } from "./target_driver.ts";

/** Less than the silence after which a master gives a worker's arrivals to others, by a second: see `master/run_arrivals.ts`. */
const LEASE_MS = 4000;

/** More than a thread can start in a millisecond: beyond it the event loop has its turn first. */
const MAX_PER_TURN = 512;

/** More than any order of this machine or network was under way, where a run can be measured at all. */
const AT_END_MS = 100;

/** A timer that fires this early is in time. */
const EARLY_MS = 0.05;

export interface ArrivalDriverOptions extends Omit<StreamDriverOptions, "stream" | "nowMs"> {
  readonly clock: Pick<Clock, "nowMs" | "schedule">;
  /** Makes a timer that is finer than those of the clock; absent or undefined: there is none. */
  readonly openAlarm?: ((ring: () => void) => Alarm | undefined) | undefined;
  /** An arrival was noticed so many milliseconds after its time. */
  readonly onWoke: (lateMs: number) => void;
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
  #heardMs = -Infinity;
  #alarm: Alarm | undefined;
  #timer: Timer | undefined;
  #timerDueMs = Infinity;
  #isRamped = false;
  #isClosed = false;

  constructor(options: ArrivalDriverOptions) {
    this.#options = options;
  }

  /** Takes in an order of the master. */
  take({ epoch, runMs, streams }: ArrivalOrder): void {
    if (this.#isClosed) return;
    const nowMs = this.#options.clock.nowMs();
    if (this.#hasLapsed(nowMs)) this.#skipLapse(runMs);
    this.#heardMs = nowMs;
    this.#time.note(runMs, nowMs);
    if (streams !== undefined && epoch > this.#epoch) {
      this.#epoch = epoch;
      for (const stream of streams) {
        const known = this.#streams.get(stream.id) ?? this.#targets.get(stream.id);
        if (known !== undefined) known.update(stream);
        else if (stream.kind === "target") this.#targets.set(stream.id, this.#createTarget(stream));
        else this.#streams.set(stream.id, this.#createStream(stream));
      }
    }
    this.#ring();
  }

  /** Nothing starts until the next order with another share: the master cannot be reached. */
  pause(): void {
    for (const { share } of this.#all()) share.clear();
  }

  /** What was due starts; then no more. */
  close(): void {
    if (!this.#isClosed) {
      const nowMs = this.#time.toRunMs(this.#options.clock.nowMs());
      // A run that ends by its plan is stopped at the end of its arrivals, and this thread's time may be a moment behind.
      const isAtEnd = [...this.#all()].some(({ share }) => Math.abs(share.endMs - nowMs) < AT_END_MS);
      this.#startDue(isAtEnd ? AT_END_MS : EARLY_MS);
    }
    this.#isClosed = true;
    this.#alarm?.close();
    this.#alarm = undefined;
    this.#timer?.cancel();
    for (const stream of this.#all()) stream.close();
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

  living(): RunningUser[] {
    return [...this.#streams.values()].flatMap((stream) => stream.living());
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
    for (const stream of this.#all()) stream.reset();
  }

  *#all(): Generator<StreamDriver | TargetDriver> {
    yield* this.#streams.values();
    yield* this.#targets.values();
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

  #hasLapsed(nowMs: number): boolean {
    return nowMs - this.#heardMs > LEASE_MS;
  }

  #skipLapse(runMs: number): void {
    for (const { share } of this.#all()) share.skipTo(runMs);
  }

  readonly #ring = (): void => {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#timerDueMs = Infinity;
    this.#startDue();
    this.#arm();
  };

  /** Starts what is due, the earliest first. */
  #startDue(aheadMs = EARLY_MS): void {
    const { clock, onWoke } = this.#options;
    const nowMs = clock.nowMs();
    if (this.#hasLapsed(nowMs)) return;
    const untilMs = this.#time.toRunMs(nowMs + aheadMs);
    for (let started = 0; started < MAX_PER_TURN; started++) {
      const next = this.#nextStream();
      if (next === undefined || next.share.nextMs > untilMs) return;
      const { index, atMs } = next.share.take();
      const dueMs = this.#time.toLocalMs(atMs);
      onWoke(Math.max(0, nowMs - dueMs));
      next.arrive({ index, dueMs });
    }
  }

  #nextStream(): StreamDriver | TargetDriver | undefined {
    let first: StreamDriver | TargetDriver | undefined;
    for (const stream of this.#all()) {
      if (first === undefined || stream.share.nextMs < first.share.nextMs) first = stream;
    }
    return first;
  }

  #arm(): void {
    const { clock } = this.#options;
    const nextMs = this.#nextStream()?.share.nextMs ?? Infinity;
    if (nextMs === Infinity || this.#isClosed || this.#hasLapsed(clock.nowMs())) return;
    const dueMs = this.#time.toLocalMs(nextMs);
    if (dueMs >= this.#timerDueMs) return;
    this.#timerDueMs = dueMs;
    if (this.#alarm !== undefined) return this.#alarm.set(Math.max(0, dueMs - clock.nowMs()));
    this.#timer = clock.schedule(Math.max(0, dueMs - clock.nowMs()), this.#ring);
  }
}
