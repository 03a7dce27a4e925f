/**
 * Lets `import.meta` of a module in a bundle tell the place that the module had: relative to the bundle, so that
 * `new URL("./users.csv", import.meta.url)` finds its file on a worker. Only code is changed, no text that shows such a name.
 * Lines stay lines. Pure.
 */
import { basename, dirname, isAbsolute, relative } from "node:path";
import { slashed } from "./bundle_paths.ts";
import { replaceCode } from "./replace_code.ts";
import { SHIPPED_PLACE } from "./shipped_fs.ts";

/** The source with its places. Modules above the folder keep what they have. */
export function pinMeta(source: string, folder: string, path: string): string {
  const place = slashed(relative(folder, path));
  if (place.startsWith("../") || isAbsolute(place)) return source;
  const isModule = !/\.c[jt]s$/.test(path) && /^\s*(?:import|export)\b/m.test(source);
  if (!isModule) return pinOlderNames(source, commonPlace(dirname(place)), commonPlace(place));
  return replacePlaces(pinOlderNames(source, "import.meta.dirname", "import.meta.filename"), place);
}

/** `__dirname` and `__filename`, which the runtime gives to every module, where a module does not declare them itself. */
function pinOlderNames(source: string, folder: string, file: string): string {
  const replaced = (text: string, name: string, place: string) =>
    new RegExp(`\\b(?:const|let|var)\\s+${name}\\b|[{,]\\s*${name}\\s*[,}]`).test(text)
      ? text
      : replaceCode(text, new RegExp(`(?<![\\w$.])${name}\\b`, "g"), () => place);
  return replaced(replaced(source, "__dirname", folder), "__filename", file);
}

/** In CommonJS, which has no `import.meta`. */
function commonPlace(place: string): string {
  return `(require(${JSON.stringify(SHIPPED_PLACE)}).folder + ${JSON.stringify(place === "." ? "" : `/${place}`)})`;
}

/** A member, or the whole object, which may be taken apart or handed on; not in `typeof import.meta`, which may be a type. */
const META = /(?<!\btypeof\s+)(?<![\w$.])import\.meta\b(?:\.(url|filename|path|dirname|dir|file|resolve)\b|(?!\.\w))/g;

function replacePlaces(source: string, place: string): string {
  const url = `new URL(${JSON.stringify(`./${encodePath(place)}`)}, import.meta.url).href`;
  const file = placeOf(place);
  const folder = placeOf(dirname(place));
  const name = JSON.stringify(basename(place));
  const resolve = `((name) => /^\\.{0,2}\\//.test(name) ? new URL(name, ${url}).href : import.meta.resolve(name))`;
  const whole =
    `({ ...import.meta, url: ${url}, filename: ${file}, path: ${file}, dirname: ${folder}, dir: ${folder}, ` +
    `file: ${name}, resolve: ${resolve}, env: import.meta.env, main: import.meta.main })`;
  const members = new Map([
    ["url", url],
    ["filename", file],
    ["path", file],
    ["dirname", folder],
    ["dir", folder],
    ["file", name],
    ["resolve", resolve],
  ]);
  return replaceCode(source, META, (member) => members.get(member ?? "") ?? whole);
}

/** The absolute path of what lies at a place, as code. */
export function placeOf(place: string): string {
  return `(import.meta.dirname + ${JSON.stringify(place === "." ? "" : `/${place}`)})`;
}

/** A path as it stands in a URL: its signs mean no query and no fragment. */
function encodePath(path: string): string {
  return encodeURI(path).replace(/[?#]/g, encodeURIComponent);
}
