/**
 * The names that begin with `#`: aliases in the `imports` of a package.json. Says why one leads nowhere; runtimes
 * resolve them.
 */
import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

/** Why a name leads nowhere: a clause, and what to do. */
export interface PackageImportProblem {
  readonly what: string;
  readonly advice: string;
}

/** Undefined where no package.json is above the importer, or the name is none of a package's own. */
export function explainPackageImport(importer: string, specifier: string): PackageImportProblem | undefined {
  const manifest = specifier.startsWith("#") ? findManifest(dirname(importer)) : undefined;
  if (manifest === undefined) return undefined;
  for (const [pattern, target] of Object.entries(readImports(manifest))) {
    const [start = "", end] = pattern.split("*");
    const isMeant = end === undefined
      ? specifier === pattern
      : specifier.startsWith(start) && specifier.endsWith(end) && specifier.length > start.length + end.length;
    if (!isMeant) continue;
    const middle = specifier.slice(start.length, specifier.length - (end?.length ?? 0));
    const places = targetsOf(target).map((each) => `"${each.replaceAll("*", () => middle)}"`).join(" or ");
    return {
      what: `the alias "${specifier}" leads to ${places || "nothing"}, which does not exist`,
      advice: `correct the import, or "${pattern}" in "imports" of ${manifest}`,
    };
  }
  return { what: `the alias "${specifier}" is not defined`, advice: `add it to "imports" in ${manifest}` };
}

/** The package that a module belongs to. */
function findManifest(folder: string): string | undefined {
  for (let at = folder;; at = dirname(at)) {
    const path = join(at, "package.json");
    if (statSync(path, { throwIfNoEntry: false })?.isFile() === true) return path;
    if (dirname(at) === at) return undefined;
  }
}

function readImports(manifest: string): Readonly<Record<string, unknown>> {
  try {
    const { imports } = JSON.parse(readFileSync(manifest, "utf8")) as { imports?: unknown };
    return typeof imports === "object" && imports !== null ? imports as Record<string, unknown> : {};
  } catch {
    return {}; // the runtime has its own words for a package.json that is no JSON
  }
}

/** A target is a path, a list of them, or an object of targets by condition. */
function targetsOf(target: unknown): readonly string[] {
  if (typeof target === "string") return [target];
  return typeof target === "object" && target !== null ? [...new Set(Object.values(target).flatMap(targetsOf))] : [];
}
