/** The part of a run summary that a capacity search has found. Types alone, without imports, as in `summary.ts`. */

/** What `--find-max` has found. Loads are users, or arrivals a second. */
export interface SummaryCapacity {
  readonly unit: "users" | "/s";
  /** As written. */
  readonly slo: readonly string[];
  /** `found`: the edge was confirmed. Otherwise what ended the search before. */
  readonly end: "found" | "bound" | "below" | "notRecovered" | "steps" | "stopped";
  /** The highest load within the SLO. */
  readonly load: number | null;
  /** At that load. */
  readonly requestsPerSecond: number | null;
  /**
   * The edge lies between these: two standard errors around it, or, where the search ended before it had those, the
   * loads that held and broke.
   */
  readonly low: number | null;
  readonly high: number | null;
  readonly isConfirmed: boolean;
  /** What the load above met with. */
  readonly limitedBy: "system" | "generator" | "users" | "bound" | null;
  /** The figure at that load that has fewer samples than it needs. */
  readonly thin: { readonly statistic: string; readonly samples: number; readonly needed: number } | null;
  readonly sentence: string;
  readonly steps: readonly SummaryCapacityStep[];
}

export interface SummaryCapacityStep {
  readonly number: number;
  readonly purpose: "rise" | "fall" | "halve" | "confirm";
  readonly load: number;
  /** The window that was judged. */
  readonly fromSeconds: number;
  readonly toSeconds: number;
  /** Users that ran, or arrivals started a second. */
  readonly achieved: number;
  readonly requestsPerSecond: number;
  readonly outcome: "within" | "broken" | "unclear";
  readonly figures: readonly SummaryCapacityFigure[];
  /** About the load generator in this window. */
  readonly doubts: readonly string[];
  /** Why the load was not that which was asked for. */
  readonly shortfall: string | null;
}

export interface SummaryCapacityFigure {
  readonly condition: string;
  readonly statistic: string;
  readonly limit: number;
  readonly unit: string;
  readonly measured: number | null;
  readonly outcome: "within" | "broken" | "unclear";
  /** Seconds where it is a rate. */
  readonly samples: number;
  /** The row that stands worst, for the scope `*`. */
  readonly row: string | null;
}
