/** The command that starts this program again as another process: the executable by itself, the source by its runtime. */
import { existsSync } from "node:fs";
import { delimiter, isAbsolute, join, relative } from "node:path";
import process from "node:process";
import { lateUrl } from "../../base/late_modules.ts";
import { runtimeName } from "../runtime.ts";

/** Where Bun mounts what is inside an executable, on Unix and on Windows. */
const INSIDE_EXECUTABLE = /^(?:\/\$bunfs\/|B:[\\/]~BUN[\\/])/;

/** True in the executable, false from source. */
export function isInExecutable(): boolean {
  return INSIDE_EXECUTABLE.test(lateUrl().fileURLToPath(import.meta.url));
}

/** The command and its first arguments; the program's own follow. */
export function ownCommand(): readonly string[] {
  const main = process.argv[1] ?? "";
  if (runtimeName === "deno") return [process.execPath, "run", "--allow-all", main];
  return INSIDE_EXECUTABLE.test(main) ? [process.execPath] : [process.execPath, main];
}

/**
 * The program as a person in `folder` can type it: by its name where a shell finds it in one of the folders of `path`,
 * else the executable by its path. `executable`: absent from source, which has no name of its own.
 */
export function typedProgram(
  folder: string,
  path = "",
  executable = isInExecutable() ? process.execPath : undefined,
): string {
  const name = "locust-ts";
  if (executable === undefined) return name;
  if (path.split(delimiter).some((each) => each !== "" && existsSync(join(each, name)))) return name;
  const near = relative(folder, executable);
  if (near.startsWith("..") || isAbsolute(near)) return executable;
  return near.includes("/") ? near : `./${near}`;
}
