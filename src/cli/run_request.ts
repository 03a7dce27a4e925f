/**
 * What `main` hands to the composition root: a run whose locustfile is found but not loaded, and the second half of parsing,
 * to be called once it is. So the locustfile is loaded once, by the thread that keeps it.
 */
import { UsageError } from "../base/errors.ts";
import type { LocustfileDescription } from "../protocol/locustfile_description.ts";
import { type CommandLine, parseCommandLine } from "./parse_command_line.ts";
import type { RunOptions } from "./options.ts";
import { selectFrom, type Selection } from "./selection.ts";

export interface RunRequest {
  /** From the first reading: all but the locustfile's own options. */
  readonly options: RunOptions;
  /** Absolute paths, in order. Empty: a worker takes the master's locustfile. */
  readonly files: readonly string[];
  /**
   * The options of the second reading, and what is selected.
   * @throws {UsageError} with every problem of command line, environment, config files and selection
   */
  finish(description: LocustfileDescription): FinishedRequest;
}

export interface FinishedRequest {
  readonly options: RunOptions;
  readonly selection: Selection;
}

export function createRunRequest(line: CommandLine, options: RunOptions, files: readonly string[]): RunRequest {
  return {
    options,
    files,
    finish(description) {
      const command = parseCommandLine({ ...line, customArguments: description.arguments });
      if (command.kind !== "run" && command.kind !== "worker") {
        // What the first reading found is enough to look for more problems, so that all are told at once.
        const problems = command.kind === "problems" ? command.problems : [];
        throw new UsageError([...problems, ...selectFrom(description, options).problems]);
      }
      if (command.options.locustfile !== options.locustfile) {
        throw new UsageError(describeTwoFiles(options.locustfile, command.options.locustfile));
      }
      const selection = selectFrom(description, command.options);
      if (selection.problems.length > 0) throw new UsageError(selection.problems);
      return { options: command.options, selection };
    },
  };
}

/** Happens when an option of the locustfile takes no value and a folder follows it. */
function describeTwoFiles(first: string | undefined, second: string | undefined): string {
  return `Cannot tell which argument is the locustfile, "${first}" or "${second}": an option of the locustfile stands before ` +
    "it; name the locustfile with -f";
}
