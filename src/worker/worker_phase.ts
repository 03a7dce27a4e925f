/**
 * The phase of a worker: one variable, one table of legal moves. Pure. A fact without a move in the current phase
 * changes nothing, and the worker does not act on it: late and repeated messages are normal on a network.
 *
 * |             | runStarted | runRepeated | assigned | applied | stopAsked | usersEnded  | delivered | masterLost | leaveAsked | filesReplaced |
 * | ----------- | ---------- | ----------- | -------- | ------- | --------- | ----------- | --------- | ---------- | ---------- | ------------- |
 * | idle        | spawning   | –           | –        | –       | –         | –           | –         | –          | left       | –             |
 * | spawning    | spawning   | –           | spawning | running | stopping  | ended       | –         | orphaned   | leaving    | idle          |
 * | running     | spawning   | –           | spawning | –       | stopping  | ended       | –         | orphaned   | leaving    | idle          |
 * | stopping    | spawning   | –           | –        | –       | –         | ended       | –         | –          | leaving    | idle          |
 * | ended       | spawning   | –           | –        | –       | –         | –           | idle      | –          | delivering | idle          |
 * | orphaned    | spawning   | –           | –        | –       | stopping  | orphanEnded | –         | –          | leaving    | idle          |
 * | orphanEnded | spawning   | spawning    | –        | –       | ended     | –           | –         | –          | delivering | idle          |
 * | leaving     | –          | –           | –        | –       | –         | delivering  | –         | –          | –          | –             |
 * | delivering  | –          | –           | –        | –       | –         | –           | left      | –          | –          | –             |
 * | left        | –          | –           | –        | –       | –         | –           | –         | –          | –          | –             |
 *
 * The difference between `ended` and `orphanEnded`: a master ended the first run, and gets a report of its end; the
 * users of the second one were ended because no master was there, and a master that returns may give the same run new
 * users.
 */
import type { WorkerState } from "../protocol/worker_message.ts";

export type WorkerPhase =
  /** No run, or one whose numbers the master has. */
  | "idle"
  | "spawning"
  | "running"
  /** The master ended the run: its users are ending. */
  | "stopping"
  /** The users are gone; the last numbers are on their way. */
  | "ended"
  /** No master for too long: the users are ending. */
  | "orphaned"
  | "orphanEnded"
  /** The process is to end: its users are ending. */
  | "leaving"
  /** The process is to end once its last numbers are acknowledged. */
  | "delivering"
  | "left";

export type WorkerFact =
  /** `startRun` of a run that this worker does not know. */
  | "runStarted"
  /** `startRun` of the run that it knows. */
  | "runRepeated"
  | "assigned"
  /** Every thread that answers runs what was assigned. */
  | "applied"
  | "stopAsked"
  | "usersEnded"
  /** Every number of the run is acknowledged, and its end is reported. */
  | "delivered"
  /** No master for as long as users may run without one. */
  | "masterLost"
  | "leaveAsked"
  /** The worker runs another locustfile: its threads, and the users in them, were replaced. */
  | "filesReplaced";

const MOVES: Readonly<Record<WorkerPhase, Readonly<Partial<Record<WorkerFact, WorkerPhase>>>>> = {
  idle: { runStarted: "spawning", leaveAsked: "left" },
  spawning: {
    runStarted: "spawning",
    assigned: "spawning",
    applied: "running",
    stopAsked: "stopping",
    usersEnded: "ended",
    masterLost: "orphaned",
    leaveAsked: "leaving",
    filesReplaced: "idle",
  },
  running: {
    runStarted: "spawning",
    assigned: "spawning",
    stopAsked: "stopping",
    usersEnded: "ended",
    masterLost: "orphaned",
    leaveAsked: "leaving",
    filesReplaced: "idle",
  },
  stopping: { runStarted: "spawning", usersEnded: "ended", leaveAsked: "leaving", filesReplaced: "idle" },
  ended: { runStarted: "spawning", delivered: "idle", leaveAsked: "delivering", filesReplaced: "idle" },
  orphaned: {
    runStarted: "spawning",
    stopAsked: "stopping",
    usersEnded: "orphanEnded",
    leaveAsked: "leaving",
    filesReplaced: "idle",
  },
  orphanEnded: {
    runStarted: "spawning",
    runRepeated: "spawning",
    stopAsked: "ended",
    leaveAsked: "delivering",
    filesReplaced: "idle",
  },
  leaving: { usersEnded: "delivering" },
  delivering: { delivered: "left" },
  left: {},
};

/** The phase after a fact; undefined where the fact has no move. */
export function nextPhase(phase: WorkerPhase, fact: WorkerFact): WorkerPhase | undefined {
  return MOVES[phase][fact];
}

/** Whether the worker says on each link that its users are gone, and delivers what it still has. */
export function reportsEnd(phase: WorkerPhase): boolean {
  return phase === "idle" || phase === "ended" || phase === "delivering";
}

/** Whether the process is about to end. */
export function isLeaving(phase: WorkerPhase): boolean {
  return phase === "leaving" || phase === "delivering" || phase === "left";
}

/** The word of the protocol for a phase. */
export function toWorkerState(phase: WorkerPhase): WorkerState {
  switch (phase) {
    case "spawning":
    case "running":
      return phase;
    case "stopping":
    case "orphaned":
    case "leaving":
      return "stopping";
    case "idle":
    case "ended":
    case "orphanEnded":
    case "delivering":
    case "left":
      return "ready";
  }
}
