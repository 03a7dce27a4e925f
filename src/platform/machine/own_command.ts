/** The command that starts this program again as another process: the executable by itself, the source by its runtime. */
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
