/** Makes run settings of an environment, and the summary that a program gets of the outcome. Pure. */
import { LocustError } from "../base/errors.ts";
import type { RunOutcome } from "../master/run_event.ts";
import type { LoadRequest, RunSettings } from "../master/run_settings.ts";
import { planArrivals, planTargets } from "../master/arrivals/plan_arrivals.ts";
import { describeStopReason, isRunBroken } from "../master/stop_reason.ts";
import type { Environment } from "../user/environment.ts";
import type { RunSummary } from "../user/runner_facade.ts";
import { isSwitchedOff } from "../user/loading/class_check.ts";
import { filterByTags, type TagChoice } from "../user/tasks/task_filter.ts";
import { planUserClass, SILENT_CONTEXT } from "../user/tasks/task_plan.ts";
import type { UserClass } from "../user/user_class.ts";

export interface LocalSettingsInput {
  readonly environment: Environment;
  readonly userClasses: readonly UserClass[];
  readonly load: LoadRequest;
  readonly shared: unknown; // of runSetup
  readonly runId: string;
  readonly seed: number;
}

export function createLocalSettings(input: LocalSettingsInput): RunSettings {
  const { host, tags, excludeTags, stopTimeout, parsedOptions } = input.environment;
  const userClasses = input.userClasses.filter((userClass) => hasTasks(userClass, { tags, excludeTags }));
  if (input.userClasses.length > 0 && input.userClasses.every(isSwitchedOff)) {
    throw new LocustError("Cannot run: no user class has a weight above 0; give one of them a weight or a fixedCount");
  }
  const arrivals = planArrivals(userClasses, {});
  const closed = userClasses.filter(({ arrivalRate }) => arrivalRate === undefined);
  const targets = planTargets(closed);
  return {
    plan: {
      runId: input.runId,
      ...(host === undefined ? {} : { host }),
      seed: input.seed,
      stopTimeoutSeconds: stopTimeout,
      tags,
      excludeTags,
      userClasses: userClasses.map(({ name }) => name),
      classSettings: [],
      equalWeights: false,
      options: parsedOptions,
      shared: input.shared ?? null,
      phases: false,
    },
    classes: closed.map(({ name, weight, fixedCount }) => ({ name, weight, fixedCount })),
    load: closed.length === 0 && arrivals !== undefined ? { kind: "users", users: 0, spawnRate: 1 } : input.load,
    ...(arrivals === undefined ? {} : { arrivals }),
    ...(targets === undefined ? {} : { targets }),
    locustfile: "",
    version: "",
  };
}

/** A class that tags left without tasks is not started and takes no share of the users. */
function hasTasks(userClass: UserClass, choice: TagChoice): boolean {
  return filterByTags(planUserClass(userClass, SILENT_CONTEXT), choice).entries.length > 0;
}

/** @throws {LocustError} (`run_failed`) when the run could not do what was asked of it */
export function summarizeOutcome({ reason, verdict }: RunOutcome): RunSummary {
  const sentence = describeStopReason(reason);
  if (isRunBroken(reason)) throw new LocustError(`Cannot continue the run: ${sentence}`, { code: "run_failed" });
  return { reason: sentence, verdict: verdict.kind, doubts: verdict.doubts.map((doubt) => doubt.sentence) };
}
