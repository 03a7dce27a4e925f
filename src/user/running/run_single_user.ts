/**
 * `runSingleUser`: one user in this very process, for a debugger. Breakpoints hold, nothing else runs, and every request is a line
 * on the console, at the end also every check, transaction and metric. Fires `init` and `testStart` as a run does; `testStop` and `quit` never come, as in Locust.
 */
import process from "node:process";
import { systemClock } from "../../base/clock.ts";
import { describeWithCauses } from "../../base/error_causes.ts";
import { LocustError } from "../../base/errors.ts";
import { describeKind } from "../../base/given_text.ts";
import { createLogger, type Logger, type LogLevel } from "../../base/logger.ts";
import { escapeControls, truncate } from "../../base/text/text.ts";
import type { WireTap } from "../../http/engine/tapped_engine.ts";
import { failureText } from "../../http/session/failure_text.ts";
import type { RequestEvent } from "../../http/session/session_owner.ts";
import { snapshotMeasures } from "../../stats/measures/snapshot_measures.ts";
import { Recorder } from "../../stats/recording/recorder.ts";
import { startLoneMaster } from "../cluster/lone_master.ts";
import { setPlan } from "../tasks/class_plans.ts";
import { Environment, type ParsedOptions } from "../environment.ts";
import { type Events, events } from "../events/events.ts";
import { startUser } from "./start_user.ts";
import { filterByTags } from "../tasks/task_filter.ts";
import { planUserClass, SILENT_CONTEXT } from "../tasks/task_plan.ts";
import type { UserClass } from "../user_class.ts";
import { describeCounted } from "./single_user_measures.ts";
import { createPayloadTap, readUserArguments } from "./single_user_input.ts";
import { createRunContext } from "../lifecycle/run_context.ts";

export interface SingleUserOptions {
  /** Base URL, above the class's own; if absent that of the command line (`-H`) or of `LOCUST_HOST`. */
  readonly host?: string;
  readonly parsedOptions?: ParsedOptions;
  /** If absent those of the command line (`-T`, `-E`). */
  readonly tags?: readonly string[];
  readonly excludeTags?: readonly string[];
  /** More columns: time of day, response length in bytes, context as JSON. */
  readonly includeTime?: boolean;
  readonly includeLength?: boolean;
  readonly includeContext?: boolean;
  /** The body that was sent, of requests made one after the other. */
  readonly includePayload?: boolean;
  /** `WARNING` if absent. */
  readonly loglevel?: LogLevel;
  /** Draws the same random numbers each time; 0 if absent. */
  readonly seed?: number;
  /** Ends the user, as a stop does. */
  readonly signal?: AbortSignal;
  /** Where lines go; the console if absent. */
  readonly print?: (line: string) => void;
  /** The global events if absent. */
  readonly events?: Events;
}

const NAME_WIDTH = 50;
const TIME_WIDTH = 7;
const MAX_FAILURE = 500;

let hasRun = false;

/** Whether this process has run a single user already. */
export function hasRunSingleUser(): boolean {
  return hasRun;
}

/**
 * Runs one user of a class until it ends by itself (`StopUser`, `this.stop()`) or `signal` aborts.
 *
 * @example
 * ```ts
 * if (import.meta.main) await runSingleUser(Shopper, { host: "http://localhost:8000" });
 * ```
 * @throws LocustError if a listener of `init` threw, or the class cannot run (no host, or a wait time that is not a function).
 */
export async function runSingleUser(userClass: UserClass, options: SingleUserOptions = {}): Promise<void> {
  if (typeof userClass !== "function" || !("weight" in userClass)) {
    const what = describeKind(userClass);
    throw new LocustError(`Cannot run a single user: it got ${what}; pass a user class, as in runSingleUser(Shopper)`);
  }
  hasRun = true;
  const typed = readUserArguments(process.argv.slice(2), readEnv);
  const { print = (line) => console.log(line), tags = typed.tags, excludeTags = typed.excludeTags } = options;
  const host = options.host ?? typed.host;
  const { request } = options.events ?? events;
  const logger = createLogger({
    name: "locust",
    level: options.loglevel ?? "WARNING",
    wallMs: () => systemClock.wallMs(),
    sink: ({ level, message }) => console.error(`${level}: ${message}`),
  });
  const environment = new Environment({
    userClasses: [userClass],
    events: options.events ?? events,
    tags,
    excludeTags,
    logger,
    ...(host === undefined ? {} : { host }),
    ...(options.parsedOptions === undefined ? {} : { parsedOptions: options.parsedOptions }),
  });
  await fireStart(environment);
  setPlan(userClass, filterByTags(planUserClass(userClass, SILENT_CONTEXT), { tags, excludeTags }));

  const payloads = options.includePayload ? createPayloadTap() : undefined;
  const printRequest = (event: RequestEvent) => print(formatRequest(event, options, payloads?.take()));
  request.addListener(printRequest);
  print(formatHeader(options));
  const recorder = new Recorder({ clock: systemClock });
  try {
    await liveOnce(userClass, options, { environment, recorder, logger, tap: payloads?.tap });
  } finally {
    request.removeListener(printRequest);
    for (const line of formatMeasures(recorder)) print(line);
  }
}

