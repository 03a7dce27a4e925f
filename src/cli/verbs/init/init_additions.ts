/**
 * Finds the lines that a `tsconfig.json` of the user's own needs, so that the compiler and an editor see the files of
 * `locust-ts init`. Says nothing about options that work as they are. Pure.
 */
import { dirname, join, relative } from "node:path";
import type { ProjectConfig } from "../../../platform/loading/tsconfig.ts";
import { LOCUSTFILE, TYPES_PATH } from "./init_files.ts";

/** Lines for the person who ran `init`; none when nothing is to be added. */
export function describeAdditions(config: ProjectConfig | undefined): readonly string[] {
  if (config === undefined) {
    return ["", "Cannot read tsconfig.json: it is not JSON; correct it, or replace it with --force"];
  }
  const lines = [...listFiles(config), ...listOptions(config)];
  if (lines.length === 0) return ["", "tsconfig.json was kept; it needs no change."];
  return [
    "",
    "tsconfig.json was kept. So that the compiler finds the types, write in it:",
    ...lines.map((line) => `  ${line}`),
  ];
}

/** Without `files` and `include` a project has everything below it. */
function listFiles({ file, include, files }: ProjectConfig): readonly string[] {
  const folder = dirname(file);
  const missing = [LOCUSTFILE, TYPES_PATH].filter((path) => {
    const target = join(folder, path);
    const isNamed = files?.includes(target) || include?.some((pattern) => matches(pattern, target));
    return !isNamed && (files !== undefined || include !== undefined);
  });
  if (missing.length === 0) return [];
  const key = include === undefined ? "files" : "include";
  const present = (include ?? files ?? []).map((path) => relative(folder, path).replaceAll("\\", "/") || ".");
  return [`"${key}": ${JSON.stringify([...present, ...missing]).replaceAll(",", ", ")}`];
}

/** Options under which the compiler cannot read a locustfile at all. */
function listOptions({ options }: ProjectConfig): readonly string[] {
  const target = String(options["target"] ?? "esnext").toLowerCase();
  const root = options["rootDir"];
  return [
    ...(/^es(?:3|5)$/.test(target) ? ['"compilerOptions": { "target": "es2022" }'] : []),
    ...(typeof root === "string" && !/^\.?\/?$/.test(root)
      ? [`"compilerOptions": { "rootDir": "." }   (it is "${root}", and the locustfile is outside)`]
      : []),
  ];
}

/** A pattern of `include` as TypeScript reads it: `**`, `*`, `?`; a folder means everything below it. */
function matches(pattern: string, path: string): boolean {
  const plain = pattern.replaceAll("\\", "/").replace(/\/$/, "");
  const last = plain.split("/").at(-1) ?? "";
  const whole = /[*?.]/.test(last) ? plain : `${plain}/**/*`;
  const source = whole.split(/(\*\*\/|\*|\?)/).map((part) =>
    part === "**/"
      ? "(?:.*/)?"
      : part === "*"
      ? "[^/]*"
      : part === "?"
      ? "[^/]"
      : part.replace(/[.+^${}()|[\]\\]/g, "\\$&")
  ).join("");
  return new RegExp(`^${source}$`).test(path.replaceAll("\\", "/"));
}
