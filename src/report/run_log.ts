/** Writes the run's events as log lines, in Locust's words where it has some: scripts search for them. */
import { formatAmount, formatCounts } from "../base/text/text.ts";
import { formatElapsed } from "../base/units.ts";
import { shortenRate } from "../load/arrivals/arrival_rate.ts";
import { describeScenario } from "../load/scenarios/describe_scenario.ts";
import type { ScenarioMoment } from "../load/scenarios/scenario_progress.ts";
import { describeAim, describeStep } from "./tables/capacity_tables.ts";
import type { Logger } from "../base/logger.ts";
import { describeUrlGroups } from "../stats/groups/url_groups.ts";
import { describeMeasured } from "../stats/thresholds/describe_status.ts";
import { describeStopReason } from "../master/stop_reason.ts";
import type { DrainingWorker, RunEvent, RunEventSink, WorkerTrouble } from "../master/run_event.ts";
import { LOCAL_WORKER_ID } from "../protocol/worker_message.ts";

/** The two parts of Locust that speak of a run, by the names of their loggers. */
export interface RunLoggers {
  readonly main: Logger;
  readonly runners: Logger;
}

export function createRunLog(loggers: RunLoggers): RunEventSink {
  let isShaped = false;
  let isStopping = false;
  /** There are arrivals alone, and no users to be spawned. */
  let isOpen = false;
  /** They say by themselves when they begin and end. */
  let hasScenarios = false;
  let userClasses: readonly string[] = [];
  let targets: NonNullable<Extract<RunEvent, { kind: "runStarted" }>["targets"]> = [];
  let isGrouped = false;
  const logThresholds = createThresholdLog(loggers.runners);
  return (event) => {
    if (event.kind === "ticked" || event.kind === "runEnded") logThresholds(event);
    if (event.kind === "ticked" && !isGrouped) {
      for (const line of describeUrlGroups(event.snapshot.urlGroups ?? [])) {
        isGrouped = true;
        loggers.runners.info(line);
      }
    }
    if (event.kind === "runStarted") {
      isShaped = event.shape !== undefined;
      hasScenarios = event.scenarios !== undefined;
      isOpen = event.arrivals !== undefined && event.targetUsers === 0;
      userClasses = event.userClasses;
      targets = event.targets ?? [];
      isStopping = isGrouped = false;
    }
    if ((event.kind === "rampStarted" || event.kind === "rampCompleted") && (isOpen || hasScenarios)) return;
    if (event.kind === "rampStarted" && isShaped) {
      loggers.runners.info(`Shape test updating to ${event.users} users at ${event.spawnRate.toFixed(2)} spawn rate`);
    }
    if (event.kind === "runEnded" && event.capacity !== undefined) loggers.main.info(event.capacity.sentence);
    if (event.kind === "stopping") isStopping = true;
    logEvent(loggers, { userClasses, isStopping }, event);
    if (event.kind !== "rampCompleted" || isShaped) return;
    for (const { userClass, rate } of targets.filter((each) => (event.usersByClass[each.userClass] ?? 0) === 0)) {
      loggers.runners.warning(
        `No user of "${userClass}" runs: its target rate of ${
          shortenRate(rate)
        } starts nothing; raise -u, or the weight of the class`,
      );
    }
  };
}

interface LoggedRun {
  readonly userClasses: readonly string[];
  readonly isStopping: boolean;
}

