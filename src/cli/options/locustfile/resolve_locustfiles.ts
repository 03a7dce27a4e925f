/**
 * Resolves the value of `-f` to files that can be imported: a file, several separated by commas, a directory, an
 * http(s) URL, or the default. Finds all problems at once. Fetched files live in a temporary folder until the result is
 * disposed.
 */
import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { UsageError } from "../../../base/errors.ts";
import { describeUnreadable } from "../../../base/given_file.ts";
import { describeForeignScript } from "./foreign_script.ts";
import { DEFAULT_LOCUSTFILE, holdsTypesOnly, isLocustfileName, LOCUSTFILE_SUFFIXES } from "./locustfile_name.ts";
import { type FetchedLocustfile, fetchLocustfile, isUrl } from "./locustfile_url.ts";
import { nearest } from "../../../base/hints/near_miss.ts";

export interface ResolvedLocustfiles extends AsyncDisposable {
  readonly files: readonly string[]; // absolute paths, each once, in the order given
}

/** @throws {UsageError} */
export async function resolveLocustfiles(
  locustfile: string,
  options: {
    readonly cwd: string;
    /** Tells where code comes from that is not on this machine. */
    readonly report: (line: string) => void;
    readonly fetchFile?: (url: string) => Promise<FetchedLocustfile>;
  },
): Promise<ResolvedLocustfiles> {
  const { cwd, report, fetchFile = fetchLocustfile } = options;
  const files: string[] = [];
  const folders: string[] = [];
  const problems: string[] = [];
  for (const part of splitNames(locustfile, cwd)) {
    try {
      if (isUrl(part)) {
        const fetched = await fetchFile(part);
        const folder = mkdtempSync(join(tmpdir(), "locust-ts-"));
        folders.push(folder);
        const path = join(folder, fetched.name);
        writeFileSync(path, fetched.text);
        files.push(path);
        report(`Running the locustfile ${fetched.name} of ${fetched.origin}`);
      } else {
        files.push(...findLocal(part, cwd));
      }
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      problems.push(...error.problems);
    }
  }
  if (files.length === 0 && problems.length === 0) problems.push(`Cannot find a locustfile: -f is empty; name a file`);
  const dispose = () => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true }));
  if (problems.length > 0) {
    dispose();
    throw new UsageError(problems);
  }
  return { files: [...new Set(files)], [Symbol.asyncDispose]: () => Promise.resolve(dispose()) };
}

/** Of a name that holds commas itself: what is longer is divided. */
const MAX_COMMAS = 8;

/** Commas separate names, but not in what exists under a name with commas. */
function splitNames(locustfile: string, cwd: string): readonly string[] {
  const parts = locustfile.split(",");
  const names: string[] = [];
  for (let from = 0, to; from < parts.length; from = to) {
    const nameTo = (end: number) => parts.slice(from, end).join(",").trim();
    to = Math.min(parts.length, from + 1 + MAX_COMMAS);
    while (to > from + 1 && kindOf(resolve(cwd, nameTo(to))) === undefined) to--;
    names.push(...(to > from + 1 ? [nameTo(to)] : splitAtBlanks(nameTo(to))));
  }
  return names.filter((name) => name !== "");
}

/** Blanks separate after a suffix: a folder may have blanks in its name. */
function splitAtBlanks(names: string): readonly string[] {
  return names.split(/(?<=\.[cm]?[jt]sx?)\s+/);
}

