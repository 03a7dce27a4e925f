/**
 * Rewrites a module of the user's own for a bundle: its places, its packages and its files are found on a worker. Texts and
 * comments stay, and lines stay lines. Pure.
 */
import { dirname, isAbsolute, join, relative } from "node:path";
import { slashed } from "./bundle_paths.ts";
import { pinMeta, placeOf } from "./module_place.ts";
import { replaceCode } from "./replace_code.ts";
import { redirectOwnFileReads, SHIPPED_PLACE } from "./shipped_fs.ts";

/** The text to bundle for the module at `path`; names in the bundle are relative to `folder`. */
export function shipOwnModule(source: string, folder: string, path: string): string {
  const placed = pinMeta(requiresOfBundler(source), folder, path);
  return redirectOwnFileReads(redirectBunFiles(pathsOfFiles(placed, folder, path)));
}

const FILE_IMPORT =
  /\bimport\s+([\w$]+)\s+from\s*(["'])(\.{1,2}\/[^"'\n]+)\2\s*with\s*\{\s*type\s*:\s*(["'])file\4\s*,?\s*\}/g;

/** `import path from "./logo.png" with { type: "file" }` is the path of a file, and the file is shipped by its name. */
function pathsOfFiles(source: string, folder: string, path: string): string {
  return replaceCode(source, FILE_IMPORT, (name, _quote, specifier = "") => {
    const place = slashed(relative(folder, join(dirname(path), specifier)));
    const isOutside = place.startsWith("../") || isAbsolute(place);
    return isOutside ? undefined : `const ${name} = ${placeOf(place)}`;
  });
}

const OWN_REQUIRE =
  /(?<!\bexport\s+)\b(?:const|let|var)\s+require\s*(?::[^=;\n]*)?=\s*createRequire\(\s*import\.meta\.(?:url|filename)\s*\)/g;
const REQUIRE_AT_ONCE = /\bcreateRequire\(\s*import\.meta\.(?:url|filename)\s*\)(?=\s*\()/g;

/** A `require` that a module makes itself would look for packages on the worker. The bundler's finds them in the bundle. */
function requiresOfBundler(source: string): string {
  return replaceCode(replaceCode(source, OWN_REQUIRE, () => ""), REQUIRE_AT_ONCE, () => "require");
}

/** `Bun.file("users.csv")` is looked for where `readFile("users.csv")` is. */
function redirectBunFiles(source: string): string {
  const placed = `((path, ...rest) => Bun.file(require(${JSON.stringify(SHIPPED_PLACE)}).place(path), ...rest))`;
  return replaceCode(source, /(?<![\w$.])Bun\.file(?=\s*\()/g, () => placed);
}
