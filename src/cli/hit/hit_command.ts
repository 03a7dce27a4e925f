/**
 * Turns the command line of `locust-ts hit` into a locustfile and the command line of a run that runs it: a hit is a run like any other.
 * Reads the files of bodies and targets; nothing else is touched.
 */
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { UsageError } from "../../base/errors.ts";
import { describeUnreadable } from "../../base/given_file.ts";
import { MASK, maskUrlSecrets } from "../../base/secrets.ts";
import { type RawValue, type ReadArguments, readArgv } from "../options/reading/argv_reader.ts";
import type { ConfigText } from "../options/reading/config_file.ts";
import type { OptionSpec } from "../options/table/option_spec.ts";
import { readFields } from "../options/reading/option_fields.ts";
import { type ResolvedOptions, resolveOptions } from "../options/reading/resolve_options.ts";
import {
  BODY_FILE_OPTIONS,
  HIT_ALIASES,
  HIT_OPTIONS,
  HIT_TABLE,
  RUN_OPTIONS_OF_HIT,
} from "../options/table/hit_options.ts";
import { type HitTest, hostOf, writeHitLocustfile } from "./hit_locustfile.ts";
import { absoluteUrl, asText, type HitBody, type HitTarget, parseTargets } from "./hit_target.ts";
import { translateHabits } from "./hit_words.ts";

export interface HitInput {
  /** Without the verb. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly configs: readonly ConfigText[];
  readonly cwd: string;
}

export type HitCommand =
  | { readonly kind: "help" }
  | { readonly kind: "print"; readonly locustfile: string }
  | {
    readonly kind: "run";
    readonly locustfile: string;
    /** The options of the run, for a command line `run FILE …`. */
    readonly options: readonly string[];
    /** Sentences about what was typed that are no problems. */
    readonly notes: readonly string[];
  };

/** What wrk has: enough to see a system work, and no system suffers from it. */
const DEFAULT_USERS = 10;
const DEFAULT_RUN_TIME = "10s";

/** All users are there at once: a hit has no ramp unless one is asked for. */
const RAMPS_PER_SECOND = 100;

/** @throws {UsageError} with every problem of the command line */
export function createHit(input: HitInput): HitCommand {
  const { argv, problems: foreign, typedAs, notes } = translateHabits(input.argv, HIT_TABLE);
  const read = withFlags(readArgv(argv, HIT_TABLE), argv, typedAs);
  if (read.typed.has("help")) return { kind: "help" };
  const problems: string[] = [...foreign, ...read.unrecognized];
  const typed = withoutEndless(withAliases(read.typed, problems), problems);
  const { env, configs } = input;
  const resolved = resolveOptions({ table: HIT_TABLE, typed, env, configs, unknownKeys: "tolerate" });
  problems.push(...resolved.problems);
  const fields = readFields(HIT_OPTIONS, resolved.values);
  // The URL may have become the value of a flag that is wrong.
  const isNamed = read.operands.length > 0 || fields.targets !== undefined;
  const targets = isNamed || problems.length === 0
    ? collect(problems, () => findTargets(read, typed, fields, input)) ?? []
    : [];
  if (problems.length > 0) throw new UsageError(problems);
  const test: HitTest = {
    targets,
    certificates: fields.insecure ? "accept" : "verify",
    redirects: fields.noRedirects ? "take" : "follow",
    ...(fields.timeout === undefined ? {} : { timeoutSeconds: fields.timeout }),
    ...(fields.auth === undefined ? {} : { auth: splitAuth(fields.auth) }),
    command: `locust-ts hit ${input.argv.map((word) => quoteWord(hideAuth(word, fields.auth))).join(" ")}`,
  };
  const locustfile = writeHitLocustfile(test);
  if (fields.printLocustfile) return { kind: "print", locustfile };
  return {
    kind: "run",
    locustfile,
    options: [
      ...typedAgain(typed),
      ...defaults(resolved),
      ...journals(resolved),
      ...tables(resolved),
      `--host=${hostOf(test)}`,
    ],
    notes: [...notes, ...findNotes(read.typed, resolved), ...noteFile(fields.data, input.cwd)],
  };
}

