/**
 * A place for users to run in a test: a fake clock, a recorder and a log that can be read. Requests are played by `playRequest`,
 * which does what a session does with its owner.
 */
import { systemClock } from "../../src/base/clock.ts";
import { createLogger } from "../../src/base/logger.ts";
import { Recorder } from "../../src/stats/recording/recorder.ts";
import { Environment, type EnvironmentOptions } from "../../src/user/environment.ts";
import type { RunningUser, UserEnd } from "../../src/user/running/running_user.ts";
import { startUser } from "../../src/user/running/start_user.ts";
import type { User } from "../../src/user/user.ts";
import type { UserClass } from "../../src/user/user_class.ts";
import { LIFECYCLE } from "../../src/user/lifecycle/user_lifecycle.ts";
import { createRunContext, type RunContext, type RunContextOptions } from "../../src/user/lifecycle/run_context.ts";
import { FakeClock } from "../support/fake_clock.ts";

export interface Stage {
  readonly clock: FakeClock;
  readonly runContext: RunContext<Environment>;
  readonly environment: Environment;
  readonly recorder: Recorder;
  /** `LEVEL message`, one per line of the log. */
  readonly log: string[];
  readonly stopTests: { readonly message: string; readonly cause: "asked" | "failed" }[];
  readonly ends: UserEnd[];
  start(userClass: UserClass, index?: number): RunningUser;
}

export function createStage(
  options: {
    readonly environment?: EnvironmentOptions;
    readonly runContext?: Partial<RunContextOptions<Environment>>;
  } = {},
): Stage {
  const clock = new FakeClock();
  const log: string[] = [];
  const logger = createLogger({
    name: "test",
    wallMs: systemClock.wallMs,
    sink: ({ level, message }) => log.push(`${level} ${message}`),
  });
  const environment = new Environment({ ...options.environment, logger });
  const recorder = new Recorder({ clock });
  const stopTests: { message: string; cause: "asked" | "failed" }[] = [];
  const ends: UserEnd[] = [];
  const runContext = createRunContext({
    environment,
    recorder,
    clock,
    logger,
    onStopTest: (message, cause) => stopTests.push({ message, cause }),
    ...options.runContext,
  });
  const start = (userClass: UserClass, index = 0) =>
    startUser({ runContext, userClass, index, onEnded: (_, how) => ends.push(how) });
  return { clock, runContext, environment, recorder, log, stopTests, ends, start };
}

/** What a session does: asks, sends, records, and hears whether its user may go on. Aborted, it counts as abandoned. */
export async function playRequest(user: User, durationMs: number, name = "/"): Promise<void> {
  const owner = user[LIFECYCLE].requests;
  const refusal = owner.beforeRequest();
  if (refusal !== undefined) await refusal;
  owner.requestStarted();
  const abort = new AbortController();
  if (owner.isAborted) abort.abort();
  else owner.onAbort({ ownerAborted: () => abort.abort() });
  await owner.clock.sleep(durationMs, abort.signal);
  if (abort.signal.aborted) owner.recorder.countAbandoned(1);
  else owner.recorder.record(owner.recorder.entry("GET", name), durationMs, 0, undefined, owner.expectedIntervalMs);
  owner.requestEnded();
}

/** Requests counted under each name. */
export function countRequests(recorder: Recorder): Record<string, number> {
  return Object.fromEntries(recorder.drain()?.entries.map(({ name, requests }) => [name, requests]) ?? []);
}
