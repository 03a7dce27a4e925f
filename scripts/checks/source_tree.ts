/**
 * The repository's own files as values, for the checks: path, text, the same text with comments and strings blanked out, and
 * what it imports. Reading is here, judging is in the checks.
 */
import { access, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

export interface SourceFile {
  /** From the root, with slashes: `src/stats/histogram/histogram.ts`. */
  readonly path: string;
  readonly text: string;
  /** `text` with every character of comments, strings and regular expressions replaced by a space; lines stay lines. */
  readonly code: string;
  readonly imports: readonly Import[];
}

export interface Import {
  /** As written: "./histogram.ts", "node:fs", "hono". */
  readonly specifier: string;
  readonly line: number;
  /** `type`: gone when the file runs. */
  readonly kind: "value" | "type";
  /** By their names in the imported file; `all` where they are not listed: `*`, or an import for its effect or at run time. */
  readonly names: readonly string[] | "all";
}

/** What a check found wrong, for a person: where, what, and what to do. */
export interface Problem {
  readonly path: string;
  readonly line?: number;
  readonly text: string;
}

const SOURCE_ENDINGS = [".ts", ".tsx", ".mjs"];

/** Reads every source file under `folders` (or the file, where one is named); what is absent holds none. */
export async function readSources(root: string, folders: readonly string[]): Promise<SourceFile[]> {
  const files: SourceFile[] = [];
  for (const folder of folders) {
    for (const path of await listSources(root, folder)) {
      files.push(parseSource(path, await readFile(join(root, path), "utf8")));
    }
  }
  return files;
}

/** A source file of which only the text is at hand. Pure. */
export function parseSource(path: string, text: string): SourceFile {
  const code = blankOut(text);
  return { path, text, code, imports: findImports(text, code) };
}

/** `src/stats/histogram/histogram.ts` imported by "./histogram.ts" from `src/stats/histogram/bucket.ts`; undefined for packages and `node:`. */
export function resolveImport(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  return new URL(specifier, `file:///${from}`).pathname.slice(1);
}

export function formatProblem(problem: Problem): string {
  return `${problem.path}${problem.line === undefined ? "" : `:${problem.line}`}: ${problem.text}`;
}

/** The line, counted from 1, of a character. */
export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}

async function listSources(root: string, folder: string): Promise<string[]> {
  if (isSource(folder)) return await access(join(root, folder)).then(() => [folder], () => []);
  const entries = await readdir(join(root, folder), { recursive: true }).catch(() => []); // absent: nothing to read
  return entries
    .map((entry) => `${folder}/${entry.replaceAll("\\", "/")}`)
    .filter((path) => isSource(path) && !path.includes("/fixtures/"))
    .sort();
}

function isSource(path: string): boolean {
  return SOURCE_ENDINGS.some((ending) => path.endsWith(ending));
}

/**
 * One token at a time: comments, strings and regular expressions become spaces. Templates are blanked whole, with the code in
 * their `${}`; the checks look for names and imports, and those do not hide there. A slash starts a regular expression where
 * no value can stand before it.
 */
const TOKENS =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[\s\S]|\$\{(?:[^{}`]|\{[^{}]*\}|`(?:\\[\s\S]|[^`\\])*`)*\}|[^`\\])*`|(?<=(?:[(,=:[!&|?{};]|return|=>)\s*)\/(?![*\/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^\/\\\n[])+\/[a-z]*/g;

function blankOut(text: string): string {
  return text.replace(TOKENS, (token) => token.replace(/[^\n]/g, " "));
}

/** The keyword must stand in code, the specifier is read from the text: strings are blank in code. */
function findImports(text: string, code: string): Import[] {
  const imports: Import[] = [];
  for (const match of code.matchAll(/\b(?:import|export)\b/g)) {
    const rest = text.slice(match.index, match.index + 4_000);
    const found = /^(?:import|export)\s([\w\s{},*$]*?)from\s*["']([^"'\n]+)["']/.exec(rest) ??
      /^import\s*\(?(\s*)["']([^"'\n]+)["']/.exec(rest);
    if (found === null) continue;
    const [, clause = "", specifier = ""] = found;
    const kind = /^type(?:\s*[{*]|\s+(?!from\b)\w)/.test(clause) ? "type" : "value";
    imports.push({ specifier, line: lineAt(text, match.index), kind, names: namesIn(clause) });
  }
  return imports;
}

/** `type { a, type B as C }` → a, B. */
function namesIn(clause: string): readonly string[] | "all" {
  const list = /\{([^}]*)\}/.exec(clause)?.[1];
  if (list === undefined || clause.includes("*")) return "all";
  return list.split(",").map((item) => item.trim().replace(/^type\s+/, "").split(/\s/)[0] ?? "").filter(Boolean);
}