function logEvent({ main, runners: logger }: RunLoggers, run: LoggedRun, event: RunEvent): void {
  switch (event.kind) {
    case "runStarted":
      return logStart({ main, runners: logger }, event);
    case "rampStarted":
      // Locust's words, which programs look for: "users" and "workers" of one, too.
      return logger.info(`Ramping to ${event.users} users at a rate of ${event.spawnRate.toFixed(2)} per second`);
    case "rampCompleted":
      return logger.info(
        `All users spawned: ${formatCounts(event.usersByClass, run.userClasses)} (${event.users} total users)`,
      );
    case "workerJoined":
      return logger.info(
        `${event.workerId} (index ${event.index}) reported as ready. ${event.workers} workers connected.`,
      );
    case "workerMissing":
      return logger.warning(
        `Worker ${event.workerId} has been silent for ${Math.round(event.silentMs / 1000)} s` +
          `${event.brokenBy === undefined ? "" : ` since its link ended (${event.brokenBy})`} and counts as missing; ` +
          describeLostUsers(event, run),
      );
    case "workerReturned":
      return logger.info(`Worker ${event.workerId} is back after ${Math.round(event.awayMs / 1000)} s`);
    case "workerTroubled":
      return logTrouble(logger, event.workerId, event.trouble);
    case "workerLeft":
      return logger.info(`Worker ${event.workerId} left: ${event.reason}`);
    case "statsReset":
      return logger.info("Statistics were reset");
    case "scenarioMoved":
      return logScenario(logger, event.scenario);
    case "capacityStep":
      return logger.info(describeStep(event.step));
    case "rateChanged":
      return logger.info(`${event.of === "targets" ? "Target rate" : "Arrivals"}: ${shortenRate(event.rate)}`);
    case "hostChanged":
      return logger.info(
        event.host === null ? "Users take the hosts of their classes" : `Users take another host: ${event.host}`,
      );
    case "optionsChanged":
      return logger.info(`Options from now on: ${describeOptions(event.options)}`);
    case "stopping":
      if (event.reason.kind === "runTime") return main.info("--run-time limit reached, shutting down");
      if (event.reason.kind === "shapeFailed" || event.reason.kind === "failed") {
        return logger.critical(`Stopping the run: ${describeStopReason(event.reason)}`);
      }
      return logger.info(`Stopping the run: ${describeStopReason(event.reason)}`);
    case "draining":
      return logDraining(logger, event.workers);
    case "phaseBegan":
    case "sampled":
    case "traced":
    case "failuresTimed":
    case "ticked":
    case "runEnded":
    case "exitCodeDecided":
      return;
  }
}

/** What the load of the run is, and when it ends. */
function logStart({ main, runners }: RunLoggers, event: Extract<RunEvent, { kind: "runStarted" }>): void {
  for (const scenario of event.scenarios ?? []) {
    main.info(`Scenario ${scenario.name}: ${describeScenario(scenario)}`);
  }
  for (const { userClasses: names, rate, maxUsers } of event.arrivals ?? []) {
    main.info(
      `Arrivals of ${names.join(", ")}: ${shortenRate(rate)}, on at most ${formatAmount(maxUsers, "user")}`,
    );
  }
  for (const { name, kind, count } of event.iterations ?? []) {
    const of = name === "" ? "" : ` of ${name}`;
    main.info(`Iterations${of}: ${count} ${kind === "shared" ? "in all" : "of each user"}`);
  }
  for (const { userClass, rate } of event.targets ?? []) {
    main.info(`Target rate of ${userClass}: ${shortenRate(rate)}, of all its users together`);
  }
  if (event.shape !== undefined) return runners.info("Shape test starting.");
  if (event.capacity !== undefined) main.info(describeAim(event.capacity));
  if (event.runTimeSeconds !== null) return main.info(`Run time limit set to ${event.runTimeSeconds} seconds`);
  if (event.capacity !== undefined) return; // a search ends by itself
  const end = event.iterations === undefined ? "" : "the run ends with its iterations; ";
  main.info(`No run time limit set, ${end}use CTRL+C to interrupt`);
}

function logScenario(logger: Logger, { name, state, startMs = 0, overMs = 0, endMs = 0 }: ScenarioMoment): void {
  switch (state) {
    case "waiting":
      return;
    case "running":
      return logger.info(`Scenario ${name} begins`);
    case "ending":
      return logger.info(`Scenario ${name} is over after ${inSeconds(overMs - startMs)}; its users end`);
    case "ended":
      return logger.info(`Scenario ${name} has ended after ${inSeconds(endMs - startMs)}`);
  }
}

/** To the nearest second. */
function inSeconds(ms: number): string {
  return formatElapsed(Math.round(ms / 1000) * 1000);
}

/** A figure over the whole run says little before. */
const QUIET_SECONDS = 10;

