/**
 * Check: the form of a file. A header comment that says what it owns, a bounded length, nothing left to be done later.
 */
import { lineAt, type Problem, type SourceFile } from "./source_tree.ts";

/** A longer file is sure to hold more than one idea; most hold one in 60 to 200 lines. */
export const MAX_LINES = 400;

/** Tests are lists: one more case is not one more idea. */
export const MAX_TEST_LINES = 500;

/** A header says "Parses …", "Owns …", "A pool of …"; a question word leaves the reader with half a sentence. */
const OPENS_WITH_QUESTION = /^\/\*\*\s*(?:\*\s*)?(What|Where|Who|How|Whoever)\b/;

/** Lines that must stand before the header: the interpreter of a script, or the pragma of a compiler. */
const BEFORE_HEADER = /^#![^\n]*\n|^\/\*\* @jsx[^\n]*\*\/\n/;

const UNFINISHED = /\b(?:TO[D]O|FIX[M]E|X[X]X|HA[C]K)\b/g;

export function checkFileForm(files: readonly SourceFile[]): readonly Problem[] {
  return files.flatMap((file) => [...checkLength(file), ...checkHeader(file), ...checkUnfinished(file)]);
}

function checkLength(file: SourceFile): readonly Problem[] {
  const lines = file.text.trimEnd().split("\n").length;
  const most = file.path.startsWith("tests/") ? MAX_TEST_LINES : MAX_LINES;
  return lines <= most ? [] : [{ path: file.path, text: `has ${lines} lines; ${most} is the most: split it` }];
}

function checkHeader(file: SourceFile): readonly Problem[] {
  const needsHeader = /^(?:src|scripts|web)\//.test(file.path) || file.path === "mod.ts";
  if (!needsHeader) return [];
  const text = file.text.replace(BEFORE_HEADER, "");
  const word = OPENS_WITH_QUESTION.exec(text)?.[1];
  if (word !== undefined) {
    return [{
      path: file.path,
      line: 1,
      text: `opens its header with "${word}": say "Parses …", "Owns …", "A pool of …"`,
    }];
  }
  if (text.startsWith("/**")) return [];
  return [{ path: file.path, line: 1, text: "has no header comment: say what it owns and what it leaves to others" }];
}

function checkUnfinished(file: SourceFile): readonly Problem[] {
  return [...file.text.matchAll(UNFINISHED)].map((match) => ({
    path: file.path,
    line: lineAt(file.text, match.index),
    text: `says ${match[0]}: do it, or file an issue`,
  }));
}
