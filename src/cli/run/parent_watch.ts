/**
 * How a worker process that a master has started notices that its master is gone, however it went: its standard input is a pipe
 * that only the master holds open, and the system closes it with the master's last breath.
 */
import type { Readable } from "node:stream";

/** Set in the environment of such a worker. */
export const PARENT_PIPE = "LOCUST_TS_PARENT_PIPE";

/** Resolves when the process that started this one is gone; undefined where nobody has said that it wants to be watched. */
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
