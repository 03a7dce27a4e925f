/**
 * The time axis of a ledger: the master's ticks, and the part of the run in which load was asked for, which rates are over. It begins
 * with the run or with the last reset of the statistics, and ends with the stop.
 *
 * Counts come once a second with the reports of the threads, some time before the tick. So rates are over the time up to the last report: over that up to the
 * tick the first ones of a run would be too low. When all reports have come, the owner says so.
 *
 * Invariant: nothing that happens after `end` changes the span of the last ticks, and `loadMs` but for what was still to be reported.
 */
import type { Clock } from "../../base/clock.ts";
import { REPORT_EVERY_MS } from "../../base/report_times.ts";
import { WINDOW_TICKS } from "./tick_window.ts";

/** A tick at the edge of the load that is shorter than this is no second of its own: after a reset, before the stop. */
const MIN_WHOLE_TICK_MS = 500;

/** As plain data; times are ages before the moment of saving. */
export interface LoadTimeState {
  readonly elapsedMs: number;
  readonly startWallMs: number;
  readonly tick: number;
  readonly countsFromAgeMs: number;
  readonly loadEndAgeMs: number | null;
  /** `loadMs` then. Absent: of a version that did not save it. */
  readonly loadMs?: number;
}

/** When a report was made, and over how long. */
export interface ReportTime {
  readonly madeMs: number;
  readonly spanMs: number;
}

export class LoadTime {
  readonly #clock: Clock;
  #startMs = 0;
  #startWallMs = 0;
  #countsFromMs = 0;
  #loadEndMs: number | undefined;
  /** Number of the open tick and when it began; the spans of the last whole ones. */
  #openTick = 0;
  #openedMs = 0;
  #spansMs: number[] = [];
  /** The last whole second of the run that a tick ended at. */
  #second = 0;
  readonly #leadMs: number;
  /** What the open tick lacks of its time: the reports of the first one came before it was over. */
  #lackMs = 0;
  #isComplete = false;
  /** Up to where counts were taken. */
  #takenMs = 0;
  /** When that was. */
  #lookedMs = -Infinity;

  /** `leadMs`: so long before its second is over each report is made. */
  constructor(clock: Clock, leadMs = 0) {
    this.#clock = clock;
    this.#leadMs = leadMs;
  }

  /** Now is time 0 of the run. */
  start(): void {
    this.#startMs = this.#clock.nowMs();
    this.#startWallMs = this.#clock.wallMs();
    this.#second = 0;
    this.#loadEndMs = undefined;
    this.#isComplete = false;
    this.#takenMs = this.#startMs;
    this.#lookedMs = -Infinity;
    this.reset();
  }

  /** Samples count from now on. */
  reset(): void {
    this.#countsFromMs = this.#openedMs = this.#clock.nowMs();
    this.#openTick = 0;
    this.#spansMs = [];
    this.#lackMs = this.#leadMs;
  }

