/**
 * Translates what people write into a scenario who have written those of k6, Gatling, Artillery or Locust's command
 * line: which of our keys is meant, with their values where these are plain. Pure.
 */
import { nearest } from "../../base/hints/near_miss.ts";

type Given = Readonly<Record<string, unknown>>;

const words = (advice: string, keys: string) => Object.fromEntries(keys.split(" ").map((key) => [key, advice]));

/** Keys that one of ours stands for. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  ...words("users", "exec user userClass userClasses class classes"),
  ...words("userCount", "vus u concurrency connections clients numUsers constantConcurrentUsers"),
  ...words("spawnRate", "r hatchRate rampRate"),
  ...words("arrivalRate", "rate startRate rps qps requestsPerSecond constantUsersPerSec"),
  ...words("maxUsers", "maxVUs maxVusers preAllocatedVUs"),
  ...words("stages", "startVUs rampUp steps"),
  ...words("startAfter", "startTime start startDelay delay offset after andThen dependsOn waitFor nothingFor pause"),
  ...words("runTime", "duration during maxDuration time t"),
  ...words("iterations", "count n requests"),
  ...words("host", "url baseUrl baseURL target"),
  ...words("options", "env args variables parsedOptions"),
};

const LEAVE = "; leave it out";
const ON_STOP = `it is --stop-timeout, of all scenarios together${LEAVE}`;
const BY_STAGES = 'write arrivalRate: "0s:5/s, 60s:50/s", one stage after the other';
const BY_CLASS = `it is what the tasks of its class do${LEAVE}`;
const OF_CLASS = `it belongs to the class${LEAVE}`;
const HOOKS = "write onStart or onStop in its class, or a scenario that others start after";
const LIMITS = `thresholds are exported beside the scenarios, as in "scenario browse: p95 < 300ms"${LEAVE}`;
const OF_RUN = `it belongs to the whole run: an option of the command line${LEAVE}`;
const STEPS = 'the load is one of arrivalRate: "10/s", stages: "1m:100, 5m:100" and userCount: 10';

/** Keys that no one key of ours stands for: what to do. */
const OTHER_KEYS: Readonly<Record<string, string>> = {
  ...words(ON_STOP, "gracefulStop gracefulRampDown stopTimeout"),
  timeUnit: `it is a part of the rate, as in arrivalRate: "30/m"${LEAVE}`,
  ...words(BY_STAGES, "phases rampTo rampUsersPerSec stressPeakUsers incrementUsersPerSec"),
  ...words(STEPS, "inject injectOpen injectClosed rampConcurrentUsers incrementConcurrentUsers"),
  rampUsers: 'write arrivalRate: "300/m", iterations: 300',
  heavisideUsers: BY_STAGES,
  atOnceUsers: "write userCount: 50, spawnRate: 1000, iterationsPerUser: 1",
  arrivalCount: "write iterations beside an arrivalRate",
  ...words("classes share the load by their static weight; leave it out", "weight fixedCount"),
  ...words(LIMITS, "thresholds assertions ensure slo expect"),
  ...words(BY_CLASS, "flow tasks engine protocols http requestsList"),
  ...words(HOOKS, "before setup teardown beforeScenario afterScenario onStart onStop"),
  ...words(`${OF_CLASS}: static targetRate = "50/s"`, "throttle reachRps"),
  ...words(`${OF_CLASS}: waitTime = between(1, 2)`, "waitTime think thinkTime pace exponentialPauses"),
  ...words(`${OF_CLASS}: ${'rows = feed.csv("users.csv")'}`, "payload feed feeder data"),
  ...words(OF_RUN, "shape seed warmUp threads processes workers plugins"),
  name: "a scenario is named by its key, as in { browse: { users: Visitor } }",
  ...words('write runTime, counted from its own start, as in runTime: "4m"', "end stop until endTime stopAfter"),
};

