/**
 * Replaces the aliases that a module imports by absolute paths, in its text: for a loader that can be given a text but
 * not asked where a specifier leads. Lines stay lines. Pure.
 */

/** What stands before the specifier in `from "x"`, `import "x"`, `import("x")`, `require("x")`. */
const SPECIFIER =
  /(\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*|\bimport\.meta\.resolve\s*\(\s*)(["'])([^"'\\\n]+)\2/g;

/** The text with each specifier replaced for which `resolve` knows a path. */
export function replaceAliases(source: string, resolve: (specifier: string) => string | undefined): string {
  return source.replace(SPECIFIER, (whole, before: string, _quote: string, specifier: string) => {
    const path = resolve(specifier);
    return path === undefined ? whole : before + JSON.stringify(path);
  });
}
