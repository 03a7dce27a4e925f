/**
 * The port through which code in a thread asks the master while a run is on, and the place where the thread puts it for
 * `feed` and `cluster`, which are imported by modules and know no environment. The thread that owns the run implements
 * it.
 */
import type { Clock } from "../../base/clock.ts";
import { LocustError } from "../../base/errors.ts";
import type { Question } from "../../protocol/question_message.ts";
import type { SharedTurns } from "./shared_turns.ts";

export interface AskOptions {
  /** What cannot be done without the answer, for the sentence of an error: `get the next row of "users.csv"`. */
  readonly what: string;
  /** Absent: until the run is over. */
  readonly timeoutMs?: number;
  /** Ends the wait, with its reason as the error. */
  readonly signal?: AbortSignal | undefined;
}

export interface ThreadPlace {
  readonly workerIndex: number;
  readonly threadIndex: number;
}

export interface MasterPort {
  readonly runId: string;
  readonly clock: Clock;
  /** Of the run: users and everything that belongs to the whole test draw from it. */
  readonly seed: number;
  /** This thread among those of its worker, and the worker among all. */
  readonly place: ThreadPlace;
  /** Of the run, with the other threads of this machine. */
  readonly turns: SharedTurns;
  /** Aborted when the run is being stopped. */
  readonly stopping: AbortSignal;
  /**
   * Asks, and resolves to the value of the answer. Each question is acted on once, whatever happens to the links on its
   * way.
   *
   * @throws LocustError `master_away`, `no_answer` or `run_over`, or `refused_question` with what the master says
   */
  ask(question: Question, options: AskOptions): Promise<unknown>;
  /** A line of the log, once in the run whichever threads say it. */
  note(line: string): void;
  /** Has `close` called when the run's users have ended, while questions can still be asked. */
  atEnd(close: () => void): void;
}

let current: MasterPort | undefined;

/** The port of the run that is on in this thread from now on. Returns what takes it away again. */
export function provideMasterPort(port: MasterPort): () => void {
  const before = current;
  current = port;
  return () => {
    if (current === port) current = before;
  };
}

/** @throws LocustError when no run is on */
export function masterPort(what: string): MasterPort {
  if (current !== undefined) return current;
  throw new LocustError(`Cannot ${what}: no run is on; call it in a task, in onStart, or in a listener of testStart`, {
    code: "no_run",
  });
}
