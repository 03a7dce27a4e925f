/** Doubts about threads of a worker that stopped answering. */
import type { RunEvidence } from "../evidence.ts";
import { BLOCKING_CODE, type Finding, inSeconds } from "../rule.ts";

/**
 * The watch over the threads decides from when on a thread counts as hung; here there is no further limit. One that
 * hung until the end never delivered its last numbers, so the run is invalid.
 */
export function threadHung({ hung }: RunEvidence): readonly Finding[] {
  return hung.map(({ workerId, thread, doing, silentMs, now }) => ({
    severity: now === "hung" ? "invalid" : "degraded",
    sentence: `Thread ${thread} of ${workerId} hung in ${doing} for ${inSeconds(silentMs)}${
      now === "hung" ? " until the end: its users did nothing" : ": its users did nothing in that time"
    }`,
    advice: BLOCKING_CODE,
  }));
}
