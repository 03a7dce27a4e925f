/**
 * Holds the thresholds of a run against what its ledger has counted, a reading a second. The owner says when the counted part begins
 * and hands the last reading to `conclude`.
 *
 * Bound: with windows, the readings of the longest window are kept, each a few hundred bytes a row; rows that count nothing between
 * two readings share theirs.
 */
import type { ThresholdStatus } from "../../protocol/threshold_message.ts";
import type { MeasureDelta } from "../../protocol/measures_message.ts";
import { ConditionWatch } from "./condition_watch.ts";
import { countBetween, type Selection } from "./count_between.ts";
import { rowKey, type RowReading } from "./counted_range.ts";
import type { LedgerReading } from "./ledger_reading.ts";
import { beganAt, type LoadSpan, reachOf, secondsWithin, spanOf } from "./load_span.ts";
import { isIdle, selectMeasures } from "./measure_counts.ts";
import { findGone, followReadings, followRow } from "./regroup_readings.ts";
import type { Counted } from "./statistic.ts";
import {
  matchesScope,
  type ScopedRow,
  type Threshold,
  type ThresholdCondition,
  type ThresholdScope,
} from "./threshold.ts";
import { toStatus, type WatchedCondition, type WatchedGroup } from "./watched_condition.ts";

/** A condition without a window ends no run before this much of it has been counted: the first seconds are noise. */
const ABORT_AFTER_SECONDS = 10;

const HALF_TICK = 0.5;

export class ThresholdMonitor {
  readonly #watched: readonly WatchedCondition[];
  readonly #longestWindow: number;
  #readings: LedgerReading[] = [];
  readonly #indexes = new WeakMap<LedgerReading, ReadonlyMap<string, RowReading>>();
  #base: LedgerReading | undefined;
  #isCounting: boolean;
  #peakUsers = 0;
  #endedAtSeconds: number | undefined;

