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
      if (command.kind === "problems") throw new UsageError(command.problems);
      if (command.kind !== "run" && command.kind !== "worker") throw new Error(`a run became "${command.kind}"`);
      if (command.options.locustfile !== options.locustfile) {
        throw new UsageError(
          `Cannot tell which argument is the locustfile ("${options.locustfile}" or "${command.options.locustfile}"); name it with -f`,
        );
      }
      const selection = selectFrom(description, command.options);
      if (selection.problems.length > 0) throw new UsageError(selection.problems);
      return { options: command.options, selection };
    },
  };
}
