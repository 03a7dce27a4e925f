/**
 * A port for a server that another process opens a moment later. It lies below those that the system gives to connections and to servers
 * without a wish, so that no test beside this one gets it in between.
 */
import { createServer } from "node:net";

/** Linux gives 32768 to 60999, other systems 49152 and more. */
const FIRST = 12_000;
const LAST = 31_999;
const TRIES = 100;

/** Given in this process: what is free now may be somebody's in a moment. */
const given = new Set<number>();

export async function freePort(): Promise<number> {
  for (let i = 0; i < TRIES; i++) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST + 1));
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
  throw new Error(`no free port from ${FIRST} to ${LAST} in ${TRIES} tries`);
}

function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  return new Promise((resolve) => {
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}