/** What each executor of k6 is here, and how the scenario is written in our keys. */
const EXECUTORS: Readonly<Record<string, (given: Given) => string>> = {
  "shared-iterations": (given) => `${writeUsers(given)}, iterations: ${writeNumber(given["iterations"], 200)}`,
  "per-vu-iterations": (given) => `${writeUsers(given)}, iterationsPerUser: ${writeNumber(given["iterations"], 20)}`,
  "constant-vus": (given) => `${writeUsers(given)}, runTime: ${writeText(given["duration"], "1m")}`,
  "ramping-vus": (given) => `stages: ${writeStages(given["stages"], given) ?? '"0s:5, 30s:10, 1m:50"'}`,
  "constant-arrival-rate": (given) =>
    `arrivalRate: "${writeNumber(given["rate"], 30)}/${unitOf(given)}", runTime: ${writeText(given["duration"], "1m")}`,
  "ramping-arrival-rate": (given) => `arrivalRate: ${writeStages(given["stages"], given) ?? '"0s:5/s, 1m:50/s"'}`,
};

/** What to do about a key that is none of ours. */
export function adviseKey(key: string, given: Given, keys: readonly string[]): string {
  if (key === "executor") return adviseExecutor(given);
  const plain = key.replace(/[-_]+([a-z])/g, (_, letter: string) => letter.toUpperCase());
  if (keys.includes(plain)) return `did you mean "${plain}"?`;
  if (Object.hasOwn(OTHER_KEYS, plain)) return OTHER_KEYS[plain] as string;
  const meant = Object.hasOwn(OTHER_WORDS, plain) ? OTHER_WORDS[plain] : nearest(key, keys);
  return meant === undefined ? `the keys are ${keys.join(", ")}` : `did you mean "${meant}"?`;
}

function adviseExecutor(given: Given): string {
  const executor = String(given["executor"]);
  if (executor === "externally-controlled") {
    return "users that are changed by hand need no scenarios: the web UI and keys change their number";
  }
  const write = Object.hasOwn(EXECUTORS, executor) ? EXECUTORS[executor] : undefined;
  if (write === undefined) return `it follows from userCount, stages, arrivalRate and iterations${LEAVE}`;
  return `${executor} is ${write(given)} here`;
}

/** A list of stages, k6's or our own as objects, as the text that is expected; undefined: it is something else. */
export function writeStages(value: unknown, scenario: Given): string | undefined {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  const isRate = list === scenario["arrivalRate"] || isOpen(scenario);
  const unit = isRate ? `/${unitOf(scenario)}` : "";
  const stages = list.map((each) => {
    const { duration, durationSeconds, target, users }: Given = typeof each === "object" && each !== null
      ? each as Given
      : {};
    const length = duration ?? durationSeconds;
    const goal = target ?? users;
    if (!(typeof length === "string" || typeof length === "number") || typeof goal !== "number") return undefined;
    return `${typeof length === "number" ? `${length}s` : length}:${goal}${unit}`;
  });
  if (stages.length === 0 || stages.includes(undefined)) return undefined;
  const start = isRate ? scenario["startRate"] : scenario["startVUs"];
  return `"${[...(typeof start === "number" && start > 0 ? [`0s:${start}${unit}`] : []), ...stages].join(", ")}"`;
}

function isOpen({ executor, startRate, timeUnit }: Given): boolean {
  return startRate !== undefined || timeUnit !== undefined || /arrival/.test(String(executor));
}

/** `s` of k6's `timeUnit: "1s"`. */
function unitOf({ timeUnit }: Given): string {
  return typeof timeUnit === "string" && /^\d*(ms|s|m|h)$/.test(timeUnit) ? timeUnit.replace(/^1(?=[a-z])/, "") : "s";
}

function writeUsers({ vus }: Given): string {
  const count = writeNumber(vus, 1);
  return `userCount: ${count}, spawnRate: ${count}`;
}

function writeNumber(value: unknown, example: number): number {
  return typeof value === "number" ? value : example;
}

function writeText(value: unknown, example: string): string {
  return JSON.stringify(typeof value === "string" ? value : example);
}
