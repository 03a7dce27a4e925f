/**
 * Runs a capacity search second by second: says which load is wanted now, when a window begins, what a step came to,
 * and when the search ends. Its owner sets the load, reads the ledger once a second and knows the load generator; time
 * is what the readings say.
 *
 *   ramping     until the load is the one that was asked for
 *   settling    until the answers of the load before are through
 *   measuring   the window, until its figures are clear or it is long enough
 *   recovering  after a load that broke: at half of the next load, until nothing is clearly broken any more
 */
import type {
  CapacityEnd,
  CapacityOutcome,
  CapacityProgress,
  CapacityPurpose,
  CapacityStep,
} from "../../protocol/capacity_message.ts";
import { judgeBacklog } from "../../stats/capacity/backlog.ts";
import { CLEAR, CLEAR_EARLY } from "../../stats/capacity/judge_slo.ts";
import { correctSlo } from "../../stats/capacity/read_slo.ts";
import { type SloJudgement, SloWindow } from "../../stats/capacity/slo_window.ts";
import type { Threshold } from "../../stats/thresholds/threshold.ts";
import type { LedgerReading } from "../../stats/thresholds/ledger_reading.ts";
import { findBracket, isWaiting, nextStep } from "./capacity_search.ts";
import { describeWait } from "./describe_capacity.ts";
import { isSilent } from "./load_evidence.ts";
import { type LoadRange, restFor } from "./load_scale.ts";
import { endWindow, leastSeconds, paceSteps, settleFor, type StepPace } from "./step_pace.ts";

export interface SearchSettings {
  readonly slo: readonly Threshold[];
  readonly range: LoadRange;
  readonly stepSeconds: number;
  /** Users that arrivals may have at a time; absent in a search over users. */
  readonly maxUsers?: number;
}

export interface SearchSecond {
  readonly reading: LedgerReading;
  /** Whether all users that were asked for have been started. */
  readonly isReached: boolean;
  /** Of the load generator, since `windowBegan`. */
  readonly doubts: () => readonly string[];
}

export type SearchOrder =
  | { readonly kind: "load"; readonly load: number }
  | { readonly kind: "windowBegan" }
  | { readonly kind: "judged"; readonly step: CapacityStep }
  | { readonly kind: "ended"; readonly end: CapacityEnd };

/** Users that have not started by then do not start: the step is judged with those that did. */
const RAMP_SECONDS = 60;
/** As much of the users may be between two iterations of a restart. */
const USERS_SHARE = 0.99;
/** A rise in which no request ends is one of a system that does not answer, after so many steps. */
const SILENT_STEPS = 4;
/** Seconds in a row without a sign of the overload. */
const CALM_SECONDS = 2;

export class SearchMachine {
  readonly #settings: SearchSettings;
  readonly #slo: readonly Threshold[];
  readonly #pace: StepPace;
  readonly #steps: CapacityStep[];
  #load = 0;
  #purpose: CapacityPurpose = "rise";
  #part: CapacityProgress["part"] = "ramping";
  #since = 0;
  #calm = 0;
  /** Whether anything has ended since the load was lowered. */
  #isAnswering = false;
  #last: LedgerReading | undefined;
  #window: SloWindow | undefined;
  #shown: SloJudgement | undefined;
  #end: CapacityEnd | undefined;

  /** `earlier`: steps of an earlier master. */
  constructor(settings: SearchSettings, earlier: readonly CapacityStep[] = []) {
    this.#settings = settings;
    this.#slo = settings.range.unit === "/s" ? correctSlo(settings.slo) : settings.slo;
    this.#pace = paceSteps(settings.stepSeconds);
    this.#steps = [...earlier];
  }

  /** The conditions that readings have to serve. */
  get slo(): readonly Threshold[] {
    return this.#slo;
  }

  get steps(): readonly CapacityStep[] {
    return this.#steps;
  }

  /** Why the search ended by itself; undefined: it did not. */
  get end(): CapacityEnd | undefined {
    return this.#end;
  }

