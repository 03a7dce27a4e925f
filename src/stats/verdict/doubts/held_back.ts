/** Doubts about requests that waited on the generator's side: for an address, for a connection, for garbage to be collected. */
import { formatMany } from "../../../base/text/text.ts";
import { SLOW_LOOKUP_MS } from "../../../protocol/health_message.ts";
import type { RunEvidence, WorkerEvidence } from "../evidence.ts";
import { ADD_MACHINES, type Finding, howOften, inMs, inSeconds, isSustained } from "../rule.ts";

/** One request in a hundred moves the p99, the highest percentile that most readers look at. */
const FELT_SHARE = 0.01;

/**
 * A resolver that did not answer is asked again after seconds: even one request that waited for it is an outlier of
 * that size.
 */
const LOOKUP_TIMEOUT_MS = 1000;

/** Below a millisecond a wait is within the spread of any target. */
const MIN_QUEUE_MS = 1;

/** The limits of a late loop: a pause for garbage is one. */
const PAUSE_SHARE = 0.05;
const LONG_PAUSE_MS = 250;

const included = (requests: number) =>
  requests === 1 ? "its response time includes it" : "their response times include it";

export function lookUpsSlow({ workers }: RunEvidence): readonly Finding[] {
  return workers.filter((worker) => {
    const { slowLookUps, lookUpMs } = worker.friction;
    return lookUpMs >= LOOKUP_TIMEOUT_MS || isFelt(slowLookUps, worker);
  }).map(({ id, friction: { slowLookUps, lookUpMs } }) => ({
    severity: "degraded",
    sentence:
      `${formatMany(slowLookUps, "request")} of ${id} waited more than ${SLOW_LOOKUP_MS} ms for the address of ${
        slowLookUps === 1 ? "its" : "their"
      } host ` +
      `(up to ${lookUpMs < LOOKUP_TIMEOUT_MS ? inMs(lookUpMs) : inSeconds(lookUpMs)}): ${included(slowLookUps)}`,
    advice: "use a nearer name server, write the address into /etc/hosts, or raise dnsTtl",
  }));
}

export function concurrencyLimit({ workers }: RunEvidence): readonly Finding[] {
  return workers.filter((worker) => {
    const { queued, queuedMs } = worker.friction;
    return queuedMs >= MIN_QUEUE_MS && isFelt(queued, worker);
  }).map(({ id, friction: { queued, queuedMs } }) => ({
    severity: "degraded",
    sentence: `${formatMany(queued, "request")} of ${id} waited for a free connection (up to ${
      inMs(queuedMs)
    }), because the concurrency of ${queued === 1 ? "its" : "their"} user or pool was used up: ${included(queued)}`,
    advice: "raise concurrency of the user class or pool, unless its clients really have so few connections",
  }));
}

export function gcPauses({ workers }: RunEvidence): readonly Finding[] {
  return workers.filter(({ gcPauses: pauses }) => isSustained(pauses, PAUSE_SHARE) || pauses.worst > LONG_PAUSE_MS)
    .map(({ id, gcPauses: pauses }) => ({
      severity: "degraded",
      sentence: `Garbage collection held up the event loop of ${id} in ${howOften(pauses)} (for up to ${
        inMs(pauses.worst)
      } of a pause): requests went out late, and response times over TLS or the runtime's sockets include them`,
      advice: `keep less in memory in the locustfile and create fewer objects per request, or ${ADD_MACHINES}`,
    }));
}

/** A worker whose requests are not known is judged by the fact alone. */
function isFelt(count: number, { work }: WorkerEvidence): boolean {
  return count > 0 && count > (work?.requests ?? 0) * FELT_SHARE;
}
