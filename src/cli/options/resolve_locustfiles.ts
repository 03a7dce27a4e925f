/**
 * From what `-f` says to files that can be imported: a file, several separated by commas, a directory, an http(s) URL, or the
 * default. Finds all problems at once. Fetched files live in a temporary folder until the result is disposed.
 */
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { UsageError } from "../../base/errors.ts";
import { nearest } from "./near_miss.ts";
import { DEFAULT_LOCUSTFILE } from "./parse_command_line.ts";

export interface ResolvedLocustfiles extends AsyncDisposable {
  readonly files: readonly string[]; // absolute paths, each once, in the order given
}

const SUFFIXES = [".ts", ".js", ".mts", ".mjs"] as const;

/** A locustfile is source text: one larger than this was not meant. */
const MAX_FETCHED_BYTES = 16 * 1024 * 1024;
const FETCH_TIMEOUT_MS = 30_000;

/** @throws {UsageError} */
export async function resolveLocustfiles(
  locustfile: string,
  options: { readonly cwd: string; readonly fetchText?: (url: string) => Promise<string> },
): Promise<ResolvedLocustfiles> {
  const { cwd, fetchText = fetchLocustfile } = options;
  const files: string[] = [];
  const folders: string[] = [];
  const problems: string[] = [];
  for (const part of locustfile.split(",").map((text) => text.trim()).filter((text) => text !== "")) {
    try {
      if (isUrl(part)) {
        const fetched = await saveFetched(part, fetchText);
        folders.push(dirname(fetched));
        files.push(fetched);
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

function isUrl(text: string): boolean {
  return /^https?:\/\/[^/]/i.test(text);
}

function findLocal(part: string, cwd: string): readonly string[] {
  const path = resolve(cwd, part);
  const kind = kindOf(path);
  if (kind === "folder") return findInFolder(part, path);
  if (kind === "file" && isLocustfileName(path)) return [path];
  if (kind === "file") throw new UsageError(describeOtherFile(part));
  const sibling = part === DEFAULT_LOCUSTFILE ? findDefault(cwd) : undefined;
  if (sibling !== undefined) return [sibling];
  throw new UsageError(describeMissing(part, path));
}

function kindOf(path: string): "file" | "folder" | undefined {
  try {
    return statSync(path).isDirectory() ? "folder" : "file";
  } catch {
    return undefined; // not there, or not for us to see: the same to us
  }
}

function isLocustfileName(path: string): boolean {
  return SUFFIXES.some((suffix) => path.endsWith(suffix)) && !/\.d\.m?ts$/.test(path);
}

function findDefault(cwd: string): string | undefined {
  const stem = DEFAULT_LOCUSTFILE.slice(0, -".ts".length);
  return SUFFIXES.map((suffix) => resolve(cwd, stem + suffix)).find((path) => kindOf(path) === "file");
}

function findInFolder(part: string, folder: string): readonly string[] {
  const found = listLocustfiles(folder).sort();
  if (found.length === 0) {
    throw new UsageError(
      `Cannot run "${part}": the folder holds no locustfile (${
        SUFFIXES.map((suffix) => `*${suffix}`).join(", ")
      }, names ` +
        'starting with "_" left out); name another',
    );
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

function describeOtherFile(part: string): string {
  const what = part.endsWith(".py")
    ? "it is a Python file, for Locust; translate it, docs/coming-from-locust.md shows how"
    : /\.d\.m?ts$/.test(part)
    ? "it holds types only; name the file with the user classes"
    : `its name does not end in ${SUFFIXES.join(", ")}; rename it or name another`;
  return `Cannot run "${part}": ${what}`;
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

async function saveFetched(url: string, fetchText: (url: string) => Promise<string>): Promise<string> {
  const text = await fetchText(url);
  const last = basename(new URL(url).pathname).replace(/[^\w.-]/g, "_");
  const name = isLocustfileName(last) ? last : DEFAULT_LOCUSTFILE;
  const path = join(mkdtempSync(join(tmpdir(), "locust-ts-")), name);
  writeFileSync(path, text);
  return path;
}

/** The text behind a URL. @throws {UsageError} when there is none to be had, or it is a web page */
export async function fetchLocustfile(url: string): Promise<string> {
  const fail = (what: string, cause?: unknown) => new UsageError(`Cannot fetch "${url}": ${what}`, { cause });
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
    text = await response.text();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw fail(`there was no answer (${why}); check the address`, cause);
  }
  if (!response.ok) {
    throw fail(`the answer was ${response.status} ${response.statusText}`.trimEnd() + "; check the address");
  }
  if (text.length > MAX_FETCHED_BYTES) throw fail("the answer is too long to be a locustfile; check the address");
  if (/^\s*</.test(text)) throw fail("the answer is a web page; give the address of the raw file");
  return text;
}
