/** The verbs as data: what `locust-ts VERB` takes. Parsing, help and completion are read from here. */
import { DEFAULT_ERROR_RATE } from "../../../demo/default_error_rate.ts";
import { LATENCY_EXAMPLES, parseLatency } from "../../../demo/latency.ts";
import { parseFailOn } from "../../../report/comparison/fail_on.ts";
import { ThresholdSyntaxError } from "../../../stats/thresholds/threshold_syntax_error.ts";
import type { OptionSpec, OptionValue } from "./option_spec.ts";
import { HIT_TABLE } from "./hit_options.ts";
import { OPTION_TABLE, rowNamed } from "./option_table.ts";
import { OUTPUT_OPTIONS } from "./output_options.ts";

export const VERB_NAMES = [
  "run",
  "hit",
  "worker",
  "demo",
  "calibrate",
  "init",
  "check",
  "debug",
  "report",
  "compare",
  "health",
  "completion",
  "help",
] as const;
export type VerbName = (typeof VERB_NAMES)[number];

export interface Verb {
  readonly name: VerbName;
  readonly usage: readonly string[]; // without the program's name
  readonly summary: string; // one line, in the list of verbs
  readonly about: string; // a paragraph
  readonly options: readonly OptionSpec[];
  readonly examples: readonly { readonly says: string; readonly line: string }[];
}

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

/** What `init` can write; the first is the default. */
export const TEMPLATE_NAMES = ["http", "api", "websocket", "shape", "checkout"] as const;
export type TemplateName = (typeof TEMPLATE_NAMES)[number];

const HELP: OptionSpec = { ...rowNamed("help"), help: "Show this help and exit." };
const LOCUSTFILE = rowNamed("locustfile");
const GROUP = "Common options";

export const DEMO_OPTIONS = [
  {
    name: "port",
    type: "integer",
    placeholder: "PORT",
    default: 8000,
    min: 0,
    max: 65_535,
    help: "Port to listen on. 0: a free port.",
    group: GROUP,
  },
  {
    name: "host",
    type: "text",
    placeholder: "HOST",
    default: "127.0.0.1",
    help: "Address to listen on.",
    group: GROUP,
  },
  {
    name: "latency",
    type: "text",
    placeholder: "MS",
    default: "20",
    help: "Median response time in milliseconds; single times vary around it (log-normal). fixed:5: always 5; 0: " +
      "answers at once.",
    group: GROUP,
    validate: (value: OptionValue) =>
      parseLatency(String(value)) === undefined ? `it is not a latency; write ${LATENCY_EXAMPLES}` : undefined,
    read: (text: string) => parseLatency(text),
  },
  {
    name: "error-rate",
    type: "number",
    placeholder: "SHARE",
    default: DEFAULT_ERROR_RATE,
    min: 0,
    max: 1,
    help: "Share of the orders that fail, from 0 to 1.",
    group: GROUP,
  },
  {
    name: "seed",
    type: "integer",
    placeholder: "N",
    default: 0,
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    help: "Start value of its random numbers: the same latencies and failures again.",
    group: GROUP,
  },
] as const satisfies readonly OptionSpec[];

export const CALIBRATE_OPTIONS = [
  {
    name: "seconds",
    type: "number",
    placeholder: "N",
    default: 25,
    min: 15,
    max: 600,
    help: "How long the measurement may take in all. Longer is more exact.",
    group: GROUP,
  },
  { name: "json", type: "flag", default: false, help: "Print the figures as JSON instead of the table.", group: GROUP },
] as const satisfies readonly OptionSpec[];

export const INIT_OPTIONS = [
  {
    name: "template",
    type: "text",
    placeholder: "NAME",
    choices: TEMPLATE_NAMES,
    help:
      "Locustfile to begin with: http (pages, a login and a cart), api (JSON, with checks), websocket (messages), " +
      "shape (load that rises and falls) or checkout (several steps in order). Without this option, a terminal " +
      "shows the list; without a terminal it is http.",
    group: GROUP,
  },
  { name: "force", type: "flag", help: "Overwrite existing files.", group: GROUP },
] as const satisfies readonly OptionSpec[];

export const DEBUG_OPTIONS = [
  rowNamed("host"),
  rowNamed("tags"),
  rowNamed("exclude-tags"),
  rowNamed("loglevel"),
] as const;

/** Every file of a run can be made again from its journal. */
const REPORT_OPTIONS: readonly OptionSpec[] = [
  ...OUTPUT_OPTIONS.filter((spec) => !("removed" in spec)),
  rowNamed("latencies"),
];

