/** Rows of the option table: statistics, files for machines, logging, and what is left. */
import { LOG_LEVELS } from "../../../base/logger.ts";
import { parseThreshold } from "../../../stats/thresholds/parse_threshold.ts";
import { ThresholdSyntaxError } from "../../../stats/thresholds/threshold_syntax_error.ts";
import type { OptionSpec, OptionValue } from "./option_spec.ts";

/** What the list of outputs reads (`outputs/output_list.ts`), in a run and in `locust-ts report`. */
export const OUTPUT_OPTIONS = [
  {
    name: "csv",
    placeholders: true,
    type: "path",
    env: "LOCUST_CSV",
    dest: "csvPrefix",
    field: "csvPrefix",
    placeholder: "PREFIX",
    help: "Write PREFIX_stats.csv, PREFIX_stats_history.csv, PREFIX_failures.csv and PREFIX_exceptions.csv, updated " +
      "each second. Missing folders are created.",
    group: "Statistics and files",
    modes: ["local", "master"],
    completes: "file",
  },
  {
    name: "csv-full-history",
    type: "flag",
    env: "LOCUST_CSV_FULL_HISTORY",
    dest: "statsHistoryEnabled",
    help: "With --csv: a row for each name in the history, not only Aggregated.",
    group: "Statistics and files",
    modes: ["local", "master"],
  },
  {
    name: "json",
    type: "flag",
    help: "Print the final statistics as JSON on standard output; the tables then go to standard error.",
    group: "Statistics and files",
    modes: ["local", "master"],
  },
  {
    name: "json-file",
    placeholders: true,
    type: "path",
    placeholder: "FILE",
    help: 'Write the statistics as JSON to FILE.json (".json" is added unless it is there), updated each second.',
    group: "Statistics and files",
    modes: ["local", "master"],
    completes: "file",
  },
  {
    name: "html",
    placeholders: true,
    type: "path",
    env: "LOCUST_HTML",
    dest: "htmlFile",
    field: "htmlFile",
    placeholder: "FILE",
    help: "Write the report of the run as one HTML page when it has ended.",
    group: "Statistics and files",
    modes: ["local", "master"],
    completes: "file",
  },
  {
    name: "summary-file",
    placeholders: true,
    type: "path",
    env: "LOCUST_SUMMARY_FILE",
    placeholder: "FILE",
    help: "Write the summary of the run as JSON (locust-ts/summary/1) when it has ended.",
    group: "Statistics and files",
    modes: ["local", "master"],
    completes: "file",
  },
  {
    name: "markdown",
    placeholders: true,
    type: "path",
    env: "LOCUST_MARKDOWN",
    dest: "markdownFile",
    field: "markdownFile",
    placeholder: "FILE",
    help: "Write a summary of the run as Markdown when it has ended: short enough for a comment on a pull request.",
    group: "Statistics and files",
    modes: ["local", "master"],
    completes: "file",
  },
  {
    name: "junit",
    placeholders: true,
    type: "path",
    env: "LOCUST_JUNIT",
    dest: "junitFile",
    field: "junitFile",
    placeholder: "FILE",
    help: "Write thresholds, verdict and requests as JUnit test cases (XML) when the run has ended.",
    group: "Statistics and files",
    modes: ["local", "master"],
    completes: "file",
  },
] as const satisfies readonly OptionSpec[];

/** The problem of the first expression that cannot be read. */
function describeBadThreshold(value: OptionValue): string | undefined {
  for (const text of value as readonly string[]) {
    try {
      parseThreshold(text);
    } catch (error) {
      if (error instanceof ThresholdSyntaxError) return error.reason;
      throw error;
    }
  }
  return undefined;
}

