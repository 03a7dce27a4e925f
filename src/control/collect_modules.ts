/** Collects the classes of imported files, and every problem of the import and of the classes as a sentence. */
import { readFileSync } from "node:fs";
import process from "node:process";
import type { FailedModule, LoadedModule } from "../platform/loading/module_loading.ts";
import { explainAlias, resolveAliasFrom } from "../platform/loading/tsconfig.ts";
import { createRecordingParser } from "../user/loading/custom_arguments.ts";
import type { Events } from "../user/events/events.ts";
import { describeLoadError } from "../user/loading/load_error.ts";
import { type CollectedLocustfile, collectLocustfile } from "../user/loading/locustfile.ts";
import { probeFirstTick } from "./shapes/shape_probe.ts";

export interface ImportedModules {
  readonly modules: readonly LoadedModule[];
  readonly failed: readonly FailedModule[];
}

/** The locustfile as the user's classes and options; only the problems when a file could not be imported. */
export function collectModules(
  { modules, failed }: ImportedModules,
  events: Events,
): CollectedLocustfile | { readonly problems: readonly string[] } {
  const context = { folder: process.cwd(), readText, explainAlias, resolveAlias: resolveAliasFrom };
  const problems = failed.map(({ file, thrown }) => describeLoadError(file, thrown, context));
  if (problems.length > 0) return { problems };
  const parser = createRecordingParser();
  events.initCommandLineParser.fire({ parser });
  const collected = collectLocustfile(modules, { arguments: parser.recorded, readText });
  const ticks = [...collected.shapes.values()].map(probeFirstTick).filter((problem) => problem !== undefined);
  return { ...collected, problems: [...parser.problems, ...collected.problems, ...ticks] };
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined; // it was there to be imported and is not any more, or is not a file: the error goes without its lines
  }
}
