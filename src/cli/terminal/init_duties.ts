/**
 * The duties of a process that is the first one of its container (pid 1): to end on a signal that nothing else listens
 * to, because the kernel drops signals that a first process has no listener for; and to wait for orphans, which the
 * kernel gives to it when their parent has ended.
 *
 * Children that we have started ourselves must not be waited for here: their owner would miss how they ended. The
 * runtime takes them off the list at once; what is still there after `SWEEPS` is an orphan.
 */
import type { Clock } from "../../base/clock.ts";
import type { Zombie } from "../../platform/machine/processes.ts";

type Signal = "SIGINT" | "SIGTERM";

export interface InitProcess {
  on(signal: Signal, listener: () => void): unknown;
  listenerCount(signal: Signal): number;
}

export interface InitDeps {
  readonly process: InitProcess;
  readonly clock: Pick<Clock, "schedule">;
  readonly exit: (code: number) => void;
  readonly listZombies: () => readonly Zombie[];
  /** Undefined where the system has no such call. */
  readonly waitFor: ((pid: number) => void) | undefined;
}

const SWEEP_MS = 5000;
const SWEEPS = 3;
const NUMBERS: Readonly<Record<Signal, number>> = { SIGINT: 2, SIGTERM: 15 };

/** Takes them on until the process ends. */
export function takeInitDuties(deps: InitDeps): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    deps.process.on(signal, () => {
      if (deps.process.listenerCount(signal) === 1) deps.exit(128 + NUMBERS[signal]);
    });
  }
  const { waitFor } = deps;
  if (waitFor !== undefined) sweepAgain(deps, waitFor, new Map());
}

/** `seen`: how many sweeps found each of them. */
function sweepAgain(deps: InitDeps, waitFor: (pid: number) => void, seen: ReadonlyMap<string, number>): void {
  deps.clock.schedule(SWEEP_MS, () => {
    const now = new Map<string, number>();
    for (const { pid, id } of deps.listZombies()) {
      const times = (seen.get(id) ?? 0) + 1;
      if (times >= SWEEPS) waitFor(pid);
      else now.set(id, times);
    }
    sweepAgain(deps, waitFor, now);
  });
}
