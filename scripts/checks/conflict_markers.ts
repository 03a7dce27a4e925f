/** Check: no file of the repository holds a marker that an unfinished merge or rebase has left. Pure. */
import { lineAt, type Problem } from "./source_tree.ts";

/** Git's markers. A line of equals signs is none by itself: in Markdown it underlines a heading. */
const MARKER = /^(?:<{7}|>{7}|\|{7})(?: .*)?$/gm;

export function checkConflictMarkers(
  files: readonly { readonly path: string; readonly text: string }[],
): readonly Problem[] {
  return files.flatMap(({ path, text }) =>
    [...text.matchAll(MARKER)].map((match) => ({
      path,
      line: lineAt(text, match.index),
      text: `holds the merge marker "${match[0].slice(0, 7)}": resolve the conflict`,
    }))
  );
}
