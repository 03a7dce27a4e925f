/**
 * Chooses the journal that a process writes: the named one, the resumed one, or, for a master, a new one in the data
 * folder. Only a journal that was asked for fails the run.
 */
import os from "node:os";
import { join } from "node:path";
import { describeProblem } from "../../../base/errors.ts";
import { lateFiles } from "../../../base/late_modules.ts";
import type { Logger } from "../../../base/logger.ts";
import { Journal } from "../../../master/journal/journal.ts";
import type { RunOptions } from "../../options/reading/options.ts";
import type { ProcessDeps } from "../../terminal/process_deps.ts";

/** The number of automatic journals that are kept; the oldest are removed. */
const KEPT = 20;
const PREFIX = "run-";
const SUFFIX = ".ndjson";

/** @throws {LocustError} when a journal that was asked for cannot be written */
export async function openJournalFor(
  options: Pick<RunOptions, "role" | "journal" | "journalDetail" | "resume">,
  deps: Pick<ProcessDeps, "clock" | "version" | "env" | "createId">,
  logger: Logger,
): Promise<Journal | undefined> {
  if (options.journal === "none") return undefined;
  const open = (path: string, mode: "new" | "append") =>
    Journal.open({
      path,
      mode,
      program: `locust-ts ${deps.version}`,
      clock: deps.clock,
      logger,
      detail: options.journalDetail === "total" ? "total" : "full",
    });
  const { resume, journal: asked = resume } = options;
  if (asked !== undefined) return await open(asked, asked === resume ? "append" : "new");
  if (options.role !== "master") return undefined;
  const folder = join(dataFolder(deps.env), "journals");
  try {
    const stamp = new Date(deps.clock.wallMs()).toISOString().replace(/[-:]|\.\d+/g, "");
    const journal = await open(join(folder, `${PREFIX}${stamp}-${deps.createId().slice(0, 6)}${SUFFIX}`), "new");
    await removeOldest(folder);
    logger.info(
      `The run is recorded in ${journal.path}; if this process dies, resume the run with --resume and that file`,
    );
    return journal;
  } catch (error) {
    logger.warning(`${describeProblem(error)}; the run is not recorded, and could not be resumed`);
    return undefined;
  }
}

/** Where programs keep data of their own, by the XDG rules. */
function dataFolder(env: ProcessDeps["env"]): string {
  return join(env["XDG_DATA_HOME"] ?? join(os.homedir(), ".local", "share"), "locust-ts");
}

async function removeOldest(folder: string): Promise<void> {
  const names = (await lateFiles().readdir(folder)).filter((name) => name.startsWith(PREFIX) && name.endsWith(SUFFIX))
    .sort();
  // Another master that starts in this moment may have removed it already.
  for (const name of names.slice(0, Math.max(0, names.length - KEPT))) {
    await lateFiles().rm(join(folder, name), { force: true });
  }
}
