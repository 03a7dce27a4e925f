/**
 * The statistics of a run in the web UI's own API: the whole of them (`ApiSnapshot`), what changes from tick to tick (`ApiTick`), and
 * the history. Types alone, shared by the server and the page.
 */
import type { SummaryArrivals, SummaryClassArrivals, SummaryScenario } from "../../report/summary/load_summary.ts";
import type {
  RunSummary,
  SummaryException,
  SummaryFailure,
  SummarySpan,
  SummaryThreshold,
  SummaryVerdict,
  SummaryWorker,
} from "../../report/summary/summary.ts";
import type { ApiLogLine, ApiRun, ApiRunState } from "./api_types.ts";

/** One row of the statistics. `Aggregated` with an empty method is the total. */
export interface ApiRow extends ApiRowFigures {
  readonly method: string;
  readonly name: string;
}

/** Times are rounded to whole microseconds. Percentiles are of the whole run, rates `current…` of the last 10 seconds. */
export interface ApiRowFigures {
  readonly requests: number;
  readonly failures: number;
  readonly p50Ms: number | null;
  readonly p90Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly p999Ms: number | null;
  readonly meanMs: number | null;
  readonly minMs: number | null;
  readonly maxMs: number | null;
  readonly meanBytes: number;
  readonly currentPerSecond: number;
  readonly currentFailuresPerSecond: number;
  readonly perSecond: number;
  readonly failuresPerSecond: number;
  /** Corrected for coordinated omission; null where no paced user made a request. */
  readonly correctedP50Ms: number | null;
  readonly correctedP95Ms: number | null;
  readonly correctedP99Ms: number | null;
}

/** The last 10 seconds of all requests, or of those of a scenario. */
export interface ApiWindow {
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
}

/** Task starts of paced users (`constantPacing`, `constantThroughput`) a second, over the last 10 seconds. */
export interface ApiPace {
  readonly intendedPerSecond: number;
  readonly achievedPerSecond: number;
}

/** Arrivals of an open load: counts of the run, and rates over the last 10 seconds. */
export interface ApiArrivals extends SummaryArrivals {
  /** The rate of the schedule now. */
  readonly plannedPerSecond: number;
  readonly askedPerSecond: number;
  readonly startedPerSecond: number;
  readonly droppedPerSecond: number;
  readonly latePerSecond: number;
}

/** Checks, metrics and transactions of the test, as in the summary; what there is none of is absent. */
export type ApiMeasures = Pick<
  RunSummary,
  "checks" | "metrics" | "transactions" | "checkSplits" | "droppedCheckTags"
>;

/** Of one class: arrivals, or the task starts of its target rate. Rates are over the last 10 seconds. */
export interface ApiClassArrivals extends SummaryClassArrivals {
  /** The rate of the schedule now. */
  readonly plannedPerSecond: number;
  readonly startedPerSecond: number;
  readonly droppedPerSecond: number;
}

/** A scenario with all its requests; absent before the first of them. */
export interface ApiScenario extends SummaryScenario {
  /** Rates `current…` are of the last 10 seconds, the rest is of the whole run. */
  readonly total?: ApiRow;
  /** Of the last 10 seconds. */
  readonly window?: ApiWindow;
}

/** Figures of the moment, which a snapshot and a tick both have whole; `capacity` is what a search has found so far. */
export interface ApiReading extends Pick<RunSummary, "iterations" | "feeds" | "capacity"> {
  /** Whole seconds since the start of the run; 0 before the first one. */
  readonly tick: number;
  readonly total: ApiRow;
  /** Rates over the whole load and the last 10 seconds. */
  readonly window: ApiWindow;
  /** Intended against achieved load; null where no user is paced. */
  readonly pace: ApiPace | null;
  /** Absent where no class has an arrival rate. */
  readonly arrivals?: ApiArrivals;
  /** Absent where no class has an arrival rate or a target rate. */
  readonly classArrivals?: readonly ApiClassArrivals[];
  /** Absent where the run has none. */
  readonly scenarios?: readonly ApiScenario[];
  /** What a capacity search does at the moment, as a sentence; absent before and after. */
  readonly search?: string;
}

