/**
 * An immutable reading of the master's ledger, taken on its tick: what terminal, files, journal, events and UI show.
 * Response times are milliseconds with fractions. Plain data.
 */
import type { ArrivalCounts } from "./arrivals_message.ts";
import type { IterationCounts, IterationPlan } from "./iterations_message.ts";
import type { DrainCounts, Phase } from "./delta_message.ts";
import type { MeasuresSnapshot } from "./measures_message.ts";
import type { ScenarioState } from "./scenario_message.ts";

/** Percentiles in every report, as fractions. */
export const REPORTED_PERCENTILES = [0.5, 0.66, 0.75, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999, 0.9999, 1] as const;

export type ReportedPercentile = typeof REPORTED_PERCENTILES[number];

export interface EntrySnapshot {
  readonly method: string;
  readonly name: string; // `Aggregated` with an empty method: the total
  readonly requests: number;
  readonly failures: number;
  readonly untimed: number;
  readonly sumMs: number;
  readonly minMs: number | null;
  readonly maxMs: number | null;
  readonly meanMs: number;
  readonly medianMs: number;
  /** One value per `REPORTED_PERCENTILES`; null where nothing was timed. */
  readonly percentilesMs: readonly (number | null)[];
  /**
   * The whole histogram of the response times, packed, for every other percentile: `stats/histogram/percentile.ts`.
   * Absent in journals, whose `counted` and `checkpoint` lines hold the times.
   */
  readonly times?: Uint8Array;
  /** The same of the last 10 whole ticks. */
  readonly windowTimes?: Uint8Array;
  /** The same percentiles of the corrected latency; absent where no paced user made a request. */
  readonly correctedPercentilesMs?: readonly (number | null)[];
  readonly bytes: number;
  readonly currentPerSecond: number; // mean of the last 10 whole ticks
  readonly currentFailuresPerSecond: number;
  /** Requests that were started while load was asked for, over that time (`SnapshotMessage.loadMs`). */
  readonly totalPerSecond: number;
  readonly totalFailuresPerSecond: number;
  /** Percentiles of the last 10 whole ticks; null where nothing was timed. */
  readonly windowPercentilesMs: readonly (number | null)[];
  /** Under --phases: mean and p95 of each phase that occurred. */
  readonly phases?: Readonly<
    Partial<Record<Phase, { readonly count: number; readonly meanMs: number; readonly p95Ms: number }>>
  >;
  /** Requests that ended after the stop; absent where there are none. */
  readonly drain?: DrainCounts;
  readonly startWallMs: number;
  readonly lastWallMs: number | null;
}

export interface FailureSnapshot {
  readonly method: string;
  readonly name: string;
  readonly text: string;
  readonly count: number;
  readonly firstWallMs: number;
  readonly lastWallMs: number;
}

export interface ExceptionSnapshot {
  readonly message: string;
  readonly stack: string;
  readonly where: string;
  readonly count: number;
  readonly workers: readonly string[]; // worker ids; `local` in a local run
}

export interface WorkerSnapshot {
  readonly id: string;
  readonly index: number;
  readonly host: string;
  readonly state: string;
  readonly users: number;
  readonly threads: number;
  readonly requests: number;
  readonly cpuPercent: number;
  readonly rssBytes: number;
  readonly loopLagP99Ms: number;
  readonly latenessP99Ms: number;
  /** What its threads use for plain TCP: `uring`, `epoll` or `runtime`. Absent before it is ready, and from older workers. */
  readonly socket?: string;
  /** What happened to it in the run, in short: `away 20 s`, `2 links broke`. Absent if nothing did. */
  readonly incidents?: readonly string[];
}

/** Task starts of paced users a second, mean of the last 10 ticks. */
export interface PaceSnapshot {
  /** As `constantPacing` and `constantThroughput` of the users that run ask for. */
  readonly intendedPerSecond: number;
  readonly achievedPerSecond: number;
}

/** Arrivals as they were counted. Rates are the mean of the last 10 whole ticks. */
export interface CountedArrivals extends ArrivalCounts {
  /** Asked, and neither started nor dropped; after the stop: never started. */
  readonly waiting: number;
  readonly askedPerSecond: number;
  readonly startedPerSecond: number;
  readonly droppedPerSecond: number;
  readonly latePerSecond: number;
}

/** How far the rows of a feed of the locustfile are used. */
export interface FeedProgress {
  readonly name: string;
  /** Null: without end. */
  readonly rows: number | null;
  /** Given to users, or to a thread for its next users. */
  readonly used: number;
  /** Rows that are unique in the run, and not used; null where rows repeat or have no end. */
  readonly left: number | null;
  /** Of `used`: given to threads that are gone, which may or may not have used them. Nobody else gets them. */
  readonly unsure: number;
}

