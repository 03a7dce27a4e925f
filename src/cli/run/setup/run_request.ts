/**
 * A run as `main` passes it to the composition root: its locustfile is found but not loaded, and `finish` is the second
 * half of parsing, to be called once it is. The locustfile is loaded once, by the thread that keeps it.
 */
import { UsageError } from "../../../base/errors.ts";
import type { LocustfileDescription } from "../../../protocol/locustfile_description.ts";
import { type ClassSettings, readConfigUsers } from "../../options/selection/config_users.ts";
import { type CommandLine, parseCommandLine } from "../../options/parse_command_line.ts";
import { findUnsearchable } from "../../options/selection/find_max.ts";
import type { RunOptions } from "../../options/reading/options.ts";
import { findIterationProblems } from "./plan_iterations.ts";
import { checkScenarioThresholds, type ScenarioThresholds } from "../../options/selection/scenario_thresholds.ts";
import { findShortRun } from "../../options/selection/short_run.ts";
import { selectFrom, type Selection } from "../../options/selection/selection.ts";

export interface RunRequest {
  /** From the first reading: all but the locustfile's own options. */
  readonly options: RunOptions;
  /** Absolute paths, in order. Empty: a worker takes the master's locustfile. */
  readonly files: readonly string[];
  /**
   * The options of the second reading, and what is selected.
   * @throws {UsageError} with every problem of command line, environment, config files and selection
   */
  finish(description: LocustfileDescription, changes?: RequestChanges): FinishedRequest;
}

/** What the web UI sets for one run. */
export interface RequestChanges extends Pick<CommandLine, "overrides" | "pickedClasses"> {
  /** The start of the run, after which its files are named. */
  readonly startedWallMs: number;
}

export interface FinishedRequest {
  /** Names of all user classes of the locustfile, selected or not. */
  readonly knownClasses: readonly string[];
  readonly options: RunOptions;
  readonly selection: Selection;
  /** `--config-users`, read and checked against every class of the locustfile, selected or not. */
  readonly classSettings: readonly ClassSettings[];
  /** Expressions of thresholds that the locustfile exports. */
  readonly thresholds: readonly string[];
  /** Names of its counters. */
  readonly counters: readonly string[];
}

export function createRunRequest(
  line: CommandLine,
  found: { readonly options: RunOptions; readonly files: readonly string[]; readonly cwd: string },
): RunRequest {
  const { options, files, cwd } = found;
  return {
    options,
    files,
    finish(description, changes) {
      const { startedWallMs, ...changed } = changes ?? {};
      const started = startedWallMs === undefined ? line.started : { wallMs: startedWallMs };
      const command = parseCommandLine({
        ...line,
        ...changed,
        customArguments: description.arguments,
        ...(started === undefined ? {} : { started: { ...started, locustfileHost: hostOf(description) } }),
      });
      const isRun = command.kind === "run" || command.kind === "worker";
      const problems = command.kind === "problems" ? [...command.problems] : [];
      // Where the second reading failed, the first one is enough to look for more problems: all are reported at once.
      const read = isRun ? command.options : options;
      if (read.locustfile !== options.locustfile) problems.push(describeTwoFiles(options.locustfile, read.locustfile));
      const classSettings = collectClassSettings(read, description, cwd, problems);
      const selection = selectFrom(description, read, classSettings);
      problems.push(...selection.problems);
      problems.push(...findMissingSecrets(line, read));
      if (!showsOnly(read)) problems.push(...findIterationProblems(read, selection.userClasses));
      const lengthWarnings: string[] = [];
      if (command.kind === "run" && !showsOnly(read)) {
        const isOpen = read.rate !== undefined || selection.userClasses.every((each) => each.arrivalRate !== undefined);
        problems.push(...findUnsearchable(read, selection));
        const hasShape = read.findMax || read.stages !== undefined || selection.shape !== undefined ||
          selection.scenarios !== undefined || isOpen;
        lengthWarnings.push(...findShortRun(read, hasShape ? "shape" : "users"));
      }
      const judged = showsOnly(read) ? undefined : judgedThresholds(description, read, selection);
      problems.push(...judged?.problems ?? []);
      if (problems.length > 0) throw new UsageError(problems);
      const knownClasses = description.userClasses.map((each) => each.name);
      return {
        options: read,
        selection: { ...selection, warnings: [...selection.warnings, ...lengthWarnings, ...judged?.warnings ?? []] },
        classSettings,
        knownClasses,
        thresholds: judged?.kept ?? description.thresholds,
        counters: description.counters ?? [],
      };
    },
  };
}

/**
 * The options of a worker that has a locustfile of its own, with those of the locustfile: what it begins with until the
 * master starts a run. What the run needs is for the master to check.
 *
 * @throws {UsageError}
 */
export function readWorkerOptions(
  line: CommandLine,
  { arguments: customArguments }: LocustfileDescription,
): RunOptions {
  const command = parseCommandLine({ ...line, customArguments });
  if (command.kind === "problems") throw new UsageError(command.problems);
  if (command.kind !== "worker") throw new Error(`a worker became a ${command.kind}`);
  return command.options;
}

function judgedThresholds(
  { thresholds: ofFile, scenarios = [] }: LocustfileDescription,
  { thresholds: ofOptions }: RunOptions,
  selection: Selection,
): ScenarioThresholds {
  const known = scenarios.map(({ name }) => name);
  return checkScenarioThresholds({
    ofFile,
    ofOptions,
    known,
    picked: selection.scenarios?.map(({ name }) => name) ?? [],
  });
}

/** The locustfile is looked at, or each request made once: there is no load. */
function showsOnly({ once, list, showTaskRatio, showTaskRatioJson }: RunOptions): boolean {
  return once || list || showTaskRatio || showTaskRatioJson;
}

function hostOf({ userClasses }: LocustfileDescription): string | undefined {
  return userClasses.find((userClass) => userClass.host !== undefined)?.host;
}

/** A journal holds no secrets: a process that resumes its run is given them again. */
function findMissingSecrets({ secrets = [] }: CommandLine, { given }: RunOptions): readonly string[] {
  const isThere = (name: string) => given.has(name) || (name === "master-token" && given.has("master-token-file"));
  return secrets.filter((name) => !isThere(name)).map((name) =>
    `Cannot resume the run: --${name} was set and is a secret, which the journal does not hold; give it again`
  );
}

function collectClassSettings(
  options: RunOptions,
  { userClasses }: LocustfileDescription,
  cwd: string,
  problems: string[],
): readonly ClassSettings[] {
  try {
    return readConfigUsers(options.configUsers, { cwd, userClasses });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    problems.push(...error.problems);
    return [];
  }
}

/** Happens when an option of the locustfile takes no value and a folder follows it. */
function describeTwoFiles(first: string | undefined, second: string | undefined): string {
  return `Cannot tell which argument is the locustfile, "${first}" or "${second}": an option of the locustfile stands before ` +
    "it; name the locustfile with -f";
}
