/**
 * Locust's runner classes and states, for comparisons: `environment.runner instanceof MasterRunner`. They have no
 * instances; the kind of a runner follows from the place where its code runs, in a local run as in one over many
 * machines.
 */
import type { RunnerFacade, RunnerState } from "./runner_facade.ts";

/** The right side of `instanceof`. */
export interface RunnerKind<Role extends RunnerFacade["role"]> {
  [Symbol.hasInstance](value: unknown): value is RunnerFacade & { readonly role: Role };
}

/**
 * The runner of the control thread: there is one in a run, beside the master.
 *
 * @example
 * ```ts
 * events.init.addListener(({ environment }) => {
 *   if (environment.runner instanceof MasterRunner) console.log("once per run");
 *   else console.log("in each thread that runs users");
 * });
 * ```
 */
export const MasterRunner: RunnerKind<"master"> = createKind("master");

/** The runner of a thread that runs users. */
export const WorkerRunner: RunnerKind<"worker"> = createKind("worker");

/** What `runner.state` may be. */
export const STATE_INIT: RunnerState = "ready";
export const STATE_SPAWNING: RunnerState = "spawning";
export const STATE_RUNNING: RunnerState = "running";
export const STATE_CLEANUP: RunnerState = "cleanup";
export const STATE_STOPPING: RunnerState = "stopping";
export const STATE_STOPPED: RunnerState = "stopped";
export const STATE_MISSING: RunnerState = "missing";

function createKind<Role extends RunnerFacade["role"]>(role: Role): RunnerKind<Role> {
  return {
    [Symbol.hasInstance](value): value is RunnerFacade & { readonly role: Role } {
      return typeof value === "object" && value !== null && "registerMessage" in value && "role" in value &&
        value.role === role;
    },
  };
}
