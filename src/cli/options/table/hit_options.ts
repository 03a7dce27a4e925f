/**
 * The options of `locust-ts hit`: its own, and those of a run that make sense without a locustfile of one's own. Its
 * short letters are those of wrk, hey, oha, ab and curl. Data only.
 */
import type { OptionSpec, OptionValue } from "./option_spec.ts";
import { OPTION_TABLE } from "./option_table.ts";
import { describeBadHeader, describeBadMethod } from "./request_words.ts";

const GROUP = "Common options";

/** Ways to write the request. */
export const HIT_OPTIONS = [
  {
    name: "method",
    short: "X",
    type: "text",
    placeholder: "METHOD",
    help: "Method of the requests. Default: GET, or POST with a body.",
    group: GROUP,
    validate: (value: OptionValue) => describeBadMethod(String(value)),
  },
  {
    name: "header",
    short: "H",
    type: "repeated",
    placeholder: '"NAME: VALUE"',
    help: "A header of the requests. May be given several times.",
    group: GROUP,
    validate: (value: OptionValue) => describeBadHeader(value as readonly string[]),
  },
  {
    name: "data",
    short: "d",
    type: "text",
    placeholder: "BODY|@FILE",
    help: 'Body of the requests, or the file that holds it. A time span, as in "-d 30s", is the duration, as in wrk.',
    group: GROUP,
    completes: "file",
  },
  {
    name: "content-type",
    short: "T",
    type: "text",
    placeholder: "TYPE",
    help: "Content type of the body, if -H does not say it. application/json for JSON, a form's for a=1&b=2, else " +
      "text/plain.",
    group: GROUP,
  },
  {
    name: "auth",
    short: "a",
    type: "text",
    placeholder: "USER:PASSWORD",
    help: "Basic authentication of the requests.",
    group: GROUP,
    secret: true,
    validate: (value: OptionValue) =>
      String(value).includes(":")
        ? undefined
        : "there is no colon in it; write USER:PASSWORD, or a token as -H 'Authorization: Bearer TOKEN'",
  },
  {
    name: "targets",
    type: "path",
    placeholder: "FILE|-",
    help:
      'More requests, one a line: a URL, "METHOD URL", or vegeta\'s form with headers and "@FILE" below it. "-" is ' +
      "standard input.",
    group: GROUP,
    completes: "file",
  },
  {
    name: "insecure",
    short: "k",
    type: "flag",
    help: "Accept every TLS certificate.",
    group: GROUP,
  },
  {
    name: "timeout",
    type: "number",
    placeholder: "SECONDS",
    min: 0,
    aboveMin: true,
    help: "How long one request may take in all. Default: 60 for the connection and 60 for the answer.",
    group: GROUP,
  },
  {
    name: "no-redirects",
    type: "flag",
    help: "Do not follow redirects: a redirect is the answer.",
    group: GROUP,
  },
  {
    name: "no-keepalive",
    type: "flag",
    help: "Open a new connection for each request.",
    group: GROUP,
  },
  {
    name: "print-locustfile",
    type: "flag",
    help: "Print the locustfile of this command, as a start for your own, and exit.",
    group: GROUP,
  },
] as const satisfies readonly OptionSpec[];

/** Another name for an option, from another tool. */
interface Alias {
  readonly spec: OptionSpec;
  readonly of: string;
}

function alias(of: string, name: string, short: string | undefined, help: string): Alias {
  return {
    of,
    spec: { name, ...(short === undefined ? {} : { short }), type: "text", placeholder: "VALUE", help, group: GROUP },
  };
}

/** A value given by one of these counts as one of the option it names. */
export const HIT_ALIASES: readonly Alias[] = [
  alias("users", "connections", "c", "The same as --users, as in wrk, hey, oha and ab."),
  alias("run-time", "duration", "z", "The same as --run-time, as in hey and oha."),
  alias(
    "iterations",
    "requests",
    "n",
    "Number of requests of all users together, exactly; then the run ends, as in hey, oha and ab.",
  ),
  alias("rate", "query-per-second", "q", "The same as --rate: arrivals per second in all, as in oha."),
  alias("processes", "threads", undefined, "The same as --processes, as in wrk."),
  alias("method", "request", "m", "The same as --method, as in hey and ab."),
];

/** Files that hold a body, and headers by their own letters. */
export const BODY_FILE_OPTIONS: readonly OptionSpec[] = [
  {
    name: "data-file",
    short: "D",
    type: "path",
    placeholder: "FILE",
    help: "The same as --data @FILE, as in hey and oha.",
    group: GROUP,
    completes: "file",
  },
  {
    name: "postfile",
    short: "p",
    type: "path",
    placeholder: "FILE",
    help: "The same as --data @FILE, as in ab.",
    group: GROUP,
    completes: "file",
  },
  {
    name: "accept",
    short: "A",
    type: "text",
    placeholder: "TYPE",
    help: 'The same as -H "Accept: TYPE", as in hey and oha; USER:PASSWORD there is --auth, as in ab.',
    group: GROUP,
  },
];

/** Options of a run that need classes, tasks or a file of one's own, or are another role's. */
const NOT_OF_HIT: ReadonlySet<string> = new Set([
  "locustfile",
  "host",
  "list",
  "config-users",
  "equal-weights",
  "shape",
  "scenario",
  "tags",
  "exclude-tags",
  "show-task-ratio",
  "show-task-ratio-json",
  "class-picker",
  "worker",
  "master-host",
  "master-port",
  "worker-name",
  "master-timeout",
  "resume",
  "auto-resume",
]);

/** Letters of a run that mean something else in other tools. */
const TAKEN: ReadonlySet<string> = new Set(["i"]);

/** A hit without users or time requests nothing, whereas a run may wait for keys and scenarios. */
const LEAST: Readonly<Record<string, Pick<OptionSpec, "min" | "aboveMin">>> = {
  users: { min: 1 },
  "run-time": { min: 0, aboveMin: true },
};

/** What is not the same as in a run: `defaults` of `hit_command.ts`. */
const DEFAULT_TEXTS: Readonly<Record<string, string>> = {
  users: "10",
  "spawn-rate": "all at once",
  "run-time": "10s, without a number of requests",
};

/** The options of a run that `hit` hands on. */
export const RUN_OPTIONS_OF_HIT: readonly OptionSpec[] = OPTION_TABLE.filter((spec) => !NOT_OF_HIT.has(spec.name))
  .map(({ short, ...spec }) => ({
    ...spec,
    ...(short === undefined || TAKEN.has(short) ? {} : { short }),
    ...LEAST[spec.name],
    ...(spec.name in DEFAULT_TEXTS ? { defaultText: DEFAULT_TEXTS[spec.name] ?? "" } : {}),
  }));

export const HIT_TABLE: readonly OptionSpec[] = [
  ...HIT_OPTIONS,
  ...HIT_ALIASES.map(({ spec }) => spec),
  ...BODY_FILE_OPTIONS,
  ...RUN_OPTIONS_OF_HIT,
];
