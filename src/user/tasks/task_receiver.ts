/**
 * A user or a task set, and the code that runs in it, as the task loop sees them. The loop needs no more, so the files
 * that run tasks do not depend on the public classes that stand on them. Types only.
 */
import type { Random } from "../../base/random.ts";
import type { BEGIN_PACE, WaitOwner } from "../timing/wait_time.ts";

/** Receives task calls as `this` and as the argument. */
export interface TaskReceiver extends WaitOwner {
  readonly random: Random;
  waitTime?(): number;
  onStart(): Promise<void> | void;
  onStop(): Promise<void> | void;
  /** The first task begins: the pace counts from here. */
  [BEGIN_PACE](nowMs: number): void;
  /** Task sets only: the public method that a locustfile may override. */
  executeNextTask?(): Promise<void>;
}

/** A task as a function. */
export type RunnableTask = (this: never, receiver: never) => unknown;

/** A task as a class of task sets. */
export type RunnableSet = abstract new (parent: never) => TaskReceiver;

/** A task as a locustfile names it: a function, a set, or the name of a method. */
export type RunnableReference = RunnableTask | RunnableSet | string;
