/**
 * The program: parse, find the locustfile, call what was asked for, return the exit code. Does no work itself and never
 * exits; everything it does comes in as a dependency, so that tests run the whole of it in one process.
 */
import { LocustError, UsageError } from "../base/errors.ts";
import { maskUrlSecrets } from "../base/secrets.ts";
import { escapeLines } from "../base/text/text.ts";
import type { DemoOptions } from "../demo/demo_system.ts";
import type { LocustfileDescription } from "../protocol/locustfile_description.ts";
import type { CalibrateOptions } from "./verbs/calibrate.ts";
import { readConfigSources } from "./options/reading/config_sources.ts";
import { EXIT_FINE, EXIT_UNHEALTHY, EXIT_USAGE } from "./terminal/exit_code.ts";
import { formatHelp, formatOverview } from "./options/help.ts";
import type { Health, HealthOptions } from "./verbs/health.ts";
import { type CommandLine, findTypedOption, parseCommandLine } from "./options/parse_command_line.ts";
import { findOverwritten } from "./options/locustfile/overwritten_files.ts";
import { resolveLocustfiles } from "./options/locustfile/resolve_locustfiles.ts";
import { PARENT_PIPE } from "./run/cluster/parent_watch.ts";
import { withAutoResume } from "./run/resume/auto_resume.ts";
import { withResumed } from "./run/resume/resumed_command.ts";
import { createRunRequest, readWorkerOptions, type RunRequest } from "./run/setup/run_request.ts";
import type { Command, CompareOptions, DebugOptions, ReportOptions } from "./options/simple_verbs.ts";
import type { TextOutput } from "./terminal/text_output.ts";

export interface MainDeps {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Makes another folder the current one of the process. */
  enterFolder(folder: string): void;
  readonly home: string | undefined;
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
  /** The next line that a person types; absent where no person sits at a terminal. */
  readonly readLine?: (() => Promise<string | undefined>) | undefined;
  readonly wallMs: () => number;
  readonly version: string; // ours
  readonly runtime: string; // `Bun 1.4.5`
  /** Local runs and masters. Resolves to the exit code. */
  run(request: RunRequest): Promise<number>;
  work(request: RunRequest): Promise<number>;
  demo(options: DemoOptions): Promise<number>;
  report(options: ReportOptions): Promise<number>;
  compare(options: CompareOptions): Promise<number>;
  calibrate(options: CalibrateOptions): Promise<number>;
  health(options: HealthOptions): Promise<Health>;
  /** One user in this very thread. */
  debug(files: readonly string[], options: DebugOptions): Promise<number>;
  /**
   * Loads a locustfile in a thread of its own, says what it holds and lets it go. What the file prints meanwhile goes to `prints`, if that is given.
   * @throws {UsageError} with all that is wrong with it
   */
  describe(files: readonly string[], prints?: TextOutput): Promise<LocustfileDescription>;
}

/** `argv` is without the program's name. Resolves to the exit code; reports every error itself. */
export async function main(argv: readonly string[], deps: MainDeps): Promise<number> {
  try {
    // Files are written for the master; what a worker of its own needs is typed for it.
    const isOwnWorker = deps.env[PARENT_PIPE] !== undefined;
    const configs = isOwnWorker
      ? []
      : readConfigSources({ cwd: deps.cwd, home: deps.home, config: findTypedOption(argv, "config") });
    const given = { argv, env: deps.env, configs, started: { wallMs: deps.wallMs() } };
    const asked = isOwnWorker ? given : await withAutoResume(given);
    const resume = isOwnWorker ? undefined : findTypedOption(asked.argv, "resume");
    const { line, folder } = await withResumed(asked, resume);
    if (folder !== undefined) enterFolder(folder, deps);
    return await perform(parseCommandLine(line), line, folder === undefined ? deps : { ...deps, cwd: folder });
  } catch (error) {
    deps.stderr.write(describeFailure(error));
    return EXIT_USAGE;
  }
}

/** A locustfile reads its files from the folder in which its run was started, and is bundled as it was for the workers. */
function enterFolder(folder: string, deps: MainDeps): void {
  try {
    deps.enterFolder(folder);
  } catch (cause) {
    throw new UsageError(
      `Cannot resume the run: the folder "${folder}" in which it was started cannot be entered; make it available`,
      { cause },
    );
  }
}

async function perform(command: Command, line: CommandLine, deps: MainDeps): Promise<number> {
  switch (command.kind) {
    case "run":
    case "worker":
      return await performRun(command, line, deps);
    case "hit":
      return await hit(command.argv, line, deps);
    case "demo":
      return await deps.demo(command.options);
    case "calibrate":
      return await deps.calibrate(command.options);
    case "debug": {
      const { options } = command;
      return await withFiles(options.locustfile, deps, (files) => deps.debug(files, options));
    }
    case "report":
      return await deps.report(command.options);
    case "compare":
      return await deps.compare(command.options);
    case "health": {
      const health = await deps.health(command.options);
      deps.stdout.write(`${health.kind}: ${health.text}\n`);
      return health.kind === "healthy" ? EXIT_FINE : EXIT_UNHEALTHY;
    }
    case "init": {
      const { initProject } = await import("./verbs/init/init_project.ts");
      const { cwd, version, readLine, stdout, env } = deps;
      const print = (text: string) => stdout.write(text);
      stdout.write(await initProject(command.options, { cwd, version, readLine, print, path: env["PATH"] }));
      return 0;
    }
    case "check": {
      const [{ formatDescription, refuseMistakes }, { checkTypes, formatTypeCheck }] = await Promise.all([
        import("./verbs/check.ts"),
        import("./verbs/type_check.ts"),
      ]);
      return await withFiles(command.locustfile, deps, async (files) => {
        const description = await deps.describe(files, deps.stdout);
        refuseMistakes(description);
        deps.stdout.write(formatDescription(description, files, deps.stdout.isTty ? deps.stdout.columns() : undefined));
        const types = await checkTypes(files);
        deps.stdout.write(formatTypeCheck(types));
        return types.kind === "failed" ? EXIT_USAGE : 0;
      });
    }
    case "completion": {
      const { formatCompletion } = await import("./verbs/completion.ts");
      deps.stdout.write(formatCompletion(command.shell));
      return 0;
    }
    case "overview":
      deps.stdout.write(formatOverview(deps.stdout.columns()));
      return 0;
    case "help":
      deps.stdout.write(await makeHelp(command, deps));
      return 0;
    case "version":
      deps.stdout.write(`locust-ts ${deps.version} (${deps.runtime})\n`);
      return 0;
    case "problems":
      throw new UsageError(command.problems);
  }
}