/** What was typed, with the flag of another tool that it was typed as. */
function withFlags(
  read: ReadArguments,
  argv: readonly string[],
  typedAs: ReadonlyMap<string, string>,
): ReadArguments {
  const flagOfAlias = ({ name, short }: OptionSpec) =>
    short === undefined || argv.some((word) => word.startsWith(`--${name}`)) ? `--${name}` : `-${short}`;
  const aliases = new Map(HIT_ALIASES.map(({ spec }) => [spec.name, flagOfAlias(spec)]));
  const named = [...read.typed].map(([name, raw]) => {
    const flag = typedAs.get(name) ?? aliases.get(name);
    return [name, flag === undefined ? raw : { ...raw, typedAs: flag }] as const;
  });
  return { ...read, typed: new Map(named) };
}

/** hey's rate is of each connection, oha's of all: the same letter beside the same letters. */
function findNotes(typed: ReadonlyMap<string, RawValue>, { values }: ResolvedOptions): readonly string[] {
  const rate = typed.get("query-per-second");
  const isOpen = (name: string) => (values.get(name)?.origin.kind ?? "default") === "default";
  const workers = typed.get("workers");
  return [
    ...(workers === undefined || (isOpen("rate") && rate === undefined) ? [] : [
      `--workers ${
        textOf(workers)
      } is a number of processes on this machine; the most users that arrivals may have is --max-users N`,
    ]),
    ...(rate === undefined || !typed.has("connections") ? [] : [
      `${rate.typedAs ?? "-q"} ${textOf(rate)} is of all users together, as in oha; in hey it is of each connection`,
    ]),
    ...(typed.has("max-users") && isOpen("rate") && isOpen("find-max")
      ? [`${typed.get("max-users")?.typedAs ?? "--max-users"} has no effect without a rate; add --rate 50/s`]
      : []),
  ];
}

/** curl and hey send the text, h2load the file. */
function noteFile(data: string | undefined, cwd: string): readonly string[] {
  if (data === undefined || !/^[\w./-]+$/.test(data) || !existsSync(resolve(cwd, data))) return [];
  return [`-d ${data} sends this text, as in curl; -d @${data} sends the content of the file of this name`];
}

type Fields = ReturnType<typeof readFields<typeof HIT_OPTIONS>>;

function splitAuth(text: string): readonly [string, string] {
  const colon = text.indexOf(":");
  return [text.slice(0, colon), text.slice(colon + 1)];
}

/** The values of other tools' names under ours. */
function withAliases(typed: ReadonlyMap<string, RawValue>, problems: string[]): ReadonlyMap<string, RawValue> {
  const all = new Map(typed);
  const rename = (alias: string, name: string, raw: RawValue) => {
    const other = all.get(name);
    if (other !== undefined && textOf(other) !== textOf(raw)) {
      problems.push(
        `Cannot use ${raw.typedAs ?? `--${alias}`} ${textOf(raw)}: --${name} is ${
          textOf(other)
        } and means the same; write one of them`,
      );
    }
    all.set(name, raw);
  };
  const isRate = typed.has("rate") || typed.has("query-per-second");
  for (const { spec, of } of HIT_ALIASES) {
    const raw = all.get(spec.name);
    all.delete(spec.name);
    // Beside a rate, connections are the most that are in use at a time, as in wrk2 and oha.
    if (raw !== undefined) rename(spec.name, isRate && of === "users" ? "max-users" : of, raw);
  }
  for (const { name } of BODY_FILE_OPTIONS) {
    const raw = all.get(name);
    const text = textOf(raw);
    if (raw?.kind !== "text") continue; // a missing value is reported by the option itself
    all.delete(name);
    if (name !== "accept") rename(name, "data", { kind: "text", text: `@${text}` });
    else if (!MEDIA_TYPES.test(text) && /^[^\s:/]+:\S*$/.test(text)) rename(name, "auth", raw);
    else {
      const header = MEDIA_TYPES.test(text) ? "Accept" : "User-Agent";
      all.set("header", { kind: "list", items: [...itemsOf(all.get("header")), `${header}: ${text}`] });
    }
  }
  return all;
}

/** What a header `Accept` begins with; curl's -A is a program's name, which may have a slash too: `Mozilla/5.0`. */
const MEDIA_TYPES = /^\s*(\*|application|audio|font|image|message|model|multipart|text|video)\/[\w*]/i;

