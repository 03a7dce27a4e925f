/**
 * Reads the `tsconfig.json` (else `jsconfig.json`) nearest to a module, with everything that it extends: files, lists
 * of files and packages. Only its aliases (`paths`, `baseUrl`) and its JSX settings count. Its language options do not:
 * every module of a locustfile has standard decorators and defined class fields, whatever stands there
 * (`STANDARD_LANGUAGE`).
 */
import { readFileSync, statSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { explainPackageImport } from "./package_imports.ts";

/** The language of a locustfile, as compiler options. The same for every way in which a module is loaded. */
const STANDARD_LANGUAGE = {
  target: "esnext",
  experimentalDecorators: false,
  emitDecoratorMetadata: false,
  useDefineForClassFields: true,
  verbatimModuleSyntax: false,
} as const;

const JSX_OPTIONS = ["jsx", "jsxImportSource", "jsxFactory", "jsxFragmentFactory"] as const;

export interface ProjectConfig {
  /** The file nearest to the module, from which the others are extended. */
  readonly file: string;
  /** Compiler options after everything that is extended, with absolute `baseUrl` and targets of `paths`. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly aliases: readonly Alias[];
  /** The patterns and files that the project names, absolute; undefined where it names none. */
  readonly include: readonly string[] | undefined;
  readonly files: readonly string[] | undefined;
  /** True when a file is extended in a way that Bun does not follow by itself: a package, a list, a name without its ending. */
  readonly isExtendedElsewhere: boolean;
}

/** `@lib/*` and the absolute paths that it may stand for. */
interface Alias {
  readonly pattern: string;
  readonly targets: readonly string[];
}

const ENDINGS = ["", ".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".json"];
const INDEXES = ENDINGS.slice(1).map((ending) => `/index${ending}`);

/** The settings that hold for modules in `folder`; undefined if there is no such file above it, or one that cannot be read. */
export function findProjectConfig(folder: string): ProjectConfig | undefined {
  for (let at = folder;; at = dirname(at)) {
    for (const name of ["tsconfig.json", "jsconfig.json"]) {
      if (isFile(join(at, name))) return readProjectConfig(join(at, name));
    }
    if (dirname(at) === at) return undefined;
  }
}

/** The settings of this file and of what it extends; undefined if it cannot be read. */
export function readProjectConfig(file: string): ProjectConfig | undefined {
  const chain: string[] = [];
  const read: Reading["read"] = { isExtendedElsewhere: false };
  const options = readOptions(file, { root: dirname(file), chain, read });
  if (options === undefined) return undefined;
  const paths = Object.entries(asRecord(options["paths"]) ?? {});
  const aliases = paths.map(([pattern, targets]) => ({ pattern, targets: asTexts(targets) }))
    .toSorted((a, b) => prefixOf(b.pattern).length - prefixOf(a.pattern).length);
  return {
    file,
    options,
    aliases,
    include: read.include,
    files: read.files,
    isExtendedElsewhere: read.isExtendedElsewhere,
  };
}

/** Compiler options for a loader: our language, and how the project wants its JSX. */
export function languageOptions(config: ProjectConfig | undefined): Readonly<Record<string, unknown>> {
  const jsx = JSX_OPTIONS.filter((key) => config?.options[key] !== undefined)
    .map((key) => [key, config?.options[key]]);
  return { ...STANDARD_LANGUAGE, ...Object.fromEntries(jsx) };
}

/** True when the options ask for another language than ours, which a loader would obey that reads them itself. */
export function asksForOtherLanguage({ options }: ProjectConfig): boolean {
  return options["experimentalDecorators"] === true || options["useDefineForClassFields"] === false ||
    options["verbatimModuleSyntax"] === true;
}

/** The file that an alias stands for; undefined if the specifier is no alias or nothing is there. */
export function resolveAlias(config: ProjectConfig, specifier: string): string | undefined {
  if (isOrdinary(specifier)) return undefined;
  const alias = findAlias(config, specifier);
  const middle = alias === undefined ? "" : specifier.slice(prefixOf(alias.pattern).length, endOf(alias, specifier));
  const paths = alias?.targets.map((target) => target.replace("*", () => middle)) ?? [];
  const { baseUrl } = config.options;
  if (typeof baseUrl === "string") paths.push(join(baseUrl, specifier));
  for (const path of paths) {
    const found = findModule(path);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The same for a module of the project. */
export function resolveAliasFrom(importer: string, specifier: string): string | undefined {
  const config = findProjectConfig(dirname(importer));
  return config === undefined ? undefined : resolveAlias(config, specifier);
}

/** Why a specifier that is written like an alias leads nowhere: a clause, and what to do. */
export interface AliasProblem {
  readonly what: string;
  readonly advice: string;
}

/** Undefined for a specifier that may be a package and that no alias takes. */
export function explainAlias(importer: string, specifier: string): AliasProblem | undefined {
  const config = findProjectConfig(dirname(importer));
  const alias = config === undefined ? undefined : findAlias(config, specifier);
  if (config !== undefined && alias !== undefined) {
    const middle = specifier.slice(prefixOf(alias.pattern).length, endOf(alias, specifier));
    const places = alias.targets.map((target) => `"${target.replace("*", () => middle)}"`).join(" or ");
    return {
      what: `the alias "${specifier}" leads to ${places || "nothing"}, which does not exist`,
      advice: `correct the import, or "${alias.pattern}" in "paths" of ${config.file}`,
    };
  }
  if (!/^(?:@\/|[~#$])/.test(specifier)) return undefined; // it may be the name of a package
  const inPaths = config === undefined
    ? `add a tsconfig.json with "paths" above ${importer}`
    : `add a pattern for it to "paths" in ${config.file}`;
  const own = explainPackageImport(importer, specifier);
  if (own !== undefined) return { ...own, advice: `${own.advice}, or ${inPaths}` };
  return { what: `the alias "${specifier}" is not defined`, advice: inPaths };
}

/** The pattern of `paths` that a specifier has, whether or not a file is there. */
function findAlias({ aliases }: ProjectConfig, specifier: string): Alias | undefined {
  return aliases.find(({ pattern }) => {
    const star = pattern.indexOf("*");
    if (star < 0) return pattern === specifier;
    const end = pattern.slice(star + 1);
    return specifier.length >= pattern.length - 1 && specifier.startsWith(pattern.slice(0, star)) &&
      specifier.endsWith(end);
  });
}

/** Names that no alias can take: paths, URLs, modules of the runtime, and `locust-ts` itself. */
function isOrdinary(specifier: string): boolean {
  return /^(?:\.{0,2}\/|\.{1,2}$|[a-z]+:)/i.test(specifier) || isAbsolute(specifier) || specifier === "locust-ts" ||
    isBuiltin(specifier);
}

function findModule(path: string): string | undefined {
  const written = /\.([cm]?)js(x?)$/.exec(path); // `./x.js` may mean x.ts
  const sources = written === null ? [] : [path.replace(/\.([cm]?)js(x?)$/, ".$1ts$2")];
  return [...ENDINGS.map((ending) => path + ending), ...sources, ...INDEXES.map((index) => path + index)].find(isFile);
}

interface Reading {
  readonly root: string;
  /** The files that are being read, against a circle. */
  readonly chain: readonly string[];
  readonly read: {
    isExtendedElsewhere: boolean;
    include?: readonly string[] | undefined;
    files?: readonly string[] | undefined;
  };
}

function readOptions(file: string, reading: Reading): Record<string, unknown> | undefined {
  const config = readJson(file);
  if (config === undefined || reading.chain.includes(file)) return undefined;
  const inner = { ...reading, chain: [...reading.chain, file] };
  const bases = asTexts(config["extends"]);
  if (Array.isArray(config["extends"]) || bases.some((base) => !/^\.{0,2}\/.*\.json$/.test(base))) {
    reading.read.isExtendedElsewhere = true;
  }
  const inherited = bases.map((base) => findExtended(file, base)).map((base) =>
    base === undefined ? {} : readOptions(base, inner) ?? {}
  );
  const own = { ...asRecord(config["compilerOptions"]) };
  const folder = dirname(file);
  const place = (path: string) => resolve(folder, path.replace("${configDir}", () => reading.root));
  for (const key of ["include", "files"] as const) {
    if (Array.isArray(config[key])) reading.read[key] = asTexts(config[key]).map(place);
  }
  const base = typeof own["baseUrl"] === "string" ? place(own["baseUrl"]) : undefined;
  const options: Record<string, unknown> = Object.assign({}, ...inherited, own);
  if (base !== undefined) options["baseUrl"] = base;
  const from = typeof options["baseUrl"] === "string" ? options["baseUrl"] : folder;
  const paths = asRecord(own["paths"]);
  if (paths !== undefined) {
    options["paths"] = Object.fromEntries(
      Object.entries(paths).map(([pattern, targets]) => [
        pattern,
        asTexts(targets).map((target) => resolve(from, target.replace("${configDir}", () => reading.root))),
      ]),
    );
  }
  return options;
}

/** The file that `extends` names: a path, or something in a `node_modules` above. */
function findExtended(file: string, name: string): string | undefined {
  const files = (path: string) => [path, `${path}.json`, join(path, "tsconfig.json")].find(isFile);
  if (name.startsWith(".") || isAbsolute(name)) return files(resolve(dirname(file), name));
  for (let folder = dirname(file);; folder = dirname(folder)) {
    const path = join(folder, "node_modules", name);
    const named = readJson(join(path, "package.json"))?.["tsconfig"];
    const found = (typeof named === "string" ? files(join(path, named)) : undefined) ?? files(path);
    if (found !== undefined) return found;
    if (dirname(folder) === folder) return undefined;
  }
}

function readJson(file: string): Record<string, unknown> | undefined {
  try {
    return asRecord(parseJsonWithComments(readFileSync(file, "utf8")));
  } catch {
    return undefined; // it is not there or no JSON: the runtime or the compiler says so in its own words
  }
}

/** JSON as the TypeScript compiler reads it: with comments, and commas before a closing bracket. */
export function parseJsonWithComments(text: string): unknown {
  const string = String.raw`"(?:\\.|[^"\\])*"`;
  const bare = text.replace(/^\uFEFF/, "")
    .replace(new RegExp(String.raw`(${string})|\/\/[^\n]*|\/\*[\s\S]*?\*\/`, "g"), (_, kept?: string) => kept ?? " ")
    .replace(new RegExp(String.raw`(${string})|,(?=\s*[}\]])`, "g"), (_, kept?: string) => kept ?? "");
  return JSON.parse(bare);
}

function prefixOf(pattern: string): string {
  return pattern.split("*")[0] ?? "";
}

function endOf({ pattern }: Alias, specifier: string): number {
  const star = pattern.indexOf("*");
  return star < 0 ? specifier.length : specifier.length - (pattern.length - star - 1);
}

function asRecord(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as Record<string, unknown>
    : undefined;
}

function asTexts(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((item) => typeof item === "string");
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
