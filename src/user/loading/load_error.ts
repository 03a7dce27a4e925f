/**
 * Describes why a locustfile could not be imported: the problem, its place (file:line:column of the TypeScript) and the
 * lines around it. Bun and Deno throw different errors for the same mistake; here they get one wording. Reads files
 * only through its argument; mistakes in a file that could be loaded belong to `locustfile.ts`.
 */
import { basename } from "node:path";
import { formatCodeFrame } from "../../base/code_frame.ts";
import { describeWithCauses } from "../../base/error_causes.ts";
import { lateUtil } from "../../base/late_modules.ts";
import { ownFrames } from "../../base/own_frames.ts";
import { FOREIGN_NAMES, IMPORTED_NAMES } from "../../base/hints/foreign_names.ts";
import { nearest } from "../../base/hints/near_miss.ts";
import { isSnakeCase, toCamelCase } from "../../base/hints/spelling_hint.ts";
import { BUNDLE_FILE, filesInBundle } from "../../platform/loading/bundle_format.ts";
import { hasName, type ImportSite, importSites } from "./import_sites.ts";
import {
  escapeForRegExp,
  isPath,
  type LoadErrorContext,
  type Place,
  placeAt,
  type Problem,
  showPath,
  toPath,
} from "./load_problem.ts";
import { dataImport, incompletePackage, isData, notInData, olderDecorator, unlinkedImport } from "./wrong_import.ts";

/** What Bun and bundlers add to a specifier by themselves. */
const ENDINGS = [".ts", ".js", ".tsx", ".mts", ".mjs", "/index.ts", "/index.js"];

/** `Cannot load "locustfile.ts": syntax error at locustfile.ts:3:15: Unexpected =`, then the lines around it. */
export function describeLoadError(file: string, thrown: unknown, context: LoadErrorContext): string {
  const problem = diagnose(file, thrown, context);
  const { what, place, advice } = problem;
  const at = place === undefined ? "" : ` (${showPlace(place.file, context)}:${place.line}:${place.column})`;
  const sentence = `Cannot load "${nameFile(file, context)}": ${what}${at}${advice === undefined ? "" : `; ${advice}`}`;
  const source = place === undefined ? undefined : context.readText(place.file);
  if (place === undefined || source === undefined) return sentence;
  const frame = formatCodeFrame(source, place.line, place.column);
  return frame === "" ? sentence : `${sentence}\n${frame}`;
}

function diagnose(file: string, thrown: unknown, context: LoadErrorContext): Problem {
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return diagnose(file, thrown.errors[0], context);
  return importedUrl(file, thrown, context) ?? missingModule(file, thrown, context) ??
    unlinkedImport(file, thrown, context) ?? missingExport(file, thrown, context) ??
    notInData(withAdvice(syntaxError(thrown), context), file, context) ?? nestedClassInDeno(thrown) ??
    notInData(olderDecorator(exceptionAtImport(thrown), thrown, context), file, context);
}

/** Deno 2.9 compiles a class with decorators wrongly if there is a class expression in its body; what it throws says nothing. */
function nestedClassInDeno(thrown: unknown): Problem | undefined {
  if (!(thrown instanceof TypeError) || thrown.stack === undefined) return undefined;
  const isCompilers = thrown.stack.includes("at applyMemberDec (") ||
    /^_init_\w+ is not a function/.test(thrown.message);
  const initializer = /<static_initializer> \((\S+):(\d+):(\d+)\)/.exec(thrown.stack);
  if (!isCompilers || initializer === null) return undefined;
  const [, file, line, column] = initializer;
  return {
    what: "Deno cannot compile a class that is written inside a class with decorators",
    place: toPlace({ file, line, column }),
    advice:
      'declare it before, as "class Browse extends TaskSet", and write "@task static Browse = Browse" or run the executable',
  };
}

/** Bun: a `BuildMessage` with a position. Deno: a TypeError whose message holds an excerpt and a position at its end. */
function syntaxError(thrown: unknown): Problem | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const { position } = thrown as { readonly position?: Place | null };
  if (thrown.name === "BuildMessage") {
    return { what: `syntax error: ${thrown.message}`, ...(position ? { place: toPlace(position) } : {}) };
  }
  const deno = /^SyntaxError: (.*)\n[\s\S]*\bat (\S+):(\d+):(\d+)\s*$/.exec(plain(thrown.message));
  if (deno !== null) {
    return { what: `syntax error: ${deno[1]}`, place: toPlace({ file: deno[2], line: deno[3], column: deno[4] }) };
  }
  if (thrown.name !== "SyntaxError") return undefined;
  // Thrown by the engine itself, which knows a place or not: `Invalid regular expression`, a duplicate declaration.
  const engine = /^(.*?)(?: at (\S+):(\d+):(\d+))?$/s.exec(thrown.message);
  if (engine?.[2] === undefined && placeOf(thrown) !== undefined) return undefined; // `JSON.parse` of the locustfile throws one too
  const place = engine?.[2] === undefined
    ? {}
    : { place: toPlace({ file: engine[2], line: engine[3], column: engine[4] }) };
  return { what: `syntax error: ${engine?.[1] ?? thrown.message}`, ...place };
}