/** What has no limit in vegeta, ali and k6, and has one here: why it cannot be, by option. */
const ENDLESS: readonly (readonly [name: string, none: RegExp, because: string])[] = [
  [
    "rate",
    /^(0+(\.0+)?|inf(inity)?)(\/\S*)?$/i,
    "requests without a rate are made by users, as fast as the answers come; write -u 50 in its place",
  ],
  ["run-time", /^0+(ms|s|m|h)?$/, "a hit has an end; write a long one, as in -t 24h, and press CTRL+C before it"],
  ["timeout", /^0+(ms|s|m|h)?$/, "a request has a limit; write a long one, as in --timeout 3600"],
];

function withoutEndless(typed: ReadonlyMap<string, RawValue>, problems: string[]): ReadonlyMap<string, RawValue> {
  const endless = ENDLESS.filter(([name, none]) => none.test(textOf(typed.get(name))));
  for (const [name, , because] of endless) {
    const raw = typed.get(name);
    const flag = raw?.typedAs ?? `--${name}`;
    problems.push(`Cannot use ${flag} "${textOf(raw)}": ${because}`);
  }
  return new Map([...typed].filter(([name]) => !endless.some(([left]) => left === name)));
}

function textOf(raw: RawValue | undefined): string {
  return raw?.kind === "text" ? raw.text : raw?.kind === "list" ? raw.items.join(" ") : "";
}

function itemsOf(raw: RawValue | undefined): readonly string[] {
  return raw?.kind === "list" ? raw.items : [];
}

