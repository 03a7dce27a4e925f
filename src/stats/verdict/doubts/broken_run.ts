/**
 * Doubts about runs of which a part failed: the run itself, its journal, its listeners. No limits: each such failure is
 * one too many.
 */
import { formatMany, formatWhole } from "../../../base/text/text.ts";
import type { RunEvidence } from "../evidence.ts";
import type { Finding } from "../rule.ts";

export function runBroken({ requests, users: { endedBy } }: RunEvidence): readonly Finding[] {
  if (endedBy !== "failure") return [];
  return [{
    severity: requests === 0 ? "invalid" : "degraded",
    sentence: `A failure ended the run before its time, after ${formatMany(requests, "request")}`,
    advice: "correct the failure above, and run it again",
  }];
}

export function journalIncomplete({ skippedDeltas }: RunEvidence): readonly Finding[] {
  if (skippedDeltas === 0) return [];
  return [{
    severity: "degraded",
    sentence:
      `${formatWhole(skippedDeltas)} reports of workers are not in the journal that the run was resumed from: ` +
      "their requests are not counted",
    advice: "see whether the disk of the journal was full, or the machine lost power",
  }];
}

export function listenersFailed({ failedListeners }: RunEvidence): readonly Finding[] {
  if (failedListeners === 0) return [];
  return [{
    severity: "degraded",
    sentence: `${
      formatMany(failedListeners, "call of event listeners", "calls of event listeners")
    } failed: their set-up or checks may be missing`,
    advice: "see the log",
  }];
}
