/**
 * A command-line option as data: parsing, config files, environment, help, completion and docs/options.md all read these
 * records.
 */
import { toCamelCase } from "../../../base/hints/spelling_hint.ts";

/** The kinds of run that an option is for. An option that is typed for another kind is warned about. */
export type RunMode = "local" | "master" | "worker" | "web";

export const OPTION_GROUPS = [
  "Common options",
  "Load shape",
  "Capacity search",
  "Running on many machines: master",
  "Running on many machines: worker",
  "Running on many machines: both sides",
  "Tags",
  "Statistics and files",
  "Live exports",
  "Web UI",
  "Logging",
  "Other options",
  "Options of this locustfile",
] as const;
export type OptionGroup = (typeof OPTION_GROUPS)[number];

/** A value after parsing. A flag is a boolean, a time span is seconds. */
export type OptionValue = string | number | boolean | readonly string[];

export type OptionType =
  | "flag"
  | "text"
  | "path"
  | "integer"
  | "number"
  | "timeSpan" // seconds
  | "list" // greedy: takes every following argument up to the next option
  | "repeated"; // one value each time it is written, commas and blanks included

export interface OptionSpec {
  /** Long name without dashes; also the key in config files. */
  readonly name: string;
  readonly short?: string; // one letter
  readonly type: OptionType;
  /** Environment variable. Options without one can only be typed or written in a config file. */
  readonly env?: string;
  /** The field of `environment.parsedOptions`: Locust's name in camelCase. `name` in camelCase if absent. */
  readonly dest?: string;
  /** The field of the options that the code reads (`RunOptions`): `name` in camelCase if absent; null: none of its own. */
  readonly field?: string | null;
  /** Turns the value into that of the field; undefined: as if it was not set. */
  readonly read?: (value: never) => unknown;
  /** A text that is typed again adds to the one before, with a comma between; if absent, the last one counts. */
  readonly again?: "adds";
  readonly default?: OptionValue;
  /** What help says in place of `default`, where a verb has another one. */
  readonly defaultText?: string;
  readonly placeholder?: string; // `URL` in `--host URL`
  readonly help: string;
  readonly group: OptionGroup;
  readonly modes?: readonly RunMode[]; // everywhere if absent
  readonly choices?: readonly string[]; // compared without regard to case when all are upper case
  readonly min?: number;
  readonly max?: number;
  /** `min` itself is not allowed. */
  readonly aboveMin?: true;
  /** An empty text is a value, and not one that is missing. */
  readonly mayBeEmpty?: true;
  /** A problem with a value of the right type, as the middle of a sentence: `it has no scheme; write …`. */
  readonly validate?: (value: OptionValue) => string | undefined;
  /** The items of a text of a list; commas and blanks separate words if absent. */
  readonly split?: (text: string) => readonly string[];
  /** Of a list: the values of all places count, not only those of the strongest. */
  readonly addsUp?: true;
  /** The path of an output: `{u}`, `{d}` and the like in it are filled in (`report/files/output_path.ts`). */
  readonly placeholders?: true;
  readonly hidden?: true;
  /** Never shown, logged or put into a file. */
  readonly secret?: true;
  /** Why the option ends the program: `Cannot use --slave: <removed>`. */
  readonly removed?: string;
  /** Accepted for Locust's sake and without effect; the sentence is logged. */
  readonly withoutEffect?: string;
  /** Belongs in no config file (`--help`). */
  readonly typedOnly?: true;
  /** Files and directories are offered by shell completion. */
  readonly completes?: "locustfile" | "file";
}

/** `--users`, as it is typed. */
export function flagOf(spec: OptionSpec): string {
  return `--${spec.name}`;
}

/** The option's field in `environment.parsedOptions`. */
export function destOf(spec: OptionSpec): string {
  return spec.dest ?? toCamelCase(spec.name);
}
