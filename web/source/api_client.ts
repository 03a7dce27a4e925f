/** Requests to the program's API. Addresses are relative to the page, so that they are right under any base path. */
import type { SummaryRatioTree } from "../../src/report/summary/summary.ts";
import type { SummaryMeasureHistory } from "../../src/report/summary/summary_history.ts";
import type { ApiHistory, ApiSnapshot, ApiSplits, ApiTimedHistory } from "../../src/server/answers/api_snapshot.ts";
import type {
  ApiClassEdit,
  ApiEditRequest,
  ApiEntry,
  ApiError,
  ApiFailures,
  ApiFiles,
  ApiForm,
  ApiHostCheck,
  ApiLogs,
  ApiRun,
  ApiRuns,
  ApiStartRequest,
  ApiSummary,
  ApiUserClass,
} from "../../src/server/answers/api_types.ts";

/** An answer that is no success, or none at all (`status` 0). */
export class RequestFailed extends Error {
  readonly status: number;
  readonly field: string | undefined;

  constructor(status: number, message: string, field?: string) {
    super(message);
    this.name = "RequestFailed";
    this.status = status;
    this.field = field;
  }
}

/** One branch of Locust's `/tasks`. */
export interface TaskRatios {
  readonly per_class: SummaryRatioTree;
  readonly total: SummaryRatioTree;
}

/** The requests with one value of a tag. */
export interface SplitOf {
  readonly tag: string;
  readonly value: string;
}

export interface ApiClient {
  form(): Promise<ApiForm>;
  snapshot(): Promise<ApiSnapshot>;
  /** `entry`: the label of a row; without it of all requests. `split`: of those with one value of a tag. */
  history(since: number, entry?: string, split?: SplitOf): Promise<ApiHistory>;
  /** The history of a check, a transaction or a metric. */
  measureHistory(of: Pick<SummaryMeasureHistory, "of" | "name" | "kind">): Promise<SummaryMeasureHistory>;
  /** The history of all requests with the times of each step. */
  timedHistory(): Promise<ApiTimedHistory>;
  /** The total in full. */
  entry(): Promise<ApiEntry>;
  /** With samples; of one row. */
  failures(entry?: string): Promise<ApiFailures>;
  /** The rows by the values of a tag. */
  splits(tag: string): Promise<ApiSplits>;
  logs(since: number): Promise<ApiLogs>;
  runs(): Promise<ApiRuns>;
  pastRun(id: string): Promise<ApiSummary>;
  ratios(): Promise<TaskRatios>;
  checkHost(host: string): Promise<ApiHostCheck>;
  start(request: ApiStartRequest): Promise<ApiRun>;
  edit(request: ApiEditRequest): Promise<ApiRun>;
  /** What a user class is from the next start on. */
  editClass(name: string, edit: ApiClassEdit): Promise<ApiUserClass>;
  stop(): Promise<ApiRun>;
  reset(): Promise<unknown>;
  /** Files of the latest run. */
  files(): Promise<ApiFiles>;
  /** Ends the session of this browser. */
  logOut(): Promise<unknown>;
}

export function createApiClient(fetchFrom: typeof fetch, onLoginNeeded: () => void): ApiClient {
  const ask = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const init: RequestInit = body === undefined
      ? { method }
      : { method, body: JSON.stringify(body), headers: { "content-type": "application/json" } };
    const answer = await fetchFrom(path, { ...init, cache: "no-store" }).catch(() => {
      throw new RequestFailed(0, "The server does not answer.");
    });
    if (answer.status === 401) onLoginNeeded();
    if (!answer.ok) throw await readFailure(answer);
    return await answer.json() as T;
  };
  const v1 = "api/v1";
  return {
    form: () => ask("GET", `${v1}/form`),
    snapshot: () => ask("GET", `${v1}/snapshot`),
    history: (since, entry, split) => {
      const query = new URLSearchParams({ since: String(since), ...(entry === undefined ? {} : { entry }), ...split });
      return ask("GET", `${v1}/history?${query}`);
    },
    measureHistory: ({ of, name, kind }) =>
      ask(
        "GET",
        `${v1}/measure-history?of=${of}&name=${encodeURIComponent(name)}${kind === undefined ? "" : `&kind=${kind}`}`,
      ),
    timedHistory: () => ask("GET", `${v1}/history?times=1`),
    entry: () => ask("GET", `${v1}/entry`),
    failures: (entry) =>
      ask("GET", `${v1}/failures${entry === undefined ? "" : `?entry=${encodeURIComponent(entry)}`}`),
    splits: (tag) => ask("GET", `${v1}/splits?tag=${encodeURIComponent(tag)}`),
    logs: (since) => ask("GET", `${v1}/logs?since=${since}`),
    runs: () => ask("GET", `${v1}/runs`),
    pastRun: (id) => ask("GET", `${v1}/runs/${encodeURIComponent(id)}`),
    ratios: () => ask("GET", "tasks"),
    checkHost: (host) => ask("POST", `${v1}/check-host`, { host }),
    start: (request) => ask("POST", `${v1}/run`, request),
    edit: (request) => ask("PATCH", `${v1}/run`, request),
    editClass: (name, edit) => ask("PATCH", `${v1}/user-classes/${encodeURIComponent(name)}`, edit),
    stop: () => ask("POST", `${v1}/run/stop`, {}),
    reset: () => ask("POST", `${v1}/run/reset`, {}),
    files: () => ask("GET", `${v1}/files`),
    logOut: () => fetchFrom("logout", { method: "POST", headers: { accept: "text/html" } }), // it leads on, as people are led
  };
}

async function readFailure(answer: Response): Promise<RequestFailed> {
  const body: Partial<ApiError> = await answer.json().catch(() => ({}));
  const message = body.error?.message ?? `The server answered ${answer.status}.`;
  return new RequestFailed(answer.status, message, body.error?.field);
}
