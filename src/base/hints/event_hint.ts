/**
 * Advice on events that there are not: Locust's former ones, Locust's names as Python writes them, and mistyped ones. Reads what Bun says
 * of `events.testStarted.addListener(…)`; V8 does not name the event.
 */
import { nearest } from "./near_miss.ts";
import { toCamelCase } from "./spelling_hint.ts";

/** As `events` has them. */
export const EVENT_NAMES = [
  "initCommandLineParser",
  "init",
  "testStart",
  "testStopping",
  "testStop",
  "spawningComplete",
  "request",
  "userError",
  "runSetup",
  "runTeardown",
  "reportToMaster",
  "workerReport",
  "workerConnect",
  "heartbeatSent",
  "heartbeatReceived",
  "resetStats",
  "runEvent",
  "usageMonitor",
  "cpuWarning",
  "quitting",
  "quit",
] as const;

/** Former names of Locust, and words of other tools, by ours. */
const WORDS: Readonly<Record<string, (typeof EVENT_NAMES)[number]>> = {
  requestSuccess: "request",
  requestFailure: "request",
  response: "request",
  hatchComplete: "spawningComplete",
  locustError: "userError",
  slaveReport: "workerReport",
  locustInit: "init",
  setup: "runSetup",
  teardown: "runTeardown",
  exit: "quitting",
};

const OF_EVENTS = /(?:^|evaluating ')events\.([a-zA-Z]\w*)(?:\.|\(| is not a function)/;

/** `there is no event "testStarted"; write events.testStart`, or undefined where the text speaks of no such event, or nothing is near. */
export function hintAtEvent(message: string): string | undefined {
  const written = OF_EVENTS.exec(message)?.[1];
  if (written === undefined || EVENT_NAMES.some((name) => name === written)) return undefined;
  const name = toCamelCase(written);
  const meant = (Object.hasOwn(WORDS, name) ? WORDS[name] : undefined) ?? nearest(name, EVENT_NAMES);
  return meant === undefined ? undefined : `there is no event "${written}"; write events.${meant}`;
}
