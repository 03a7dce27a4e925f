/** The run that `--resume` names, if it can be gone on with. */
import { UsageError } from "../../base/errors.ts";
import { unmaskSettings } from "../../master/settings_secrets.ts";
import { type RecoveredRun, recoverRun } from "../../master/resume.ts";
import type { RunOptions } from "../options/options.ts";

/** @throws {UsageError} when there is nothing to go on with, or not with this locustfile */
export async function recoverFor(
  { resume, host, parsedOptions }: Pick<RunOptions, "resume" | "host" | "parsedOptions">,
  userClasses: readonly string[],
): Promise<RecoveredRun | undefined> {
  if (resume === undefined) return undefined;
  const run = await recoverRun(resume);
  if (run.hasEnded) {
    throw new UsageError(
      `Cannot go on with the run of "${resume}": it has ended; see its results with "locust-ts report ${resume}"`,
    );
  }
  const missing = run.settings.plan.userClasses.filter((name) => !userClasses.includes(name));
  if (missing.length > 0) {
    const names = missing.map((name) => `"${name}"`).join(", ");
    throw new UsageError(
      `Cannot go on with the run of "${resume}": the locustfile has no user class ${names}; give the one that it was ` +
        "started with",
    );
  }
  return { ...run, settings: unmaskSettings(run.settings, { host, options: parsedOptions }) };
}
