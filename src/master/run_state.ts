/**
 * The states of a run as a table: which state follows which input. An input without an entry is illegal in that state;
 * the caller decides whether that is a mistake or merely late.
 */

export const RUN_STATES = ["ready", "spawning", "running", "stopping", "stopped"] as const;
export type RunState = (typeof RUN_STATES)[number];

/**
 * `start`: a new run begins. `target`: a new number of users is wanted. `ramped`: that number has been reached.
 * `stop`: the run is to end. `drained`: every worker has delivered its last request.
 */
export const RUN_INPUTS = ["start", "target", "ramped", "stop", "drained"] as const;
export type RunInput = (typeof RUN_INPUTS)[number];

const NEXT: Readonly<Record<RunState, Readonly<Partial<Record<RunInput, RunState>>>>> = {
  ready: { start: "spawning" },
  spawning: { target: "spawning", ramped: "running", stop: "stopping" },
  running: { target: "spawning", ramped: "running", stop: "stopping" },
  stopping: { stop: "stopping", drained: "stopped" },
  stopped: { start: "spawning", stop: "stopped" },
};

/** The state after `input`, or undefined where the input has no place in this state. */
export function nextRunState(state: RunState, input: RunInput): RunState | undefined {
  return NEXT[state][input];
}
