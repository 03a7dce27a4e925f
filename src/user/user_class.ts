/**
 * The types of user classes and of the tasks they list. They are wide where TypeScript gives a `static tasks` no help
 * (an overriding static is inferred without its base's type, so `["search", 3]` is an array, not a pair); checked when
 * collected.
 */
import type { SampleTags } from "../base/sample_tags.ts";
import type { Environment } from "./environment.ts";
import type { Iteration, WhenLate } from "./lifecycle/iteration_gate.ts";
import type { TaskSet } from "./tasks/task_set.ts";
import type { User } from "./user.ts";

/**
 * A task as a function: gets the user or task set it runs in as `this` and as its argument. Written as a method,
 * because a method's parameters may be of a class that is derived from these: a task for `Shopper` is a task.
 */
export type TaskFunction = { run(this: User | TaskSet<User>, receiver: User | TaskSet<User>): unknown }["run"];

/** A class of task sets. */
export type TaskSetClass = abstract new (parent: never) => TaskSet<User>;

/** What a task list may hold: a function, a task set class, or the name of a method. */
export type TaskReference = TaskFunction | TaskSetClass | string;

/** Tasks, each alone or with its weight: `["login", Browse, ["search", 3]]`, or a Map of weights. */
export type TaskList =
  | readonly (TaskReference | readonly (TaskReference | number)[])[]
  | ReadonlyMap<TaskReference, number>;

/** The statics of every user class. */
export interface UserStatics {
  json(): Record<string, unknown>;
  weight: number;
  fixedCount: number;
  abstract: boolean;
  host?: string;
  tasks: TaskList;
  arrivalRate?: string | number;
  iteration: Iteration;
  freshUsers: boolean;
  maxUsers?: number;
  whenLate: WhenLate;
  tags?: SampleTags;
  targetRate?: string | number;
}

/** A user class that can be started. */
export type UserClass = (new (environment: Environment) => User) & UserStatics;
