/** Doubts about users that were asked for and did not run. */
import { formatMany, formatWhole } from "../../../base/text/text.ts";
import type { RunEvidence } from "../evidence.ts";
import type { Finding } from "../rule.ts";

/** Below half of the users the figures describe another test than the one that was asked for. */
const MIN_SHARE_OF_USERS = 0.5;

/** No limit: a completed ramp with fewer users than its target is the configuration's own contradiction. */
export function usersUnplaceable({ users: { target, placeable } }: RunEvidence): readonly Finding[] {
  if (placeable === undefined) return [];
  return [{
    severity: "degraded",
    sentence: `The user classes took ${formatWhole(placeable)} of ${
      formatMany(target, "user")
    }: all of them have a fixedCount`,
    advice: `ask for ${placeable} with -u, or give a class a weight instead of its fixedCount`,
  }];
}

/**
 * Every missing user is a doubt: the load was not the one that was asked for. It invalidates a run that ended by its
 * plan with less than half of what its ramp had asked for by then; a person who ends a run early knows that it was not
 * complete.
 */
export function usersMissing(
  { users: { target, wanted, reached, endedBy, placeable, areLimited } }: RunEvidence,
): readonly Finding[] {
  if (reached >= (placeable ?? target) || (areLimited === true && endedBy === "plan")) return [];
  if (endedBy !== "plan") {
    return [{
      severity: "degraded",
      sentence: `The run was ended when ${formatWhole(reached)} of ${formatMany(target, "user")} had started`,
      advice: "let the ramp end to get figures of the whole load",
    }];
  }
  return [{
    severity: reached < wanted * MIN_SHARE_OF_USERS ? "invalid" : "degraded",
    sentence: `Only ${formatWhole(reached)} of ${formatMany(target, "user")} ever ran at the same time`,
    advice: "raise -r or -t so that the ramp ends before the run does, and look for users that ended early",
  }];
}

/** No limit: the load fell with each of them. Half of the users gone is another test than the one that was asked for. */
export function usersLost({ counts: { lostUsers }, users: { reached } }: RunEvidence): readonly Finding[] {
  if (lostUsers === 0) return [];
  return [{
    severity: lostUsers >= reached * MIN_SHARE_OF_USERS ? "invalid" : "degraded",
    sentence: `An exception ended ${formatWhole(lostUsers)} of ${formatMany(reached, "user")} while the load ran`,
    advice: "see the exceptions: a wait time must not throw, and without catchExceptions each error ends its user",
  }];
}

/** No limit: each of these users made no load. */
export function startsFailed({ counts: { failedStarts } }: RunEvidence): readonly Finding[] {
  if (failedStarts === 0) return [];
  return [{
    severity: "degraded",
    sentence: `${formatMany(failedStarts, "user")} ended in the constructor or in onStart and made no load`,
    advice: "see the exceptions",
  }];
}
