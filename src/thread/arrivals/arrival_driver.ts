/**
 * The arrivals of a thread: takes orders, wakes up when an arrival is due, and hands it to its stream. Owns the timer. All that are due
 * at a wake-up start together: at a high rate that is several each millisecond.
 *
 * Without orders for `LEASE_MS` nothing starts: a worker that its master cannot hear must not start what others have taken over.
 */
import type { Clock, Timer } from "../../base/clock.ts";
import { addArrivals, type ArrivalCounts, type ArrivalOrder, NO_ARRIVALS } from "../../protocol/arrivals_message.ts";
import type { RunningUser } from "../../user/running/running_user.ts";
import type { StopMode } from "../../user/running/user_lifecycle.ts";
import type { Alarm } from "../../platform/alarm.ts";
import { RunTime } from "./run_time.ts";
import { StreamDriver, type StreamDriverOptions } from "./stream_driver.ts";

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

export class ArrivalDriver {
  readonly #options: ArrivalDriverOptions;
  readonly #time = new RunTime();
  readonly #streams = new Map<number, StreamDriver>();
  #epoch = 0;
  #heardMs = -Infinity;
  #alarm: Alarm | undefined;
  #timer: Timer | undefined;
  #timerDueMs = Infinity;
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
        const known = this.#streams.get(stream.id);
        if (known === undefined) this.#streams.set(stream.id, this.#createStream(stream));
        else known.update(stream);
      }
    }
    this.#ring();
  }

  /** Nothing starts until the next order with another share: the master cannot be reached. */
  pause(): void {
    for (const { share } of this.#streams.values()) share.clear();
  }

  /** What was due starts; then no more. */
  close(): void {
    if (!this.#isClosed) {
      const nowMs = this.#time.toRunMs(this.#options.clock.nowMs());
      // A run that ends by its plan is stopped at the end of its arrivals, and this thread's time may be a moment behind.
      const isAtEnd = [...this.#streams.values()].some(({ share }) => Math.abs(share.endMs - nowMs) < AT_END_MS);
      this.#startDue(isAtEnd ? AT_END_MS : EARLY_MS);
    }
    this.#isClosed = true;
    this.#alarm?.close();
    this.#alarm = undefined;
    this.#timer?.cancel();
    for (const stream of this.#streams.values()) stream.close();
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
  takeCounts(): ArrivalCounts | undefined {
    const counts = [...this.#streams.values()].reduce((all, each) => addArrivals(all, each.takeCounts()), NO_ARRIVALS);
    return Object.values(counts).some((count) => count > 0) ? counts : undefined;
  }

  /** The statistics begin anew. */
  reset(): void {
    for (const stream of this.#streams.values()) stream.reset();
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
    for (const { share } of this.#streams.values()) share.skipTo(runMs);
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

  #nextStream(): StreamDriver | undefined {
    let first: StreamDriver | undefined;
    for (const stream of this.#streams.values()) {
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