  get progress(): CapacityProgress {
    const { low, high } = findBracket(this.#steps);
    const waitsFor = this.#waitsFor();
    return {
      unit: this.#settings.range.unit,
      number: this.#steps.length + 1,
      purpose: this.#purpose,
      load: this.#load,
      part: this.#part,
      low: low?.load ?? null,
      high: high?.load ?? null,
      ...(waitsFor === undefined ? {} : { waitsFor }),
      figures: (this.#shown?.figures ?? []).map(({ condition, statistic, limit, unit, measured, outcome }) => ({
        condition,
        statistic,
        limit,
        unit,
        measured,
        outcome,
      })),
    };
  }

  #waitsFor(): string | undefined {
    if (isWaiting(this.#steps, this.#load)) {
      return "too slow from the start: the system may be warming up, so this load is measured again for up to 5 minutes";
    }
    const seconds = this.#window?.length;
    if (seconds === undefined || this.#shown === undefined) return undefined;
    const { longestSeconds } = this.#pace;
    const least = leastSeconds(this.#purpose, this.#looks, this.#pace);
    return describeWait((seconds < least ? least : longestSeconds) - seconds, this.#shown.figures);
  }

  /** The first load. */
  begin(seconds: number): readonly SearchOrder[] {
    return this.#next(seconds);
  }

  /** The statistics were set to zero: the window begins anew. */
  reset(): void {
    this.#last =
      this.#window =
      this.#shown =
        undefined;
    if (this.#part === "measuring") this.#part = "settling";
  }

  /** A whole second has passed. */
  take(second: SearchSecond): readonly SearchOrder[] {
    if (this.#end !== undefined) return [];
    const { reading } = second;
    const before = this.#last;
    this.#last = reading;
    const elapsed = reading.seconds - this.#since;
    switch (this.#part) {
      case "ramping":
        if (second.isReached || elapsed >= RAMP_SECONDS) this.#enter("settling", reading.seconds);
        return [];
      case "settling":
        return elapsed >= settleFor(this.#purpose, this.#pace) - 0.5 ? this.#beginWindow(reading) : [];
      case "measuring":
        return this.#measure(second);
      case "recovering":
        return this.#recover(before, reading, elapsed);
    }
  }

  #enter(part: CapacityProgress["part"], seconds: number): void {
    this.#part = part;
    this.#since = seconds;
  }

  #beginWindow(reading: LedgerReading): readonly SearchOrder[] {
    this.#enter("measuring", reading.seconds);
    this.#window = new SloWindow(this.#slo, reading);
    return [{ kind: "windowBegan" }];
  }

  #measure(second: SearchSecond): readonly SearchOrder[] {
    const window = this.#window;
    if (window === undefined) return this.#beginWindow(second.reading);
    window.take(second.reading);
    const [early, now] = [this.#judge(window, CLEAR_EARLY), this.#judge(window, CLEAR)];
    this.#shown = now;
    const mayBeSilent = this.#purpose === "rise" && this.#steps.length < SILENT_STEPS && isSilent(this.#steps);
    const outcome = endWindow(
      { seconds: window.length, early, now, purpose: this.#purpose, looks: this.#looks, mayBeSilent },
      this.#pace,
    );
    if (outcome === undefined) return [];
    const step = this.#describe(window, outcome, now, second);
    this.#steps.push(step);
    return [{ kind: "judged", step }, ...this.#leave(step, second.reading.seconds)];
  }

  /** Windows of the edge so far. */
  get #looks(): number {
    return this.#steps.filter(({ purpose }) => purpose === "confirm").length;
  }

  /** The SLO, and whether arrivals are answered as fast as they come. */
  #judge(window: SloWindow, errors: number): SloJudgement {
    const judged = window.judge(errors);
    if (this.#settings.range.unit === "users") return judged;
    const backlog = judgeBacklog(window.first, window.last);
    const figures = [...judged.figures, backlog];
    return backlog.outcome === "broken" && window.length >= this.#pace.quickSeconds
      ? { ...judged, figures, outcome: "broken", leaning: "broken" }
      : { ...judged, figures: [...judged.figures, { ...backlog, outcome: "within" }] };
  }

  #describe(window: SloWindow, outcome: CapacityOutcome, judged: SloJudgement, second: SearchSecond): CapacityStep {
    const { first, last } = window;
    const { unit } = this.#settings.range;
    const seconds = last.seconds - first.seconds;
    const shortfall = this.#findShortfall(window, outcome, judged);
    const isShort = shortfall !== undefined && outcome !== "broken" && unit === "users";
    return {
      number: this.#steps.length + 1,
      purpose: this.#purpose,
      unit,
      load: this.#load,
      fromSeconds: first.seconds,
      toSeconds: last.seconds,
      achieved: unit === "users" ? last.users : (last.arrivals.started - first.arrivals.started) / seconds,
      requestsPerSecond: (last.total.requests - first.total.requests) / seconds,
      outcome: isShort ? "broken" : outcome,
      leaning: isShort || outcome === "broken" ? "broken" : outcome === "within" ? "within" : judged.leaning,
      figures: judged.figures,
      doubts: second.doubts(),
      ...(shortfall === undefined ? {} : { shortfall }),
    };
  }

  /** Why the load that was asked for did not come about. */
  #findShortfall(window: SloWindow, outcome: CapacityOutcome, judged: SloJudgement): string | undefined {
    const { first, last } = window;
    const { range: { unit }, maxUsers = Infinity } = this.#settings;
    if (unit === "users") {
      return last.users < this.#load * USERS_SHARE ? `only ${last.users} users ran` : undefined;
    }
    if (!judged.hasSamples) return undefined;
    const waiting = last.arrivals.asked - last.arrivals.started - last.arrivals.dropped;
    const dropped = last.arrivals.dropped - first.arrivals.dropped;
    if (outcome !== "broken" || last.users < maxUsers || waiting + dropped <= 0) return undefined;
    // By measured times: it is the wait for a user alone that breaks the SLO.
    const plain = new SloWindow(this.#settings.slo, first);
    plain.take(last);
    if (plain.judge(CLEAR).leaning !== "within") return undefined;
    return `all ${maxUsers} users were in use, and arrivals waited for one (--max-users)`;
  }

  #leave({ outcome, leaning }: CapacityStep, seconds: number): readonly SearchOrder[] {
    this.#window = this.#shown = undefined;
    if (outcome === "within" || leaning === "within") return this.#next(seconds);
    const next = nextStep(this.#steps, this.#settings.range);
    if (next.kind === "ended") return this.#finish(next.end);
    this.#calm = 0;
    this.#isAnswering = false;
    this.#purpose = next.purpose;
    this.#enter("recovering", seconds);
    return [{ kind: "load", load: this.#restLoad(next.load) }];
  }

  #restLoad(next: number): number {
    const { low } = findBracket(this.#steps);
    this.#load = restFor(Math.min(next, low?.load ?? next), this.#settings.range.unit);
    return this.#load;
  }

  #recover(before: LedgerReading | undefined, now: LedgerReading, elapsed: number): readonly SearchOrder[] {
    const waiting = now.arrivals.asked - now.arrivals.started - now.arrivals.dropped;
    // Answers of the overload may still come: a second that begins before its end says nothing.
    if (before === undefined || elapsed <= 1) return [];
    const second = new SloWindow(this.#slo, before);
    second.take(now);
    const { outcome, hasSamples } = second.judge(CLEAR);
    this.#isAnswering ||= hasSamples;
    const isCalm = outcome !== "broken" && waiting <= Math.max(1, this.#load / 10);
    this.#calm = isCalm ? this.#calm + 1 : 0;
    if (this.#calm >= CALM_SECONDS && this.#isAnswering) return this.#next(now.seconds);
    if (elapsed < this.#pace.recoverSeconds) return [];
    // Where no load has held yet, half of the next one may itself be too much; and so small a load may have no request in all this time.
    const goesOn = findBracket(this.#steps).low === undefined || this.#calm >= CALM_SECONDS;
    return goesOn ? this.#next(now.seconds) : this.#finish("notRecovered");
  }

  #next(seconds: number): readonly SearchOrder[] {
    const next = nextStep(this.#steps, this.#settings.range);
    if (next.kind === "ended") return this.#finish(next.end);
    this.#load = next.load;
    this.#purpose = next.purpose;
    this.#enter("ramping", seconds);
    return [{ kind: "load", load: next.load }];
  }

  #finish(end: CapacityEnd): readonly SearchOrder[] {
    this.#end = end;
    return [{ kind: "ended", end }];
  }
}
