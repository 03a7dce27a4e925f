/**
 * The names that a locustfile may import: `import { HttpUser, between, task } from "locust-ts"`.
 *
 * Names are Locust's in camelCase. Settings and wait times are seconds, response times milliseconds.
 *
 * @example
 * ```ts
 * import { between, HttpUser, task } from "locust-ts";
 *
 * export class Shopper extends HttpUser {
 *   override waitTime = between(1, 5);
 *
 *   @task
 *   async browse() {
 *     await this.client.get("/items");
 *   }
 * }
 * ```
 */
export { User } from "./src/user/user.ts";
export { FastHttpUser, HttpUser } from "./src/user/http_user.ts";
export { MarkovTaskSet, SequentialTaskSet, TaskSet } from "./src/user/tasks/task_set.ts";
export { tag, task, transition, transitions } from "./src/user/tasks/decorators.ts";
export { between, constant, constantPacing, constantThroughput, poisson } from "./src/user/timing/wait_time.ts";
export type { PacedWaitTime, WaitOwner, WaitTime } from "./src/user/timing/wait_time.ts";
export type { TaskFunction, TaskList, TaskReference, TaskSetClass, UserClass } from "./src/user/user_class.ts";
export type { Scenario, Scenarios } from "./src/user/scenarios/scenario.ts";
export type { Random } from "./src/base/random.ts";

export { Events, events } from "./src/user/events/events.ts";
export { EventHook } from "./src/user/events/event_hook.ts";
export type { FiringOrder, Listener } from "./src/user/events/event_hook.ts";
export type { SampleTags } from "./src/base/sample_tags.ts";
export type { MeasuredMeta, RequestFields } from "./src/user/events/request_hook.ts";
export type { RequestEvent } from "./src/http/session/session_owner.ts";
export type {
  ClientFields,
  CpuFields,
  EnvironmentFields,
  HeartbeatFields,
  InitFields,
  ParserFields,
  QuitFields,
  ReportToMasterFields,
  RunEventFields,
  SpawningCompleteFields,
  TeardownFields,
  UsageFields,
  UserErrorFields,
  WorkerReportFields,
} from "./src/user/events/event_fields.ts";
export { checks } from "./src/user/measures/checks.ts";
export type { Checked, CheckOptions, Conditions } from "./src/user/measures/checks.ts";
export { metrics } from "./src/user/measures/metrics.ts";
export type { Counter, Gauge, Rate, Trend } from "./src/user/measures/metrics.ts";

export type { ObservedRunEvent } from "./src/protocol/observed_run_message.ts";
export type { ArgumentSettings, CustomArgumentParser } from "./src/user/loading/custom_arguments.ts";

export { Environment } from "./src/user/environment.ts";
export type { EnvironmentOptions, ParsedOptions } from "./src/user/environment.ts";
export type {
  CustomMessage,
  ProgramRunner,
  RunnerFacade,
  RunnerState,
  RunSummary,
  StartOptions,
  WorkerView,
} from "./src/user/runner_facade.ts";
export {
  MasterRunner,
  STATE_CLEANUP,
  STATE_INIT,
  STATE_MISSING,
  STATE_RUNNING,
  STATE_SPAWNING,
  STATE_STOPPED,
  STATE_STOPPING,
  WorkerRunner,
} from "./src/user/runner_kinds.ts";
export type { RunnerKind } from "./src/user/runner_kinds.ts";
export type {
  WebColumn,
  WebContext,
  WebDownload,
  WebHandler,
  WebRouteOptions,
  WebTab,
  WebUi,
} from "./src/user/web_ui/web_ui.ts";
export type { WebLogin, WebLoginField, WebLoginFields, WebLoginVerdict } from "./src/user/web_ui/web_login.ts";
export type { EntryView, StatsView } from "./src/user/stats_view.ts";

export { LoadTestShape } from "./src/user/load_test_shape.ts";
export type { ShapeClass, ShapeResult } from "./src/user/load_test_shape.ts";
export { DoubleWaveShape, RampShape, SpikeShape, StagesShape, StepsShape } from "./src/user/ready_shapes.ts";
export type { Stage } from "./src/load/shapes/stages.ts";

export { cluster } from "./src/user/cluster/cluster.ts";
export type { ClusterCounter, ClusterOptions } from "./src/user/cluster/cluster.ts";
export { feed } from "./src/user/feed/feed.ts";
export type { Feed, GenerateOptions } from "./src/user/feed/feed.ts";
export type { CsvOptions } from "./src/user/feed/file_formats.ts";
export type { FeedOptions } from "./src/user/feed/feed_options.ts";

export { createLocalRunner, LocalRunner } from "./src/library/local_runner.ts";
export { runSingleUser } from "./src/user/running/run_single_user.ts";
export type { SingleUserOptions } from "./src/user/running/run_single_user.ts";

export { FastHttpSession } from "./src/http/session/fast_http_session.ts";
export { HttpSession } from "./src/http/session/http_session.ts";
export type { FastRes } from "./src/http/session/fast_res.ts";
export type { HttpRes } from "./src/http/session/http_res.ts";
export type { Res } from "./src/http/session/res.ts";
export type { RequestMeta } from "./src/http/session/response_validation.ts";
export type {
  Auth,
  FormFields,
  RequestBody,
  RequestOptions,
  StreamOptions,
} from "./src/http/request/request_options.ts";
export type { Timeout, TlsSettings } from "./src/http/request/request_options.ts";
export type { SessionOptions } from "./src/http/session/session_options.ts";
export type { HeaderFields, HeaderList } from "./src/http/bytes/header_list.ts";
export type { CookieJar, CookieSettings } from "./src/http/cookies/cookie_jar.ts";
export type { FetchInit } from "./src/http/session/session_fetch.ts";
export type { RestOptions, RestRes } from "./src/http/session/rest.ts";
export { ClientPool } from "./src/http/session/client_pool.ts";
export type { ClientPoolOptions } from "./src/http/session/client_pool.ts";
export { digestAuth } from "./src/http/request/digest_auth.ts";
export { HttpError } from "./src/http/session/response_error.ts";

export { type ErrorCode, LocustError } from "./src/base/errors.ts";
export { CatchResponseError, ResponseError } from "./src/http/session/response_error.ts";
export {
  InterruptTaskSet,
  RescheduleTask,
  RescheduleTaskImmediately,
  StopTest,
  StopUser,
} from "./src/http/session/control_flow.ts";
export {
  InvalidTransitionError,
  MarkovTaskTagError,
  NoMarkovTasksError,
  NonMarkovTaskTransitionError,
} from "./src/user/lifecycle/user_errors.ts";