  /** Ends a tick. Its true length counts: a tick that came late makes no rate too high. */
  rotate(): void {
    const nowMs = this.#clock.nowMs();
    const second = Math.round((nowMs - this.#startMs) / 1000);
    if (this.#loadEndMs === undefined) {
      if (this.#spansMs.length === 0 && nowMs - this.#openedMs < MIN_WHOLE_TICK_MS) {
        this.#second = Math.max(this.#second + 1, second);
        return; // a reset came shortly before the tick: the rest of it belongs to the next one
      }
      this.#closeTick(nowMs);
      this.#second = Math.max(this.#second + 1, second);
    } else {
      this.#second = Math.max(this.#second, second);
    }
    this.#openedMs = nowMs;
  }

  /**
   * The stop. The tick that is due now may come before it or after it: most of a second is a whole tick, and less of it a short one
   * that takes part in the window and is no second of its own.
   */
  end(): void {
    if (this.#loadEndMs !== undefined) return;
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#openedMs >= MIN_WHOLE_TICK_MS) this.rotate();
    else if (this.#spansMs.length > 0) this.#closeTick(nowMs);
    this.#loadEndMs = nowMs;
    const last = this.#spansMs.length - 1;
    if (last >= 0) this.#spansMs[last] = (this.#spansMs[last] ?? 0) + this.#leadMs; // what is reported later counts in it
  }

  /** Everything has been reported. */
  complete(): void {
    this.#isComplete = true;
  }

  #closeTick(nowMs: number): void {
    this.#spansMs.push(Math.max(0, nowMs - this.#openedMs - this.#lackMs));
    this.#lackMs = 0;
    if (this.#spansMs.length > WINDOW_TICKS) this.#spansMs.shift();
    this.#openTick++;
  }

  /** The date of time 0. */
  get startWallMs(): number {
    return this.#startWallMs;
  }

  /** Since when samples count, on the clock. */
  get countsFromMs(): number {
    return this.#countsFromMs;
  }

  get tick(): number {
    return this.#second;
  }

  get elapsedMs(): number {
    return this.#clock.nowMs() - this.#startMs;
  }

  /** The time that rates are over, so far: of what has been reported. */
  get loadMs(): number {
    return Math.max(0, this.reachedMs - this.resetMs);
  }

  /** Time of the run up to which the load has been counted. */
  get reachedMs(): number {
    return Math.min(this.#loadEndMs ?? Infinity, this.#reportedMs) - this.#startMs;
  }

  /** The time in which was counted what has been reported since the call before. */
  takeCountedMs(): number {
    const reportedMs = Math.max(this.#takenMs, this.#reportedMs);
    const countedMs = reportedMs - this.#takenMs;
    this.#takenMs = reportedMs;
    this.#lookedMs = this.#clock.nowMs();
    return countedMs;
  }

  /** A report has come. One that was made before counts were last taken, and was missing there, has its time in what is taken next. */
  reported({ madeMs, spanMs }: ReportTime): void {
    if (madeMs < this.#lookedMs) this.#takenMs = Math.max(this.#startMs, Math.min(this.#takenMs, madeMs - spanMs));
  }

  /** When the last reports were made. */
  get #reportedMs(): number {
    const nowMs = this.#clock.nowMs();
    if (this.#isComplete || this.#leadMs === 0) return nowMs;
    const reports = Math.floor((nowMs - this.#startMs + this.#leadMs) / REPORT_EVERY_MS);
    return Math.max(this.#startMs, this.#startMs + reports * REPORT_EVERY_MS - this.#leadMs);
  }

  /** Time of the run at the stop; undefined while load is asked for. */
  get loadEndedMs(): number | undefined {
    return this.#loadEndMs === undefined ? undefined : this.#loadEndMs - this.#startMs;
  }

  /** Time of the run from which samples count. */
  get resetMs(): number {
    return this.#countsFromMs - this.#startMs;
  }

  /** Number of the tick that samples count in; after the stop the last one: workers deliver up to a second later. Undefined: there was none. */
  get openTick(): number | undefined {
    if (this.#loadEndMs === undefined) return this.#openTick;
    return this.#spansMs.length > 0 ? this.#openTick - 1 : undefined;
  }

  /** The last whole ticks of the load, [from, to), and the time they took together. */
  get window(): { readonly windowFrom: number; readonly windowTo: number; readonly windowMs: number } {
    return {
      windowFrom: this.#openTick - this.#spansMs.length,
      windowTo: this.#openTick,
      windowMs: this.#spansMs.reduce((sum, span) => sum + span, 0),
    };
  }

  /** The second since the Unix epoch that the open tick began in. */
  get unixSecond(): number {
    return Math.floor(this.#startWallMs / 1000) + Math.round((this.#openedMs - this.#startMs) / 1000);
  }

  /** The date of a time on the clock: from the run's start and the monotonic clock, whatever the machine's date has been set to. */
  toWallMs(ms: number): number {
    return this.#startWallMs + (ms - this.#startMs);
  }

  save(): LoadTimeState {
    const nowMs = this.#clock.nowMs();
    return {
      elapsedMs: nowMs - this.#startMs,
      startWallMs: this.#startWallMs,
      tick: this.#second,
      countsFromAgeMs: nowMs - this.#countsFromMs,
      loadEndAgeMs: this.#loadEndMs === undefined ? null : nowMs - this.#loadEndMs,
      loadMs: this.loadMs,
    };
  }

  /** Continues from `state`, which was saved at `savedAtMs` on the clock. The window of the last ticks starts empty. */
  restore(state: LoadTimeState, savedAtMs: number): void {
    this.#startMs = savedAtMs - state.elapsedMs;
    this.#startWallMs = state.startWallMs;
    this.#second = state.tick;
    this.#countsFromMs = savedAtMs - state.countsFromAgeMs;
    this.#loadEndMs = state.loadEndAgeMs === null ? undefined : savedAtMs - state.loadEndAgeMs;
    this.#lackMs = 0;
    this.#takenMs = this.#reportedMs;
  }
}
