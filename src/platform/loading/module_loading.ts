/**
 * Imports locustfiles: TypeScript or JavaScript at an absolute path, or the one file that `bundle.ts` made of several.
 * Their contents are judged by `user/loading/locustfile.ts`, failures are described by `user/loading/load_error.ts`.
 */
import { lateUrl } from "../../base/late_modules.ts";
import { bundledModules } from "./bundle_format.ts";
import { setUpLanguage } from "./locustfile_language.ts";
import { bunApi } from "../runtime.ts";

/** A locustfile as it was imported. */
export interface LoadedModule {
  readonly file: string;
  readonly exports: Record<string, unknown>;
}

/** A locustfile that could not be imported, with whatever the runtime threw. */
export interface FailedModule {
  readonly file: string;
  readonly thrown: unknown;
}

/** Imports the files one after the other, in order (the order of their listeners), and continues after one that fails. */
export async function importLocustfiles(
  files: readonly string[],
): Promise<{ readonly modules: readonly LoadedModule[]; readonly failed: readonly FailedModule[] }> {
  setUpLanguage(files);
  const modules: LoadedModule[] = [];
  const failed: FailedModule[] = [];
  for (const file of files) {
    try {
      const exports: Record<string, unknown> = await import(toFileUrl(file));
      modules.push(...(bundledModules(exports) ?? [{ file, exports }]));
    } catch (thrown) {
      failed.push({ file, thrown });
    }
  }
  return { modules, failed };
}

/** Bun has it without loading `node:url`, which is half a millisecond of the time to the first request. */
interface Urls {
  pathToFileURL(path: string): URL;
}

function toFileUrl(path: string): string {
  return (bunApi<Urls>() ?? lateUrl()).pathToFileURL(path).href;
}
