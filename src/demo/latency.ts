/**
 * Draws the latency of the demo system. Real services have a log-normal latency: most answers near the median, a long
 * tail above it. A fixed latency makes runs comparable to the millisecond. Pure; the random numbers are an argument.
 */
import type { Random } from "../base/random.ts";

export type Latency =
  | { readonly kind: "none" }
  | { readonly kind: "fixed"; readonly ms: number }
  | { readonly kind: "logNormal"; readonly medianMs: number };

export const DEFAULT_LATENCY: Latency = { kind: "logNormal", medianMs: 20 };

/** The examples that an error about a latency shows. */
export const LATENCY_EXAMPLES = '"20" (log-normal, median in ms), "fixed:5" or "0"';

/** Width of the log-normal: 0.5 puts the 95th percentile at 2.3 and the 99th at 3.2 times the median. */
const SIGMA = 0.5;

/** `20`: log-normal with that median in ms; `fixed:5`: always 5 ms; `0`: none. `undefined` when the text is none of these. */
export function parseLatency(text: string): Latency | undefined {
  const match = /^(fixed:)?(\d+(?:\.\d+)?)$/.exec(text.trim());
  if (match === null) return undefined;
  const ms = Number(match[2]);
  if (ms === 0) return { kind: "none" };
  return match[1] === undefined ? { kind: "logNormal", medianMs: ms } : { kind: "fixed", ms };
}

/** `log-normal, median 20 ms`, for the start line. */
export function formatLatency(latency: Latency): string {
  switch (latency.kind) {
    case "none":
      return "none";
    case "fixed":
      return `${latency.ms} ms`;
    case "logNormal":
      return `log-normal, median ${latency.medianMs} ms`;
  }
}

/** One latency in ms, times `factor` (a report takes longer than an item). */
export function drawLatencyMs(latency: Latency, factor: number, random: Random): number {
  switch (latency.kind) {
    case "none":
      return 0;
    case "fixed":
      return latency.ms * factor;
    case "logNormal":
      return latency.medianMs * factor * Math.exp(SIGMA * drawStandardNormal(random));
  }
}

/** Box–Muller: two uniform numbers make one of the standard normal distribution. */
function drawStandardNormal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.float())); // 1 - x: never the logarithm of 0
  return radius * Math.cos(2 * Math.PI * random.float());
}