function findLocal(part: string, cwd: string): readonly string[] {
  const path = resolve(cwd, part);
  const kind = kindOf(path);
  if (kind === "folder") return findInFolder(part, path);
  if (kind === "other") {
    throw new UsageError(`Cannot run "${part}": it is a pipe or a device; write it to a file and name that`);
  }
  if (kind === "file") {
    const text = readText(part, path);
    const wrong = describeForeignScript(path, text) ?? describeEncoding(text) ??
      (isLocustfileName(path) ? undefined : describeName(path));
    if (wrong !== undefined) throw new UsageError(`Cannot run "${part}": ${wrong}`);
    return [path];
  }
  if (/[*?[]/.test(part)) return findByPattern(part, cwd);
  const sibling = part === DEFAULT_LOCUSTFILE ? findDefault(cwd) : undefined;
  if (sibling !== undefined) return [sibling];
  throw new UsageError(describeMissing(part, path));
}

function kindOf(path: string): "file" | "folder" | "other" | undefined {
  try {
    const stats = statSync(path);
    return stats.isDirectory() ? "folder" : stats.isFile() ? "file" : "other";
  } catch {
    return undefined; // not there, or not for us to see: the same to us
  }
}

function findDefault(cwd: string): string | undefined {
  const stem = DEFAULT_LOCUSTFILE.slice(0, -".ts".length);
  return LOCUSTFILE_SUFFIXES.map((suffix) => resolve(cwd, stem + suffix)).find((path) => kindOf(path) === "file");
}

function findInFolder(part: string, folder: string): readonly string[] {
  const found = listLocustfiles(folder).sort();
  if (found.length === 0) {
    throw new UsageError(
      `Cannot run "${part}": the folder holds no locustfile (${
        LOCUSTFILE_SUFFIXES.map((suffix) => `*${suffix}`).join(", ")
      }, names ` +
        'starting with "_" left out); name another',
    );
  }
  return found;
}

/** A pattern that no shell has replaced by the files that it fits: quoted, in a config file or a variable. */
function findByPattern(part: string, cwd: string): readonly string[] {
  const found = globSync(part, { cwd }).filter((name) => isLocustfileName(name) && !basename(name).startsWith("_"))
    .map((name) => resolve(cwd, name)).filter((path) => kindOf(path) === "file").sort();
  if (found.length === 0) {
    throw new UsageError(`Cannot run "${part}": no locustfile fits the pattern; check it, or name the files`);
  }
  return found;
}

/** Links to folders are not followed, so that a loop of them cannot hold us. */
function listLocustfiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : listLocustfiles(path);
    if (entry.name.startsWith("_") || !isLocustfileName(entry.name)) return [];
    return kindOf(path) === "file" ? [path] : [];
  });
}

/**
 * `text`: as UTF-8, where what PowerShell writes by default is full of zeros, and would be loaded as a module without
 * exports.
 */
function describeEncoding(text: string): string | undefined {
  return text.includes("\0") ? "it is not UTF-8 text (UTF-16, perhaps); save it as UTF-8" : undefined;
}

function describeName(path: string): string {
  return holdsTypesOnly(path)
    ? "it holds types only; name the file with the user classes"
    : `its name does not end in ${LOCUSTFILE_SUFFIXES.join(", ")}; rename it or name another`;
}

function readText(part: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new UsageError(`Cannot run "${part}": ${describeUnreadable(cause)}`, { cause });
  }
}

function describeMissing(part: string, path: string): string {
  if (part === DEFAULT_LOCUSTFILE) {
    return 'Cannot find a locustfile: there is no locustfile.ts here; name one with -f FILE, or write one with "locust-ts init"';
  }
  if (/^[A-Z]\w*$/.test(part)) {
    return `Cannot run "${part}": there is no such file; to run only this user class, name its file first: locust-ts run ` +
      `${DEFAULT_LOCUSTFILE} ${part}`;
  }
  const siblings = namesIn(dirname(path)).filter((name) =>
    isLocustfileName(name) || kindOf(join(dirname(path), name)) === "folder"
  );
  const meant = nearest(basename(path), siblings);
  const folder = dirname(part);
  const advice = meant === undefined
    ? "check the path"
    : `did you mean "${folder === "." && !part.startsWith(".") ? meant : join(folder, meant)}"?`;
  return `Cannot run "${part}": there is no such file; ${advice}`;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // no such folder: nothing to suggest
  }
}
