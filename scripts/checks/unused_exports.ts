/**
 * Check: whoever exports a function, a constant or a class from `src` or `web` has somebody who imports it. Types may be exported for those who
 * read a signature. What only tests import counts as imported: a pure part of a file is tested by itself.
 */
import { lineAt, type Problem, resolveImport, type SourceFile } from "./source_tree.ts";

const EXPORTED_VALUE = /^export (?:async |abstract )?(?:const|let|function\*?|class) (\w+)/gm;

export function checkUnusedExports(files: readonly SourceFile[]): readonly Problem[] {
  const imported = new Map<string, Set<string>>();
  for (const file of files) {
    for (const { specifier, names } of file.imports) {
      const target = resolveImport(file.path, specifier);
      if (target === undefined) continue;
      const known = imported.get(target) ?? new Set();
      for (const name of names === "all" ? ["*"] : names) known.add(name);
      imported.set(target, known);
    }
  }
  return files.filter(({ path }) => /^(?:src|web)\//.test(path)).flatMap(({ path, code }) => {
    const known = imported.get(path);
    if (known?.has("*")) return [];
    return [...code.matchAll(EXPORTED_VALUE)].filter(([, name = ""]) => !known?.has(name)).map((match) => ({
      path,
      line: lineAt(code, match.index),
      text: `exports ${match[1]}, which nobody imports; do not export it, or remove it`,
    }));
  });
}