  /** `counting: "later"`: nothing counts before `beginCounting`, as with a warm-up. */
  constructor(thresholds: readonly Threshold[], counting: "now" | "later") {
    this.#watched = thresholds.flatMap((threshold) =>
      threshold.conditions.map((condition) => ({ threshold, condition, groups: new Map<string, WatchedGroup>() }))
    );
    this.#longestWindow = Math.max(0, ...this.#watched.map(({ condition }) => condition.windowSeconds ?? 0));
    this.#isCounting = counting === "now";
  }

  /** Whether a reading has to have this row. */
  wants(row: ScopedRow): boolean {
    return this.#watched.some(({ threshold }) => matchesScope(threshold.scope, row));
  }

  /** Whether readings have to have corrected times. */
  get wantsCorrected(): boolean {
    return this.#watched.some(({ condition: { statistic } }) =>
      "latency" in statistic && statistic.latency === "corrected"
    );
  }

  /** Whether readings have to have measures. */
  get wantsMeasures(): boolean {
    return this.#watched.some(({ threshold }) => threshold.scope.kind === "measures");
  }

  /** From here on everything counts, and nothing of before. */
  beginCounting(reading: LedgerReading): void {
    this.#restart(reading);
    this.#isCounting = true;
  }

  /**
   * Another process continues the run from here. What was found broken stays so, and windows begin anew: counts of the time in between
   * arrive later than they were made.
   */
  continueFrom(reading: LedgerReading): void {
    this.#readings = [reading];
    for (const { groups } of this.#watched) for (const group of groups.values()) group.firstSecond = undefined;
  }

  /** The statistics were reset: `reading` is what is left of them. */
  reset(reading: LedgerReading): void {
    const isCounting = this.#isCounting;
    this.#restart(undefined);
    this.#isCounting = isCounting;
    this.#readings = [reading];
  }

  /** A reading at the end of a whole second of the run. */
  take(reading: LedgerReading): void {
    if (this.#endedAtSeconds !== undefined) return;
    this.#follow(reading);
    this.#readings.push(reading);
    if (!this.#isCounting) return;
    this.#peakUsers = Math.max(this.#peakUsers, reading.users);
    for (const watched of this.#watched) this.#measure(watched, reading);
    const oldest = reading.seconds - this.#longestWindow;
    while ((this.#readings[1]?.seconds ?? Infinity) <= oldest + 0.001) this.#readings.shift();
  }

  /** The steady part is over: later readings change nothing. */
  endCounting(reading: LedgerReading): void {
    if (this.#endedAtSeconds !== undefined) return;
    this.take(reading);
    this.#endedAtSeconds = reading.seconds;
  }

  /** The first condition whose threshold aborts and that is broken for certain. */
  findAbort(nowSeconds: number): ThresholdStatus | undefined {
    const countedSeconds = nowSeconds - (this.#base?.seconds ?? 0);
    const watched = this.#watched.find(({ threshold, condition, groups }) => {
      if (!threshold.aborts || nowSeconds < (condition.afterSeconds ?? 0)) return false;
      if (condition.windowSeconds === undefined && condition.afterSeconds === undefined) {
        if (countedSeconds < ABORT_AFTER_SECONDS) return false;
      }
      return [...groups.values()].some(({ watch }) => watch.brokenAtSeconds !== undefined);
    });
    return watched === undefined ? undefined : toStatus(watched, "running");
  }

  /** How each condition stands. */
  statuses(): ThresholdStatus[] {
    return this.#watched.map((watched) => toStatus(watched, "running"));
  }

  /**
   * How each condition ends. `reading`: after everything was counted, dated at the end of the load. `findNear`: the scope that one which
   * nothing belongs to was probably meant to be.
   */
  conclude(reading: LedgerReading, findNear?: (scope: ThresholdScope) => string | undefined): ThresholdStatus[] {
    if (this.#endedAtSeconds === undefined) {
      this.#follow(reading);
      const last = this.#readings.at(-1);
      // The tick of the last whole second may be missing, or have been taken before its last samples arrived.
      if (last !== undefined && reading.seconds - last.seconds < 0.5) this.#readings.pop();
      this.take(reading);
    }
    return this.#watched.map((watched) => {
      const status = toStatus(watched, "ended");
      const near = status.lacks === "row" ? findNear?.(watched.threshold.scope) : undefined;
      return near === undefined ? status : { ...status, nearest: near };
    });
  }

  /**
   * URLs were grouped into one row since the reading before: earlier readings have it, too, from now on, and what was found of rows that are
   * gone is forgotten.
   */
  #follow(reading: LedgerReading): void {
    const now = this.#indexOf(reading);
    const gone = findGone(this.#readings.at(-1)?.rows ?? this.#base?.rows ?? [], now);
    if (gone.length === 0) return;
    const follow = (from: LedgerReading) => ({ ...from, rows: followReadings(from.rows, now) });
    this.#readings = this.#readings.map(follow);
    if (this.#base !== undefined) this.#base = follow(this.#base);
    for (const { threshold: { scope }, groups } of this.#watched) {
      for (const row of gone) {
        if (scope.kind === "each") groups.delete(rowKey(row));
        if (scope.kind !== "rows" || !matchesScope(scope, row)) continue;
        const successor = followRow(row, now);
        if (!now.has(rowKey(successor)) || !matchesScope(scope, successor)) groups.clear();
      }
    }
  }

  #indexOf(reading: LedgerReading): ReadonlyMap<string, RowReading> {
    let index = this.#indexes.get(reading);
    if (index === undefined) {
      index = new Map(reading.rows.map((each) => [rowKey(each), each]));
      this.#indexes.set(reading, index);
    }
    return index;
  }

  #restart(base: LedgerReading | undefined): void {
    this.#base = base;
    this.#readings = base === undefined ? [] : [base];
    this.#peakUsers = base?.users ?? 0;
    for (const { groups } of this.#watched) groups.clear();
  }

  #measure(watched: WatchedCondition, reading: LedgerReading): void {
    const { threshold: { scope } } = watched;
    if (scope.kind === "each") {
      for (const row of reading.rows) {
        if (matchesScope(scope, row)) this.#measureGroup(watched, reading, this.#groupOf(watched, rowKey(row), row));
      }
      return;
    }
    if (scope.kind === "measures") {
      const found = selectMeasures(reading.measures ?? [], scope);
      const { windowSeconds, operator } = watched.condition;
      // Stretches of what shall not fall below a limit begin with the first value, as those of requests do.
      if (windowSeconds !== undefined && operator.startsWith(">") && found.every(isIdle)) return;
      const names = scope.match === "each" ? found.map(({ name }) => name) : found.length === 0 ? [] : [undefined];
      for (const name of names) {
        const group = this.#groupOf(watched, name ?? "", name === undefined ? undefined : { method: "", name });
        this.#measureGroup(watched, reading, group);
      }
      return;
    }
    const isOfAll = scope.kind === "total" && scope.split === undefined;
    if (!isOfAll && !reading.rows.some((row) => matchesScope(scope, row))) return;
    this.#measureGroup(watched, reading, this.#groupOf(watched, "", undefined));
  }

  #groupOf(watched: WatchedCondition, key: string, row: WatchedGroup["row"]): WatchedGroup {
    let group = watched.groups.get(key);
    if (group === undefined) {
      const { method = "", name = "", split } = row ?? {};
      const named = row === undefined ? undefined : { method, name, ...(split === undefined ? {} : { split }) };
      group = { watch: new ConditionWatch(watched.condition), row: named, firstSecond: undefined };
      watched.groups.set(key, group);
    }
    return group;
  }

  #measureGroup({ threshold, condition }: WatchedCondition, reading: LedgerReading, group: WatchedGroup): void {
    const select = this.#selectionOf(threshold, group);
    const { windowSeconds, afterSeconds = 0 } = condition;
    const span = spanOf(threshold.scope, reading);
    if (windowSeconds === undefined) {
      const loadSeconds = reading.loadSeconds - (this.#base?.loadSeconds ?? 0);
      const seconds = span === undefined
        ? loadSeconds
        : secondsWithin(span, beganAt({ seconds: reachOf(reading) }, loadSeconds), reachOf(reading));
      const counted = countBetween(select, this.#base, reading, { seconds, users: this.#peakUsers });
      return group.watch.takeWhole(counted, reading.seconds);
    }
    const hasSamples = select.rows(reading).some(({ requests }) => requests > 0) ||
      select.measures !== undefined && select.measures(reading).length > 0;
    if (group.firstSecond === undefined && (hasSamples || isOfUsers(condition))) {
      // The readings before are those of windows that had nothing to measure yet.
      group.firstSecond = Math.max(this.#base?.seconds ?? 0, this.#secondBefore(reading));
    }
    if (group.firstSecond === undefined) return;
    if (span?.toSeconds !== undefined && reading.seconds > span.toSeconds + HALF_TICK) return; // nothing is asked of it any more
    const begin = reading.seconds - windowSeconds;
    if (begin < Math.max(group.firstSecond, afterSeconds) - HALF_TICK) return;
    const before = this.#readingAt(begin);
    // No report of its time has come: it is judged with the next one, and not as a time in which nothing happened.
    if (!isOfUsers(condition) && reachOf(reading) <= (before === undefined ? 0 : reachOf(before))) return;
    group.watch.takeWindow(this.#countWindow(select, before, reading, span), reading.seconds);
  }

  #countWindow(
    select: Selection,
    before: LedgerReading | undefined,
    now: LedgerReading,
    span: LoadSpan | undefined,
  ): Counted {
    const from = before?.seconds ?? -Infinity;
    const begin = before === undefined ? 0 : reachOf(before);
    const seconds = span === undefined ? reachOf(now) - begin : secondsWithin(span, begin, reachOf(now));
    const users = Math.max(0, ...this.#readings.filter(({ seconds }) => seconds > from).map((each) => each.users));
    return countBetween(select, before, now, { seconds, users });
  }

  /** The reading nearest to a time; undefined at the start of the run, where everything was 0. */
  #readingAt(seconds: number): LedgerReading | undefined {
    if (this.#base === undefined && seconds < HALF_TICK) return undefined;
    return this.#readings.reduce((best, each) =>
      Math.abs(each.seconds - seconds) < Math.abs(best.seconds - seconds) ? each : best
    );
  }

  #selectionOf(threshold: Threshold, group: WatchedGroup): Selection {
    const { scope } = threshold;
    if (scope.kind !== "measures") return { rows: (from) => this.#selectRows(from, threshold, group) };
    const isOfGroup = ({ name }: MeasureDelta) => group.row === undefined || name === group.row.name;
    return { rows: () => [], measures: (from) => selectMeasures(from.measures ?? [], scope).filter(isOfGroup) };
  }

  #selectRows(reading: LedgerReading, { scope }: Threshold, { row }: WatchedGroup): readonly RowReading[] {
    if (scope.kind === "total" && scope.split === undefined) return [reading.total];
    if (row === undefined) return reading.rows.filter((each) => matchesScope(scope, each));
    const found = this.#indexOf(reading).get(rowKey(row));
    return found === undefined ? [] : [found];
  }

  #secondBefore(reading: LedgerReading): number {
    const at = this.#readings.indexOf(reading);
    return this.#readings[at - 1]?.seconds ?? 0;
  }
}

/** Whether it measures something also where no request was counted. */
function isOfUsers({ statistic }: ThresholdCondition): boolean {
  return statistic.kind === "users" || statistic.kind === "dropped";
}
