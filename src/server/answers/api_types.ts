/**
 * The shapes of the web UI's own API, `/api/v1`, shared by the server and the page. Types alone; the only imports are other files of
 * types; statistics and what changes in them are in `api_snapshot.ts`. `GET /api/v1/openapi.json` describes the same for other programs.
 *
 * Times are milliseconds unless the name says otherwise, rates are per second, sizes are bytes, dates are ISO 8601 in UTC. A figure
 * that does not exist is null.
 */
import type { ScenarioPlan } from "../../protocol/scenario_message.ts";
import type {
  RunSummary,
  SummaryEntry,
  SummaryFailure,
  SummaryVerdict,
  SummaryWorker,
} from "../../report/summary/summary.ts";

export type ApiRunState = "ready" | "spawning" | "running" | "stopping" | "stopped";

/** A value of an option of the locustfile, in a form and in a request. */
export type ApiOptionValue = string | number | boolean | readonly string[] | null;

/** What a run was asked for. A part that a shape decides is null. */
export interface ApiPlan {
  readonly users: number | null;
  readonly spawnRate: number | null;
  /** Where classes have arrivals: the rate of all together, as `--rate` has it; empty where stages or chance make that no one text. */
  readonly rate?: string;
  /** The same of the classes with a target rate. */
  readonly targetRate?: string;
  readonly runTimeSeconds: number | null;
  readonly host: string | null;
  readonly userClasses: readonly string[];
  readonly shape: string | null;
  readonly profile: string | null;
}

/** `GET /api/v1/run`; also the data of the SSE event `state`. */
export interface ApiRun {
  readonly state: ApiRunState;
  /** The latest run of this process; null before the first one. */
  readonly runId: string | null;
  readonly startedAt: string | null;
  readonly plan: ApiPlan | null;
  readonly elapsedMs: number;
  /** `elapsedMs` at the stop; null while load is asked for. */
  readonly loadEndedMs: number | null;
  readonly users: number;
  readonly targetUsers: number;
  readonly peakUsers: number;
  /** As it would be if the run ended now; null before the first tick. */
  readonly verdict: SummaryVerdict | null;
  /** Null during the run. */
  readonly stopReason: { readonly kind: string; readonly sentence: string } | null;
  readonly exitCode: number | null;
  /** While the state is `stopping`: what the run waits for. */
  readonly waitsFor: readonly ApiDrainingWorker[];
  /** What the threads of each worker use for plain TCP, by worker: `uring`, `epoll` or `runtime`. */
  readonly sockets: Readonly<Record<string, string>>;
  /** A start that failed, until the next one: what stood in its way. */
  readonly problem: string | null;
  /** Workers that would take load now. */
  readonly readyWorkers: number;
}

export interface ApiDrainingWorker {
  readonly workerId: string;
  readonly users: number;
  readonly atMostMs: number;
}

/** `POST /api/v1/run`. What is absent is as in the form's defaults. */
export interface ApiStartRequest {
  readonly users?: number;
  readonly spawnRate?: number;
  /** Arrivals in place of users, as `--rate` has them: `50/s`. Null: users. */
  readonly rate?: string | null;
  /** Users at a time that serve arrivals, as `--max-users`. Null: as the classes say, else 1,000. */
  readonly maxUsers?: number | null;
  /** A search for the capacity, which begins with the users or the rate: conditions as `--slo` has them. Null or empty: no search. */
  readonly slo?: readonly string[] | null;
  readonly host?: string;
  /** Seconds, or a time span as on the command line: `1h30m`. Null or empty: no limit. */
  readonly runTime?: number | string | null;
  /** Names. Only with `--class-picker`. */
  readonly userClasses?: readonly string[];
  /** Names of the scenarios to run, of those that the form has. */
  readonly scenarios?: readonly string[];
  /** Null or `Default`: none; `--stages`: those of the command line. Only with `--class-picker`. */
  readonly shape?: string | null;
  readonly tags?: readonly string[];
  readonly profile?: string | null;
  /** Options of the locustfile by their long names. */
  readonly options?: Readonly<Record<string, ApiOptionValue>>;
}

/** `PATCH /api/v1/run`. What is absent stays. */
export interface ApiEditRequest {
  readonly users?: number;
  readonly spawnRate?: number;
  /** Of a run with arrivals: another rate, `80/s`. */
  readonly rate?: string | null;
  /** Of a run with classes that have a `targetRate`: another one, of all of them together. */
  readonly targetRate?: string;
  /** Counted from the start of the run; null: no limit. */
  readonly runTime?: number | string | null;
  readonly host?: string;
  /** Options of the locustfile by their long names; the others stay as they are. */
  readonly options?: Readonly<Record<string, ApiOptionValue>>;
}

