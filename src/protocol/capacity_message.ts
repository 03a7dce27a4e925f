/**
 * A capacity search as messages and outputs carry it: its steps, how far it is, and its answer. Types only. Loads are
 * users, or arrivals a second; times are seconds since the start of the run.
 */

export type CapacityUnit = "users" | "/s";

/** Why a step is made: the load rises, it falls to find a first load that holds, an interval is halved, an edge is confirmed. */
export type CapacityPurpose = "rise" | "fall" | "halve" | "confirm";

export type CapacityOutcome = "within" | "broken" | "unclear";

/** One condition of the SLO in the window of a step. */
export interface CapacityFigure {
  /** `p99<300ms`, with its scope where it has one. */
  readonly condition: string;
  readonly statistic: string;
  readonly limit: number;
  readonly unit: "ms" | "%" | "/s" | "";
  /** Null where nothing was measured. */
  readonly measured: number | null;
  readonly outcome: CapacityOutcome;
  /**
   * How far on the wrong side of the limit (below 0: on the right side), as a share of samples or in the unit, and its
   * standard error.
   */
  readonly excess: number;
  readonly error: number;
  /** The error with what one second leaves to the next beyond the window; absent in records of earlier versions. */
  readonly lasting?: number;
  /** Of samples, that may be on the wrong side; absent where the figure is no share of samples. */
  readonly share?: number;
  /** Samples, or seconds where it is a rate: the weight beside other windows of the same load. */
  readonly weight: number;
  /** Samples that the statistic needs before a single slow request no longer moves it. */
  readonly needed: number;
  /**
   * Of a percentile below its limit: how its tail falls before the limit, in stretches of time; absent in records of
   * earlier versions.
   */
  readonly tails?: readonly CapacityTail[];
  /** The row that stands worst, for the scope `*`. */
  readonly row?: string;
}

/** Samples that took `fromMs` or longer, those of them that ended before `toMs`, and the time that they spent in between. */
export interface CapacityTail {
  readonly fromMs: number;
  readonly toMs: number;
  readonly beyond: number;
  readonly ended: number;
  readonly ms: number;
}

export interface CapacityStep {
  /** From 1. */
  readonly number: number;
  readonly purpose: CapacityPurpose;
  readonly unit: CapacityUnit;
  readonly load: number;
  /** The judged window: ramp and warm-up of the step come before it. */
  readonly fromSeconds: number;
  readonly toSeconds: number;
  /** Users that ran, or arrivals that were started a second. */
  readonly achieved: number;
  readonly requestsPerSecond: number;
  readonly outcome: CapacityOutcome;
  /** By the figures as they are, whatever their errors. */
  readonly leaning: "within" | "broken";
  readonly figures: readonly CapacityFigure[];
  /** Of the load generator in this window, by the rules of the verdict, as sentences. */
  readonly doubts: readonly string[];
  /** Why the load itself was not that which was asked for; absent where it was. */
  readonly shortfall?: string;
}

/** What the search does at the moment. */
export interface CapacityProgress {
  readonly unit: CapacityUnit;
  /** Of the step that is on. */
  readonly number: number;
  readonly purpose: CapacityPurpose;
  readonly load: number;
  readonly part: "ramping" | "settling" | "measuring" | "recovering";
  /** Highest load that held and lowest that broke, so far. */
  readonly low: number | null;
  readonly high: number | null;
  /** What the window goes on for: `30 s more: 12 of 700 responses above 500 ms decide`. */
  readonly waitsFor?: string;
  /** So far, in the window of the step. */
  readonly figures: readonly Pick<
    CapacityFigure,
    "condition" | "statistic" | "limit" | "unit" | "measured" | "outcome"
  >[];
}

/** `found`: the edge was confirmed. Others: what ended the search before. */
export type CapacityEnd = "found" | "bound" | "below" | "notRecovered" | "steps" | "stopped";

export interface CapacityReport {
  readonly unit: CapacityUnit;
  /** As written. */
  readonly slo: readonly string[];
  readonly end: CapacityEnd;
  /** The highest load within the SLO; null where none is known. */
  readonly load: number | null;
  /** Requests a second at that load. */
  readonly requestsPerSecond: number | null;
  /**
   * The edge lies between these: two standard errors around it, or, where the search ended before it had those, the
   * loads that held and broke.
   */
  readonly low: number | null;
  readonly high: number | null;
  /** Whether loads on both sides of the edge were seen again. */
  readonly isConfirmed: boolean;
  /** Of the figure that has too few samples at that load; absent where there is none. */
  readonly thin?: { readonly statistic: string; readonly samples: number; readonly needed: number };
  /** What the load above met with. */
  readonly limitedBy: "system" | "generator" | "users" | "bound" | null;
  readonly sentence: string;
  readonly steps: readonly CapacityStep[];
}

/** Of `runStarted`: what is searched for. */
export interface CapacityAim {
  readonly unit: CapacityUnit;
  /** The load to begin with, and the most that may be asked for. */
  readonly start: number;
  readonly max: number;
  readonly slo: readonly string[];
  readonly atLeast?: string;
}