/** As before a run. */
async function fireStart(environment: Environment): Promise<void> {
  const { init, testStart } = environment.events;
  const { thrown } = await init.collect({ environment, runner: undefined, webUi: undefined });
  if (thrown.length > 0) {
    const [initError] = thrown;
    throw new LocustError(`Cannot start: a listener of "init" threw ${describeWithCauses(initError)}`, {
      cause: initError,
    });
  }
  await testStart.fireAndWait({ environment });
}

/** The life of the user, from its constructor to its end. */
async function liveOnce(
  userClass: UserClass,
  { seed = 0, signal }: SingleUserOptions,
  { environment, recorder, logger, tap }: {
    readonly environment: Environment;
    readonly recorder: Recorder;
    readonly logger: Logger;
    readonly tap: WireTap | undefined;
  },
): Promise<void> {
  let unusable: string | undefined;
  const runContext = createRunContext({
    environment,
    recorder,
    clock: systemClock,
    seed,
    onStopTest: (message, cause) => {
      if (cause === "failed") unusable = message;
      else logger.warning(message);
    },
    ...(tap === undefined ? {} : { tap }),
  });
  using _master = startLoneMaster({ clock: systemClock, seed, note: (line) => logger.info(line) });
  const user = startUser({ userClass, index: 0, runContext });
  environment.singleUserInstance = user.user;
  const stop = () => user.stop("finishRequest");
  if (signal?.aborted) stop();
  signal?.addEventListener("abort", stop, { once: true });
  await user.ended;
  signal?.removeEventListener("abort", stop);
  if (unusable !== undefined) throw new LocustError(unusable, { code: "locustfile" });
}

/** A heading and a line for each check, transaction and metric; nothing where there are none. */
function formatMeasures({ measures }: Pick<Recorder, "measures">): readonly string[] {
  const counted = snapshotMeasures(measures, 0);
  if (counted === undefined) return [];
  const rows = [["counted", "name", "value", "of"], ...describeCounted(counted)];
  return rows.map(([kind = "", name = "", value = "", of = ""]) =>
    [kind, name.padEnd(NAME_WIDTH), value.padEnd(TIME_WIDTH), of].map(escapeControls).join("\t")
  );
}

/** The header line over the columns of `formatRequest`. */
function formatHeader(options: SingleUserOptions): string {
  return [
    ...(options.includeTime ? ["time"] : []),
    "type",
    "name".padEnd(NAME_WIDTH),
    "resp_ms",
    ...(options.includeLength ? ["resp_length"] : []),
    "exception",
    ...(options.includeContext ? ["context"] : []),
    ...(options.includePayload ? ["payload"] : []),
  ].join("\t");
}

/** One request as a line of columns, separated by tabs. */
function formatRequest(event: RequestEvent, options: SingleUserOptions, payload = ""): string {
  const failure = event.exception === null ? "" : failureText(event.exception).replace(/[\r\n]+/g, " ");
  const ms = event.responseTime === null ? "" : String(Math.round(event.responseTime));
  return [
    ...(options.includeTime ? [new Date(event.startTime * 1000).toISOString()] : []),
    event.requestType,
    event.name.padEnd(NAME_WIDTH),
    ms.padEnd(TIME_WIDTH),
    ...(options.includeLength ? [String(event.responseLength)] : []),
    truncate(failure, MAX_FAILURE),
    ...(options.includeContext ? [JSON.stringify(event.context)] : []),
    ...(options.includePayload ? [truncate(payload, MAX_FAILURE)] : []),
  ].map(escapeControls).join("\t");
}

function readEnv(name: string): string | undefined {
  try {
    return process.env[name];
  } catch {
    return undefined; // Deno without the permission to read it
  }
}
