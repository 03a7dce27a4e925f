/** Rows of the option table: common options, load shapes and tags. */
import { UsageError } from "../../../base/errors.ts";
import { parseArrivalRate, RATE_EXAMPLES } from "../../../load/arrivals/arrival_rate.ts";
import { parseStages } from "../../../load/shapes/stages.ts";
import { splitJsonOrFiles } from "./split_list.ts";
import type { OptionSpec, OptionValue } from "./option_spec.ts";

export const COMMON_OPTIONS = [
  {
    name: "locustfile",
    field: null,
    short: "f",
    type: "text",
    again: "adds",
    env: "LOCUST_LOCUSTFILE",
    placeholder: "FILE[,FILE...]",
    default: "locustfile.ts",
    help:
      "The test: a TypeScript or JavaScript file, several separated by commas or each with its own -f, a directory " +
      '(all files in it whose name does not start with "_"), a pattern ("load/*.ts"), or an http(s) URL. "-" on a ' +
      "worker takes it from the master, as without -f.",
    group: "Common options",
    completes: "locustfile",
  },
  {
    name: "config",
    type: "path",
    placeholder: "FILE",
    help: "One more config file (key = value, JSON or TOML), which overrides package.json, ./locust.conf and " +
      "~/.locust.conf.",
    group: "Common options",
    typedOnly: true,
    completes: "file",
  },
  {
    name: "host",
    short: "H",
    type: "text",
    env: "LOCUST_HOST",
    placeholder: "URL",
    help: "Base URL of the system under test; overrides the host of every user class.",
    group: "Common options",
    modes: ["local", "master"],
  },
  {
    name: "users",
    short: "u",
    type: "integer",
    env: "LOCUST_USERS",
    dest: "numUsers",
    placeholder: "N",
    default: 1,
    min: 0,
    help: "How many users to run at the peak.",
    group: "Common options",
    modes: ["local", "master"],
  },
  {
    name: "spawn-rate",
    short: "r",
    type: "number",
    env: "LOCUST_SPAWN_RATE",
    placeholder: "N",
    default: 1,
    min: 0,
    aboveMin: true,
    help: "Users started (or stopped) per second.",
    group: "Common options",
    modes: ["local", "master"],
  },
  {
    name: "run-time",
    field: "runTimeSeconds",
    short: "t",
    type: "timeSpan",
    env: "LOCUST_RUN_TIME",
    placeholder: "TIME",
    help: "Stop after this long, counted from the start of the ramp: 20, 20s, 3m, 2h, 1h20m, 3h30m10s.",
    group: "Common options",
    modes: ["local", "master"],
  },
  {
    name: "iterations",
    short: "i",
    type: "integer",
    env: "LOCUST_ITERATIONS",
    placeholder: "N",
    min: 1,
    help: "Number of tasks that all users on all machines run together, exactly; then the run ends. An iteration is " +
      'one task, or with static iteration = "sequence" all of a class in their order.',
    group: "Common options",
    modes: ["local", "master"],
  },
  {
    name: "iterations-per-user",
    type: "integer",
    env: "LOCUST_ITERATIONS_PER_USER",
    placeholder: "N",
    min: 1,
    help: "Number of tasks that each user runs before it ends; the run ends with the last user. An iteration is one " +
      'task, or with static iteration = "sequence" all of them in their order.',
    group: "Common options",
    modes: ["local", "master"],
  },
  {
    name: "allow-short",
    type: "flag",
    env: "LOCUST_ALLOW_SHORT",
    help: "Do not warn that -t ends before all users have started, or before the end of the warm-up.",
    group: "Common options",
    modes: ["local", "master"],
  },
  {
    name: "processes",
    read: (count: number) => count > 0 ? count : undefined,
    type: "integer",
    env: "LOCUST_PROCESSES",
    placeholder: "N",
    min: -1,
    max: 1024, // each takes some 40 MB
    help: "Threads that run users. Default: one for each core of the machine (also with 0 and -1).",
    group: "Common options",
  },
  {
    name: "socket",
    type: "text",
    env: "LOCUST_SOCKET",
    placeholder: "KIND",
    choices: ["auto", "uring", "epoll", "runtime"],
    default: "auto",
    help:
      "Sockets of plain TCP connections: uring (io_uring of Linux), epoll, or runtime (those of Bun). auto takes the first " +
      "one that works here.",
    group: "Other options",
  },
  {
    name: "seed",
    type: "integer",
    env: "LOCUST_SEED",
    placeholder: "N",
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    help: "Start value of every user's this.random, so that a run can be repeated. Default: random, and logged.",
    group: "Common options",
    modes: ["local", "master"],
  },
  {
    name: "list",
    short: "l",
    type: "flag",
    dest: "listCommands",
    help: "Print the user classes of the locustfile and exit.",
    group: "Common options",
  },
  {
    name: "config-users",
    type: "list",
    split: splitJsonOrFiles,
    env: "LOCUST_CONFIG_USERS",
    placeholder: "JSON",
    help: "Settings of user classes as JSON, or *.json files with them: an object or a list of objects with " +
      '"user_class_name" and attributes to set (weight, fixedCount, host ...); "tasks" keeps the tasks named.',
    group: "Common options",
    modes: ["local", "master"],
  },
  {
    name: "equal-weights",
    type: "flag",
    help: "Give every task the same chance, whatever its weight.",
    group: "Common options",
    modes: ["local", "master"],
  },
  {
    name: "once",
    type: "flag",
    help: "For debugging: run each task of each class one time and print every request and response.",
    group: "Common options",
    modes: ["local"],
  },
] as const satisfies readonly OptionSpec[];

