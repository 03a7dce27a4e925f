/**
 * The contents of a locustfile as plain data, as its threads found them. The master plans with this and never touches
 * user code.
 */
import type { ScenarioPlan } from "./scenario_message.ts";

/** Where a locustfile comes from: files on this machine, in the order given. */
export interface LocustfileSource {
  readonly files: readonly string[]; // absolute paths
}

/** A task, or a task set with its tasks. */
export interface TaskDescription {
  readonly name: string;
  readonly weight: number;
  readonly tags: readonly string[];
  readonly kind: "task" | "set" | "sequential" | "markov";
  readonly tasks: readonly TaskDescription[];
}

/** The share of a user class or task, and of what is below it. */
export interface TaskRatio {
  readonly ratio: number;
  readonly tasks?: TaskRatioTree;
}

export type TaskRatioTree = Readonly<Record<string, TaskRatio>>;

export interface TaskRatios {
  /** Of the classes among the users, and of each task in the work of its parent. */
  readonly perClass: TaskRatioTree;
  /** Of each task in the work of all. */
  readonly total: TaskRatioTree;
}

export interface UserClassDescription {
  readonly name: string;
  readonly file: string;
  readonly weight: number;
  readonly fixedCount: number;
  /** Of an open load: its arrivals as the class states them. Absent: its users run all the time. */
  readonly arrivalRate?: string | number;
  /** Where the class states it. */
  readonly maxUsers?: number;
  /** Task starts that all users of the class keep together. */
  readonly targetRate?: string | number;
  readonly host?: string;
  readonly needsHost: boolean; // HttpUser and FastHttpUser
  readonly tasks: readonly TaskDescription[];
  /** What the class's own `json()` returns: the fields a class picker may edit. */
  readonly json: Readonly<Record<string, unknown>>;
}

export interface ShapeDescription {
  readonly name: string;
  readonly file: string;
  readonly useCommonOptions: boolean;
}

/** One `parser.addArgument(...)` of `initCommandLineParser`. */
export interface CustomArgument {
  readonly flags: readonly string[]; // `--tenant`, `-x`
  readonly name: string; // key in parsedOptions, camelCase of the long flag
  readonly type: "string" | "integer" | "number" | "boolean" | "list";
  readonly choices?: readonly string[];
  readonly default?: string | number | boolean | readonly string[];
  readonly env?: string;
  readonly help?: string;
  readonly secret: boolean;
  readonly required: boolean;
  readonly includeInWebUi: boolean;
}

export interface LocustfileDescription {
  readonly userClasses: readonly UserClassDescription[];
  readonly shapes: readonly ShapeDescription[];
  readonly arguments: readonly CustomArgument[];
  /** Expressions of its thresholds, which can be read. */
  readonly thresholds: readonly string[];
  /** Names of its counters, as far as they are made when it is loaded; absent: none. */
  readonly counters?: readonly string[];
  /** Loads of their own, in the order of the file; absent where the command line or a shape decides the load. */
  readonly scenarios?: readonly ScenarioPlan[];
  /** Things that are legal but probably not meant. */
  readonly warnings: readonly string[];
}
