/**
 * Parses a command line into one of a closed set of commands, or into all its problems. Pure: config files come as
 * texts.
 *
 * A run is parsed twice. The first time without `customArguments`: enough to find the locustfile, options that only the
 * locustfile knows are let through. The second time with them: now everything must be known.
 */
import type { CustomArgument } from "../../protocol/locustfile_description.ts";
import { type RawValue, type ReadArguments, readArgv } from "./reading/argv_reader.ts";
import type { ConfigText } from "./reading/config_file.ts";
import { findContradictions, findMissing, findPointless } from "./contradictions.ts";
import { readCustomValues, toCustomOptions } from "./custom_option.ts";
import type { OptionSpec } from "./table/option_spec.ts";
import { parseOptionValue } from "./reading/option_value.ts";
import { type RunOptions, type RunStart, toRunOptions } from "./reading/options.ts";
import { OPTION_TABLE } from "./table/option_table.ts";
import { DEFAULT_LOCUSTFILE } from "./locustfile/locustfile_name.ts";
import { findStrayFiles, findSwallowedFiles, findWrongCommand } from "./operand_problems.ts";
import { splitOperands } from "./operands.ts";
import { type ResolvedOptions, resolveOptions } from "./reading/resolve_options.ts";
import { type Command, parseSimpleVerb } from "./simple_verbs.ts";
import { isVerbName, type VerbName } from "./table/verbs.ts";

export type { Command } from "./simple_verbs.ts";

export interface CommandLine {
  readonly argv: readonly string[]; // without the program
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly configs: readonly ConfigText[]; // from the one that wins to the one that yields
  /** User classes where none are named, of a run that is resumed. */
  readonly userClasses?: readonly string[];
  /** Options that such a run had and that are not in its journal. */
  readonly secrets?: readonly string[];
  /** The locustfile's own options; absent while it is not loaded. */
  readonly customArguments?: readonly CustomArgument[];
  /** What the paths of outputs are named after; absent: placeholders stay as they are. */
  readonly started?: RunStart;
  /** Options that the web UI sets for one run, by long name; they win over all others. Null: as if it was never set. */
  readonly overrides?: ReadonlyMap<string, RawValue | null>;
  /** User classes that the web UI picked for one run. */
  readonly pickedClasses?: readonly string[];
}

/** The value of an option that names more options, and must be known before anything else can be parsed. */
export function findTypedOption(argv: readonly string[], name: "config" | "resume"): string | undefined {
  const shortest = `--${name.slice(0, 2)}`; // of its abbreviations
  if (!argv.some((word) => word.startsWith(shortest))) return undefined;
  const raw = readArgv(splitVerb(argv).rest, OPTION_TABLE).typed.get(name);
  return raw?.kind === "text" ? raw.text : undefined;
}

export function parseCommandLine(line: CommandLine): Command {
  const { verb, rest } = splitVerb(line.argv);
  if (line.argv.length === 0 && !isSetElsewhere(line)) return { kind: "overview" };
  if (verb === "run" || verb === "worker" || verb === undefined) return parseRun(line, verb, rest);
  if (verb === "hit") return { kind: "hit", argv: rest };
  return parseSimpleVerb(verb, rest);
}

/** A container's or a config file's way: nothing is typed, everything is said by variables or in a file. */
function isSetElsewhere({ env, configs }: CommandLine): boolean {
  const given = { table: OPTION_TABLE, typed: new Map(), env, configs, unknownKeys: "tolerate" as const };
  const { values, problems } = resolveOptions(given);
  return problems.length > 0 || [...values.values()].some(({ origin }) => origin.kind !== "default");
}

function splitVerb(argv: readonly string[]): { readonly verb: VerbName | undefined; readonly rest: readonly string[] } {
  const [first] = argv;
  return isVerbName(first) ? { verb: first, rest: argv.slice(1) } : { verb: undefined, rest: argv };
}