/** Logs each condition that turns broken, and each that recovers. Statuses come in the same order at each tick. */
function createThresholdLog(logger: Logger): (event: Extract<RunEvent, { kind: "ticked" | "runEnded" }>) => void {
  let reported: readonly boolean[] = [];
  return ({ kind, thresholds = [], snapshot }) => {
    const isEarly = kind === "ticked" && snapshot.elapsedMs < QUIET_SECONDS * 1000;
    reported = thresholds.map((status, i) => {
      const wasBroken = reported[i] ?? false;
      const isBroken = status.state === "broken";
      if (isBroken && !wasBroken && isEarly && status.windowSeconds === null) return false;
      if (isBroken && !wasBroken) {
        logger.warning(`Threshold "${status.expression}" is broken: ${describeMeasured(status)}`);
      }
      if (!isBroken && wasBroken) {
        logger.info(`Threshold "${status.expression}" is met again: ${describeMeasured(status)}`);
      }
      return isBroken;
    });
  };
}

/** So many workers are named; the rest is a number. */
const MAX_NAMED = 5;

function describeOptions(options: Readonly<Record<string, unknown>>): string {
  return Object.entries(options).map(([name, value]) => `${name} ${String(value)}`).join(", ");
}

function logDraining(logger: Logger, workers: readonly DrainingWorker[]): void {
  const seconds = Math.ceil(Math.max(0, ...workers.map(({ atMostMs }) => atMostMs)) / 1000);
  const [only] = workers;
  if (only?.id === LOCAL_WORKER_ID) {
    const what = only.users > 0 ? `${formatUsers(only.users)} to finish` : "listeners of testStop and the last numbers";
    return logger.info(`Waiting for ${what}, at most ${seconds} s`);
  }
  const names = workers.slice(0, MAX_NAMED).map(({ id, state, users }) =>
    `${id} (${state === "missing" ? "missing" : `${formatUsers(users)} left`})`
  );
  if (workers.length > MAX_NAMED) names.push(`${workers.length - MAX_NAMED} more`);
  logger.info(
    `Waiting for the last numbers of worker${workers.length > 1 ? "s" : ""} ${names.join(", ")}, at most ${seconds} s`,
  );
}

function describeLostUsers(
  { users, ended = 0, serving = 0 }: Extract<RunEvent, { kind: "workerMissing" }>,
  { isStopping }: LoggedRun,
): string {
  if (users === 0) return "it had no users";
  if (isStopping) return `it had ${formatUsers(users)} that had to end`;
  const moved = users - ended - serving;
  const fates = [
    ...(moved === 0 ? [] : [`its ${formatAmount(moved, "user goes", "users go")} to the others`]),
    ...(serving === 0
      ? []
      : [`its ${formatUsers(serving)} in use served arrivals, which the others start from now on`]),
    ...(ended === 0
      ? []
      : [`its ${formatUsers(ended)} with iterations of their own ${isOrAre(ended)} not started again`]),
  ];
  return fates.join(", ");
}

function isOrAre(count: number): string {
  return count === 1 ? "is" : "are";
}

function formatUsers(users: number): string {
  return formatAmount(users, "user");
}

const OLDER_WORDS: Readonly<Record<Extract<WorkerTrouble, { kind: "isOlder" }>["lacks"], string>> = {
  arrivals: "and gets no arrivals",
  targets: "and its users keep no target rate",
  scenarios: "that does not support scenarios, and gets no users",
  iterations: "that does not support a number of iterations, and gets no users",
};

function logTrouble(logger: Logger, workerId: string, trouble: WorkerTrouble): void {
  switch (trouble.kind) {
    case "linkBroke":
      return logger.info(
        `The link to worker ${workerId} ended: ${trouble.reason}; it keeps its users if it reconnects at once`,
      );
    case "wasSilent":
      return logger.info(
        `Worker ${workerId} was silent for ${Math.round(trouble.silentMs / 1000)} s and kept its users`,
      );
    case "isOlder":
      return logger.warning(
        `Worker ${workerId} is of an older version ${OLDER_WORDS[trouble.lacks]}; install the master's version there`,
      );
    case "threadHung":
      if (workerId === LOCAL_WORKER_ID) return; // it has a log of its own, which is this one
      return logger.warning(
        `Thread ${trouble.thread} of worker ${workerId} hangs in ${trouble.doing}: its users are blocked`,
      );
  }
}
