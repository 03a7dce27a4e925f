/**
 * Check: a path in backticks, in a comment or a page of documentation, is there. A comment may name a file by its path from the
 * root, from its own folder or a folder of `src`, or by its name alone.
 */
import { posix } from "node:path";
import { lineAt, type Problem } from "./source_tree.ts";

/** A text with comments or prose: of a source file only the comments are looked at. */
export interface NamingText {
  readonly path: string;
  readonly text: string;
}

/** Names of files that a user has, or that stand for any file. */
const NOT_OURS = /^(?:(?:.*\/)?(?:\w*locustfile|x|my\w*|your\w*)(?:\.\w+)*\.\w+|dist\/.*)$/;

/** In pages: what lies in one of our folders. In comments: also what is named by the file alone. */
const IN_FOLDERS = /^(?:src|tests|scripts|docs|examples|web)\/[\w./-]*$/;
const BY_NAME = /^(?:\.{1,2}\/)?[\w./-]+\.(?:ts|tsx|mjs)$/;

/** `paths`: every file of the repository, from its root. */
export function checkNamedPaths(texts: readonly NamingText[], paths: readonly string[]): readonly Problem[] {
  const known = new Set(paths.flatMap((path) => [path, ...foldersOf(path)]));
  const names = new Set(paths.map((path) => posix.basename(path)));
  return texts.flatMap(({ path, text }) =>
    findNames(path, text).filter(({ name }) => !isThere(name, path, known, names)).map(({ name, index }) => ({
      path,
      line: lineAt(text, index),
      text: `names \`${name}\`, which is not there`,
    }))
  );
}

function findNames(path: string, text: string): { readonly name: string; readonly index: number }[] {
  const isPage = path.endsWith(".md");
  return [...text.matchAll(/`([^`\s]+)`/g)].flatMap(({ 1: name = "", index }) => {
    if (!IN_FOLDERS.test(name) && (isPage || !BY_NAME.test(name))) return [];
    return NOT_OURS.test(name) || (!isPage && !isInComment(text, index)) ? [] : [{ name, index }];
  });
}

/** The line is one of a comment, or a comment begins on it before. */
function isInComment(text: string, index: number): boolean {
  const line = text.slice(text.lastIndexOf("\n", index) + 1, index);
  return /^\s*(?:\/\*\*?|\*|\/\/)|(?:^|\s)\/\/ |\/\*\* /.test(line);
}

function isThere(name: string, from: string, known: ReadonlySet<string>, names: ReadonlySet<string>): boolean {
  if (!name.includes("/")) return names.has(name);
  const plain = name.replace(/\/$/, "");
  if (known.has(plain) || known.has(posix.join(posix.dirname(from), plain))) return true;
  return !name.startsWith(".") && [...known].some((path) => path.startsWith("src/") && path.endsWith(`/${plain}`));
}

function foldersOf(path: string): string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
}
