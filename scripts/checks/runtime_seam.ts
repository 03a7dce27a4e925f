/**
 * Check: only `src/platform` names Bun or Deno, and only `src/cli` (with `src/main.ts`) ends the process. Everything else runs
 * the same on both runtimes and can be called from a test.
 */
import { lineAt, type Problem, type SourceFile } from "./source_tree.ts";

export function checkRuntimeSeam(files: readonly SourceFile[]): readonly Problem[] {
  const sources = files.filter((file) => file.path.startsWith("src/") || file.path === "mod.ts");
  return sources.flatMap((file) => [...findRuntimeNames(file), ...findExits(file)]);
}

function findRuntimeNames(file: SourceFile): readonly Problem[] {
  if (file.path.startsWith("src/platform/")) return [];
  return [...file.code.matchAll(/(?<![\w$.])(?:globalThis\s*\.\s*)?(Bun|Deno)\b(?=\s*[.?!)\]])/g)].map((match) => ({
    path: file.path,
    line: lineAt(file.code, match.index),
    text: `names ${match[1]}: only src/platform may; ask it through a seam`,
  }));
}

function findExits(file: SourceFile): readonly Problem[] {
  if (file.path.startsWith("src/cli/") || file.path === "src/main.ts") return [];
  return [...file.code.matchAll(/\bprocess\s*\.\s*exit\s*\(/g)].map((match) => ({
    path: file.path,
    line: lineAt(file.code, match.index),
    text: "ends the process: only src/cli may; throw an error with a code, or return",
  }));
}