/** `GET /api/v1/form`: the start form, its defaults, and what this reader may do. */
export interface ApiForm {
  readonly program: ApiProgram;
  readonly access: ApiAccess;
  /** Values of the last start, else of the command line. */
  readonly defaults: {
    readonly users: number;
    readonly spawnRate: number;
    /** Arrivals in place of users; absent: users. */
    readonly rate?: string;
    /** `--max-users`; absent: it was not given. */
    readonly maxUsers?: number;
    /** Of a search for the capacity; absent: none. */
    readonly slo?: readonly string[];
    readonly host: string | null;
    /** As it is typed: `1h30m`; empty without a limit. */
    readonly runTime: string;
    readonly profile: string | null;
    readonly tags: readonly string[];
  };
  readonly profiles: readonly string[];
  /** True where a class has no host of its own and none was given. */
  readonly isHostMissing: boolean;
  readonly isHostRequired: boolean;
  /** Every class has an HTTP client, so that a host is a URL. False: for some it is what they take it for. */
  readonly isHostUrl: boolean;
  /** Without a class picker: the shape that decides the load, so that users, rate and run time are not asked for. */
  readonly shape: string | null;
  readonly hasClassPicker: boolean;
  /** The scenarios that may decide the load, without values of their options; absent where there are none. */
  readonly scenarios?: readonly ApiFormScenario[];
  /** The command line has named them with `--scenario`: they may not be all that the locustfile has. Absent: they are. */
  readonly areScenariosNamed?: true;
  readonly userClasses: readonly ApiUserClass[];
  readonly shapes: readonly string[];
  /** Shapes that read users, spawn rate and run time themselves (`useCommonOptions`): these are asked for with them too. */
  readonly askingShapes: readonly string[];
  readonly options: readonly ApiFormOption[];
  /** The stages of the command line, which decide the load while `shape` is `--stages`; null without. */
  readonly stages: string | null;
  /** The words of the command line that starts the same test, before those of the form: `["locust-ts", "run", "shop.ts"]`. */
  readonly command: readonly string[];
  /** More of its words, for a search for the capacity: `["--at-least", "1500/s", "--step-time", "20s"]`. */
  readonly searchCommand: readonly string[];
  /** Users over time of the shapes that may be started, `--stages` among them: null where they are not known before. */
  readonly shapePoints: Readonly<Record<string, ApiShapePoints | null>>;
  readonly tabs: readonly ApiExtraTab[];
  /** Columns that a locustfile adds to the table of requests: `ApiSnapshot.extra[key]` has rows `{name: "GET /items", value}`. */
  readonly columns: readonly { readonly key: string; readonly title: string }[];
  /** More links among the downloads, of the locustfile. */
  readonly downloads: readonly ApiExtraDownload[];
}

export interface ApiFormScenario extends ScenarioPlan {
  /** It was in the last start, or there was none. */
  readonly isSelected: boolean;
}

export type ApiShapePoints = readonly (readonly [second: number, users: number])[];

export interface ApiProgram {
  readonly version: string;
  readonly runtime: string;
  readonly locustfile: string;
  readonly isDistributed: boolean;
  /** Of a master: a start waits for so many. */
  readonly expectedWorkers?: number;
  /** `GET /api/v1/files/history.csv` has rows of every name, not of the total alone. */
  readonly hasFullHistory: boolean;
  readonly thresholds: readonly string[];
}

export interface ApiAccess {
  readonly role: "operator" | "spectator";
  /** A login is in force: the page offers Log out. */
  readonly hasLogin: boolean;
}

export interface ApiUserClass {
  readonly name: string;
  readonly host: string | null;
  readonly weight: number;
  readonly fixedCount: number;
  readonly tasks: readonly string[];
  readonly isSelected: boolean;
  /** The attributes that can be changed by `PATCH /api/v1/user-classes/NAME`: what the class's `json()` returns. */
  readonly settings: Readonly<Record<string, string | number | boolean | null>>;
}

export interface ApiFormOption {
  /** Long name without dashes; the key in `ApiStartRequest.options`. */
  readonly name: string;
  readonly label: string;
  readonly help: string;
  readonly kind: "text" | "number" | "boolean" | "choice" | "choices" | "list";
  readonly choices: readonly string[];
  /** Null for a secret, whose value is not shown. */
  readonly value: ApiOptionValue;
  readonly isSecret: boolean;
  readonly isRequired: boolean;
}

/** A tab that a locustfile adds: a table fed by `ApiSnapshot.extra[key]`. */
export interface ApiExtraTab {
  readonly key: string;
  readonly title: string;
  readonly columns: readonly { readonly key: string; readonly title: string }[];
}

