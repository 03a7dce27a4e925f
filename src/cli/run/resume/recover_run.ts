/** Recovers the run that `--resume` names, if it can be resumed, with the options that were changed for the rest of it. */
import { UsageError } from "../../../base/errors.ts";
import { maskUrlSecrets } from "../../../base/secrets.ts";
import { readJournal } from "../../../master/journal/read_journal.ts";
import { type RecoveredRun, recoverRun } from "../../../master/journal/resume.ts";
import type { RunEventSink } from "../../../master/run_event.ts";
import { RunReplay } from "../../../master/journal/run_replay.ts";
import type { RunSettings } from "../../../master/run_settings.ts";
import { unmaskSettings } from "../../../master/journal/settings_secrets.ts";
import type { ScenarioPlan } from "../../../protocol/scenario_message.ts";
import type { RunOptions } from "../../options/reading/options.ts";

type ResumeOptions = Pick<
  RunOptions,
  "resume" | "host" | "users" | "spawnRate" | "runTimeSeconds" | "parsedOptions" | "shownOptions"
>;

/** The master alone decides by them. */
const CHANGEABLE = ["users", "spawn-rate", "run-time"];

/** @throws {UsageError} when there is no run to resume, or not with this locustfile */
export async function recoverFor(
  options: ResumeOptions,
  userClasses: readonly string[],
  classSettings: RunSettings["plan"]["classSettings"],
  scenarios?: readonly ScenarioPlan[],
): Promise<RecoveredRun | undefined> {
  const { resume } = options;
  if (resume === undefined) return undefined;
  const run = await recoverRun(resume);
  if (run.hasEnded) {
    throw new UsageError(
      `Cannot resume the run of "${resume}": it has ended; see its results with "locust-ts report ${resume}"`,
    );
  }
  const missing = run.settings.plan.userClasses.filter((name) => !userClasses.includes(name));
  if (missing.length > 0) {
    const names = missing.map((name) => `"${name}"`).join(", ");
    throw new UsageError(
      `Cannot resume the run of "${resume}": the locustfile has no user class ${names}; give the one that it was ` +
        "started with",
    );
  }
  const current = { host: options.host, options: options.parsedOptions, classSettings, scenarios };
  return { ...run, settings: changeSettings(unmaskSettings(run.settings, current), options) };
}

/** Options that are given again and differ from the journal win. Options that workers hold cannot change. */
export function changeSettings(settings: RunSettings, options: ResumeOptions): RunSettings {
  const { load } = settings;
  const changed = Object.fromEntries(
    Object.entries(options.shownOptions).filter(([name, value]) =>
      CHANGEABLE.includes(name) && settings.options !== undefined && value !== settings.options[name]
    ),
  );
  const isChanged = (name: string) => Object.hasOwn(changed, name);
  return {
    ...settings,
    ...(settings.options === undefined ? {} : { options: { ...settings.options, ...changed } }),
    load: load.kind !== "users" ? load : {
      ...load,
      ...(isChanged("users") ? { users: options.users } : {}),
      ...(isChanged("spawn-rate") ? { spawnRate: options.spawnRate } : {}),
    },
    ...(isChanged("run-time") && options.runTimeSeconds !== undefined
      ? { runTimeSeconds: options.runTimeSeconds }
      : {}),
  };
}

/** Sentences about options that were written again and cannot change while workers run the plan that they have. */
export function describeFixedOptions(settings: RunSettings, { shownOptions }: ResumeOptions): readonly string[] {
  const started = settings.options;
  if (started === undefined) return [];
  const { host } = settings.plan; // which may have been changed since the start
  const current: NonNullable<RunSettings["options"]> = {
    ...started,
    ...(host === undefined ? {} : { host: maskUrlSecrets(host) }),
  };
  return ["host", "tags", "exclude-tags", "stop-timeout", "seed", "stages"].filter((name) =>
    shownOptions[name] !== undefined && JSON.stringify(shownOptions[name]) !== JSON.stringify(current[name])
  ).map((name) => `--${name} has no effect here: the workers continue the run with the value that it was started with`);
}

/** Hands the events of a run that is resumed to its outputs, as they are in its journal. */
export async function recallRun(journal: string, runId: string, recall: RunEventSink): Promise<void> {
  const replay = new RunReplay();
  let isOurs = false;
  for await (const line of readJournal(journal)) {
    if (line.kind === "runStarted") isOurs = line.runId === runId;
    const event = replay.take(line);
    if (isOurs && event !== undefined) recall(event);
  }
}
