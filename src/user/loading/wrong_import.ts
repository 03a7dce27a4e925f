/**
 * Imports that a runtime refuses with few words: a data file taken for code, a default export or a type that is not
 * there at run time, JSON that is none, a package that is installed without what is asked of it, decorators of the
 * older kind. Files are read through the context only.
 */
import { dirname, extname, join } from "node:path";
import { hasName, type ImportSite, importSites } from "./import_sites.ts";
import { escapeForRegExp, isPath, type LoadErrorContext, type Place, type Problem, showPath } from "./load_problem.ts";

/** What Bun says where an import cannot be linked. It names no place. */
export function unlinkedImport(file: string, thrown: unknown, context: LoadErrorContext): Problem | undefined {
  if (!(thrown instanceof SyntaxError)) return undefined;
  const sites = () => [...importSites(file, context)];
  const bare = /^Missing 'default' export in module '(.*)'/.exec(thrown.message)?.[1];
  if (bare !== undefined) {
    const site = sites().find(({ target, clause }) => target === bare && /^[\w$]/.test(clause));
    if (isData(bare)) return dataImport(bare, site?.place, context);
    return {
      what: `"${showPath(bare, context.folder)}" has no default export`,
      place: site?.place,
      advice: "import what it exports by name, in braces",
    };
  }
  const [, name, from] = /^export '(.*)' not found in '(.*)'/.exec(thrown.message) ?? [];
  if (name !== undefined && from !== undefined) {
    return missingReexport(name, from, sites().find((site) => site.specifier === from && hasName(site, name)), context);
  }
  const json = /^JSON Parse error: (.*)/.exec(thrown.message)?.[1];
  if (json === undefined || /:\d+:\d+/.test(thrown.stack ?? "")) return undefined; // `JSON.parse` of the user
  const site = sites().find(({ target = "" }) =>
    extname(target) === ".json" && !isJson(context.readText(target) ?? "")
  );
  if (site?.target === undefined) return undefined;
  return {
    what: `it imports "${showPath(site.target, context.folder)}", which is not JSON: ${json}`,
    place: site.place,
  };
}

function missingReexport(name: string, from: string, site: ImportSite | undefined, context: LoadErrorContext): Problem {
  const source = site?.target === undefined ? "" : context.readText(site.target) ?? "";
  const isType = new RegExp(`\\b(?:interface|type)\\s+${escapeForRegExp(name)}\\b`).test(source);
  return {
    what: isType
      ? `"${name}" of "${from}" is a type, which is not there at run time`
      : `"${from}" exports no "${name}"`,
    place: site?.place,
    advice: `${isType ? "" : "if it is a type, "}write "export type { ${name} }"`,
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text.replace(/^\uFEFF/, ""));
    return true;
  } catch {
    return false;
  }
}

/** Files that a runtime reads as modules by their ending, or that have none. */
const MODULES = /^(?:|\.[cm]?[jt]sx?|\.jsonc?|\.toml|\.ya?ml|\.wasm|\.node)$/;

export function isData(file: string): boolean {
  return !MODULES.test(extname(file));
}

/** A problem in the middle of a data file is that it was imported as a module. */
export function notInData<P extends Problem | undefined>(
  problem: P,
  file: string,
  context: LoadErrorContext,
): P | Problem {
  const data = problem?.place?.file;
  if (data === undefined || !isData(data)) return problem;
  const site = [...importSites(file, context)].find(({ target }) => target === data);
  return site === undefined ? problem : dataImport(data, site.place, context);
}

export function dataImport(data: string, place: Place | undefined, { folder, readText }: LoadErrorContext): Problem {
  const reader =
    { ".csv": "feed.csv", ".tsv": "feed.csv", ".jsonl": "feed.jsonl", ".ndjson": "feed.jsonl" }[extname(data)];
  const feed = reader === undefined ? "" : `draw its rows with ${reader}, or `;
  const isText = !readText(data)?.includes("\uFFFD");
  return {
    what: `it imports "${showPath(data, folder)}", which is not a module`,
    place,
    advice: isText
      ? `${feed}import it as text, with { type: "text" } after its name, or read it with readFileSync`
      : "read it with readFileSync",
  };
}

/** A package that is there, but not what is imported from it; undefined if it is not there. */
export function incompletePackage(
  importer: string,
  specifier: string,
  context: LoadErrorContext,
): Pick<Problem, "what" | "advice"> | undefined {
  const [name = "", subpath] = /^((?:@[^/]+\/)?[^/]+)(\/.*)?$/.exec(specifier)?.slice(1) ?? [];
  const manifest = findManifest(importer, name, context);
  if (manifest === undefined) return undefined;
  const shown = showPath(manifest.file, context.folder);
  const hasExports = /"exports"\s*:/.test(manifest.text);
  if (subpath === undefined) {
    return {
      what: `the package "${name}" is installed, but not the file that ${shown} names`,
      advice: `build the package, or correct "${hasExports ? "exports" : "main"}" there`,
    };
  }
  return {
    what: `the package "${name}" is installed and has no "${specifier}"`,
    advice: hasExports
      ? `import what "exports" in ${shown} names`
      : `import a file that is in ${showPath(dirname(manifest.file), context.folder)}`,
  };
}

function findManifest(importer: string, name: string, { readText }: LoadErrorContext) {
  if (name === "" || isPath(name)) return undefined;
  for (let folder = dirname(importer);; folder = dirname(folder)) {
    const file = join(folder, "node_modules", name, "package.json");
    const text = readText(file);
    if (text !== undefined) return { file, text };
    if (dirname(folder) === folder) return undefined;
  }
}

/** A decorator of a package that threw: it was made for `experimentalDecorators`, and is called otherwise here. */
export function olderDecorator(problem: Problem, thrown: unknown, context: LoadErrorContext): Problem {
  const { place } = problem;
  if (place === undefined || !(thrown instanceof Error)) return problem;
  const [top = ""] = (thrown.stack ?? "").split("\n").filter((line) => /^\s*at |@.*:\d+/.test(line));
  const isOfPackage = /[/\\]node_modules[/\\]/.test(top);
  const lines = (context.readText(place.file) ?? "").split("\n");
  const near = lines.slice(Math.max(0, place.line - 1), place.line + 40).join("\n");
  const site = !isOfPackage
    ? undefined
    : [...near.matchAll(/@([\w$]+)/g)].flatMap(([, name = ""]) =>
      [...importSites(place.file, { ...context, resolveAlias: () => undefined })]
        .filter((site) => site.place.file === place.file && !isPath(site.specifier) && site.specifier !== "locust-ts")
        .flatMap((site) => hasName(site, name) ? [{ name, of: site.specifier }] : [])
    )[0];
  if (site === undefined) return problem;
  return {
    ...problem,
    advice:
      `decorators of a locustfile are standard ones, and @${site.name} of "${site.of}" is made for experimentalDecorators: ` +
      "compile such classes by tsc, and import the JavaScript",
  };
}
