/**
 * The `node:fs` of a bundled locustfile: a relative name that is not in the worker's current folder is looked for among the data
 * files that came with the bundle. So `readFileSync("users.csv")` works on a worker that was started in an empty folder, a file
 * of the worker's own comes first, and writing goes where it always did.
 *
 * The module is made as text, because it is bundled: it runs wherever the bundle runs, beside whose file the data lie.
 */
import fs from "node:fs";
import promises from "node:fs/promises";

/** How the module is called inside of a bundle; what `node:fs/promises` is called starts with it. */
export const SHIPPED_FS = "locust-ts-shipped-fs";
const SHIPPED_PROMISES = `${SHIPPED_FS}-promises`;

/** Functions whose first argument names something to read. */
const READERS = ["readFile", "stat", "lstat", "access", "readdir", "opendir"];
const SYNC_READERS = [...READERS.map((name) => `${name}Sync`), "existsSync", "createReadStream"];
/** Functions that read if their second argument says so, or nothing. */
const OPENERS = ["open"];

const IMPORT = /(\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*(?:\/\*[^*]*\*\/\s*)?)(["'])(?:node:)?fs(\/promises)?\2/g;

/** Has a module import its files' functions from here. */
export function redirectFileReads(source: string): string {
  return source.replace(
    IMPORT,
    (_, before: string, quote: string, isPromises: string | undefined) =>
      `${before}${quote}${isPromises === undefined ? SHIPPED_FS : SHIPPED_PROMISES}${quote}`,
  );
}

/** The text of the module of this name. */
export function shippedFsSource(name: string): string {
  return name === SHIPPED_PROMISES ? promisesSource() : fsSource();
}

function fsSource(): string {
  const own = [...READERS, ...SYNC_READERS, ...OPENERS, "openSync", "promises"];
  return [
    'import * as real from "node:fs";',
    `import * as shippedPromises from ${JSON.stringify(SHIPPED_PROMISES)};`,
    PLACE,
    ...[...READERS, ...SYNC_READERS].map(reader),
    ...[...OPENERS, "openSync"].map(opener),
    "export const promises = shippedPromises.default;",
    ...others(Object.keys(fs), own),
    `export default { ...real.default, ${own.join(", ")} };`,
  ].join("\n");
}

function promisesSource(): string {
  const own = [...READERS, ...OPENERS];
  return [
    'import * as fs from "node:fs";',
    "const real = fs.promises;",
    PLACE.replaceAll("real.", "fs."),
    ...READERS.map(reader),
    ...OPENERS.map(opener),
    ...others(Object.keys(promises), own),
    `export default { ...real, ${own.join(", ")} };`,
  ].join("\n");
}

const PLACE = `
import { isAbsolute, join } from "node:path";
function place(path) {
  if (typeof path !== "string" || isAbsolute(path) || real.existsSync(path)) return path;
  const shipped = join(import.meta.dirname, path);
  return real.existsSync(shipped) ? shipped : path;
}
const isRead = (flags) => flags === undefined || flags === null || flags === "r" || flags === 0 || typeof flags === "function";
`;

function reader(name: string): string {
  return `export const ${name} = (path, ...rest) => real.${name}(place(path), ...rest);`;
}

function opener(name: string): string {
  return `export const ${name} = (path, flags, ...rest) => real.${name}(isRead(flags) ? place(path) : path, flags, ...rest);`;
}

function others(names: readonly string[], own: readonly string[]): string[] {
  return names.filter((name) => name !== "default" && !own.includes(name))
    .map((name) => `export const ${name} = real.${name};`);
}