function collect<Value>(problems: string[], make: () => Value): Value | undefined {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

function findTargets(
  read: ReadArguments,
  typed: ReadonlyMap<string, RawValue>,
  fields: Fields,
  { cwd }: HitInput,
): readonly HitTarget[] {
  const body = fields.data === undefined ? undefined : readBody(fields.data, cwd);
  const method = fields.method?.toUpperCase() ?? (body === undefined ? "GET" : "POST");
  const common = [
    ...fields.header.map(splitHeader),
    ...(fields.noKeepalive ? [["Connection", "close"] as const] : []),
  ];
  const withType = (headers: HitTarget["headers"], sent = body): HitTarget["headers"] => {
    const type = fields.contentType ?? (sent === undefined ? undefined : contentTypeOf(sent));
    return type === undefined || hasHeader(headers, "content-type") ? headers : [...headers, ["Content-Type", type]];
  };
  const fail = (what: string) => new UsageError(`Cannot hit it: ${what}`);
  const [first = "", ...others] = read.operands;
  const verb = VERBS[first];
  if (verb !== undefined) throw new UsageError(`Cannot hit "${first}": the verb of ${verb} is none here; leave it out`);
  // Alone it may be a host.
  if (others.length > 0 && TOOLS.test(first)) {
    throw new UsageError(`Cannot hit "${first}": it is a word of another tool; leave it out`);
  }
  const typedTargets = read.operands.map((operand): HitTarget => ({
    method,
    url: absoluteUrl(operand, fail),
    headers: withType(common),
    ...(body === undefined ? {} : { body }),
  }));
  const list = fields.targets === undefined ? [] : parseTargets({
    text: readText(fields.targets, cwd),
    path: fields.targets,
    readBody: (path) => readBody(`@${path}`, cwd),
  });
  const listed = list.map((target): HitTarget => {
    const headers = [...target.headers, ...common.filter(([name]) => !hasHeader(target.headers, name))];
    return {
      ...(body === undefined ? {} : { body }),
      ...target,
      method: typed.has("method") ? method : target.method,
      headers: withType(headers, target.body ?? body),
    };
  });
  if (typedTargets.length + listed.length === 0) {
    throw new UsageError(
      "Cannot hit anything: no URL is named; write locust-ts hit http://localhost:8000/ -u 10 -t 10s, or --targets FILE " +
        'with a list, "-" for one from a pipe',
    );
  }
  return [...typedTargets, ...listed];
}

/** Of other tools, where a URL stands here. */
const VERBS: Readonly<Record<string, string>> = { attack: "vegeta", run: "k6 and cassowary", "run-file": "cassowary" };

/** Names of tools, and fortio's verbs. */
const TOOLS =
  /^(ab|ali|autocannon|bombardier|cassowary|curl|drill|fortio|h2load|hey|httperf|hyperfine|k6|load|oha|plow|rewrk|siege|vegeta|wrk2?)$/;

function hasHeader(headers: HitTarget["headers"], wanted: string): boolean {
  return headers.some(([name]) => name.toLowerCase() === wanted.toLowerCase());
}

function splitHeader(header: string): readonly [string, string] {
  const colon = header.indexOf(":");
  return [header.slice(0, colon).trim(), header.slice(colon + 1).trim()];
}

/** Pairs as the form of a page sends them. */
const FORM = /^[\w.%+*[\]~-]+=[^\s&=]*(&[\w.%+*[\]~-]+=[^\s&=]*)*$/;

function contentTypeOf(body: HitBody): string {
  if (typeof body !== "string") return "application/octet-stream";
  try {
    JSON.parse(body);
    return "application/json";
  } catch {
    return FORM.test(body.trimEnd()) ? "application/x-www-form-urlencoded" : "text/plain; charset=utf-8";
  }
}

function readBody(data: string, cwd: string): HitBody {
  return data.startsWith("@") ? asText(readBytes(data.slice(1), cwd)) : data;
}

function readText(path: string, cwd: string): string {
  return new TextDecoder().decode(readBytes(path, cwd));
}

/** `-` is standard input. */
function readBytes(path: string, cwd: string): Uint8Array {
  try {
    if (path === "-") return readFileSync(0);
    return readFileSync(resolve(cwd, path));
  } catch (cause) {
    throw new UsageError(`Cannot read "${path}": ${describeUnreadable(cause)}`, { cause });
  }
}

/** What was typed of the options of a run, each as one word. */
function typedAgain(typed: ReadonlyMap<string, RawValue>): readonly string[] {
  return RUN_OPTIONS_OF_HIT.flatMap(({ name }) => {
    const raw = typed.get(name);
    if (raw === undefined) return [];
    if (raw.kind === "bare") return [`--${name}`];
    return (raw.kind === "text" ? [raw.text] : raw.items).map((text) => `--${name}=${text}`);
  });
}

/** Where neither command line, environment nor a config file says anything. */
function defaults({ values }: ResolvedOptions): readonly string[] {
  const isOpen = (name: string) => {
    const value = values.get(name);
    return value === undefined || value.origin.kind === "default";
  };
  if (!isOpen("stages") || !isOpen("find-max")) return [];
  // A number of requests is an end of its own.
  const runTime = isOpen("run-time") && isOpen("iterations") && isOpen("iterations-per-user")
    ? [`--run-time=${DEFAULT_RUN_TIME}`]
    : [];
  // Arrivals take the place of users; those in stages end by themselves.
  if (!isOpen("rate")) return String(values.get("rate")?.value).includes(":") ? [] : runTime;
  const users = isOpen("users") ? DEFAULT_USERS : Number(values.get("users")?.value);
  return [
    ...(isOpen("users") ? [`--users=${users}`] : []),
    ...(isOpen("spawn-rate") ? [`--spawn-rate=${Math.max(1, users) * RAMPS_PER_SECOND}`] : []),
    ...runTime,
  ];
}

/** A master keeps a journal so that its run can be resumed, and the locustfile of a hit is gone by then. */
function journals({ values }: ResolvedOptions): readonly string[] {
  const isMaster = values.get("master")?.value === true;
  return isMaster && (values.get("journal")?.origin.kind ?? "default") === "default" ? ["--journal=none"] : [];
}

/** The tables that a hit has beside those of a run. Phases cost half a microsecond a request. */
function tables({ values }: ResolvedOptions): readonly string[] {
  return ["--latencies", ...(values.get("phases")?.origin.kind === "default" ? ["--phases"] : [])];
}

function quoteWord(word: string): string {
  return /^[\w@%+=:,./?&[\]-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function hideAuth(word: string, auth: string | undefined): string {
  const masked = maskUrlSecrets(word);
  return auth === undefined || auth === "" ? masked : masked.replaceAll(auth, MASK);
}
