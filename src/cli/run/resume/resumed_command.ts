/**
 * Reads the options of a resumed run from its journal, as the config source of the lowest rank: options given again
 * win. A journal holds no secrets.
 */
import { resolve } from "node:path";
import { MASK } from "../../../base/secrets.ts";
import { createReading, readJournal } from "../../../master/journal/read_journal.ts";
import type { RunSettings } from "../../../master/run_settings.ts";
import { isMasked } from "../../../master/journal/settings_secrets.ts";
import type { OptionValue } from "../../options/table/option_spec.ts";
import type { CommandLine } from "../../options/parse_command_line.ts";

/** Name other files of this process, or are about the resumption itself. */
const NOT_AGAIN = ["locustfile", "journal", "resume", "config", "headless"];
const WEB = ["web", "headful", "autostart"];

export interface ResumedLine {
  readonly line: CommandLine;
  /** In which the run was started, and is resumed. Absent where no run is resumed. */
  readonly folder?: string;
}

/**
 * The command line with what the journal of `--resume` says beneath it.
 * @throws {UsageError} when the file is no journal
 */
export async function withResumed(line: CommandLine, journal: string | undefined): Promise<ResumedLine> {
  const settings = journal === undefined ? undefined : await readSettings(journal);
  if (journal === undefined || settings?.command === undefined) return { line };
  const { files, folder, userClasses } = settings.command;
  const written = Object.entries(settings.options ?? {}).filter(([name]) => !NOT_AGAIN.includes(name));
  const known = written.filter((each): each is [string, OptionValue] => each[1] !== null && !isMasked(each[1]));
  const isWeb = WEB.some((name) => settings.options?.[name] === true);
  const options: Record<string, OptionValue> = {
    ...Object.fromEntries(known),
    ...(isMasked(files) ? {} : { locustfile: files.join(",") }),
    ...(isWeb ? {} : { headless: true }),
  };
  return {
    line: {
      ...line,
      argv: line.argv.map((word) => withAbsolute(word, journal)),
      configs: [...line.configs, { path: `the journal "${journal}"`, text: JSON.stringify(options), form: "json" }],
      userClasses,
      secrets: written.filter(([, value]) => value === MASK).map(([name]) => name),
    },
    folder,
  };
}

/** The journal is named from where the command was typed. */
function withAbsolute(word: string, journal: string): string {
  if (word === journal) return resolve(journal);
  return word.startsWith("--") && word.endsWith(`=${journal}`)
    ? word.slice(0, -journal.length) + resolve(journal)
    : word;
}

/** Of the last run in the journal. */
async function readSettings(path: string): Promise<RunSettings | undefined> {
  let settings: RunSettings | undefined;
  for await (const line of readJournal(path, createReading(), ["runPlanned"])) {
    if (line.kind === "runPlanned") settings = line.settings;
  }
  return settings;
}
