/**
 * The `node:fs` of a bundled locustfile: a relative name that is not in the worker's current folder is looked for among the data
 * files that came with the bundle. So `readFileSync("users.csv")` works on a worker that was started in an empty folder, a file
 * of the worker's own comes first, and writing goes where it always did.
 *
 * The module is made as text, because it is bundled: it runs wherever the bundle runs, beside whose file the data lie.
 */
import { replaceCode } from "./replace_code.ts";

/** How the module is called inside of a bundle; what `node:fs/promises` is called starts with it. */
export const SHIPPED_FS = "locust-ts-shipped-fs";
const SHIPPED_PROMISES = `${SHIPPED_FS}-promises`;
/** What knows the folder of the bundle, and finds shipped files in it. */
export const SHIPPED_PLACE = `${SHIPPED_FS}-place`;

/** Functions whose first argument names something to read. */
const READERS = ["readFile", "stat", "lstat", "access", "readdir", "opendir", "copyFile", "cp", "realpath"];
const SYNC_READERS = [
  ...READERS.map((name) => `${name}Sync`),
  "exists",
  "existsSync",
  "createReadStream",
  "openAsBlob",
];
/** Functions that read if their second argument says so, or nothing. */
const OPENERS = ["open"];

const IMPORT = /(\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*(?:\/\*[^*]*\*\/\s*)?)(["'])(?:node:)?fs(\/promises)?\2/g;

/** Has a module of a package import its files' functions from here. */
export function redirectFileReads(source: string): string {
  return source.replace(IMPORT, (_, ...groups) => redirected(...groups as Groups));
}

/** The same for a module of the user's own, whose texts may show an import: `"SELECT name FROM 'fs'"`. */
export function redirectOwnFileReads(source: string): string {
  return replaceCode(source, IMPORT, (...groups) => redirected(...groups as Groups));
}

type Groups = [before: string, quote: string, promises: string | undefined];

function redirected(before: string, quote: string, isPromises: string | undefined): string {
  return `${before}${quote}${isPromises === undefined ? SHIPPED_FS : SHIPPED_PROMISES}${quote}`;
}

/** The text of the module of this name. */
export function shippedFsSource(name: string): string {
  if (name === SHIPPED_PLACE) return PLACE;
  return name === SHIPPED_PROMISES ? promisesSource() : fsSource();
}

/**
 * CommonJS, whose exports are an object like any other: packages put functions of their own into it, as they put them into the
 * runtime's (`fs-extra` by way of `graceful-fs`).
 */
function fsSource(): string {
  return [
    'const real = require("node:fs");',
    `const { place, isRead } = require(${JSON.stringify(SHIPPED_PLACE)});`,
    `const shipped = { ...real, promises: require(${JSON.stringify(SHIPPED_PROMISES)}) };`,
    replaceIn([...READERS, ...SYNC_READERS], [...OPENERS, "openSync"]),
  ].join("\n");
}

function promisesSource(): string {
  return [
    'const real = require("node:fs").promises;',
    `const { place, isRead } = require(${JSON.stringify(SHIPPED_PLACE)});`,
    "const shipped = { ...real };",
    replaceIn(READERS, OPENERS),
  ].join("\n");
}

function replaceIn(readers: readonly string[], openers: readonly string[]): string {
  return `
const placed = (read) => (path, ...rest) => read.call(real, place(path), ...rest);
const reader = (read) => {
  const own = placed(read);
  for (const key of Reflect.ownKeys(read)) { // realpath.native, and what promisify() takes
    if (typeof read[key] === "function") Object.defineProperty(own, key, { value: placed(read[key]) });
  }
  return own;
};
for (const name of ${JSON.stringify(readers)}) if (real[name] !== undefined) shipped[name] = reader(real[name]);
for (const name of ${JSON.stringify(openers)}) {
  const open = real[name];
  shipped[name] = (path, flags, ...rest) => open.call(real, isRead(flags) ? place(path) : path, flags, ...rest);
}
module.exports = shipped;
`;
}

const PLACE = `
import { existsSync } from "node:fs";
import { isAbsolute, join } from "node:path";
export const folder = import.meta.dirname;
export function place(path) {
  if (typeof path !== "string" || isAbsolute(path) || existsSync(path)) return path;
  const shipped = join(folder, path);
  return existsSync(shipped) ? shipped : path;
}
export const isRead = (flags) =>
  flags === undefined || flags === null || flags === "r" || flags === 0 || typeof flags === "function";
`;
