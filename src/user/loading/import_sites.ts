/**
 * Finds where modules are imported: in a locustfile, and in the modules of the user that it imports by a path or an
 * alias. For complaints of a runtime that name no place. Reads files only through its argument, and enters no packages.
 * Pure but for that.
 */
import { dirname, resolve } from "node:path";
import { escapeForRegExp, isPath, type LoadErrorContext, type Place, placeAt, toPath } from "./load_problem.ts";

export interface ImportSite {
  /** Of the module's name. */
  readonly place: Place;
  readonly specifier: string;
  /** What is between `import` or `export` and `from`; empty where nothing is. */
  readonly clause: string;
  /** The file that it leads to; undefined for packages, and where there is none. */
  readonly target: string | undefined;
}

/** So many modules are looked at: a locustfile with more has its message without a place. */
const MAX_MODULES = 300;

const IMPORT = /\b(?:import|export)\b([^;'"`]*?)\bfrom\s*(["'])([^"'\n]+)\2|\bimport\s*\(?\s*(["'])([^"'\n]+)\4/g;

const ENDINGS = ["", ".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", ".json", "/index.ts", "/index.js"];

/** In the order in which a reader comes to them, the locustfile's first. */
export function* importSites(locustfile: string, context: LoadErrorContext): Generator<ImportSite> {
  const files = new Set([locustfile]);
  for (const file of files) { // also those that are added meanwhile
    const source = context.readText(file);
    if (source === undefined) continue;
    for (const match of source.matchAll(IMPORT)) {
      const [whole, clause = "", , named, , bare] = match;
      const specifier = named ?? bare ?? "";
      const target = findTarget(file, specifier, context);
      yield {
        place: placeAt(file, source, match.index + whole.lastIndexOf(specifier) - 1),
        specifier,
        clause: clause.trim(),
        target,
      };
      if (target !== undefined && files.size < MAX_MODULES && !/\.json$|[/\\]node_modules[/\\]/.test(target)) {
        files.add(target);
      }
    }
  }
}

function findTarget(
  importer: string,
  specifier: string,
  { readText, resolveAlias }: LoadErrorContext,
): string | undefined {
  if (!isPath(specifier)) return resolveAlias?.(importer, specifier);
  const path = resolve(dirname(importer), toPath(specifier));
  const source = path.replace(/\.([cm]?)js(x?)$/, ".$1ts$2"); // `./x.js` may mean x.ts
  return [...ENDINGS.map((ending) => path + ending), source].find((each) => readText(each) !== undefined);
}

/** Whether it imports something of this name. */
export function hasName({ clause }: ImportSite, name: string): boolean {
  return new RegExp(`(?<![\\w$])${escapeForRegExp(name)}(?![\\w$])`).test(clause);
}
