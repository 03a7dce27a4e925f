/**
 * The standing of each condition of the thresholds: what terminal, files, journal and web UI show of it. One status per
 * condition.
 */
export interface ThresholdStatus {
  /** The whole threshold, as written. */
  readonly expression: string;
  /** `Aggregated`, `*`, the row as written, or checks, a metric or transactions as in `checks{has items}`. */
  readonly scope: string;
  readonly metric:
    | "response_time"
    | "failures"
    | "requests"
    | "users"
    | "arrivals"
    | "checks"
    | "metrics"
    | "transactions"
    | "capacity";
  readonly statistic: string;
  readonly operator: "<" | "<=" | ">" | ">=";
  readonly limit: number;
  /** `ms`, `%`, `/s`, `users`, or the unit of the metric; empty where the figure is a count. */
  readonly unit: string;
  /** Over the counted part so far, or of the worst window; null where nothing was measured. */
  readonly measured: number | null;
  /** `pending`: nothing that counts has been measured yet. At the end of a run there is no `pending`. */
  readonly state: "pending" | "met" | "broken";
  /**
   * Seconds since the start of the run at which it was last found broken, or its first broken window ended; null if it
   * is not.
   */
  readonly crossedAtSeconds: number | null;
  readonly windowSeconds: number | null;
  readonly aborts: boolean;
  /** The row that stands worst, for the scope `*`. */
  readonly row?: { readonly method: string; readonly name: string };
  /** The samples behind the figure, where they are fewer than its percentile needs. At the end of a run. */
  readonly thin?: { readonly samples: number; readonly needed: number };
  /** Why there is no figure. */
  readonly lacks?: "row" | "samples" | "figure" | "time";
  /** Where it lacks a row: the scope whose name is nearest among those that were counted. At the end of a run. */
  readonly nearest?: string;
}