/** A link that a locustfile adds to the downloads. */
export interface ApiExtraDownload {
  readonly title: string;
  /** Below the address of the web UI, without a slash in front, or a whole URL of http or https. */
  readonly href: string;
}

/**
 * `PATCH /api/v1/user-classes/NAME`: attributes of a user class from the next start on. `tasks`: names of its tasks, which are the only
 * ones then. Any other key is a static attribute of the class. Answers with the `ApiUserClass` as it is then.
 */
export interface ApiClassEdit {
  readonly weight?: number;
  readonly fixedCount?: number;
  readonly host?: string | null;
  readonly tasks?: readonly string[];
  readonly [attribute: string]: ApiOptionValue | undefined;
}

/** `GET /api/v1/entry?entry=METHOD%20NAME`: one row in full, with its histogram; the total without `entry`. */
export interface ApiEntry {
  readonly entry: SummaryEntry;
  /** Of the steady part; null for rows, without a warm-up, and before the steady part. */
  readonly steady: SummaryEntry | null;
}

/** `GET /api/v1/failures?entry=METHOD%20NAME`: of all rows without `entry`. */
export interface ApiFailures {
  readonly failures: readonly ApiFailure[];
}

/** A kind of failure with a sample of a response that failed so. */
export interface ApiFailure extends SummaryFailure {
  /** Null where none was kept: the client is not HTTP, or there were very many kinds of failures. */
  readonly sample: ApiFailureSample | null;
}

/** Credentials in it are `***`. Its texts come from the target: show them as text alone. */
export interface ApiFailureSample {
  readonly at: string;
  /** `POST https://shop.test/orders?page=2` */
  readonly request: string;
  /** Null: there was no response. */
  readonly status: number | null;
  /** A selection. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Its first 2 KB as text; null where there was none, or where it is no text. */
  readonly body: string | null;
  /** Of the whole body. */
  readonly bodyBytes: number;
}

/** `GET /api/v1/workers`. */
export interface ApiWorkers {
  readonly workers: readonly SummaryWorker[];
}

export type ApiLogLevel = "DEBUG" | "INFO" | "WARNING" | "ERROR" | "CRITICAL" | "PRINTED";

/** Also an item of the data of the SSE event `log`: an array of them. */
export interface ApiLogLine {
  /** Rises by 1 from line to line; `?since=` takes it, exclusive. */
  readonly id: number;
  readonly wallMs: number;
  readonly level: ApiLogLevel;
  readonly logger: string;
  /** `master` for this process, else the id of a worker. */
  readonly node: string;
  readonly text: string;
}

/** `GET /api/v1/logs`. */
export interface ApiLogs {
  readonly lines: readonly ApiLogLine[];
  /** Lines that were dropped before the first one, since the start of the process. */
  readonly dropped: number;
}

/** `GET /api/v1/runs`: newest first. */
export interface ApiRuns {
  readonly runs: readonly ApiRunListing[];
}

export interface ApiRunListing {
  readonly id: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly durationSeconds: number;
  readonly locustfile: string;
  readonly host: string | null;
  readonly users: number;
  readonly requests: number;
  readonly failures: number;
  readonly perSecond: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly verdict: SummaryVerdict["kind"];
  readonly stopReason: string;
  readonly exitCode: number | null;
  /** `process`: of this process; `folder`: a file in the folder of `--runs-dir`. */
  readonly source: "process" | "folder";
}

/** `GET /api/v1/runs/<id>` and `GET /api/v1/summary`. */
export type ApiSummary = RunSummary;

/** What `GET /api/v1/files/<name>` serves. */
export type ApiFileName =
  | "html"
  | "csv"
  | "failures.csv"
  | "exceptions.csv"
  | "history.csv"
  | "summary"
  | "junit"
  | "markdown"
  | "journal";

/** `GET /api/v1/files`: those of the latest run. */
export interface ApiFiles {
  readonly files: readonly ApiFileName[];
}

/** `POST /api/v1/check-host`. */
export interface ApiHostCheck {
  readonly reachable: boolean;
  readonly ms: number;
  readonly status?: number;
  readonly error?: string;
}

/** Every answer that is no success. */
export interface ApiError {
  readonly error: {
    readonly code: ApiErrorCode;
    readonly message: string;
    /** The JSON key that is wrong, with 422. */
    readonly field?: string;
  };
}

export type ApiErrorCode =
  | "bad_request"
  | "unauthorized"
  | "forbidden"
  | "not_found"
  | "method_not_allowed"
  | "conflict"
  | "too_large"
  | "unsupported_media_type"
  | "invalid"
  | "too_many_tries"
  | "internal";
