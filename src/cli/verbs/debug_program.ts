/**
 * `locust-ts debug`: a locustfile, or a program that imports `locust-ts`, in the main thread of this process, where a
 * debugger holds it. If the file has not run a user itself, one user of a class that it exports is run, with a line per
 * request.
 */
import process from "node:process";
import * as api from "../../../mod.ts";
import { LocustError, UsageError } from "../../base/errors.ts";
import { toLogLevel } from "../../base/logger.ts";
import { collectModules } from "../../control/collect_modules.ts";
import { installLocustModule } from "../../platform/loading/locust_module.ts";
import { importLocustfiles } from "../../platform/loading/module_loading.ts";
import { events } from "../../user/events/events.ts";
import { hasRunSingleUser, runSingleUser } from "../../user/running/run_single_user.ts";
import type { UserClass } from "../../user/user_class.ts";
import { whenLeft } from "../run/setup/second_signal.ts";
import type { Interrupt } from "../terminal/interrupt.ts";
import type { DebugOptions } from "../options/simple_verbs.ts";

export interface DebugDeps {
  readonly print: (line: string) => void;
  /** Listens for Ctrl-C from now on. Not before the file is loaded: a program that runs by itself ends as it would anywhere. */
  readonly listen: () => Interrupt;
}

/**
 * Resolves to the exit code when the user has ended by itself or by Ctrl-C.
 *
 * @throws UsageError with everything that is wrong with the file
 */
export async function debugProgram(
  files: readonly string[],
  options: DebugOptions,
  { print, listen }: DebugDeps,
): Promise<number> {
  installLocustModule(api);
  const imported = await importLocustfiles(files);
  if (imported.failed.length === 0 && hasRunSingleUser()) return Number(process.exitCode ?? 0);
  const collected = collectModules(imported, events);
  const isProgram = imported.failed.length === 0 && "userClasses" in collected && collected.userClasses.size === 0;
  if (isProgram) return Number(process.exitCode ?? 0);
  if (collected.problems.length > 0 || !("userClasses" in collected)) {
    throw new UsageError(collected.problems, { code: "locustfile" });
  }
  const userClass = chooseClass([...collected.userClasses.values()], options.userClass);
  const { host, tags, excludeTags } = options;
  using interrupt = listen();
  const ended = runSingleUser(userClass, {
    print,
    signal: interrupt.drain,
    tags,
    excludeTags,
    loglevel: toLogLevel(options.logLevel),
    includeLength: true,
    ...(host === undefined ? {} : { host }),
  });
  return await Promise.race([ended.then(() => 0), whenLeft(interrupt)]);
}

function chooseClass(classes: readonly UserClass[], wanted: string | undefined): UserClass {
  const names = classes.map(({ name }) => name).join(", ");
  const chosen = wanted === undefined ? classes : classes.filter(({ name }) => name === wanted);
  const [only] = chosen;
  if (only !== undefined && chosen.length === 1) return only;
  if (wanted === undefined) {
    throw new LocustError(`Cannot debug one user: the file exports ${names}; name one of them after the file`);
  }
  throw new LocustError(`Cannot debug a "${wanted}": the file exports no such class; it has ${names}`);
}