/** A number of iterations that was asked for, and what was counted of them. A reset of the statistics changes nothing of it. */
export interface IterationsSnapshot extends IterationCounts, Pick<IterationPlan, "name" | "kind"> {
  /** In all; where each user makes some, those of all users that were wanted so far. */
  readonly asked: number;
  /**
   * Given to workers or threads that are gone, and not reported: nobody knows whether they were started, and they are
   * not started again.
   */
  readonly unknown: number;
}

/** URLs that differ only in ids and are one row: its method and name, and some of them. */
export interface UrlGroup {
  readonly method: string;
  readonly name: string;
  readonly examples: readonly string[];
}

/** What requests with one value of a tag counted, in all and by row. */
export interface SplitValueSnapshot {
  readonly value: string;
  readonly total: EntrySnapshot;
  readonly entries: readonly EntrySnapshot[]; // sorted as the rows of the snapshot
}

/** The rows split by a tag. Requests without the tag are in none of its values. */
export interface SplitSnapshot {
  readonly tag: string;
  readonly values: readonly SplitValueSnapshot[]; // sorted, `(other)` last
}

/** The arrivals of an open load. */
export interface ArrivalsSnapshot extends CountedArrivals {
  /** By the schedule, until now or the stop. More than `asked`: some were lost with their worker, or are not reported yet. */
  readonly planned: number;
  /** The rate of the schedule now; at the stop, after it. */
  readonly plannedPerSecond: number;
}

/** What starts the tasks of a class: arrivals that come whatever its users do, or users that keep a target rate together. */
export type ScheduleKind = "arrivals" | "target";

/** The arrivals of one class, or the task starts that its target rate asked for. */
export interface ClassArrivals extends CountedArrivals {
  readonly name: string;
  readonly kind: ScheduleKind;
  /** The rate of the schedule now. */
  readonly plannedPerSecond: number;
}

/** Where a scenario is, and its users. Times are since the start of the run, and known once they have come. */
export interface ScenarioSnapshot {
  readonly name: string;
  readonly state: ScenarioState;
  /** That run; of arrivals, those in use. */
  readonly users: number;
  /** That its load asks for now; 0 of arrivals, whose users come with them. */
  readonly wantedUsers: number;
  readonly startMs?: number;
  readonly overMs?: number;
  readonly endMs?: number;
}

export interface SnapshotMessage {
  readonly tick: number; // whole seconds since the run started, on the master's clock
  readonly wallMs: number;
  readonly elapsedMs: number; // since the run started
  /** The time that rates are over, in which load was asked for: from the start or the last reset to now or the stop. */
  readonly loadMs: number;
  /** `elapsedMs` at the stop; absent while load is asked for. */
  readonly loadEndedMs?: number;
  /** `elapsedMs` at the last reset of the statistics; absent if there was none. */
  readonly resetMs?: number;
  readonly state: string;
  readonly userCount: number;
  readonly targetUserCount: number;
  readonly usersByClass: Readonly<Record<string, number>>;
  /** Absent where no user is paced. */
  readonly pace?: PaceSnapshot;
  /** Absent where the run has no scenarios. */
  readonly scenarios?: readonly ScenarioSnapshot[];
  /** Absent where no class has an arrival rate. */
  readonly arrivals?: ArrivalsSnapshot;
  /** By name; absent where the locustfile has drawn from none. */
  readonly feeds?: readonly FeedProgress[];
  /** Absent where no number of iterations was asked for. */
  readonly iterations?: readonly IterationsSnapshot[];
  /** Absent where the test has no check, metric or transaction. */
  readonly measures?: MeasuresSnapshot;
  /** By class, in the order of the locustfile; absent where no class has an arrival rate or a target rate. */
  readonly classArrivals?: readonly ClassArrivals[];
  readonly entries: readonly EntrySnapshot[]; // sorted by name, then method, in code-point order
  readonly total: EntrySnapshot;
  /** Rows that stand for more than 20 URLs, sorted as the rows; absent where there is none. */
  readonly urlGroups?: readonly UrlGroup[] | undefined;
  /** By tag; absent where no request had one. */
  readonly splits?: readonly SplitSnapshot[] | undefined;
  /** Tags of requests that are in no split, because there were too many different tags; absent: none. */
  readonly droppedTags?: number | undefined;
  readonly failures: readonly FailureSnapshot[]; // in order of first occurrence
  readonly exceptions: readonly ExceptionSnapshot[];
  readonly workers: readonly WorkerSnapshot[];
  /** Responses by status, in order. */
  readonly statuses: Readonly<Record<string, number>>;
}
