/**
 * The state of one worker as the master sees it: one variable, one table of legal moves. Pure.
 * A fact that has no move in the current state changes nothing: late and repeated messages are normal on a network.
 *
 * |          | greeted | declared | assigned | applied | stopAsked | stopped | heard   | silent  | lostAgain | left | expired |
 * | -------- | ------- | -------- | -------- | ------- | --------- | ------- | ------- | ------- | --------- | ---- | ------- |
 * | joining  | joining | ready    | –        | –       | –         | –       | –       | gone    | missing   | gone | –       |
 * | ready    | –       | –        | spawning | –       | stopping  | –       | –       | missing | –         | gone | –       |
 * | spawning | –       | ready    | –        | running | stopping  | ready   | –       | missing | –         | gone | –       |
 * | running  | –       | ready    | spawning | –       | stopping  | ready   | –       | missing | –         | gone | –       |
 * | stopping | –       | ready    | –        | –       | –         | ready   | –       | missing | –         | gone | –       |
 * | missing  | joining | –        | –        | –       | –         | –       | ready   | –       | –         | gone | gone    |
 * | gone     | joining | –        | –        | –       | –         | –       | –       | –       | –         | –    | –       |
 *
 * `greeted` in a living state is a link that was replaced before the silence was noticed: the worker keeps its place until
 * it has declared itself again and gets a fresh assignment. A worker that falls silent while it joins has nothing to give
 * back, so it is gone at once. One that was missing before has users and numbers, and is missing again. One that is gone and is
 * heard again gets its link closed (`master.ts`): it dials and is greeted.
 */

export type RosterState = "joining" | "ready" | "spawning" | "running" | "stopping" | "missing" | "gone";

export type WorkerFact =
  /** A link with an accepted `hello`. */
  | "greeted"
  /** It has the locustfile (`ready` message). */
  | "declared"
  /** We sent it an assignment. */
  | "assigned"
  /** It runs what we assigned last. */
  | "applied"
  | "stopAsked"
  | "stopped"
  /** Any message at all. */
  | "heard"
  /** Nothing for too long, or its link is broken and it did not come back. */
  | "silent"
  /** The same while it joins, of one that was missing before. */
  | "lostAgain"
  /** It said goodbye. */
  | "left"
  /** Missing for so long that we stop waiting. */
  | "expired";

const MOVES: Readonly<Record<RosterState, Readonly<Partial<Record<WorkerFact, RosterState>>>>> = {
  joining: { declared: "ready", silent: "gone", lostAgain: "missing", left: "gone" },
  ready: { assigned: "spawning", stopAsked: "stopping", silent: "missing", left: "gone" },
  spawning: {
    declared: "ready",
    applied: "running",
    stopAsked: "stopping",
    stopped: "ready",
    silent: "missing",
    left: "gone",
  },
  running: {
    declared: "ready",
    assigned: "spawning",
    stopAsked: "stopping",
    stopped: "ready",
    silent: "missing",
    left: "gone",
  },
  stopping: { declared: "ready", stopped: "ready", silent: "missing", left: "gone" },
  missing: { greeted: "joining", heard: "ready", left: "gone", expired: "gone" },
  gone: { greeted: "joining" },
};

/** The state after a fact; the same state where the table has no move. */
export function nextWorkerState(state: RosterState, fact: WorkerFact): RosterState {
  return MOVES[state][fact] ?? state;
}

/** Whether a worker in this state can be given users. */
export function isPlaceable(state: RosterState): boolean {
  return state === "ready" || state === "spawning" || state === "running";
}

/** Whether a worker in this state is connected as far as we know. */
export function isPresent(state: RosterState): boolean {
  return state !== "missing" && state !== "gone";
}