/** Python in a file of ours: its imports, or a function with a colon. */
const PYTHON = /^(?:from[ \t]+[\w.]+[ \t]+import[ \t]|[ \t]*(?:def|class)[ \t]+\w+\(.*\):)/m;

/** What a syntax error does not say by itself. */
function withAdvice(problem: Problem | undefined, context: LoadErrorContext): Problem | undefined {
  if (problem?.place === undefined) return problem;
  const source = context.readText(problem.place.file) ?? "";
  if (PYTHON.test(source)) {
    return { ...problem, advice: "it is Python; docs/coming-from-locust.md shows how to translate it" };
  }
  const [before = "", line = ""] = source.split("\n").slice(problem.place.line - 2);
  if (/^\s*@[\w$.]+\s*$/.test(before) && /^\s*(?:async\s+)?function\b/.test(line)) {
    return { ...problem, advice: `functions have no decorators; write ${before.trim().slice(1)}(function …)` };
  }
  return parameterDecorator(problem, source);
}

/** Deno cannot read a decorator before a parameter, which older decorators allow and standard ones do not. */
function parameterDecorator(problem: Problem, source: string): Problem {
  const { place } = problem;
  if (place === undefined) return problem;
  const lines = source.split("\n").slice(0, place.line);
  const last = lines.pop() ?? "";
  const before = [...lines, last.slice(0, place.column - 1)].join("\n");
  if (!last.startsWith("@", place.column - 1) || !/[(,]\s*$/.test(before)) return problem;
  return {
    ...problem,
    advice:
      "decorators of a locustfile are standard ones, which parameters cannot have; remove it, or run the executable, " +
      "which leaves it out",
  };
}

const BUN_MISSING = /^Cannot find (?:module|package) '(.*?)'(?: (?:imported )?from '?(.*?)'?)?$/;
const DENO_MISSING =
  /^(?:Module not found "(.*?)"|Import "(.*?)" not a dependency|.*?"?(\S+?)"? not a (?:dependency|found)|Could not find package '(.*?)')/;

/** Bun takes what follows a question mark for a query, also in the path of a file. */
function describeMissingFile(file: string, { readText }: LoadErrorContext): Problem {
  return file.includes("?") && readText(file) !== undefined
    ? { what: 'what follows the "?" of its path is read as a query', advice: "rename it" }
    : { what: "there is no such file", advice: "give the path of a locustfile with -f" };
}

/** A file or package that is not there: the locustfile itself, or something that is imported on the way. */
function missingModule(file: string, thrown: unknown, context: LoadErrorContext): Problem | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const message = plain(thrown.message);
  const bun = BUN_MISSING.exec(message);
  const deno = bun === null ? DENO_MISSING.exec(message) : null;
  if (bun === null && deno === null) return undefined;
  const named = exactSpecifier(thrown) ?? bun?.[1] ?? deno?.slice(1).find((part) => part !== undefined) ?? "";
  const specifier = findSpecifier(bun?.[2] ?? file, named, context);
  const target = toPath(specifier);
  if (target === file) return describeMissingFile(file, context);
  const denoPlace = /\bat (\S+):(\d+):(\d+)/.exec(message);
  const importer = bun?.[2] ?? file;
  const place = denoPlace !== null
    ? toPlace({ file: denoPlace[1], line: denoPlace[2], column: denoPlace[3] })
    : findImport(importer, specifier, context);
  if (isPath(specifier)) {
    const meant = ENDINGS.find((ending) => context.readText(target + ending) !== undefined);
    return {
      what: `it imports "${showPath(target, context.folder)}", which does not exist`,
      place,
      ...(meant === undefined
        ? {}
        : { advice: `Deno wants the ending too: "${showPath(target + meant, context.folder)}"` }),
    };
  }
  if (/^(?:locust(?:[./]|$)|locust-ts[./])/.test(specifier)) {
    return { what: `there is no "${specifier}"`, place, advice: 'import everything from "locust-ts"' };
  }
  const alias = context.explainAlias?.(importer, specifier);
  if (alias !== undefined) return { ...alias, place };
  const foreign = findForeignModule(specifier);
  if (foreign !== undefined) return { ...foreign, place };
  const incomplete = incompletePackage(importer, specifier, context);
  if (incomplete !== undefined) return { ...incomplete, place };
  const name = /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
  return {
    what: `the package "${name}" is not installed`,
    place,
    advice: `run "npm install ${name}" in the folder of the locustfile`,
  };
}

