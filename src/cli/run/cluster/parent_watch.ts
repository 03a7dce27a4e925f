/**
 * Lets a worker process that a master has started notice the end of that master, also of a killed one: only the master
 * holds the other end of its standard input, and the operating system closes that end with the process.
 */
import type { Readable } from "node:stream";

/** Set in the environment of such a worker. */
export const PARENT_PIPE = "LOCUST_TS_PARENT_PIPE";
/** There too: `environment.parsedOptions` of the master as JSON, since such a worker reads no options of its own. */
export const PARENT_OPTIONS = "LOCUST_TS_PARENT_OPTIONS";

/** Resolves when the process that started this one is gone; undefined unless the starter asked for the watch. */
export function watchParent(
  stdin: Pick<Readable, "on" | "resume">,
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> | undefined {
  if (env[PARENT_PIPE] === undefined) return undefined;
  return new Promise((resolve) => {
    for (const event of ["end", "close", "error"]) stdin.on(event, () => resolve());
    stdin.resume();
  });
}