async function performRun(
  command: Extract<Command, { kind: "run" | "worker" }>,
  line: CommandLine,
  deps: MainDeps,
): Promise<number> {
  const { options } = command;
  if (command.kind === "worker" && (options.locustfile === undefined || options.locustfile === "-")) {
    return await deps.work(createRunRequest(line, { options, files: [], cwd: deps.cwd }));
  }
  return await withFiles(options.locustfile ?? "", deps, async (files) => {
    const overwritten = findOverwritten(options, files, deps.cwd);
    if (overwritten.length > 0) throw new UsageError(overwritten);
    const request = createRunRequest(line, { options, files, cwd: deps.cwd });
    if (options.list || options.showTaskRatio || options.showTaskRatioJson) return await show(request, deps);
    if (command.kind === "run") return await deps.run(request);
    if (deps.env[PARENT_PIPE] !== undefined) return await deps.work(request); // its master has read them
    return await deps.work({ ...request, options: readWorkerOptions(line, await deps.describe(files)) });
  }, command.typos);
}

/** A run of the locustfile that the command line stands for. */
async function hit(argv: readonly string[], line: CommandLine, deps: MainDeps): Promise<number> {
  const [{ createHit }, { keepLocustfile }] = await Promise.all([
    import("./hit/hit_command.ts"),
    import("./hit/hit_file.ts"),
  ]);
  const made = createHit({ ...line, argv, cwd: deps.cwd });
  if (made.kind === "help") return await perform({ kind: "help", verb: "hit" }, line, deps);
  if (made.kind === "print") {
    deps.stdout.write(made.locustfile);
    return EXIT_FINE;
  }
  for (const note of made.notes) deps.stderr.write(`${note}\n`);
  using file = keepLocustfile(made.locustfile);
  const runLine = { ...line, argv: ["run", file.path, ...made.options] };
  return await perform(parseCommandLine(runLine), runLine, deps);
}

/** `--list`, `--show-task-ratio`: look at the locustfile and leave. */
async function show(request: RunRequest, deps: MainDeps): Promise<number> {
  const { showTaskRatioJson } = request.options;
  const description = await deps.describe(request.files, showTaskRatioJson ? deps.stderr : deps.stdout);
  const { options, selection } = request.finish(description);
  const { formatShown } = await import("./verbs/ratio_tables.ts");
  deps.stdout.write(formatShown(options, description, selection.userClasses));
  return 0;
}

async function makeHelp(command: Extract<Command, { kind: "help" }>, deps: MainDeps): Promise<string> {
  const base = { columns: deps.stdout.columns(), ...(command.verb === undefined ? {} : { verb: command.verb }) };
  if (command.locustfile === undefined) return formatHelp(base);
  const verb = command.verb ?? "run";
  try {
    const describe = async (files: readonly string[]) => (await deps.describe(files, deps.stderr)).arguments;
    const customArguments = await withFiles(command.locustfile, deps, describe);
    return formatHelp({ ...base, verb, customArguments });
  } catch (error) {
    const problems = error instanceof UsageError ? error.problems : [String(error)];
    return `${formatHelp({ ...base, verb })}\nThe options of the locustfile are missing here:\n${
      escapeLines(problems.join("\n"))
    }\n`;
  }
}

async function withFiles<Result>(
  locustfile: string,
  deps: MainDeps,
  use: (files: readonly string[]) => Promise<Result>,
  typos: readonly string[] = [],
): Promise<Result> {
  await using resolved = await resolveLocustfiles(locustfile, {
    cwd: deps.cwd,
    report: (line) => deps.stderr.write(`${line}\n`),
  }).catch((error: unknown) => {
    throw error instanceof UsageError && typos.length > 0
      ? new UsageError([...typos, ...error.problems], { code: error.code, cause: error })
      : error;
  });
  return await use(resolved.files);
}

/** Without the passwords of URLs, and safe to show: it may quote a locustfile or a master. Our errors are sentences; anything else is a mistake of ours, and then its stack is what helps. */
function describeFailure(error: unknown): string {
  return escapeLines(maskUrlSecrets(failureText(error)));
}

function failureText(error: unknown): string {
  if (error instanceof UsageError) return `${error.problems.join("\n")}\n`;
  if (error instanceof LocustError) return `${error.message}\n`;
  const text = error instanceof Error ? error.stack ?? error.message : String(error);
  return `locust-ts failed, and that is a mistake in locust-ts; please report it with these lines:\n${text}\n`;
}