export const COMPARE_OPTIONS = [
  {
    name: "fail-on",
    type: "repeated",
    placeholder: "LIMIT",
    help: 'End with exit code 3 if a figure has changed by more than this, and its interval does not contain 0: "p95 ' +
      '+10%", "GET /items: rps -5%". Figures are rps, failures, mean, p50, p95 and p99. May be given several times.',
    group: GROUP,
    validate: (value: OptionValue) => describeBadLimit(value as readonly string[]),
  },
  {
    name: "format",
    type: "text",
    placeholder: "FORM",
    choices: ["text", "markdown", "json"],
    default: "text",
    help: "Form of the comparison: text, markdown or json (locust-ts/compare/1).",
    group: GROUP,
  },
] as const satisfies readonly OptionSpec[];

export const HEALTH_OPTIONS = [
  {
    name: "timeout",
    field: "timeoutSeconds",
    type: "number",
    placeholder: "SECONDS",
    default: 5,
    min: 0.1,
    max: 600,
    help: "How long the web UI may take to answer.",
    group: GROUP,
  },
] as const satisfies readonly OptionSpec[];

/** The problem of the first limit that cannot be read. */
function describeBadLimit(limits: readonly string[]): string | undefined {
  for (const text of limits) {
    try {
      parseFailOn(text);
    } catch (error) {
      if (error instanceof ThresholdSyntaxError) return error.reason;
      throw error;
    }
  }
  return undefined;
}

