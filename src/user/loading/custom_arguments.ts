/**
 * `parser.addArgument(…)` of the event `initCommandLineParser`: records the locustfile's own options as data. Parsing,
 * defaults, environment variables and help are the command line's business; here an argument is only checked and named.
 */
import { toCamelCase } from "../../base/hints/spelling_hint.ts";
import type { CustomArgument } from "../../protocol/locustfile_description.ts";

/** How a custom option is declared. */
export interface ArgumentSettings {
  /** The type that its text is converted to; `string` if absent. `boolean` takes no value on the command line. */
  readonly type?: "string" | "integer" | "number" | "boolean" | "list";
  readonly choices?: readonly string[];
  readonly default?: string | number | boolean | readonly string[];
  /** An environment variable with the value, if the command line does not have one. */
  readonly env?: string;
  /** Locust's name of `env`. */
  readonly envVar?: string;
  readonly help?: string;
  /** Never shown nor logged. */
  readonly secret?: boolean;
  /** Locust's name of `secret`. */
  readonly isSecret?: boolean;
  readonly required?: boolean;
  /** Locust's name of `required`. */
  readonly isRequired?: boolean;
  /** False keeps it out of the start form of the web UI. */
  readonly includeInWebUi?: boolean;
}

/** The parser that listeners of `initCommandLineParser` get. */
export interface CustomArgumentParser {
  /**
   * Adds an option: `addArgument("--tenant", "-T", { type: "string", default: "acme" })`. Its value is
   * `environment.parsedOptions.tenant`; the key is the long flag in camelCase.
   */
  addArgument(...args: readonly [flag: string, ...rest: (string | ArgumentSettings)[]]): void;
}

/** A parser that records, with the mistakes it was given. */
export interface RecordingParser extends CustomArgumentParser {
  readonly recorded: readonly CustomArgument[];
  readonly problems: readonly string[];
}

const TYPES = ["string", "integer", "number", "boolean", "list"] as const;
const SETTINGS = ["type", "choices", "default", "env", "help", "secret", "required", "includeInWebUi"];
/** Locust's names, and what those of Python's `add_argument` are here. */
const ALIASES: Readonly<Record<string, string>> = { envVar: "env", isSecret: "secret", isRequired: "required" };
const ELSEWHERE: Readonly<Record<string, string>> = {
  action: 'write type: "boolean"',
  nargs: 'write type: "list"',
  isMultiple: 'write type: "list"',
  dest: "the key is the long flag in camelCase",
  metavar: "the help names the type",
};
/** Python's types, and functions that stand for types elsewhere. */
const OTHER_TYPES: Readonly<Record<string, string>> = {
  str: "string",
  int: "integer",
  float: "number",
  bool: "boolean",
  String: "string",
  Number: "number",
  Boolean: "boolean",
};
const FLAG = /^(--[A-Za-z][A-Za-z0-9_-]*|-[A-Za-z])$/;

export function createRecordingParser(): RecordingParser {
  const recorded: CustomArgument[] = [];
  const problems: string[] = [];
  const addArgument = (...args: readonly (string | ArgumentSettings)[]) => {
    const found = readArgument(args, recorded);
    if (typeof found === "string") problems.push(`Cannot add the option ${labelOf(args)}: ${found}`);
    else recorded.push(found);
  };
  return { recorded, problems, addArgument };
}

function describeBadType(type: unknown): string {
  const word = typeof type === "function" ? type.name : String(type);
  const meant = Object.hasOwn(OTHER_TYPES, word) ? OTHER_TYPES[word] : undefined;
  return `"${word}" is not a type; ${meant === undefined ? `there are ${TYPES.join(", ")}` : `write "${meant}"`}`;
}

/** The argument, or what is wrong with it. */
function readArgument(
  args: readonly (string | ArgumentSettings)[],
  earlier: readonly CustomArgument[],
): CustomArgument | string {
  const flags = args.filter((arg) => typeof arg === "string");
  const settings = withoutAliases(args.find((arg) => typeof arg === "object") ?? {});
  const long = flags.find((flag) => flag.startsWith("--"));
  if (long === undefined) return 'it has no long flag; name it like "--tenant"';
  const badFlag = flags.find((flag) => !FLAG.test(flag));
  if (badFlag !== undefined) return `"${badFlag}" is not a flag; write "--name" or "-n"`;
  const unknown = Object.keys(settings).find((key) => !SETTINGS.includes(key));
  if (unknown !== undefined) return `"${unknown}" is not a setting; ${adviseOn(unknown)}`;
  const taken = flags.find((flag) => earlier.some((other) => other.flags.includes(flag)));
  if (taken !== undefined) return `${taken} was added before; choose another`;
  const type = settings.type ?? typeOfDefault(settings.default);
  if (!TYPES.includes(type)) return describeBadType(type);
  const problem = checkChoices(settings) ?? checkDefault(type, settings);
  if (problem !== undefined) return problem;
  return {
    flags,
    name: keyOf(long),
    type,
    ...(settings.choices === undefined ? {} : { choices: [...settings.choices] }),
    ...(settings.default === undefined ? {} : { default: settings.default }),
    ...(settings.env === undefined ? {} : { env: settings.env }),
    ...(settings.help === undefined ? {} : { help: settings.help }),
    secret: settings.secret === true,
    required: settings.required === true,
    includeInWebUi: settings.includeInWebUi !== false,
  };
}

function withoutAliases(settings: ArgumentSettings): ArgumentSettings {
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [ALIASES[key] ?? key, value]));
}

function adviseOn(unknown: string): string {
  const known = toCamelCase(unknown);
  if (known !== unknown && (SETTINGS.includes(known) || known in ALIASES)) return `write "${known}"`;
  return ELSEWHERE[unknown] ?? `there are ${SETTINGS.join(", ")}`;
}

function typeOfDefault(value: ArgumentSettings["default"]): (typeof TYPES)[number] {
  if (Array.isArray(value)) return "list";
  return typeof value === "boolean" || typeof value === "number" ? typeof value as "boolean" | "number" : "string";
}

function checkChoices(settings: ArgumentSettings): string | undefined {
  const { choices } = settings;
  if (choices === undefined) return undefined;
  const isList = Array.isArray(choices) && choices.length > 0 && choices.every((choice) => typeof choice === "string");
  return isList ? undefined : "its choices are not a list of strings; write them in quotes";
}

function checkDefault(type: (typeof TYPES)[number], settings: ArgumentSettings): string | undefined {
  const value = settings.default;
  if (value === undefined) return undefined;
  const fits = {
    string: typeof value === "string",
    integer: Number.isInteger(value),
    number: typeof value === "number" && Number.isFinite(value),
    boolean: typeof value === "boolean",
    list: Array.isArray(value) && value.every((item) => typeof item === "string"),
  }[type];
  if (!fits) {
    return `its default ${JSON.stringify(value)} is not ${
      type === "integer" ? "an" : "a"
    } ${type}; change one of the two`;
  }
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  const outside = values.find((item) => settings.choices !== undefined && !settings.choices.includes(String(item)));
  return outside === undefined ? undefined : `its default ${JSON.stringify(outside)} is not one of its choices; add it`;
}

/** `--max-items` becomes `maxItems`, as does `--max_items`. */
function keyOf(flag: string): string {
  return toCamelCase(flag.replace(/^-+/, "").replaceAll("-", "_"));
}

function labelOf(args: readonly (string | ArgumentSettings)[]): string {
  return typeof args[0] === "string" ? args[0] : "without a name";
}
