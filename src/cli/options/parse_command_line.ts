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
import { nearest } from "../../base/hints/near_miss.ts";
import type { OptionSpec } from "./table/option_spec.ts";
import { parseListText, parseOptionValue } from "./reading/option_value.ts";
import { type RunOptions, type RunStart, toRunOptions } from "./reading/options.ts";
import { OPTION_TABLE } from "./table/option_table.ts";
import { DEFAULT_LOCUSTFILE, isLocustfileName } from "./locustfile/locustfile_name.ts";
import { isUrl, isWebSocketUrl } from "./locustfile/locustfile_url.ts";
import { splitWords } from "./table/split_list.ts";
import { type ResolvedOptions, resolveOptions } from "./reading/resolve_options.ts";
import { type Command, parseSimpleVerb } from "./simple_verbs.ts";
import { isVerbName, VERB_NAMES, type VerbName } from "./table/verbs.ts";

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
  const web = role !== "worker" && wantsWeb(verb, resolved);
  // A worker without a locustfile of its own loads nothing before it has joined.
  const loadsLater = role === "worker" && (locustfile === undefined || locustfile === "-");
  const unknownVerb = verb === undefined ? findUnknownVerb(read) : undefined;
  // `locust-ts rum x.ts`: the file is in the right place, the command is not.
  const strayFiles = unknownVerb === undefined ? findStrayFiles(verb, userClasses, locustfile) : [];
  const problems = [
    ...(unknownVerb === undefined ? [] : [describeUnknownVerb(unknownVerb, read.operands.find(looksLikeUrl))]),
    ...(verb === "run" && locustfile !== undefined && looksLikeUrl(locustfile) && !isNamedByOption(read, resolved)
      ? [describeUrlOperand(locustfile)]
      : []),
    ...resolved.problems,
    ...findContradictions(resolved.values, resolved.misread),
    ...(role !== "worker" && locustfile === "-"
      ? ["Cannot use -f -: only a worker takes the locustfile from the master; name a file"]
      : []),
    ...strayFiles,
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
    web,
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

/** Words that people try, and what gives them what they look for. */
const MEANT: Readonly<Record<string, string>> = {
  version: "--version",
  usage: "help",
  man: "help",
  start: "run",
  test: "run",
  execute: "run",
  inspect: "check",
  validate: "check",
};

/**
 * `locust-ts bench`: without a verb every word is a user class, as with Locust, but class names begin with a capital
 * letter, and come with the locustfile or another option.
 */
function findUnknownVerb({ operands, typed }: ReadArguments): string | undefined {
  const [first] = operands;
  if (first === undefined || isFileName(first)) return undefined;
  const looksLikeClasses = operands.every((word) => /^[\p{Lu}_$][\w$,]*$/u.test(word));
  return typed.has("locustfile") || (looksLikeClasses && typed.size > 0) ? undefined : first;
}

/** `url`: one of the words, where somebody tries another tool's `hit URL` or just the URL. */
function describeUnknownVerb(word: string, url: string | undefined): string {
  if (url === word) return describeUrlOperand(url);
  const meant = MEANT[word.toLowerCase()] ?? nearest(word, VERB_NAMES);
  const list = `The commands are ${VERB_NAMES.join(", ")}`;
  return meant === undefined
    ? `Cannot run "${word}": unknown command; ${url === undefined ? "" : `${toLoad(url)}; `}${
      list.replace("The", "the")
    }`
    : `Cannot run "${word}": unknown command. Did you mean "${meant}"? ${list}`;
}

/** Named by `-f`, `LOCUST_LOCUSTFILE` or a config file, where a URL can only be meant as a locustfile. */
function isNamedByOption(read: ReadArguments, { values }: ResolvedOptions): boolean {
  return read.typed.has("locustfile") || (read.operands.length === 0 && values.has("locustfile"));
}

function describeUrlOperand(url: string): string {
  if (isWebSocketUrl(url)) {
    return `Cannot run "${url}": it is a URL for WebSockets, which a locustfile speaks; write one with ` +
      '"locust-ts init --template websocket" and give it the host with -H';
  }
  const asFile = isUrl(url) ? `; to run a locustfile that is at that URL, write -f ${url}` : "";
  return `Cannot run "${url}": it is a URL, not a file; ${toLoad(url)}${asFile}`;
}

/** A URL, or a host as people write it without a scheme: `localhost`, `10.0.0.7`, `shop.example:8080/items`. */
function looksLikeUrl(word: string): boolean {
  if (isUrl(word) || isWebSocketUrl(word)) return true;
  const [host = ""] = word.split("/");
  return /^(localhost|\d+(\.\d+){3})$|^([\w.-]+|\[[\da-f:]+\]):\d+$/i.test(host);
}

function toLoad(url: string): string {
  return `to load it without a locustfile, write "locust-ts hit ${url}"`;
}

/** Files where user classes are expected. */
function findStrayFiles(
  verb: "run" | "worker" | undefined,
  userClasses: readonly string[],
  locustfile: string | undefined,
): readonly string[] {
  return userClasses.filter(isFileName).map((name) => {
    const advice = locustfile !== undefined && verb === "run"
      ? `write several locustfiles with a comma: ${locustfile},${name}`
      : verb === "worker"
      ? `the master sends its locustfile; to use this one write -f ${name}`
      : `write "locust-ts run ${name}" or -f ${name}`;
    return `Cannot use "${name}" as a user class: it is a file; ${advice}`;
  });
}

/** `run -T slow x.ts`: a greedy list took the locustfile along. */
function findSwallowedFiles(read: ReadArguments): readonly string[] {
  return ["tags", "exclude-tags"].flatMap((name) => {
    const raw = read.typed.get(name);
    const files = raw?.kind === "list" ? raw.items.filter(isFileName) : [];
    return files.map((file) =>
      `Cannot use "${file}" as a tag: it is a file; write it before --${name}, or "--" before it`
    );
  });
}

function isFileName(word: string): boolean {
  return /\.([cm]?[jt]s|[jt]sx|py|ya?ml|json)$/.test(word) && !isUrl(word);
}

/**
 * `run FILE UserClass ...`; with `-f`, and in Locust's form, operands are user classes. Where there is a locustfile,
 * more operands that are named like one are more of them: so a shell writes `run load/*.ts`, and no class has a dot in
 * its name.
 */
function splitOperands(
  line: CommandLine,
  verb: "run" | "worker" | undefined,
  read: ReadArguments,
  resolved: ResolvedOptions,
): { readonly locustfile: string | undefined; readonly userClasses: readonly string[] } {
  const option = resolved.values.get("locustfile");
  const named = option === undefined || option.origin.kind === "default" ? undefined : String(option.value);
  const takesFile = verb === "run" && !read.typed.has("locustfile") && read.operands.length > 0;
  const [first, ...others] = read.operands;
  const main = takesFile ? first : named;
  const takesMore = verb !== "worker" && main !== undefined && (takesFile || read.typed.has("locustfile"));
  const more = takesMore ? (takesFile ? others : read.operands).filter(isLocustfileName) : [];
  const typedClasses = (takesFile ? others : read.operands).filter((word) => !more.includes(word)).flatMap((word) =>
    isUrl(word) ? [word] : splitWords(word)
  );
  const elsewhere = namesInVariable(line.env["LOCUST_USER_CLASSES"]);
  const unnamed = elsewhere.length > 0 ? elsewhere : line.userClasses ?? [];
  const classes = line.pickedClasses ?? (typedClasses.length > 0 ? typedClasses : unnamed);
  return { locustfile: main === undefined ? undefined : [main, ...more].join(","), userClasses: [...new Set(classes)] };
}

function namesInVariable(text: string | undefined): readonly string[] {
  return parseListText(text ?? "").flatMap(splitWords);
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
