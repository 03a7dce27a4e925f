/**
 * Doubts about workers that were away. No limits: each of them changed the load, and how long a silence must be to
 * count as an absence is decided by the master's roster.
 */
import { formatMany } from "../../../base/text/text.ts";
import type { AbsentWorker, RunEvidence } from "../evidence.ts";
import { type Finding, inSeconds } from "../rule.ts";

const READ_ITS_LOG = "look into that worker's log and its machine's memory";

/** With the last worker the load was gone: what came after is unknown. */
export function workersGone({ absent, workers }: RunEvidence): readonly Finding[] {
  const lost = absent.filter(({ kind }) => kind === "lost");
  if (lost.length === 0 || !workers.every(({ id }) => lost.some((worker) => worker.id === id))) return [];
  return [{
    severity: "invalid",
    sentence: `${
      lost.length === 1 ? `The only worker, ${lost[0]?.id}, was` : `All ${lost.length} workers were`
    } gone at the end: there was no load`,
    advice: "look into the workers' logs for why they left",
  }];
}

export function numbersMissing({ absent }: RunEvidence): readonly Finding[] {
  return absent.filter((worker) => worker.kind === "lost" && worker.numbers === "undelivered").map(
    ({ id, users, awayMs }) => ({
      severity: "degraded",
      sentence: `Worker ${id} was lost ${describeTime(awayMs)} with ${
        formatMany(users, "user")
      }: its last requests are not counted`,
      advice: READ_ITS_LOG,
    }),
  );
}

export function workerLost({ absent }: RunEvidence): readonly Finding[] {
  return absent.filter((worker) => worker.kind === "lost" && worker.numbers === "complete").map((worker) => ({
    severity: "degraded",
    sentence: describeLoss(worker),
    advice: READ_ITS_LOG,
  }));
}

export function workerAway({ absent }: RunEvidence): readonly Finding[] {
  return absent.filter(({ kind }) => kind === "returned").map(({ id, users, awayMs, numbers }) => ({
    severity: "degraded",
    sentence: `Worker ${id} was away for ${inSeconds(awayMs)} with ${formatMany(users, "user")}; ${
      numbers === "complete" ? "all of its requests are counted" : "some of its requests are not counted"
    }`,
    advice: "look at the network between master and worker",
  }));
}

/** Of the load; one that answered until then and never delivered was lost with it. */
function describeTime(awayMs: number): string {
  return awayMs < 50 ? "at the end" : `${inSeconds(awayMs)} before the end`;
}

function describeLoss({ id, users, awayMs }: AbsentWorker): string {
  return users === 0
    ? `Worker ${id} left during the run; its requests are counted`
    : `Worker ${id} left ${describeTime(awayMs)} with ${formatMany(users, "user")}: the others took them over`;
}
