/**
 * Takes a command line apart: which options were typed with which texts, and what is left over. `split_argv.ts` knows the conventions
 * (`-u5`, `-u 5`, `--users=5`, `-ab`, `--`); shortened names and what is no option are decided here. What the texts mean is decided
 * in `option_value.ts`; nothing here ends the program.
 */
import { nearest } from "../../../base/hints/near_miss.ts";
import { flagOf, type OptionSpec } from "../table/option_spec.ts";
import { adviceOnWord, optionMeantBy } from "./other_words.ts";
import { longWithOneDash, splitArgv } from "./split_argv.ts";

/** What was typed for one option. `bare`: no value was given. `typedAs`: the flag, where it is another tool's word for the option. */
export type RawValue =
  | { readonly kind: "bare"; readonly typedAs?: string }
  | { readonly kind: "text"; readonly text: string; readonly typedAs?: string }
  | { readonly kind: "list"; readonly items: readonly string[]; readonly typedAs?: string };

export interface ReadArguments {
  /** By option name; of an option typed twice the last one counts; lists and locustfiles are joined. */
  readonly typed: ReadonlyMap<string, RawValue>;
  /** Names of options that were typed shortened. */
  readonly shortened: ReadonlySet<string>;
  readonly operands: readonly string[];
  /** Arguments that look like options but are none, with what was probably meant. */
  readonly unrecognized: readonly string[];
}

/** Operands that must be a locustfile, whatever stands before them. Another URL is more likely a value: `--hots http://shop`. */
const LOCUSTFILE_OPERAND = /\.([cm]?[jt]s|[jt]sx|py)$/i;

const NEGATIVE_NUMBER = /^-(\d+|\d*\.\d+)$/;

/**
 * Reads `argv` (without program and verb) by a table. Long options may be shortened as far as they stay unique.
 * An option that is not in the table takes the argument after it along, unless that is plainly a locustfile: so options
 * that only the locustfile knows do not disturb the first reading.
 */
export function readArgv(argv: readonly string[], table: readonly OptionSpec[]): ReadArguments {
  const typed = new Map<string, RawValue>();
  const expanded = argv.map((_, index) => expandAt(argv, index, table));
  const shortened = expanded.filter((argument, index) => argument !== argv[index]).map((argument) =>
    splitLong(argument).name
  );
  const { operands, unknown } = splitArgv(expanded, table, (spec, value) => {
    typed.set(spec.name, joinValue(spec, typed.get(spec.name), value));
  });
  const rest = separateUnknown(unknown, table);
  return {
    typed,
    shortened: new Set(shortened),
    operands: [...operands, ...rest.operands],
    unrecognized: rest.unrecognized,
  };
}

function joinValue(spec: OptionSpec, before: RawValue | undefined, value: string | undefined): RawValue {
  if (spec.type === "list" || (spec.type === "repeated" && value !== undefined)) {
    const items = before?.kind === "list" ? before.items : [];
    return { kind: "list", items: value === undefined ? items : [...items, value] };
  }
  if (value === undefined) return { kind: "bare" };
  return { kind: "text", text: spec.again === "adds" && before?.kind === "text" ? `${before.text},${value}` : value };
}

/** The argument at `index` with a shortened long option written out; everything after `--` stays as it is. */
function expandAt(argv: readonly string[], index: number, table: readonly OptionSpec[]): string {
  const argument = argv[index] ?? "";
  const end = argv.indexOf("--");
  if (!argument.startsWith("--") || argument === "--" || (end >= 0 && index > end)) return argument;
  const { name, value } = splitLong(argument);
  if (optionMeantBy(`--${name}`, table) !== undefined) return argument; // `--url` is --host elsewhere, not --url-grouping
  const matches = optionsStartingWith(name, table);
  const [only] = matches;
  if (only === undefined || matches.length > 1) return argument;
  return `${flagOf(only)}${value ?? ""}`;
}

function splitLong(argument: string): { readonly name: string; readonly value: string | undefined } {
  const equals = argument.indexOf("=");
  if (equals < 0) return { name: argument.slice(2), value: undefined };
  return { name: argument.slice(2, equals), value: argument.slice(equals) };
}

function optionsStartingWith(prefix: string, table: readonly OptionSpec[]): readonly OptionSpec[] {
  const exact = table.filter((spec) => spec.name === prefix);
  return exact.length > 0 || prefix === "" ? exact : table.filter((spec) => spec.name.startsWith(prefix));
}

/** Sorts what the table does not have into problems and operands. */
function separateUnknown(unknown: readonly string[], table: readonly OptionSpec[]) {
  const operands: string[] = [];
  const unrecognized: string[] = [];
  for (let index = 0; index < unknown.length; index++) {
    const argument = unknown[index] ?? "";
    if (argument === "--") {
      operands.push(...unknown.slice(index + 1));
      break;
    }
    if (!argument.startsWith("-") || argument === "-" || NEGATIVE_NUMBER.test(argument)) {
      operands.push(argument);
      continue;
    }
    unrecognized.push(describeUnrecognized(argument, table));
    const next = unknown[index + 1];
    if (next !== undefined && !next.startsWith("-") && !argument.includes("=") && !LOCUSTFILE_OPERAND.test(next)) {
      index++;
    }
  }
  return { operands, unrecognized };
}

function describeUnrecognized(argument: string, table: readonly OptionSpec[]): string {
  const long = longWithOneDash(argument);
  if (table.some((spec) => flagOf(spec) === long)) {
    return `Cannot use ${long.slice(1)}: a long option has two dashes; write ${long}`;
  }
  const flag = argument.startsWith("--") ? `--${splitLong(argument).name}` : argument.slice(0, 2);
  const now = optionMeantBy(flag, table);
  if (now !== undefined) return `Cannot use ${flag}: there is no such option; write ${flagOf(now)}`;
  const other = adviceOnWord(flag);
  if (other !== undefined) return `Cannot use ${flag}: there is no such option; ${other}`;
  if (!argument.startsWith("--")) return `Cannot use ${flag}: there is no such option; see --help`;
  const { name } = splitLong(argument);
  const matches = optionsStartingWith(name, table);
  if (matches.length > 1) {
    const shown = matches.filter((spec) => spec.hidden === undefined);
    const flags = (shown.length > 0 ? shown : matches).map(flagOf).join(", ");
    return `Cannot use --${name}: it is short for several options; write one of ${flags}`;
  }
  const [match] = matches;
  if (match?.type === "flag") return `Cannot use ${argument}: ${flagOf(match)} takes no value; write ${flagOf(match)}`;
  const names = table.filter((spec) => spec.hidden === undefined).map((spec) => spec.name);
  const meant = nearest(name, names) ?? names.find((each) => name.startsWith(`${each}-`)); // `--html-report`
  const advice = meant === undefined ? "; see --help" : `. Did you mean "--${meant}"?`;
  return `Cannot use --${name}: there is no such option${advice}`;
}