function parseRun(line: CommandLine, verb: "run" | "worker" | undefined, rest: readonly string[]): Command {
  const custom = toCustomOptions(line.customArguments ?? [], OPTION_TABLE);
  const table = [...OPTION_TABLE, ...custom.specs];
  const read = readArgv(rest, table);
  if (read.typed.has("version")) return { kind: "version" };

  const loaded = line.customArguments !== undefined;
  const resolveAll = (unknownKeys: "report" | "tolerate") =>
    overridden(line, (overrides) =>
      resolveOptions({
        table,
        typed: new Map([...(loaded ? read.typed : withoutDoubtful(read, table, verb)), ...overrides]),
        env: line.env,
        configs: line.configs,
        unknownKeys,
      }));
  const resolved = resolveAll(loaded ? "report" : "tolerate");
  const { locustfile, userClasses } = splitOperands(line, verb, read, resolved);
  if (read.typed.has("help")) {
    return {
      kind: "help",
      ...(verb === undefined ? {} : { verb }),
      ...(locustfile === undefined ? {} : { locustfile }),
    };
  }

  const role = roleOf(verb, resolved);
  // A worker without a locustfile of its own loads nothing before it has joined.
  const loadsLater = role === "worker" && (locustfile === undefined || locustfile === "-");
  const problems = [
    ...findWrongCommand(verb, read, resolved, locustfile),
    ...resolved.problems,
    ...findContradictions(resolved.values, resolved.misread),
    ...(role !== "worker" && locustfile === "-"
      ? ["Cannot use -f -: only a worker takes the locustfile from the master; name a file"]
      : []),
    ...findStrayFiles(verb, read, userClasses, locustfile),
    ...findSwallowedFiles(read),
    ...(loaded
      ? [
        ...read.unrecognized,
        ...custom.problems,
        ...(role === "worker" ? [] : findMissing(custom.required, resolved.values)), // it gets them from the master
      ]
      : loadsLater
      ? read.unrecognized.map(nameTheMaster)
      : []),
  ];
  const unknown = loaded || loadsLater ? [] : [...resolveAll("report").problems, ...read.unrecognized];
  const typos = likelyTypos(unknown);
  if (problems.length > 0) {
    return { kind: "problems", problems: [...new Set([...problems, ...typos])], verb: verb ?? "run" };
  }

  const options: RunOptions = toRunOptions({
    table,
    values: resolved.values,
    role,
    web: role !== "worker" && wantsWeb(verb, resolved),
    userClasses,
    locustfile: loadsLater ? locustfile : locustfile ?? DEFAULT_LOCUSTFILE,
    started: line.started,
    notices: [...resolved.notices, ...findPointless(resolved.values)],
    custom: readCustomValues(line.customArguments ?? [], resolved.values),
  });
  return { kind: role === "worker" ? "worker" : "run", options, typos };
}

/** What `resolve` makes of the line with the web UI's settings for one run in it. */
function overridden(
  { overrides = new Map() }: CommandLine,
  resolve: (overrides: ReadonlyMap<string, RawValue>) => ResolvedOptions,
): ResolvedOptions {
  const set = new Map<string, RawValue>();
  for (const [name, raw] of overrides) if (raw !== null) set.set(name, raw);
  const resolved = resolve(set);
  return { ...resolved, values: new Map([...resolved.values].filter(([name]) => overrides.get(name) !== null)) };
}

/**
 * What a shortened option says before the locustfile is loaded: `--user ada` may be an option of the locustfile, and
 * is, if `--users` could not mean that.
 */
function withoutDoubtful(read: ReadArguments, table: readonly OptionSpec[], verb: VerbName | undefined) {
  const isWorker = (verb === "worker" || read.typed.has("worker")) && !read.typed.has("locustfile");
  const isDoubtful = (spec: OptionSpec, raw: RawValue) =>
    read.shortened.has(spec.name) && parseOptionValue(spec, raw, { kind: "typed" }).kind === "problem";
  return new Map(
    table.flatMap((spec): readonly (readonly [string, RawValue])[] => {
      const raw = read.typed.get(spec.name);
      return raw === undefined || (!isWorker && isDoubtful(spec, raw)) ? [] : [[spec.name, raw]];
    }),
  );
}

/**
 * A name that is unknown before the locustfile is loaded may be an option of its own. One that is almost the name of an
 * option of ours is reported nevertheless, where there are other problems to correct or no locustfile is found.
 */
function likelyTypos(problems: readonly string[]): readonly string[] {
  return problems.filter((problem) => problem.includes("Did you mean"));
}

/** Of an option that a worker without a locustfile does not know. */
function nameTheMaster(problem: string): string {
  const [before, ...after] = problem.split("; see --help");
  return after.length === 0
    ? problem
    : `${before}; an option of the locustfile is given to the master, which passes it on to its workers`;
}

function roleOf(verb: "run" | "worker" | undefined, { values }: ResolvedOptions): RunOptions["role"] {
  if (verb === "worker" || values.get("worker")?.value === true) return "worker";
  if (values.get("master")?.value === true || typeof values.get("workers")?.value === "number") return "master";
  return "local";
}

/** `run` works in the terminal unless asked; Locust's form is the other way round. */
function wantsWeb(verb: "run" | "worker" | undefined, { values }: ResolvedOptions): boolean {
  const on = (name: string) => values.get(name)?.value === true;
  if (on("headful") || on("web") || on("autostart")) return true;
  const leaves = on("list") || on("show-task-ratio") || on("show-task-ratio-json") || on("once");
  return verb === undefined && !on("headless") && !leaves;
}
