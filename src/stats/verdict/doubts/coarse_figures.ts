/** Doubts about figures that cannot be as fine as they look. */
import { formatMany } from "../../../base/text/text.ts";
import type { RunEvidence } from "../evidence.ts";
import type { Finding } from "../rule.ts";

/** Response times are promised to 0.2 ms: a clock with larger steps cannot keep that. */
const MAX_CLOCK_STEP_MS = 0.2;

export function clockCoarse({ workers }: RunEvidence): readonly Finding[] {
  return workers.filter(({ friction }) => friction.clockStepMs > MAX_CLOCK_STEP_MS).map(({ id, friction }) => ({
    severity: "degraded",
    sentence: `The clock of ${id} moves in steps of ${
      friction.clockStepMs.toPrecision(2)
    } ms: no response time is finer`,
    advice: "use a machine or container whose kernel has a high-resolution clock",
  }));
}

/** The limit is the statistic's own: five samples beyond a percentile. */
export function samplesFew({ thinPercentiles }: RunEvidence): readonly Finding[] {
  return thinPercentiles.map(({ expression, statistic, samples, needed }) => ({
    severity: "degraded",
    sentence:
      `The threshold "${expression}" was judged by ${
        formatMany(samples, "sample")
      }, and ${statistic} needs ${needed}: ` +
      "a single slow request decides it",
    advice: "let the run last longer, or put the threshold on a lower percentile",
  }));
}
