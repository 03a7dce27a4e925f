/** Each user holds a connection, each connection an open file: warns before a run fails for lack of them. */
import { readFileSync } from "node:fs";

/** What Locust asks for, too: enough for a few thousand users and all else. */
const ENOUGH = 10_000;

/** Files that the process has open besides its users' connections: runtime, threads, outputs. */
const RESERVE = 200;

/** The sentence to log, or undefined when the limit is high enough (or unknown). Pure. */
export function describeFileLimit(users: number, limit: number | undefined): string | undefined {
  const needed = users + RESERVE;
  if (limit === undefined || limit >= needed) return undefined;
  const wanted = Math.max(ENOUGH, Math.ceil(needed / 1000) * 1000);
  return `The limit of open files is ${limit}, too low for ${users} users with a connection each; raise it with ` +
    `"ulimit -n ${wanted}" before the start (in a container: --ulimit nofile=${wanted})`;
}

/** The limit of this process now; undefined where the system does not say. (Both runtimes raise the soft one themselves.) */
export function readFileLimit(
  read: () => string = () => readFileSync("/proc/self/limits", "utf8"),
): number | undefined {
  let text: string;
  try {
    text = read();
  } catch {
    return undefined; // no /proc: not Linux, or not for us to see
  }
  const match = /^Max open files\s+(\d+|unlimited)/m.exec(text);
  if (match === null) return undefined;
  return match[1] === "unlimited" ? Infinity : Number(match[1]);
}
