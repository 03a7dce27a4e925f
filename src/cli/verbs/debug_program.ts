/**
 * `locust-ts debug`: a locustfile, or a program that imports `locust-ts`, in the main thread of this process, where a debugger
 * holds it. If the file has not run a user itself, one user of a class that it exports is run, with a line per request.
 */
import process from "node:process";
import * as api from "../../../mod.ts";
import { LocustError, UsageError } from "../../base/errors.ts";
import { toLogLevel } from "../../base/logger.ts";
import { collectModules } from "../../control/collect_modules.ts";
import { installLocustModule } from "../../platform/locust_module.ts";
import { importLocustfiles } from "../../platform/module_loading.ts";
import { events } from "../../user/events/events.ts";
import { hasRunSingleUser, runSingleUser } from "../../user/running/run_single_user.ts";
import type { UserClass } from "../../user/user_class.ts";
import type { DebugOptions } from "./simple_verbs.ts";

export interface DebugDeps {
  readonly print: (line: string) => void;
  /** Ends the user. */
  readonly signal: AbortSignal;
}

/**
 * Resolves to the exit code when the user has ended by itself or `signal` aborts.
 *
 * @throws UsageError with everything that is wrong with the file
 */
export async function debugProgram(
  files: readonly string[],
  options: DebugOptions,
  { print, signal }: DebugDeps,
): Promise<number> {
  installLocustModule(api);
  const imported = await importLocustfiles(files);
  if (imported.failed.length === 0 && hasRunSingleUser()) return 0;
  const collected = collectModules(imported, events);
  const isProgram = imported.failed.length === 0 && "userClasses" in collected && collected.userClasses.size === 0;
  if (isProgram) return Number(process.exitCode ?? 0);
  if (collected.problems.length > 0 || !("userClasses" in collected)) {
    throw new UsageError(collected.problems, { code: "locustfile" });
  }
  const userClass = chooseClass([...collected.userClasses.values()], options.userClass);
  const { host, tags, excludeTags } = options;
  await runSingleUser(userClass, {
    print,
    signal,
    tags,
    excludeTags,
    loglevel: toLogLevel(options.logLevel),
    includeLength: true,
    ...(host === undefined ? {} : { host }),
  });
  return 0;
}

function chooseClass(classes: readonly UserClass[], wanted: string | undefined): UserClass {
  const names = classes.map(({ name }) => name).join(", ");
  const chosen = wanted === undefined ? classes : classes.filter(({ name }) => name === wanted);
  const [only] = chosen;
  if (only !== undefined && chosen.length === 1) return only;
  if (wanted === undefined) {
    throw new LocustError(`Cannot debug one user: the file exports ${names}; name one of them behind the file`);
  }
  throw new LocustError(`Cannot debug a "${wanted}": the file exports no such class; it has ${names}`);
}
