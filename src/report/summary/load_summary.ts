/**
 * The part of a run summary that says how far the load that was asked for has come: arrivals, scenarios, iterations,
 * the rows of feeds. Types alone, without imports, as in `summary.ts`.
 */

/** How far the rows of a feed are used. */
export interface SummaryFeed {
  readonly name: string;
  /** Null: without end. */
  readonly rows: number | null;
  /** Given to users, or to a thread for its next users. */
  readonly used: number;
  /** Rows that are unique in the run, and not used; null where rows repeat or have no end. */
  readonly left: number | null;
  /** Of `used`: given to threads that are gone, which may or may not have used them. */
  readonly unsure: number;
}

/** Where a scenario is, or was at the end of the run. Times are since the start of the run; null: not come. */
export interface SummaryScenario {
  readonly name: string;
  /** `ending`: its load is over, and some of its users have not ended. */
  readonly state: "waiting" | "running" | "ending" | "ended";
  /** That run; of arrivals, those in use. */
  readonly users: number;
  /** That its load asks for now; 0 of arrivals. */
  readonly wantedUsers: number;
  readonly startSeconds: number | null;
  /** The end of its load. */
  readonly overSeconds: number | null;
  /** The end of its last user. */
  readonly endSeconds: number | null;
}

/** A number of iterations that was asked for. `started` minus `ended` and `interrupted` are under way. */
export interface SummaryIterations {
  /** The scenario; empty: the whole test. */
  readonly name: string;
  /** `perUser`: each user makes so many. `shared`: all users together. */
  readonly kind: "perUser" | "shared";
  /** In all, over the users of the run. */
  readonly asked: number;
  readonly started: number;
  readonly ended: number;
  /** Their users had to stop. */
  readonly interrupted: number;
  /** Given to a worker or a thread that was lost: nobody knows whether they were started, and they are not started again. */
  readonly unknown: number;
}

/** Arrivals of an open load over the counted part of the run. `asked` is `started` plus `dropped` plus `waiting`. */
export interface SummaryArrivals extends SummaryArrivalCounts {
  /** By the schedule. More than `asked` where some were lost with a worker. */
  readonly planned: number;
  /** Never started: no user was free before the stop. */
  readonly waiting: number;
}

/** Arrivals of one class, or the task starts that its target rate asked for. */
export interface SummaryClassArrivals extends SummaryArrivalCounts {
  readonly name: string;
  readonly kind: "arrivals" | "target";
  /** Never started. */
  readonly waiting: number;
}

export interface SummaryArrivalCounts {
  readonly asked: number;
  readonly started: number;
  readonly dropped: number;
  /** Of those started: more than 10 ms after their time. */
  readonly late: number;
}
