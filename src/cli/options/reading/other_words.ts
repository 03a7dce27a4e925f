/**
 * Words of other tools, and of Locust's first versions, for what is an option here: as flags, and as keys of config files. Pure.
 */
import type { OptionSpec } from "../table/option_spec.ts";

/** Former names of Locust, and words and letters of its first versions and of tools whose word stands for one option. */
const FORMER: Readonly<Record<string, string>> = {
  "--no-web": "headless",
  "--hatch-rate": "spawn-rate",
  "--clients": "users",
  "--num-users": "users",
  "--num-request": "iterations",
  "--vus": "users",
  "--duration": "run-time",
  "--target": "host",
  "--url": "host",
  "--base-url": "host",
  "--concurrency": "users",
  "--connections": "users",
  "--requests": "iterations",
  "--threads": "processes",
  "--arrival-rate": "rate",
  "--arrivalRate": "rate",
  "--max-vus": "max-users",
  "--maxVUs": "max-users",
  "--maxVusers": "max-users",
  "--max-workers": "max-users",
  "--graceful-stop": "stop-timeout",
  "--gracefulStop": "stop-timeout",
  "-c": "users",
  "-n": "iterations",
  "-d": "run-time",
};

const SAMPLES = "one line per request is written by --samples FILE.csv or FILE.ndjson";
const SUMMARY = "the figures at the end are written by --summary-file FILE";
const PAGE = "a page with the figures is written by --html FILE";
const OWN_OPTION = 'write NAME=value before the command, or make it an option of the locustfile, "--name value"';
const USERS_ON_DEMAND = "users are made as arrivals need them, up to --max-users";
const RATE_STAGES = 'write stages, as in --rate "0s:10/s, 1m:50/s"';
const CONNECTIONS = "connections are kept by a user; static override freshUsers = true makes new ones for each arrival";

/** Flags of k6, Artillery and JMeter that no one option stands for: what to do. Letters mean what they mean there with a value. */
const OTHER_TOOLS: Readonly<Record<string, string>> = {
  "--out": SAMPLES,
  "--summary-export": SUMMARY,
  "--output": SUMMARY,
  "-o": `${SUMMARY}, ${PAGE.replace("is written by ", "by ")}`,
  "--rps": "for requests a second write --rate 100/s",
  "--pre-allocated-vus": USERS_ON_DEMAND,
  "--preAllocatedVUs": USERS_ON_DEMAND,
  "--time-unit": 'it is a part of the rate, as in --rate "30/m"',
  "--timeUnit": 'it is a part of the rate, as in --rate "30/m"',
  "--start-rate": RATE_STAGES,
  "--startRate": RATE_STAGES,
  "--ramp-to": RATE_STAGES,
  "--rampTo": RATE_STAGES,
  "--http-debug": "--once makes each task one time and prints each request and answer",
  "--quiet": "write --only-summary, and --loglevel WARNING",
  "--no-summary": "the tables at the end go to standard output; send them to /dev/null",
  "--insecure-skip-tls-verify": "write static override insecure = true in the class",
  "--insecure": "write static override insecure = true in the class",
  "--proxy": 'write static override proxy = "http://…" in the class',
  "--timeout": "write static override networkTimeout = 5 in the class",
  "--header": 'write static override defaultHeaders = { "X-Name": "…" } in the class',
  "--no-connection-reuse": CONNECTIONS,
  "--no-vu-connection-reuse": CONNECTIONS,
  "--user-agent": 'write static override defaultHeaders = { "User-Agent": "…" } in the class',
  "--overrides": OWN_OPTION,
  "--variables": OWN_OPTION,
  "--env": OWN_OPTION,
  "-e": OWN_OPTION,
  "-J": OWN_OPTION,
  "-D": OWN_OPTION,
  "-R": "write --master here, and locust-ts worker --master-host HOST on each of the hosts",
  "-q": "a file with settings is read by --config FILE",
};

/** The option that stands for another tool's flag, if it is one of the table. */
export function optionMeantBy(flag: string, table: readonly OptionSpec[]): OptionSpec | undefined {
  return Object.hasOwn(FORMER, flag) ? table.find(({ name }) => name === FORMER[flag]) : undefined;
}

/** What to do instead of another tool's flag that no one option stands for. */
export function adviceOnWord(flag: string): string | undefined {
  return Object.hasOwn(OTHER_TOOLS, flag) ? OTHER_TOOLS[flag] : undefined;
}
