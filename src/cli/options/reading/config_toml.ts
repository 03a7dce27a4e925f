/**
 * Config files in TOML: the table `[tool.locust]` (as in a pyproject.toml), or the top level of a file that has no
 * `[tool]`. The one file that imports smol-toml. Pure.
 */
import { parse, TomlError } from "smol-toml";

export type TomlSection =
  | { readonly kind: "section"; readonly section: Readonly<Record<string, unknown>>; readonly startLine: number }
  | { readonly kind: "problem"; readonly problem: string };

const SECTION = "tool.locust";

/** Our settings in the text of a TOML file; `startLine` is the line, from 0, at which they begin. */
export function findTomlSection(path: string, text: string): TomlSection {
  let whole: Readonly<Record<string, unknown>>;
  try {
    whole = parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const what = error.message.split("\n")[0]?.replace(/^Invalid TOML document: /, "");
    return {
      kind: "problem",
      problem: `Cannot read ${path}:${error.line}: it is not valid TOML (${what}); correct it`,
    };
  }
  const { tool } = whole;
  if (tool === undefined) return { kind: "section", section: whole, startLine: 0 };
  const section = isTable(tool) ? tool["locust"] : undefined;
  if (!isTable(section)) {
    return {
      kind: "problem",
      problem: `Cannot read ${path}: it has no table [${SECTION}]; write settings under [${SECTION}]`,
    };
  }
  const heading = text.split("\n").findIndex((line) => /^\s*\[\s*tool\s*\.\s*"?locust"?\s*\]/.test(line));
  return { kind: "section", section, startLine: Math.max(0, heading) };
}

/** The line of a key, from 1. */
export function lineOfTomlKey(text: string, key: string, startLine: number): number {
  const isKey = (line: string) => /^\s*["']?([\w-]+)["']?\s*=/.exec(line)?.[1] === key;
  const index = text.split("\n").findIndex((line, index) => index >= startLine && isKey(line));
  return Math.max(index, startLine) + 1;
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
