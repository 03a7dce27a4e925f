/**
 * Doubts about a load generator that was itself late: it asked for less load than planned, and where the kernel does
 * not stamp what arrives, its own waiting is part of the response times.
 */
import type { RunEvidence } from "../evidence.ts";
import { ADD_MACHINES, BLOCKING_CODE, type Finding, howOften, inMs, isSustained } from "../rule.ts";

/** A second now and then is a garbage collection or another process; more than this share of the seconds is a state. */
const LATE_SHARE = 0.05;

/** A loop that was late by a second, again and again, measured itself. */
const STANDSTILL_MS = 1000;

/** A pause of a quarter of a second is in the p99 of everything that was in flight, even if it was the only one. */
const LONG_PAUSE_MS = 250;

export function loopLate({ workers }: RunEvidence): readonly Finding[] {
  return workers
    .filter(({ loopLate: late }) => isSustained(late, LATE_SHARE) || late.worst > LONG_PAUSE_MS)
    .map(({ id, loopLate: late, blocked }) => ({
      severity: late.worst >= STANDSTILL_MS && isSustained(late, LATE_SHARE) ? "invalid" : "degraded",
      sentence: `The event loop of ${id} was late in ${howOften(late)} (p99 up to ${inMs(late.worst)}): ` +
        "requests went out late, and response times over TLS or the runtime's sockets include this delay",
      advice: blocked.seconds * 2 < late.seconds
        ? ADD_MACHINES
        : "correct the code that blocks it first; more machines would be blocked as well",
    }));
}

/** The limits of a late loop: it is one, and this is why. What is longer is `thread-hung`. */
export function codeBlocks({ workers }: RunEvidence): readonly Finding[] {
  return workers
    .filter(({ blocked }) => isSustained(blocked, LATE_SHARE) || blocked.worst > LONG_PAUSE_MS)
    .map(({ id, blocked }) => ({
      severity: "degraded",
      sentence: `Code of the locustfile kept ${id} computing without a pause in ${howOften(blocked)} (up to ${
        inMs(blocked.worst)
      }, in ${blocked.doing}): the other users of its thread waited`,
      advice: BLOCKING_CODE,
    }));
}

/** Late starts change the load and not the response times: only a lasting state counts, and it never invalidates. */
export function startsLate({ workers }: RunEvidence): readonly Finding[] {
  return workers.filter(({ startsLate: late }) => isSustained(late, LATE_SHARE)).map(({ id, startsLate: late }) => ({
    severity: "degraded",
    sentence: `Users of ${id} woke late from their waits in ${howOften(late)} (p99 up to ${inMs(late.worst)}): ` +
      "there were fewer requests than planned",
    advice: ADD_MACHINES,
  }));
}

/** Totals and percentiles do not depend on the master's tick: it degrades, and a single pause counts from a second on. */
export function masterLate({ masterLate: late }: RunEvidence): readonly Finding[] {
  if (!isSustained(late, LATE_SHARE) && late.worst <= STANDSTILL_MS) return [];
  return [{
    severity: "degraded",
    sentence: `The master's tick was late in ${howOften(late)} (up to ${inMs(late.worst)}): ` +
      "rates over short times and the ramp are less exact",
    advice: "give the master a machine without users, or fewer workers and names",
  }];
}
