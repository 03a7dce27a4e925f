/** Doubts about a machine that had nothing left for the load. */
import type { RunEvidence } from "../evidence.ts";
import { type Finding, howOften, isSustained } from "../rule.ts";

/** Load comes in waves, and a full second costs only the requests in it: from a fifth of the run on it shapes the figures. */
const FULL_SHARE = 0.2;

export function cpuFull({ workers }: RunEvidence): readonly Finding[] {
  return workers.filter(({ cpuFull: full }) => isSustained(full, FULL_SHARE)).map(({ id, cpuFull: full }) => ({
    severity: "degraded",
    sentence: `The CPU of ${id}'s machine was above 90 % in ${howOften(full)} (up to ${Math.round(full.worst)} %)`,
    advice: "start fewer users here, add machines with --worker, or run the system under test elsewhere",
  }));
}
