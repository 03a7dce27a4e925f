/**
 * The paths in a bundle: the folder that they are relative to, and the text of the bundler with its own paths, which
 * are relative to the current folder, made relative to that one. So the same locustfile is the same bundle from
 * whatever folder it is started.
 */
import { Buffer } from "node:buffer";
import { statSync } from "node:fs";
import { dirname, parse, relative, resolve, sep } from "node:path";

/** The deepest folder that holds all files. */
export function commonFolder(files: readonly string[]): string {
  let folder = dirname(files[0] ?? "/");
  for (const file of files) {
    while (folder !== dirname(folder) && relative(folder, file).startsWith("..")) folder = dirname(folder);
  }
  return folder;
}

/** The folder of the locustfiles; a higher one if they import modules from there, but not the root of a disk. */
export function folderOfModules(locustfiles: string, modules: Iterable<string>): string {
  const folder = commonFolder([`${locustfiles}${sep}x`, ...modules]);
  return folder === parse(folder).root ? locustfiles : folder;
}

/** The current folder, where it holds the locustfiles. */
export function folderAbove(locustfiles: string, currentFolder: string): string | undefined {
  const isInside = locustfiles.startsWith(currentFolder + sep) && currentFolder !== parse(currentFolder).root;
  return isInside ? currentFolder : undefined;
}

/** With forward slashes. */
export function slashed(path: string): string {
  return path.replaceAll("\\", "/");
}

const SOURCE_MAP = /(\/\/# sourceMappingURL=data:application\/json;base64,)([\w+/=]+)/;

/** The bundler makes it of its own paths. */
const DEBUG_ID = /\n\/\/# debugId=\w+/;

/** The text of the bundler with the paths of modules, in comments and in its source map, relative to `folder`. */
export function placePaths(source: string, currentFolder: string, folder: string): string {
  const place = (path: string) => {
    const absolute = resolve(currentFolder, path);
    return isFile(absolute) ? slashed(relative(folder, absolute)) : path;
  };
  return source
    .replace(/(?<=\n)\/\/ (\S.*)(?=\n)/g, (_, path: string) => `// ${place(path)}`)
    .replace(SOURCE_MAP, (_, before: string, encoded: string) => {
      const { debugId: _made, ...map } = JSON.parse(Buffer.from(encoded, "base64").toString());
      const sources = (map.sources as readonly string[]).map(place);
      return before + Buffer.from(JSON.stringify({ ...map, sources })).toString("base64");
    })
    .replace(DEBUG_ID, "");
}

function isFile(path: string): boolean {
  return path.length < 4096 && statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
