/**
 * Finds the data files that a locustfile needs on a worker: those that its own modules name in a string, relative to the module,
 * to the locustfile's folder or to the current folder. A name that is a folder stands for the data files in it. So nothing
 * travels that the code does not name, whatever else lies in that folder; names that lead elsewhere are reported.
 */
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, extname, join, relative, resolve, sep } from "node:path";
import { formatBytes } from "../../base/units.ts";

/** A file beside the bundle. `path` is relative, with forward slashes, and never leaves the folder. */
export interface DataFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** One that is too large to travel with the code. */
export interface LargeDataFile {
  readonly path: string;
  readonly size: number;
  readonly changedMs: number;
}

/** Of those that travel with the code: they must fit into one message. What is beyond it goes part by part. */
export const MAX_TOTAL_BYTES = 10_000_000;

/** Of the large ones together: a folder of old logs that a locustfile happens to name must not fill the disks of all workers. */
const MAX_LARGE_BYTES = 20_000_000_000;

/** Files looked at in a folder that is named: a locustfile that names `/` must not make us walk a disk. */
const MAX_FOLDER_ENTRIES = 1000;

/** What is taken out of a folder that is named. A file that is named itself may have any extension but code's. */
const DATA_EXTENSIONS = new Set(
  [
    ".csv",
    ".tsv",
    ".json",
    ".jsonl",
    ".ndjson",
    ".txt",
    ".xml",
    ".yaml",
    ".yml",
    ".toml",
    ".html",
    ".graphql",
    ".gql",
    ".sql",
  ],
);
const CODE_EXTENSION = /^\.(?:[cm]?[jt]sx?|node|sh|exe|dll|so)$/;
const STRING = /"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`/g;

/** What names may be relative to besides the module that has them. */
export interface NameBases {
  readonly locustfiles: string;
  readonly current: string;
}

export interface FoundFiles {
  readonly files: readonly DataFile[];
  readonly large: readonly LargeDataFile[];
  readonly warnings: readonly string[];
}

/**
 * The data files named in `sources` (the user's modules by path) that lie in `folder`, with a warning for each that is too large
 * or lies elsewhere. Of the current folder only files are taken.
 */
export function findDataFiles(
  folder: string,
  sources: ReadonlyMap<string, string>,
  bases: NameBases,
): FoundFiles {
  const paths = new Set<string>();
  const outside = new Set<string>();
  for (const [module, source] of sources) {
    for (const name of stringsIn(source)) {
      for (const base of new Set([dirname(module), bases.locustfiles, bases.current])) {
        const path = resolve(base, name);
        const isOnlyCurrent = base === bases.current && base !== bases.locustfiles && base !== dirname(module);
        if (isOnlyCurrent && extname(name) === "") continue;
        if (!path.startsWith(folder + sep) && isDataFile(path)) outside.add(path);
        for (const found of dataFilesAt(path, folder)) paths.add(found);
      }
    }
  }
  const { files, large, warnings } = readFiles(folder, [...paths].toSorted());
  return { files, large, warnings: [...warnings, ...[...outside].toSorted().map((path) => liesOutside(path, folder))] };
}

/** Whether the modules name data files of the current folder that are not found from `folder`, or by another path there. */
export function namesFromAbove(folder: string, sources: ReadonlyMap<string, string>, bases: NameBases): boolean {
  for (const [module, source] of sources) {
    for (const name of stringsIn(source)) {
      const fromCurrent = resolve(bases.current, name);
      if (extname(name) !== "" && dataFilesAt(fromCurrent, bases.current).length > 0) {
        if (fromCurrent !== resolve(folder, name)) return true;
      }
      for (const base of [dirname(module), bases.locustfiles]) {
        const path = resolve(base, name);
        if (!isWithin(path, folder) && dataFilesAt(path, bases.current).length > 0) return true;
      }
    }
  }
  return false;
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder + sep);
}

/** A JSON file may well have been imported, and then it is in the bundle. */
function isDataFile(path: string): boolean {
  const extension = extname(path).toLowerCase();
  if (extension === ".json" || !DATA_EXTENSIONS.has(extension)) return false;
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function liesOutside(path: string, folder: string): string {
  return `"${path}" is not shipped to workers: it lies outside of ${folder}; start the master in a folder above the ` +
    "locustfile and its data, or put the file on each worker";
}

/** What may be a name, also what stands behind a folder: `import.meta.dirname + "/users.csv"`, `${folder}/users.csv`. */
function* stringsIn(source: string): Iterable<string> {
  for (const [, double, single, template] of source.matchAll(STRING)) {
    for (const text of template?.split(/\$\{[^}]*\}/) ?? [double ?? single ?? ""]) {
      if (text.length > 0 && text.length < 260 && !/[\n\0*?<>|:]/.test(text)) yield text.replace(/^\//, "./");
    }
  }
}

/** The file itself, or what a folder has of data; nothing outside of `folder`, nothing hidden, no links. */
function dataFilesAt(path: string, folder: string): string[] {
  if (!path.startsWith(folder + sep) || relative(folder, path).split(sep).some(isHidden)) return [];
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat?.isFile() === true) return CODE_EXTENSION.test(extname(path)) ? [] : [path];
  if (stat?.isDirectory() !== true) return [];
  return readdirSync(path, { withFileTypes: true })
    .slice(0, MAX_FOLDER_ENTRIES)
    .filter((entry) =>
      entry.isFile() && !isHidden(entry.name) && DATA_EXTENSIONS.has(extname(entry.name).toLowerCase())
    )
    .map((entry) => join(path, entry.name));
}

function isHidden(name: string): boolean {
  return name.startsWith(".") || name === "node_modules";
}

function readFiles(folder: string, paths: readonly string[]): FoundFiles {
  const files: DataFile[] = [];
  const large: LargeDataFile[] = [];
  const warnings: string[] = [];
  let [total, totalOfLarge] = [0, 0];
  for (const path of paths) {
    const { size, mtimeMs: changedMs } = lstatSync(path);
    const place = relative(folder, path).replaceAll("\\", "/");
    if (total + size <= MAX_TOTAL_BYTES) {
      total += size;
      files.push({ path: place, bytes: new Uint8Array(readFileSync(path)) });
    } else if (totalOfLarge + size <= MAX_LARGE_BYTES) {
      totalOfLarge += size;
      large.push({ path: place, size, changedMs });
    } else {
      warnings.push(
        `"${basename(path)}" (${formatBytes(size)}) is not shipped to workers: all data files may have ` +
          `${formatBytes(MAX_LARGE_BYTES)}; put it into the folder in which each worker is started`,
      );
    }
  }
  return { files, large, warnings };
}
