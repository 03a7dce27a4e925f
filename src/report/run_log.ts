/** The run's events as log lines, in Locust's words where it has some: scripts grep for them. */
import type { Logger } from "../base/logger.ts";
import { describeStopReason } from "../master/stop_reason.ts";
import type { RunEvent, RunEventSink, WorkerTrouble } from "../master/run_event.ts";
import { LOCAL_WORKER_ID } from "../protocol/worker_message.ts";

export function createRunLog(logger: Logger): RunEventSink {
  return (event) => logEvent(logger, event);
}

function logEvent(logger: Logger, event: RunEvent): void {
  switch (event.kind) {
    case "runStarted":
      if (event.runTimeSeconds !== null) logger.info(`Run time limit set to ${event.runTimeSeconds} seconds`);
      if (event.shape !== undefined) logger.info("Shape test starting.");
      return;
    case "rampStarted":
      return logger.info(`Ramping to ${event.users} users at a rate of ${event.spawnRate.toFixed(2)} per second`);
    case "rampCompleted":
      return logger.info(`All users spawned: ${formatUsers(event.usersByClass)} (${event.users} total users)`);
    case "workerJoined":
      return logger.info(
        `${event.workerId} (index ${event.index}) reported as ready. ${event.workers} workers connected.`,
      );
    case "workerMissing":
      return logger.warning(
        `Worker ${event.workerId} has been silent for ${Math.round(event.silentMs / 1000)} s` +
          `${event.brokenBy === undefined ? "" : ` since its link ended (${event.brokenBy})`} and counts as missing; ` +
          `its ${event.users} users go to the others`,
      );
    case "workerReturned":
      return logger.info(`Worker ${event.workerId} is back after ${Math.round(event.awayMs / 1000)} s`);
    case "workerTroubled":
      return logTrouble(logger, event.workerId, event.trouble);
    case "workerLeft":
      return logger.info(`Worker ${event.workerId} left: ${event.reason}`);
    case "statsReset":
      return logger.info("Statistics were reset");
    case "stopping":
      if (event.reason.kind === "runTime") return logger.info("--run-time limit reached, shutting down");
      if (event.reason.kind === "shapeFailed" || event.reason.kind === "failed") {
        return logger.critical(`Stopping the run: ${describeStopReason(event.reason)}`);
      }
      return logger.info(`Stopping the run: ${describeStopReason(event.reason)}`);
    case "ticked":
    case "runEnded":
      return;
  }
}

function logTrouble(logger: Logger, workerId: string, trouble: WorkerTrouble): void {
  switch (trouble.kind) {
    case "linkBroke":
      return logger.info(
        `The link to worker ${workerId} ended: ${trouble.reason}; it keeps its users if it dials again at once`,
      );
    case "wasSilent":
      return logger.info(
        `Worker ${workerId} was silent for ${Math.round(trouble.silentMs / 1000)} s and kept its users`,
      );
    case "threadHung":
      if (workerId === LOCAL_WORKER_ID) return; // it has a log of its own, which is this one
      return logger.warning(
        `Thread ${trouble.thread} of worker ${workerId} hangs in ${trouble.doing}: its users stand still`,
      );
  }
}

/** `{"Buyer": 3, "Visitor": 7}`, sorted by name: as Locust prints it. */
function formatUsers(users: Readonly<Record<string, number>>): string {
  const names = Object.keys(users).filter((name) => (users[name] ?? 0) > 0).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}: ${users[name]}`).join(", ")}}`;
}
