/**
 * Holds what is wrong with the import of a locustfile as data: words, place, advice; and how modules are named in them.
 * Whoever writes the sentence is `load_error.ts`.
 */
import { isAbsolute, relative } from "node:path";
import { lateUrl } from "../../base/late_modules.ts";

export interface LoadErrorContext {
  /** The text of a file, or undefined when there is none. */
  readText(file: string): string | undefined;
  /** Files below this folder are shown relative to it. */
  readonly folder: string;
  /** What is wrong with an alias of a tsconfig.json; undefined for the name of a package. */
  explainAlias?(importer: string, specifier: string): { readonly what: string; readonly advice: string } | undefined;
  /** The file that an alias of a tsconfig.json leads to; undefined for the name of a package. */
  resolveAlias?(importer: string, specifier: string): string | undefined;
}

export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What is wrong, in words, with its place if it is known. `advice` follows behind a semicolon. */
export interface Problem {
  readonly what: string;
  readonly place?: Place | undefined;
  readonly advice?: string;
}

export function isPath(specifier: string): boolean {
  return specifier.startsWith(".") || specifier.startsWith("file:") || isAbsolute(specifier);
}

export function toPath(file: string): string {
  return file.startsWith("file:") ? lateUrl().fileURLToPath(file) : file;
}

export function showPath(file: string, folder: string): string {
  if (!isAbsolute(file)) return file;
  const below = relative(folder, file);
  return below !== "" && !below.startsWith("..") && !isAbsolute(below) ? below : file;
}

/** The place of a character of a text. */
export function placeAt(file: string, source: string, index: number): Place {
  const before = source.slice(0, index).split("\n");
  return { file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

export function escapeForRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
