/**
 * Closed users on a queue, second by second: each waits so long after each answer, and then asks again. What the ledger of a search over users would show; time
 * is a number. Users start within two seconds, as a search starts them.
 */
import { createRandom } from "../../src/base/random.ts";
import type { SimulatedSystem } from "./simulated_system.ts";

interface Asking {
  readonly atMs: number;
  readonly user: number;
}

/** As `master/capacity/run_search.ts` starts them. */
const RAMP_MS = 2000;

export function createClosedQueue(options: {
  readonly servers: number;
  readonly meanServiceMs: number;
  readonly waitMs: number;
  readonly seed: number;
}): SimulatedSystem {
  const random = createRandom(options.seed);
  const freeAt = new Array<number>(options.servers).fill(0);
  let nowMs = 0;
  let users = 0;
  /** Ascending. */
  let due: Asking[] = [];
  let pending: { readonly endMs: number; readonly latencyMs: number }[] = [];
  const ask = (asking: Asking) => {
    let at = due.length;
    while (at > 0 && (due[at - 1]?.atMs ?? 0) > asking.atMs) at--;
    due.splice(at, 0, asking);
  };
  return {
    second(load) {
      const endMs = nowMs + 1000;
      if (load < users) due = due.filter(({ user }) => user < load);
      for (let user = users; user < load; user++) {
        ask({ atMs: nowMs + (user - users) / (load - users) * RAMP_MS, user });
      }
      users = load;
      let arrived = 0;
      for (let next = due[0]; next !== undefined && next.atMs < endMs; next = due[0]) {
        due.shift();
        const free = freeAt.reduce((least, each, i) => each < (freeAt[least] ?? 0) ? i : least, 0);
        const end = Math.max(next.atMs, freeAt[free] ?? 0) - Math.log(1 - random.float()) * options.meanServiceMs;
        freeAt[free] = end;
        pending.push({ endMs: end, latencyMs: end - next.atMs });
        ask({ atMs: end + options.waitMs, user: next.user });
        arrived++;
      }
      const ended = pending.filter((each) => each.endMs <= endMs);
      pending = pending.filter((each) => each.endMs > endMs);
      nowMs = endMs;
      return { latenciesMs: ended.map(({ latencyMs }) => latencyMs), failures: 0, arrived, inFlight: pending.length };
    },
  };
}
