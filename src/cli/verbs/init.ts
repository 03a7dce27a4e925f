/**
 * `locust-ts init`: a first project that an editor completes and checks without any install. What is there already stays,
 * unless it is forced. The texts are in `init_files.ts`.
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { LocustError } from "../../base/errors.ts";
import { createProjectFiles, TYPES_PATH } from "./init_files.ts";

/** Writes the project and says what was done. @throws {LocustError} when the folder cannot be written */
export function writeProject(options: {
  readonly cwd: string;
  readonly folder: string;
  readonly overwrite: "never" | "force";
}): string {
  const folder = resolve(options.cwd, options.folder);
  const lines: string[] = [];
  for (const { path, text } of createProjectFiles()) {
    const target = join(folder, path);
    const isThere = existsSync(target);
    // Our own types follow the executable: an old copy would contradict it.
    const mayWrite = !isThere || options.overwrite === "force" || path === TYPES_PATH;
    if (mayWrite) writeText(target, text);
    lines.push(`  ${!mayWrite ? "kept   " : isThere ? "renewed" : "wrote  "} ${join(options.folder, path)}`);
  }
  const locustfile = join(options.folder, "locustfile.ts");
  const hint = lines.some((line) => line.startsWith("  kept"))
    ? ["", "What was kept can be replaced with --force."]
    : [];
  return [
    ...lines,
    ...hint,
    "",
    "Try it, in two terminals:",
    "  locust-ts demo",
    `  locust-ts run ${locustfile} -H http://localhost:8000 -u 10 -r 2 -t 30s`,
    "",
  ].join("\n");
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
