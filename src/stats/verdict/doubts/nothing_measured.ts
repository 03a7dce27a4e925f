/** Doubts about runs whose figures say nothing, or nothing of what was asked for: no request was counted, or none was answered, or none in the steady part. */
import { formatMany, formatWhole } from "../../../base/text/text.ts";
import type { RunEvidence } from "../evidence.ts";
import { type Finding, inSeconds } from "../rule.ts";

/** A wait counts from the second in which it was seen first: a shorter one is not known by its length. */
const SEEN_ONCE_MS = 1000;

/** A run without a single request has measured nothing, whatever its users did: invalid, with the cause as far as it is known. */
export function nothingCounted(evidence: RunEvidence): readonly Finding[] {
  const { requests, users } = evidence;
  if (requests > 0 || users.endedBy === "failure") return [];
  // StopTest in a setup listener, Ctrl-C while the run was prepared: there was no load yet that could have been measured.
  if (users.endedBy === "hand" && users.target > 0 && users.wanted === 0) return [];
  return [{ severity: "invalid", ...findCause(evidence) }];
}

function findCause(evidence: RunEvidence): Pick<Finding, "sentence" | "advice"> {
  const { users, starting, counts } = evidence;
  if (evidence.noScenarioBegan) {
    return {
      sentence: "No request was counted: the run ended before a scenario began",
      advice: "raise -t, or give a scenario an earlier startAfter",
    };
  }
  if (users.target === 0 && evidence.plannedArrivals === undefined) {
    return { sentence: "No request was counted: the run was asked for 0 users", advice: "ask for users with -u" };
  }
  if (evidence.plannedArrivals !== undefined && counts.arrivals.asked === 0) {
    return {
      sentence: "No request was counted: 0 arrivals were due before the end",
      advice: "raise the arrival rate or -t",
    };
  }
  if (users.reached === 0 && users.target > 0) {
    return {
      sentence: `No request was counted: none of ${formatMany(users.target, "user")} was running before the end`,
      advice: "raise -r or -t so that users start before the run ends",
    };
  }
  const [first] = starting;
  if (first !== undefined) {
    return {
      sentence: `No request was counted: onStart of ${first.userClass} has not ended${
        first.longestMs < SEEN_ONCE_MS ? "" : ` for ${inSeconds(first.longestMs)}`
      } in ${formatMany(first.users, "user")}`,
      advice: "check what onStart awaits, and give it a timeout",
    };
  }
  if (counts.abandoned > 0) {
    return {
      sentence: `No request was counted: ${
        formatMany(counts.abandoned, "request was", "requests were")
      } sent and none had ended at the stop`,
      advice: "let the run last longer than a request, or give --stop-timeout",
    };
  }
  if (counts.exceptions > 0) {
    return {
      sentence: `No request was counted: ${formatMany(users.reached, "user")} ran into ${
        formatMany(counts.exceptions, "exception")
      }`,
      advice: "see the exceptions",
    };
  }
  return {
    sentence: `No request was counted: ${formatMany(users.reached, "user")} ran and no task sent a request`,
    advice: "let the run last longer than the users' first wait, and check whether tasks make requests",
  };
}

/** No limit but all: a single answer with a body shows that the system was there. */
export function nothingAnswered({ requests, failures, bytes }: RunEvidence): readonly Finding[] {
  if (requests === 0 || failures < requests || bytes > 0) return [];
  return [{
    severity: "degraded",
    sentence:
      `${
        requests === 1 ? "The only request" : `All ${formatWhole(requests)} requests`
      } failed and no byte of a body came back: ` +
      "the times say nothing about the system when it answers",
    advice: "see the failures; check the host and whether the system runs",
  }];
}

const UNSTEADY = {
  ramp: () => "before its ramp was over",
  warmUp: (seconds: number) => `within its --warm-up of ${Number(seconds.toFixed(1))} s`,
  steady: () => "before a report of it had come",
} as const;

/** No limit: with a warm-up the steady part is what was to be measured, and here the figures are of what it was to leave out. */
export function steadyMissing({ requests, unsteady }: RunEvidence): readonly Finding[] {
  if (unsteady === undefined || requests === 0) return [];
  return [{
    severity: "degraded",
    sentence: `The run has no steady part: it ended ${
      UNSTEADY[unsteady.endedIn](unsteady.warmUpSeconds)
    }, so all figures are of ramp and warm-up, and thresholds have no samples`,
    advice: "give a longer -t, or a shorter --warm-up",
  }];
}
