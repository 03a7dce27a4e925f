/**
 * Finds outputs that would replace the locustfile, or another module that is there: `--html locustfile.ts`, where the
 * name of the report was forgotten. A report is never named like a module. Reads only what is at the paths.
 */
import { existsSync, realpathSync } from "node:fs";
import { resolve } from "node:path";
import type { RunOptions } from "../reading/options.ts";
import { isLocustfileName } from "./locustfile_name.ts";

/** What a run writes whole or adds to, by the flag. Prefixes and files with a suffix of their own are never a module. */
function listWritten({ htmlFile, summaryFile, markdownFile, junitFile, journal, logFile }: RunOptions) {
  return Object.entries({
    "--html": htmlFile,
    "--summary-file": summaryFile,
    "--markdown": markdownFile,
    "--junit": junitFile,
    "--journal": journal,
    "--logfile": logFile,
  });
}

/** `files`: the locustfiles, as absolute paths. */
export function findOverwritten(options: RunOptions, files: readonly string[], cwd: string): readonly string[] {
  const locustfiles = files.map(realPathOf);
  return listWritten(options).flatMap(([flag, path]) => {
    if (path === undefined || !existsSync(resolve(cwd, path))) return [];
    const target = realPathOf(resolve(cwd, path));
    const what = locustfiles.includes(target)
      ? "it is the locustfile"
      : isLocustfileName(target)
      ? "it is a module that is there already"
      : undefined;
    return what === undefined ? [] : [`Cannot write "${path}": ${what}; name another file with ${flag}`];
  });
}

function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path; // gone meanwhile: who reads it says so
  }
}