/** Modules that are parts of other tools: no package brings them here. */
const FOREIGN_MODULES: readonly (readonly [specifier: RegExp, what: string, advice: string])[] = [
  [/^k6\/(?:data|experimental\/csv)$/, "a module of k6", 'write feed.csv or feed.json, with "feed" from "locust-ts"'],
  [
    /^k6\/metrics$/,
    "a module of k6",
    'write metrics.trend, .counter, .rate or .gauge, with "metrics" from "locust-ts"',
  ],
  [/^k6(?:\/|$)/, "a module of k6", 'import everything from "locust-ts"; docs/coming-from-k6.md has the words'],
  [/^https:\/\/jslib\.k6\.io\/papaparse\//, "a module for k6", 'write feed.csv, with "feed" from "locust-ts"'],
  [/^https:\/\/jslib\.k6\.io\//, "a module for k6", "docs/coming-from-k6.md has the words"],
  [
    /^@gatling\.io\//,
    "a module of Gatling",
    'import everything from "locust-ts"; docs/coming-from-gatling.md has the words',
  ],
];

function findForeignModule(specifier: string): Pick<Problem, "what" | "advice"> | undefined {
  const found = FOREIGN_MODULES.find(([form]) => form.test(specifier));
  return found === undefined ? undefined : { what: `"${specifier}" is ${found[1]}`, advice: found[2] };
}

/** Bun reads no module from the network, and says that a file is not there; Deno does, unless it cannot. */
function importedUrl(file: string, thrown: unknown, context: LoadErrorContext): Problem | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const url = /^(?:ENOENT reading "|Import '|Module not found ")(https?:\/\/[^"']+)/.exec(plain(thrown.message))?.[1];
  if (url === undefined) return undefined;
  const advice = "modules come from files and packages: install the package by npm, or download the file";
  const found = findForeignModule(url) ?? { what: `it imports the URL "${url}"`, advice };
  return { ...found, place: findImport(file, url, context) };
}

function missingExport(file: string, thrown: unknown, context: LoadErrorContext): Problem | undefined {
  if (!(thrown instanceof SyntaxError)) return undefined;
  const bun = /^Export named '(.*?)' not found in module '(.*?)'/.exec(thrown.message);
  const deno = /^The requested module '(.*?)' does not provide an export named '(.*?)'(?: at (\S+):(\d+):(\d+))?/.exec(
    thrown.message,
  );
  if (bun !== null) {
    const [, name = "", module = ""] = bun;
    if (isData(module)) return dataImport(module, siteOf(name, module, file, context)?.place, context);
    const shown = showModule(module, context.folder);
    return {
      what: `${shown} exports no "${name}"`,
      place: findName(file, name, context) ?? siteOf(name, module, file, context)?.place,
      ...adviseOnName(name, shown),
    };
  }
  if (deno === null) return undefined;
  const [, module = "", name, at, line, column] = deno;
  const place = at === undefined ? undefined : toPlace({ file: at, line, column });
  const shown = showModule(module, context.folder);
  return { what: `${shown} exports no "${name}"`, place, ...adviseOnName(name ?? "", shown) };
}

const OUR_MODULE = 'the package "locust-ts"';

/** Former names of Locust. */
const FORMER_NAMES: Readonly<Record<string, string>> = {
  Locust: "User",
  HttpLocust: "HttpUser",
  FastHttpLocust: "FastHttpUser",
  TaskSequence: "SequentialTaskSet",
  seq_task: "SequentialTaskSet",
  LocalRunner: "MasterRunner",
};

/** Parts of Locust that are called otherwise here, or are said without an import. */
const LOCUST_PARTS: Readonly<Record<string, string>> = {
  RestUser: 'write "FastHttpUser": it has rest()',
  exception: 'import StopUser, RescheduleTask and the like by their names, from "locust-ts"',
  wait_time: 'import constant, between and the like by their names, from "locust-ts"',
  runners: 'import MasterRunner and WorkerRunner by their names, from "locust-ts"',
  web: "pages of the web UI are added by environment.webUi, in a listener of init",
  stats: "figures are in environment.stats",
  Scenario: "several loads are export const scenarios",
  ...Object.fromEntries(
    ["PostgresUser", "MongoDBUser", "SocketIOUser", "MqttUser", "OpenAIClient", "DNSUser", "MilvusUser", "GrpcUser"]
      .map(
        (name) => [name, 'take a client of npm and "User": docs/custom-clients.md'],
      ),
  ),
};

/** The right name for one of Python's or of another tool, and for one that is mistyped. */
function adviseOnName(name: string, module: string): { readonly advice?: string } {
  const isOurs = module === OUR_MODULE;
  const former = isOurs ? FORMER_NAMES[name] : undefined;
  if (former !== undefined) return { advice: `write "${former}"` };
  const part = isOurs && Object.hasOwn(LOCUST_PARTS, name) ? LOCUST_PARTS[name] : undefined;
  if (part !== undefined) return { advice: part };
  const other = isOurs && Object.hasOwn(FOREIGN_NAMES, name) ? FOREIGN_NAMES[name] : undefined;
  if (other !== undefined) return { advice: other };
  if (isSnakeCase(name)) return { advice: `names are in camelCase here: "${toCamelCase(name)}"` };
  const meant = isOurs ? nearest(name, IMPORTED_NAMES) : undefined;
  return meant === undefined ? {} : { advice: `write "${meant}"` };
}

function exceptionAtImport(thrown: unknown): Problem {
  if (thrown instanceof Error) return { what: `it threw ${describeWithCauses(thrown)}`, place: placeOf(thrown) };
  return {
    what: `it threw a value that is not an Error: ${lateUtil().inspect(thrown, { depth: 1, breakLength: Infinity })}`,
  };
}

/** The innermost frame of the user's own files. */
function placeOf(thrown: unknown): Place | undefined {
  const match = /^(.*?):(\d+):(\d+)(?: in .*)?$/.exec(ownFrames(thrown)[0] ?? "");
  return match === null ? undefined : toPlace({ file: match[1], line: match[2], column: match[3] });
}

/** Where `importer` names the specifier; Bun does not say. */
function findImport(importer: string, specifier: string, context: LoadErrorContext): Place | undefined {
  return findText(importer, new RegExp(`["'\`]${escapeForRegExp(specifier)}["'\`]`), context);
}

/** Bun's message has the name of the package alone: of two imports of one package it may be the other one. */
function exactSpecifier(thrown: Error): string | undefined {
  const { specifier } = thrown as { readonly specifier?: unknown };
  return typeof specifier === "string" && specifier !== "" ? specifier : undefined;
}

/** The specifier as the importer has it: Bun names the package alone, "@/lib" for "@/lib/x". */
function findSpecifier(importer: string, named: string, context: LoadErrorContext): string {
  const written = new RegExp(`["'\`](${escapeForRegExp(named)}(?:/[^"'\`\n]*)?)["'\`]`);
  return isPath(named) ? named : written.exec(context.readText(importer) ?? "")?.[1] ?? named;
}

/** Where the locustfile imports a name: of its own modules, which may do so, Bun names none. */
function findName(file: string, name: string, context: LoadErrorContext): Place | undefined {
  return findText(file, new RegExp(`(?<=\\bimport\\b[^;]*?)\\b${escapeForRegExp(name)}\\b`), context);
}

function siteOf(name: string, module: string, file: string, context: LoadErrorContext): ImportSite | undefined {
  return [...importSites(file, context)].find((site) => site.target === module && hasName(site, name));
}

function findText(file: string, pattern: RegExp, context: LoadErrorContext): Place | undefined {
  const source = context.readText(file);
  const at = source?.search(pattern) ?? -1;
  return source === undefined || at < 0 ? undefined : placeAt(file, source, at);
}

function toPlace(
  place: { readonly file: string | undefined; readonly line: unknown; readonly column: unknown },
): Place {
  return { file: toPath(place.file ?? ""), line: Number(place.line), column: Number(place.column) };
}

function showModule(module: string, folder: string): string {
  return isPath(module) ? `"${showPath(module, folder)}"` : `the package "${module}"`;
}

/** Of a bundle the names of what is in it: nobody has written the file itself. */
function nameFile(file: string, { readText, folder }: LoadErrorContext): string {
  if (basename(file) !== BUNDLE_FILE) return showPath(file, folder);
  const names = filesInBundle(readText(file) ?? "");
  return names.length === 0 ? "the master's locustfile" : names.join('", "');
}

/** A place in a bundle without its source map is one of the bundle. */
function showPlace(file: string, { folder }: LoadErrorContext): string {
  return basename(file) === BUNDLE_FILE ? BUNDLE_FILE : showPath(file, folder);
}

/** Without the colours that Deno writes into messages. */
function plain(message: string): string {
  // deno-lint-ignore no-control-regex -- the escape character is what is looked for
  return message.replace(/\x1b\[[0-9;]*m/g, "");
}