/** Lists that change seldom: whole in a snapshot, and in a tick where they changed. */
export interface ApiLists {
  readonly usersByClass: Readonly<Record<string, number>>;
  readonly measures: ApiMeasures;
  readonly failures: readonly SummaryFailure[];
  readonly exceptions: readonly SummaryException[];
  readonly workers: readonly SummaryWorker[];
  readonly thresholds: readonly ApiThreshold[];
  /** In a tick: those that are new. */
  readonly markers: readonly ApiMarker[];
  /** By key: the rows of extra tabs and the values of extra columns of the locustfile. */
  readonly extra: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
}

/** `GET /api/v1/snapshot`; also the data of the SSE event `snapshot`. */
export interface ApiSnapshot extends ApiReading, ApiLists {
  readonly run: ApiRun;
  /** Of the last event that this snapshot contains: `tick` events with a higher id come on top of it. */
  readonly eventId: number;
  /** Tags that requests had: `GET /api/v1/splits?tag=` has the rows by their values. Absent: none. */
  readonly tags?: readonly string[];
  /** In order of first appearance, which stays the same within a run: `ApiRowChanges` count in it. */
  readonly rows: readonly ApiRow[];
}

/**
 * The data of the SSE event `tick`: what changed since the event before it. What is absent did not change. At the start of a run and
 * after a reset of the statistics a `snapshot` comes first.
 */
export interface ApiTick extends ApiReading, Partial<ApiLists> {
  readonly runId: string;
  /** Of the event that this one comes on top of. A reader that has another one asks for `GET /api/v1/snapshot`. */
  readonly after: number;
  readonly state: ApiRunState;
  readonly elapsedMs: number;
  readonly users: number;
  readonly targetUsers: number;
  readonly peakUsers: number;
  /** All of them, where there is a new one. */
  readonly tags?: readonly string[];
  /** Rows that are new, after those that are known. */
  readonly added?: readonly ApiRow[];
  readonly changes?: ApiRowChanges;
  /** New steps of the history, with their times, as in the summary. More than one where events were left out. */
  readonly history: readonly SummarySpan[];
}

/**
 * Figures of known rows that changed, column by column. `gaps`: the distance to the row before, the first from -1, so that
 * `[1, 1, 1]` are the rows 0, 1 and 2. `row_changes.ts` has both directions.
 */
export type ApiRowChanges = Readonly<
  Partial<
    Record<keyof ApiRowFigures, { readonly gaps: readonly number[]; readonly values: readonly (number | null)[] }>
  >
>;

export interface ApiThreshold extends SummaryThreshold {
  /** `pending`: nothing that counts has been measured yet. */
  readonly state: "pending" | "met" | "broken";
  /** The row that stands worst, for the scope `*`. */
  readonly row: { readonly method: string; readonly name: string } | null;
}

/** Something that happened, for the charts. */
export interface ApiMarker {
  readonly elapsedMs: number;
  readonly kind: "start" | "edit" | "rampEnd" | "scenario" | "worker" | "threshold" | "step" | "reset" | "stop";
  readonly text: string;
}

/** `GET /api/v1/splits?tag=region`: the rows by the values of a tag, as of the last tick. */
export interface ApiSplits {
  readonly tag: string;
  /** Sorted, `(other)` last. */
  readonly values: readonly {
    readonly value: string;
    readonly total: ApiRow;
    readonly entries: readonly ApiRow[];
  }[];
}

/** The data of the SSE event `worker`. */
export interface ApiWorkerEvent {
  readonly workerId: string;
  readonly change: "joined" | "missing" | "returned" | "troubled" | "left";
  readonly text: string;
  /** Workers that are ready for load, after it. */
  readonly ready: number;
}

/** `GET /api/v1/history`. `tick` is the end of the step, in whole seconds since the start; `?since=` takes it, exclusive. */
export interface ApiHistory {
  readonly history: readonly ApiHistoryPoint[];
}

/** `GET /api/v1/history?times=1`, of all requests: the steps with their times. */
export interface ApiTimedHistory {
  readonly history: readonly SummarySpan[];
}

/** A step as the summary has it. */
export interface ApiHistoryPoint extends Omit<SummarySpan, "bytes" | "maxMs" | "times"> {
  readonly tick: number;
}

/** The SSE events of `GET /api/v1/events`, by name. */
export interface ApiEvents {
  readonly snapshot: ApiSnapshot;
  readonly tick: ApiTick;
  readonly state: ApiRun;
  readonly worker: ApiWorkerEvent;
  /** A condition that changed its state. */
  readonly threshold: ApiThreshold;
  readonly verdict: SummaryVerdict;
  readonly log: readonly ApiLogLine[];
}
