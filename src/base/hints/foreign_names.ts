/**
 * Advice on names that locustfiles of other tools take for granted (`sleep`, `__VU`, `pause`, `print`), imported or
 * not, and on ours that were not imported. Reads what the engines say of a variable that is not there; of other names
 * it says nothing. Pure.
 */

/** Names that a locustfile imports. */
export const IMPORTED_NAMES: readonly string[] =
  ("User HttpUser FastHttpUser TaskSet SequentialTaskSet MarkovTaskSet LoadTestShape task tag transition transitions between " +
    "constant constantPacing constantThroughput poisson events feed cluster metrics checks StopUser StopTest RescheduleTask " +
    "InterruptTaskSet Environment HttpSession FastHttpSession runSingleUser MasterRunner WorkerRunner digestAuth ClientPool " +
    "createLocalRunner StagesShape RampShape StepsShape SpikeShape DoubleWaveShape HttpError").split(" ");

const SLEEP = "write await this.sleep(1)";
const TRANSACTION = 'write await this.transaction("name", async () => { … })';
const REQUEST = 'requests are made by the client: "await this.client.get(…)"';
const STATEMENTS = "write for, while or if";
const CSV = 'write feed.csv("users.csv"), with "feed" from "locust-ts", and await its next(this)';
const JSON_ROWS = 'write feed.json(path), with "feed" from "locust-ts", and await its next(this)';
const BARRIER = 'write await cluster.barrier("name", 100), with "cluster" from "locust-ts"';
const LOAD = "set the number of users with --users, --stages, --rate, or export const scenarios";
const FIELDS = "write a variable of the task, or a field of the user: this.id";
const CHECK = 'write checks(res, { … }), with "checks" from "locust-ts"';
const LOG = 'write console.info("…")';
const ANSWER = "write await res.json(), and take what you need";
const BODY = 'a body is an option of the request: json: { … }, form: { … }, or body: "…"';

const words = (advice: string, names: string) => Object.fromEntries(names.split(" ").map((name) => [name, advice]));

/** What to do, by the name. */
export const FOREIGN_NAMES: Readonly<Record<string, string>> = {
  // k6
  ...words(REQUEST, "http"),
  ...words(SLEEP, "sleep pause think"),
  ...words(CHECK, "check expect should"),
  ...words(TRANSACTION, "group transaction"),
  __VU: "write this.index",
  __ITER: "count in a field of the user",
  __ENV: "write process.env.NAME",
  open: 'write readFileSync("FILE", "utf8"), with "readFileSync" from "node:fs"',
  ...words(JSON_ROWS, "SharedArray jsonFile"),
  ...words(CSV, "papaparse Papa"),
  Trend: 'write metrics.trend("name", "ms"), with "metrics" from "locust-ts"',
  Counter: 'write metrics.counter("name"), with "metrics" from "locust-ts"',
  Rate: 'write metrics.rate("name"), with "metrics" from "locust-ts"',
  Gauge: 'write metrics.gauge("name"), with "metrics" from "locust-ts"',
  ...words(
    'steps are statements, as "await this.client.get(…)"; what runs is known by this.index and this.environment.scenario',
    "exec execution",
  ),
  fail: 'write throw new Error("why"), or res.failure("why") of a request with catchResponse',
  randomIntBetween: "write this.random.integer(1, 9)",
  randomItem: "write this.random.choice(list)",
  uuidv4: "write crypto.randomUUID()",
  // Gatling
  scenario: "a kind of user is an exported class; several loads are export const scenarios",
  csv: CSV,
  pace: "write waitTime = constantPacing(10) in the class",
  ...words(STATEMENTS, "repeat during foreach doIf doIfOrElse doWhile asLongAs tryMax loop ifTrue"),
  ...words("write @task(70) and @task(30): tasks are chosen by weight", "randomSwitch uniformRandomSwitch"),
  ...words("write if (!res.ok) return", "exitHereIfFailed exitBlockOnFail"),
  rendezVous: BARRIER,
  ...words(ANSWER, "jsonPath jmesPath regex css xpath"),
  status: "write res.status",
  ...words(BODY, "StringBody ElFileBody RawFileBody formParam"),
  ...words(FIELDS, "session vars props context"),
  ...words(
    LOAD,
    "setUp atOnceUsers rampUsers constantUsersPerSec rampUsersPerSec stressPeakUsers constantConcurrentUsers rampConcurrentUsers nothingFor",
  ),
  // JMeter
  __Random: "write this.random.integer(1, 9)",
  __UUID: "write crypto.randomUUID()",
  __threadNum: "write this.index",
  __counter: "write feed.generate((number) => number)",
  log: LOG,
  ...words("write res, which the request returned", "prev SampleResult"),
  AssertionResult: 'write res.failure("why") of a request with catchResponse',
  assert:
    'import it from "node:assert/strict", which makes an exception of the task, or write this.check("name", condition)',
  // wrk
  wrk: REQUEST,
  // Locust and Python
  ...words(SLEEP, "time gevent"),
  random: "write this.random",
  print: 'write console.log("…")',
  logging: LOG,
  os: "write process.env.NAME",
  requests: "write await fetch(url), which is not counted",
  None: "write null",
  True: "write true",
  False: "write false",
  len: "write list.length",
  str: "write String(value)",
  int: "write Number(text)",
  self: 'the user is called "this" here',
};

/** V8 and Bun: `sleep is not defined`; JavaScriptCore by itself: `Can't find variable: sleep`. */
const NOT_THERE = /^(?:Can't find variable: ([\w$]+)|([\w$]+) is not defined)/;

/** `write await this.sleep(1)`, or undefined if the text speaks of no name that is known. */
export function hintAtName(message: string): string | undefined {
  const [, first, second] = NOT_THERE.exec(message) ?? [];
  const name = first ?? second;
  if (name === undefined) return undefined;
  if (IMPORTED_NAMES.includes(name)) return `import it: import { ${name} } from "locust-ts"`;
  return Object.hasOwn(FOREIGN_NAMES, name) ? FOREIGN_NAMES[name] : undefined;
}
