/**
 * The time axis of a ledger: the master's ticks, and the part of the run in which load was asked for, which rates are over. It begins
 * with the run or with the last reset of the statistics, and ends with the stop.
 *
 * Counts come once a second with the reports of the threads, some time before the tick, or after it where something is late. So rates are over the time
 * that the reports which have come cover: their `reach`. Over the time up to the tick the first rates of a run would be too low, and of a part of it that begins
 * before a late report and ends after it, too high. When all reports have come, the owner says so.
 *
 * Invariant: nothing that happens after `end` changes the span of the last ticks, and `loadMs` but for what was still to be reported.
 */
import type { Clock } from "../../base/clock.ts";
import { REPORT_EVERY_MS } from "../../base/report_times.ts";
import { ReportReach } from "./report_reach.ts";
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
  /** Up to where the reports reached. Absent: of a version that did not save it. */
  readonly reachAgeMs?: number;
}

/**
 * Where the reach of the reports is known from. `told`: each says it. `given`: the journal of a run does. `planned`: from when threads make them, in a journal
 * of a version that did not write it.
 */
type ReachSource = "told" | "given" | "planned";

export class LoadTime {
  readonly #clock: Clock;
  #startMs = 0;
  #startWallMs = 0;
  #countsFromMs = 0;
  #loadEndMs: number | undefined;
  /** Number of the open tick and when it began; up to where was counted when the last whole ones ended, and before the first of them. */
  #openTick = 0;
  #openedMs = 0;
  #edgesMs: number[] = [];
  /** The last whole second of the run that a tick ended at. */
  #second = 0;
  readonly #leadMs: number;
  #reachFrom: ReachSource;
  readonly #reach = new ReportReach<string>(0);
  /** It never goes back. */
  #reachMs = 0;
  #isComplete = false;
  /** Up to where counts were taken. */
  #takenMs = 0;

  /** `leadMs`: so long before its second is over each report is made; 0: what is counted comes at once. `reach`: what is known of them. */
  constructor(clock: Clock, leadMs = 0, reach: "told" | "planned" = "planned") {
    this.#clock = clock;
    this.#leadMs = leadMs;
    this.#reachFrom = reach;
  }

  /** Now is time 0 of the run. */
  start(): void {
    this.#startMs = this.#clock.nowMs();
    this.#startWallMs = this.#clock.wallMs();
    this.#second = 0;
    this.#loadEndMs = undefined;
    this.#isComplete = false;
    this.#takenMs = this.#reachMs = this.#startMs;
    this.#reach.restart(this.#startMs, this.#startMs);
    this.reset();
  }

  /** Samples count from now on. */
  reset(): void {
    this.#countsFromMs = this.#openedMs = this.#clock.nowMs();
    this.#openTick = 0;
    this.#edgesMs = [this.#countsFromMs];
  }

  /** Ends a tick. Its true length counts: a tick that came late makes no rate too high. */
  rotate(): void {
    const nowMs = this.#clock.nowMs();
    const second = Math.round((nowMs - this.#startMs) / 1000);
    if (this.#loadEndMs === undefined) {
      if (this.#wholeTicks === 0 && nowMs - this.#openedMs < MIN_WHOLE_TICK_MS) {
        this.#second = Math.max(this.#second + 1, second);
        return; // a reset came shortly before the tick: the rest of it belongs to the next one
      }
      this.#closeTick();
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
    else if (this.#wholeTicks > 0) this.#closeTick();
    this.#loadEndMs = nowMs;
  }

  /** Everything has been reported. */
  complete(): void {
    this.#isComplete = true;
  }

  #closeTick(): void {
    this.#edgesMs.push(Math.max(this.#countsFromMs, this.#reportedMs));
    if (this.#wholeTicks > WINDOW_TICKS) this.#edgesMs.shift();
    this.#openTick++;
  }

  /** Of the window. */
  get #wholeTicks(): number {
    return this.#edgesMs.length - 1;
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
    const reachMs = this.#reportedMs;
    const countedMs = reachMs - this.#takenMs;
    this.#takenMs = reachMs;
    return countedMs;
  }

  /** A worker has reported what it counted up to `reachMs` of the clock. */
  reported(worker: string, reachMs: number, requests: number): void {
    this.#reachFrom = "told";
    const nowMs = this.#clock.nowMs();
    this.#reach.reported(worker, { reachMs: Math.min(reachMs, nowMs), requests }, nowMs);
  }

  /** A worker is gone: no report of it is waited for. One that comes all the same is counted. */
  forget(worker: string): void {
    this.#reach.forget(worker);
  }

  /** Up to where what has been reported was counted, on the clock. */
  get reportedMs(): number {
    return this.#reportedMs;
  }

  /** As a journal has it. */
  set reportedMs(reachMs: number) {
    this.#reachFrom = "given";
    this.#reachMs = Math.max(this.#reachMs, reachMs);
  }

  get #reportedMs(): number {
    const nowMs = this.#clock.nowMs();
    if (this.#isComplete || this.#leadMs === 0) return nowMs;
    if (this.#reachFrom === "given") return this.#reachMs;
    const reachMs = this.#reachFrom === "told" ? this.#toldReach(nowMs) : this.#plannedReach(nowMs);
    return this.#reachMs = Math.max(this.#reachMs, reachMs);
  }

  #toldReach(nowMs: number): number {
    const reachMs = this.#reach.at(nowMs);
    if (reachMs === "late") return this.#reachMs;
    return reachMs === "silent" ? this.#plannedReach(nowMs) : Math.round(reachMs);
  }

  /** When the last reports were to be made. */
  #plannedReach(nowMs: number): number {
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
    return this.#wholeTicks > 0 ? this.#openTick - 1 : undefined;
  }

  /** The last whole ticks of the load, [from, to), and the time in which was counted what they have; after the stop with what comes later. */
  get window(): { readonly windowFrom: number; readonly windowTo: number; readonly windowMs: number } {
    const [first = 0] = this.#edgesMs;
    const last = this.#edgesMs.at(-1) ?? first;
    const untilMs = this.#loadEndMs === undefined ? last : Math.max(last, Math.min(this.#loadEndMs, this.#reportedMs));
    return {
      windowFrom: this.#openTick - this.#wholeTicks,
      windowTo: this.#openTick,
      windowMs: this.#wholeTicks > 0 ? untilMs - first : 0,
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
      reachAgeMs: nowMs - this.#reportedMs,
    };
  }

  /** Continues from `state`, which was saved at `savedAtMs` on the clock. The window of the last ticks starts empty. */
  restore(state: LoadTimeState, savedAtMs: number): void {
    this.#startMs = savedAtMs - state.elapsedMs;
    this.#startWallMs = state.startWallMs;
    this.#second = state.tick;
    this.#countsFromMs = savedAtMs - state.countsFromAgeMs;
    this.#loadEndMs = state.loadEndAgeMs === null ? undefined : savedAtMs - state.loadEndAgeMs;
    this.#reachMs = state.reachAgeMs === undefined ? this.#plannedReach(savedAtMs) : savedAtMs - state.reachAgeMs;
    if (state.reachAgeMs !== undefined && this.#reachFrom === "planned") this.#reachFrom = "given";
    this.#reach.restart(this.#reachMs, this.#clock.nowMs());
    this.#takenMs = this.#reachMs;
    this.#edgesMs = [this.#reachMs];
  }
}