export const VERBS: readonly Verb[] = [
  {
    name: "run",
    usage: ["run FILE [options] [UserClass ...]"],
    summary: "run a load test and show it in the terminal",
    about: "Runs the users of a locustfile against a system: live figures while it runs, tables and a verdict at the " +
      "end. Ends after -t, when its load shape ends, when the locustfile says so, or with Ctrl-C (once: finish and " +
      "report, twice: leave at once). UserClass names restrict the test to these classes.",
    options: OPTION_TABLE,
    examples: [
      {
        says: "100 users, 10 more each second, for a minute",
        line: "run locustfile.ts -H https://shop.test -u 100 -r 10 -t 1m",
      },
      { says: "print each request once", line: "run locustfile.ts -H https://shop.test --once" },
      {
        says: "up in stages, and files for a spreadsheet",
        line: "run locustfile.ts --stages 30s:10,2m:50,30s:0 --csv out",
      },
      { says: "over many machines: here", line: "run locustfile.ts --master --expect-workers 2 -u 5000 -r 100 -t 10m" },
      { says: "and on each of the others", line: "worker --master-host 10.0.0.1" },
    ],
  },
  {
    name: "hit",
    usage: ["hit URL [URL ...] [options]"],
    summary: "load one URL, or a list of them, without a locustfile",
    about: "Sends the same request again and again, as wrk, hey, oha and ab do, with everything that a run has: live " +
      "figures, percentiles, verdict, files, thresholds. Default: 10 users for 10 seconds. Several URLs are " +
      "requested in turn.",
    options: HIT_TABLE,
    examples: [
      { says: "50 users for 30 seconds", line: "hit https://shop.test/items -u 50 -t 30s" },
      { says: "post a file", line: "hit https://shop.test/orders -d @order.json -H 'X-Tenant: b'" },
      { says: "the words of wrk", line: "hit -t2 -c100 -d30s http://localhost:8000/" },
      { says: "a list of vegeta", line: "hit --targets targets.txt --html report.html" },
      { says: "a locustfile to begin with", line: "hit https://shop.test/items --print-locustfile" },
    ],
  },
  {
    name: "worker",
    usage: ["worker [options]"],
    summary: "join a master and run the users it assigns",
    about:
      "Joins the master at --master-host, takes its locustfile and runs the users that it assigns, on every core. " +
      "Waits for a master that is not there yet, and comes back to one that was restarted.",
    options: OPTION_TABLE.filter((spec: OptionSpec) => spec.modes === undefined || spec.modes.includes("worker")),
    examples: [{ says: "join", line: "worker --master-host 10.0.0.1 --master-token-file token" }],
  },
  {
    name: "demo",
    usage: ["demo [options]"],
    summary: "start a small shop to practise on",
    about: "Serves a small shop with realistic latencies: login, items, search, cart, orders that sometimes fail, a " +
      "slow report.",
    options: [...DEMO_OPTIONS, HELP],
    examples: [{ says: "a slow one that fails every fifth order", line: "demo --latency 80 --error-rate 0.2" }],
  },
  {
    name: "calibrate",
    usage: ["calibrate [options]"],
    summary: "measure the limits of this machine, for the verdict",
    about: "Runs users against the demo shop in another process, on one thread and on all, with few users and many: " +
      "requests per second, memory of a user, timer errors. Prints a table and keeps the figures in the cache " +
      "folder (XDG_CACHE_HOME, ~/.cache). From then on the verdict of each run on this machine reports how close " +
      "the run came to them: above 90 % the generator itself may have been the limit. Do not use the machine for " +
      "anything else until it ends; calibrate each worker's machine.",
    options: [...CALIBRATE_OPTIONS, HELP],
    examples: [
      { says: "about half a minute", line: "calibrate" },
      { says: "more exact, and as JSON", line: "calibrate --seconds 120 --json" },
    ],
  },
  {
    name: "init",
    usage: ["init [FOLDER] [--template NAME] [--force]"],
    summary: "write a first locustfile, with types for your editor",
    about:
      "Writes a commented locustfile.ts that runs against the demo shop as it is; package.json, tsconfig.json and " +
      "the types of locust-ts, so that an editor completes and checks it offline; .vscode/launch.json, which " +
      "debugs one user; and .github/workflows/load-test.yml, which runs the test with thresholds. An existing file " +
      "is not changed. Prints which files were written and kept.",
    options: [...INIT_OPTIONS, HELP],
    examples: [
      { says: "in a new folder", line: "init load-test" },
      { says: "for a JSON API", line: "init load-test --template api" },
    ],
  },
  {
    name: "check",
    usage: ["check FILE..."],
    summary: "load a locustfile and show its content, without load",
    about: "Loads the locustfile, shows its user classes, tasks, weights, tags, shapes and options, and checks its " +
      "types when TypeScript is installed beside it. The exit code is 2 when something is wrong.",
    options: [{ ...LOCUSTFILE, help: "The locustfile, instead of FILE." }, HELP],
    examples: [{ says: "before a commit", line: "check locustfile.ts" }],
  },
  {
    name: "debug",
    usage: ["debug FILE [UserClass] [options]"],
    summary: "run one user in this process, for a debugger",
    about: "Runs one user of the locustfile in the main thread, where breakpoints work, and prints a line for each " +
      "request, until it ends or Ctrl-C. A program that starts its users itself (runSingleUser, createLocalRunner) " +
      "is run as it is.",
    options: [...DEBUG_OPTIONS, HELP],
    examples: [{ says: "one visitor", line: "debug locustfile.ts Visitor -H http://localhost:8000" }],
  },
  {
    name: "report",
    usage: ["report JOURNAL [options]"],
    summary: "make tables and files from a journal",
    about: "Reads a run that --journal recorded, also one that was interrupted, and prints its final tables.",
    options: [...REPORT_OPTIONS, HELP],
    examples: [{ says: "as CSV and JSON", line: "report run.ndjson --csv out --json" }],
  },
  {
    name: "compare",
    usage: ["compare A B [options]"],
    summary: "compare the figures of two runs, with confidence intervals",
    about:
      "Compares two runs, each a journal or a summary file: requests/s, failures, mean, p50, p95 and p99 of each " +
      "row, with the change from A to B, its 95 % interval and a judgement. Rows of summary files have no " +
      "intervals.",
    options: [...COMPARE_OPTIONS, HELP],
    examples: [
      { says: "two runs", line: "compare before.ndjson after.ndjson" },
      { says: "a gate in CI", line: "compare main.ndjson branch.ndjson --fail-on 'p95 +10%' --fail-on 'rps -5%'" },
    ],
  },
  {
    name: "health",
    usage: ["health [URL] [--timeout SECONDS]"],
    summary: "check whether the locust-ts of this container works",
    about:
      "Looks for the locust-ts that runs in this container or on this machine (Linux), and asks its web UI, if its " +
      "options and variables say that it has one. A worker or a run without web UI is healthy while its process " +
      "runs. With URL it asks the web UI there. The exit code is 0 if it is healthy, else 1.",
    options: [...HEALTH_OPTIONS, HELP],
    examples: [
      { says: "in a Dockerfile", line: "health" },
      { says: "a master elsewhere", line: "health http://10.0.0.1:8089" },
    ],
  },
  {
    name: "completion",
    usage: ["completion bash|zsh|fish"],
    summary: "print a script that makes the shell complete options",
    about: "Prints a completion script for the shell.",
    options: [HELP],
    examples: [
      { says: "bash, in ~/.bashrc", line: "completion bash" },
      { says: "fish", line: "completion fish > ~/.config/fish/completions/locust-ts.fish" },
    ],
  },
  {
    name: "help",
    usage: ["help [VERB]"],
    summary: "show help about one of these",
    about: "Shows help.",
    options: [HELP],
    examples: [],
  },
];

export function isVerbName(word: string | undefined): word is VerbName {
  return VERB_NAMES.some((name) => name === word);
}

export function verbNamed(name: VerbName): Verb {
  const verb = VERBS.find((candidate) => candidate.name === name);
  if (verb === undefined) throw new Error(`no verb "${name}"`);
  return verb;
}