export const STATISTICS_OPTIONS = [
  {
    name: "threshold",
    type: "repeated",
    addsUp: true,
    env: "LOCUST_THRESHOLD",
    placeholder: "EXPR",
    field: "thresholds",
    validate: describeBadThreshold,
    help:
      'A condition that the figures must meet, else the exit code is 3: "p95<300", "GET /items: p99<1s over 30s", ' +
      '"failures<1%, abort". May be given several times, and adds to those of config files and of the locustfile.',
    group: "Statistics and files",
    modes: ["local", "master"],
  },
  {
    name: "print-stats",
    type: "flag",
    env: "LOCUST_PRINT_STATS",
    help: "Show the live table of the terminal in runs with a web UI too.",
    group: "Statistics and files",
    modes: ["web"],
  },
  {
    name: "only-summary",
    type: "flag",
    env: "LOCUST_ONLY_SUMMARY",
    help: "Show no live table, only the final ones.",
    group: "Statistics and files",
    modes: ["local", "master"],
  },
  {
    name: "latencies",
    type: "flag",
    env: "LOCUST_LATENCIES",
    help: "Show more at the end: the distribution of the response times as bars, the responses by status, the sizes.",
    group: "Statistics and files",
    modes: ["local", "master"],
  },
  {
    name: "warm-up",
    field: "warmUpSeconds",
    type: "timeSpan",
    env: "LOCUST_WARM_UP",
    placeholder: "TIME",
    help: "Leave the first part of the run, and its ramp, out of the headline figures: 30s, 1m. Tables are of the " +
      "whole run.",
    group: "Statistics and files",
    modes: ["local", "master"],
  },
  {
    name: "reset-stats",
    type: "flag",
    env: "LOCUST_RESET_STATS",
    help: "Set all statistics to zero when the ramp is complete (within two seconds, so that nothing of it is left).",
    group: "Statistics and files",
    modes: ["local", "master"],
  },
  {
    name: "phases",
    type: "flag",
    env: "LOCUST_PHASES",
    help: "Measure the phases of each request too: DNS, connect, TLS, waiting, download.",
    group: "Statistics and files",
    modes: ["local", "master"],
  },
  {
    name: "url-grouping",
    type: "text",
    env: "LOCUST_URL_GROUPING",
    placeholder: "on|off",
    choices: ["on", "off"],
    default: "on",
    help: "Whether more than 20 URLs that differ only in ids or query values are one row, /items/[id]. Names of the " +
      "locustfile are never grouped.",
    group: "Statistics and files",
    modes: ["local", "master"],
  },
] as const satisfies readonly OptionSpec[];

export const LOGGING_OPTIONS = [
  {
    name: "loglevel",
    field: "logLevel",
    short: "L",
    type: "text",
    env: "LOCUST_LOGLEVEL",
    placeholder: "LEVEL",
    choices: LOG_LEVELS,
    default: "INFO",
    help: "Least important lines to log: DEBUG, INFO, WARNING, ERROR or CRITICAL.",
    group: "Logging",
  },
  {
    name: "logfile",
    placeholders: true,
    field: "logFile",
    type: "path",
    env: "LOCUST_LOGFILE",
    placeholder: "FILE",
    help: "Log to this file instead of standard error.",
    group: "Logging",
    completes: "file",
  },
  {
    name: "skip-log-setup",
    type: "flag",
    env: "LOCUST_SKIP_LOG_SETUP",
    help:
      "Log nothing and show no tables: for programs that only need the files. Output of the locustfile is still shown.",
    group: "Logging",
  },
] as const satisfies readonly OptionSpec[];

export const OTHER_OPTIONS = [
  {
    name: "stop-timeout",
    field: "stopTimeoutSeconds",
    short: "s",
    type: "timeSpan",
    env: "LOCUST_STOP_TIMEOUT",
    placeholder: "TIME",
    default: 0,
    help: "How long users may take to finish their task at the end. With 0 only the request in flight is finished.",
    group: "Other options",
    modes: ["local", "master"],
  },
  {
    name: "exit-code-on-error",
    type: "integer",
    env: "LOCUST_EXIT_CODE_ON_ERROR",
    placeholder: "N",
    default: 1,
    min: 0,
    max: 255,
    help: "Exit code of a run with failed requests or exceptions in the locustfile.",
    group: "Other options",
    modes: ["local", "master"],
  },
  {
    name: "show-task-ratio",
    type: "flag",
    help: "Print how often each task runs, as two tables, and exit.",
    group: "Other options",
  },
  {
    name: "show-task-ratio-json",
    type: "flag",
    help: "The same as JSON.",
    group: "Other options",
  },
  {
    name: "profile",
    type: "text",
    placeholder: "NAME",
    help: "A label for this run, to find runs of the same kind again.",
    group: "Other options",
    modes: ["local", "master"],
  },
  {
    name: "help",
    short: "h",
    type: "flag",
    help: "Show this help, with the options of the locustfile, and exit.",
    group: "Other options",
    typedOnly: true,
  },
  {
    name: "version",
    short: "V",
    type: "flag",
    help: "Show the version and exit.",
    group: "Other options",
    typedOnly: true,
  },
] as const satisfies readonly OptionSpec[];