export const SHAPE_OPTIONS = [
  {
    name: "stages",
    type: "text",
    env: "LOCUST_STAGES",
    placeholder: "TIME:USERS,...",
    help: 'Load in stages: "30s:10,1m:50,10s:0" goes to 10 users within 30 s, to 50 within the next minute, then to ' +
      "none. Takes the place of -u, -r and -t.",
    group: "Load shape",
    modes: ["local", "master"],
    validate: describeBadStages,
  },
  {
    name: "rate",
    type: "text",
    env: "LOCUST_RATE",
    placeholder: "RATE",
    help:
      'Arrivals instead of users: "500/s" starts 500 iterations a second over all user classes by weight, even if ' +
      'the system is slow. Also "10/m", "2/h", stages as in "1m:50/s,5m:200/s,30s:0", with "poisson" after the ' +
      "rate for random arrivals. Replaces -u and -r.",
    group: "Load shape",
    modes: ["local", "master"],
    validate: describeBadRate,
  },
  {
    name: "max-users",
    type: "integer",
    env: "LOCUST_MAX_USERS",
    placeholder: "N",
    min: 1,
    help:
      "Most users at a time that serve the arrivals of --rate, or of each class with an arrivalRate. Default: its " +
      "maxUsers, or 1000. With --find-max and no --rate: most users that the search may start. Default: 10000.",
    group: "Load shape",
    modes: ["local", "master"],
  },
  {
    name: "scenario",
    type: "list",
    env: "LOCUST_SCENARIO",
    placeholder: "NAME",
    help: 'Run only these scenarios of the locustfile; commas or blanks separate them. "none" runs its user classes ' +
      "without scenarios. Default: all of them.",
    group: "Load shape",
    modes: ["local", "master"],
  },
  {
    name: "shape",
    type: "text",
    env: "LOCUST_SHAPE",
    placeholder: "CLASS",
    help: 'Which LoadTestShape to use if the locustfile has several. Without this option: the first one. "Default": ' +
      "none of them; -u, -r and -t decide.",
    group: "Load shape",
    modes: ["local", "master"],
  },
] as const satisfies readonly OptionSpec[];

export const TAG_OPTIONS = [
  {
    name: "tags",
    short: "T",
    type: "list",
    env: "LOCUST_TAGS",
    placeholder: "TAG",
    help: "Run only tasks with at least one of these tags; commas or blanks separate them.",
    group: "Tags",
    modes: ["local", "master"],
  },
  {
    name: "exclude-tags",
    short: "E",
    type: "list",
    env: "LOCUST_EXCLUDE_TAGS",
    placeholder: "TAG",
    help: "Leave out tasks with any of these tags; overrides --tags.",
    group: "Tags",
    modes: ["local", "master"],
  },
] as const satisfies readonly OptionSpec[];

function describeBadRate(value: OptionValue): string | undefined {
  try {
    parseArrivalRate(String(value));
    return undefined;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const wrong = error.problems.map((problem) =>
      problem.replace(/^Cannot read (?:the arrival rate "[^"]*": )?(.*); [^;]*$/, "$1")
    );
    return `${wrong.join(", ")}; write ${RATE_EXAMPLES}`;
  }
}

function describeBadStages(value: OptionValue): string | undefined {
  try {
    parseStages(String(value));
    return undefined;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const wrong = error.problems.map((problem) => problem.replace(/^Cannot read (.*); [^;]*$/, "$1"));
    return `${wrong.join(", ")}; write <time>:<users>, as in 30s:10,1m:50,10s:0`;
  }
}
