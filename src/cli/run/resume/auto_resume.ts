/**
 * `--auto-resume`: for a supervisor that starts a master with the same command line each time. When the journal that it
 * names holds a run that was cut short, `--resume` and that journal are added; else the run starts anew.
 */
import { lateFiles } from "../../../base/late_modules.ts";
import { resolve } from "node:path";
import { createReading, readJournal } from "../../../master/journal/read_journal.ts";
import { readArgv } from "../../options/reading/argv_reader.ts";
import { OPTION_TABLE } from "../../options/table/option_table.ts";
import type { CommandLine } from "../../options/parse_command_line.ts";
import { resolveOptions } from "../../options/reading/resolve_options.ts";

/**
 * The line with `--resume` where there is something to resume.
 * @throws {UsageError} when the file of `--journal` is something else than a journal
 */
export async function withAutoResume(line: CommandLine): Promise<CommandLine> {
  if (!mayAsk(line)) return line;
  const { typed } = readArgv(line.argv, OPTION_TABLE);
  const { env, configs } = line;
  const { values } = resolveOptions({ table: OPTION_TABLE, typed, env, configs, unknownKeys: "tolerate" });
  const journal = values.get("journal")?.value;
  if (values.get("auto-resume")?.value !== true || typed.has("resume") || typeof journal !== "string") return line;
  if (journal === "none" || !await holdsCutRun(journal)) return line;
  return {
    ...line,
    argv: [...line.argv, "--resume", journal],
    // The run is resumed in the folder of its start: the path must mean the same file there.
    env: typed.has("journal") ? env : { ...env, LOCUST_JOURNAL: resolve(journal) },
  };
}

/** Most do not, and reading a command line takes a millisecond. Options may be shortened. */
function mayAsk({ argv, env, configs }: CommandLine): boolean {
  const words = [...argv, ...Object.keys(env), ...configs.map(({ text }) => text)];
  return words.some((word) => /auto.?r/i.test(word));
}

/** True when the last run of the journal has not ended. */
async function holdsCutRun(path: string): Promise<boolean> {
  const found = await lateFiles().stat(path).catch(() => undefined);
  if (found === undefined || found.size === 0) return false;
  let isOpen = false;
  for await (const line of readJournal(path, createReading(), ["runPlanned", "runEnded"])) {
    isOpen = line.kind === "runPlanned" || (isOpen && line.kind !== "runEnded");
  }
  return isOpen;
}
