/**
 * `locust-ts init`: a first project that an editor completes and checks without any install. What is there already stays,
 * unless it is forced. The texts are in `init_files.ts`.
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { LocustError } from "../../base/errors.ts";
import { readProjectConfig } from "../../platform/tsconfig.ts";
import { createProjectFiles, NODE_TYPES_FOLDER, TYPES_PATH } from "./init_files.ts";
import { describeAdditions } from "./init_additions.ts";

/** Writes the project and says what was done. @throws {LocustError} when the folder cannot be written */
export function writeProject(options: {
  readonly cwd: string;
  readonly folder: string;
  readonly overwrite: "never" | "force";
  /** Texts of `@types/node` by path. */
  readonly nodeTypes?: Readonly<Record<string, string>> | undefined;
}): string {
  const folder = resolve(options.cwd, options.folder);
  const lines: string[] = [];
  // The copy of Node's types is for the tsconfig.json that names it.
  const keepsConfig = options.overwrite !== "force" && existsSync(join(folder, "tsconfig.json"));
  for (
    const { path, text } of createProjectFiles(keepsConfig && !existsSync(nodeTypesIn(folder)) ? {} : options.nodeTypes)
  ) {
    const target = join(folder, path);
    const isThere = existsSync(target);
    const isOfNode = path.startsWith(`${NODE_TYPES_FOLDER}/`);
    // Types follow the executable: an old copy would contradict it.
    const mayWrite = !isThere || options.overwrite === "force" || path === TYPES_PATH || isOfNode;
    if (mayWrite) writeText(target, text);
    const shown = isOfNode ? `${NODE_TYPES_FOLDER}/` : path;
    const line = `  ${!mayWrite ? "kept   " : isThere ? "renewed" : "wrote  "} ${join(options.folder, shown)}`;
    if (lines.at(-1) !== line) lines.push(line);
  }
  const locustfile = join(options.folder, "locustfile.ts");
  const hint = lines.some((line) => line.startsWith("  kept"))
    ? ["", "Files that were kept can be replaced with --force."]
    : [];
  const additions = keepsConfig ? describeAdditions(readProjectConfig(join(folder, "tsconfig.json"))) : [];
  return [
    ...lines,
    ...hint,
    ...additions,
    "",
    "Try it, in two terminals:",
    "  locust-ts demo",
    `  locust-ts run ${locustfile} -H http://localhost:8000 -u 10 -r 2 -t 30s`,
    "",
  ].join("\n");
}

function nodeTypesIn(folder: string): string {
  return join(folder, NODE_TYPES_FOLDER);
}

function writeText(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown error";
    throw new LocustError(`Cannot write "${path}": ${code}; choose another folder`, { code: "cannot_write", cause });
  }
}
