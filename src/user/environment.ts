/**
 * The test as user code sees it: host, options, runner, statistics, classes. One per thread, made before `init`.
 * A holder of values: it starts nothing. The runner's part of it is written by the thread or control thread that owns it.
 */
import { detachedClock } from "../base/detached_clock.ts";
import { LocustError } from "../base/errors.ts";
import { createLogger, type Logger } from "../base/logger.ts";
import { describeKind } from "../base/given_text.ts";
import { nearest } from "../base/hints/near_miss.ts";
import { toCamelCase } from "../base/hints/spelling_hint.ts";
import { refuseSnakeCase } from "../base/refuse_names.ts";
import { Events } from "./events/events.ts";
import type { LoadTestShape } from "./load_test_shape.ts";
import type { ProgramRunner, RunnerFacade } from "./runner_facade.ts";
import { EMPTY_STATS, type StatsView } from "./stats_view.ts";
import type { User } from "./user.ts";
import type { UserClass } from "./user_class.ts";
import type { WebUi } from "./web_ui/web_ui.ts";

/** The command line's values by their names in camelCase, custom options included. */
export type ParsedOptions = Readonly<Record<string, unknown>>;

export interface EnvironmentOptions {
  readonly userClasses?: readonly UserClass[];
  readonly shapeClass?: LoadTestShape;
  /** Fresh events if absent; the command line passes the global `events`. */
  readonly events?: Events;
  /** Base URL of every user class; overrides their own `host`. */
  readonly host?: string;
  readonly tags?: readonly string[];
  readonly excludeTags?: readonly string[];
  /** Seconds that tasks may continue after a stop; 0: only the request in flight. */
  readonly stopTimeout?: number;
  /** False: an exception in a task ends its user instead of being counted and survived. */
  readonly catchExceptions?: boolean;
  readonly parsedOptions?: ParsedOptions;
  readonly logger?: Logger;
}

let makeLocalRunner: ((environment: Environment) => ProgramRunner) | undefined;

/** Runners are made by `library/`, which this folder does not know. */
export function provideLocalRunner(make: (environment: Environment) => ProgramRunner): void {
  makeLocalRunner = make;
}

/**
 * The environment of a test.
 *
 * @example
 * ```ts
 * const environment = new Environment({ userClasses: [Shopper], host: "http://localhost:8000" });
 * ```
 * @throws LocustError if two user classes have one name, for options that there are not, and for values that cannot be.
 */
export class Environment {
  readonly events: Events;
  host: string | undefined;
  userClasses: readonly UserClass[];
  shapeClass: LoadTestShape | undefined;
  tags: readonly string[];
  excludeTags: readonly string[];
  stopTimeout: number;
  catchExceptions: boolean;
  parsedOptions: ParsedOptions;
  /** The runner of this thread; undefined until there is one. */
  runner: RunnerFacade | undefined;
  /** The user of `runSingleUser`, as a listener or a debugger may want it. */
  singleUserInstance: User | undefined;
  /** The web UI: in the control thread of a test with `--web`, undefined elsewhere. */
  webUi: WebUi | undefined;
  /** Set it in `quitting` (control thread) to decide the exit code yourself. */
  processExitCode: number | undefined;
  /** In the environment of a scenario's users: its name. Undefined elsewhere. */
  readonly scenario: string | undefined;
  /** What listeners of `runSetup` returned, frozen. Undefined before the run. */
  shared: unknown;
  /** Log lines of user code. */
  readonly logger: Logger;

  constructor(options: EnvironmentOptions = {}) {
    checkOptions(options);
    this.events = options.events ?? new Events();
    this.host = options.host;
    this.userClasses = checkClasses(options.userClasses ?? []);
    this.shapeClass = options.shapeClass;
    this.tags = options.tags ?? [];
    this.excludeTags = options.excludeTags ?? [];
    this.stopTimeout = options.stopTimeout ?? 0;
    this.catchExceptions = options.catchExceptions ?? true;
    this.parsedOptions = options.parsedOptions ?? {};
    this.logger = options.logger ?? createConsoleLogger();
  }

  /** The latest statistics of the run, in the control thread; zeros in threads, and before the first second of a run. */
  get stats(): StatsView {
    return this.runner?.stats ?? EMPTY_STATS;
  }

  /**
   * Makes the runner of a program of its own: `createLocalRunner(environment)` as Locust has it.
   *
   * @throws LocustError if the environment has a runner already.
   */
  createLocalRunner(): ProgramRunner {
    if (makeLocalRunner === undefined) throw new LocustError('Cannot create a runner: import it from "locust-ts"');
    return makeLocalRunner(this);
  }

  /** User classes by their names. */
  get userClassesByName(): Readonly<Record<string, UserClass>> {
    return Object.fromEntries(this.userClasses.map((userClass) => [userClass.name, userClass]));
  }
}

refuseSnakeCase(
  Environment.prototype,
  "environment",
  "parsed_options process_exit_code user_classes shape_class exclude_tags stop_timeout catch_exceptions web_ui".split(
    " ",
  ),
);

const OPTIONS: readonly (keyof EnvironmentOptions)[] = [
  "userClasses",
  "shapeClass",
  "events",
  "host",
  "tags",
  "excludeTags",
  "stopTimeout",
  "catchExceptions",
  "parsedOptions",
  "logger",
];

/** A program in JavaScript has no types that would say it. */
function checkOptions(options: EnvironmentOptions): void {
  const refuse = (what: string): never => {
    throw new LocustError(`Cannot make an environment: ${what}`);
  };
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    refuse(`its options are ${describeKind(options)}; pass { userClasses: [Shopper] }`);
  }
  const stray = Object.keys(options).find((key) => !(OPTIONS as readonly string[]).includes(key));
  if (stray !== undefined) {
    const meant = nearest(toCamelCase(stray), OPTIONS);
    const advice = meant === undefined ? `they are ${OPTIONS.join(", ")}` : `did you mean "${meant}"?`;
    refuse(`there is no option "${stray}"; ${advice}`);
  }
  const { userClasses = [], host, events } = options;
  if (!Array.isArray(userClasses)) {
    refuse(`userClasses is ${describeKind(userClasses)}; pass a list, as in userClasses: [Shopper]`);
  }
  const bad = userClasses.findIndex((each: unknown) => typeof each !== "function");
  if (bad >= 0) refuse(`number ${bad + 1} of userClasses is ${describeKind(userClasses[bad])}; pass a user class`);
  if (host !== undefined && typeof host !== "string") {
    refuse(`host is ${describeKind(host)}; pass a URL as text, as in "http://localhost:8000"`);
  }
  if (events !== undefined && !(events instanceof Events)) {
    refuse(`events is ${describeKind(events)}; pass new Events(), or the global "events"`);
  }
}

function checkClasses(userClasses: readonly UserClass[]): readonly UserClass[] {
  const names = new Set<string>();
  for (const { name } of userClasses) {
    if (names.has(name)) throw new LocustError(`Cannot use two user classes named "${name}"; rename one`);
    names.add(name);
  }
  const usable = userClasses.filter((userClass) => userClass.weight > 0 || userClass.fixedCount > 0);
  return usable.length === 0 ? userClasses : usable; // `--config-users` may give them a weight
}

function createConsoleLogger(): Logger {
  return createLogger({
    name: "locust",
    level: "INFO",
    wallMs: () => detachedClock.wallMs(),
    sink: ({ level, logger, message }) => console.error(`${level}/${logger}: ${message}`),
  });
}
