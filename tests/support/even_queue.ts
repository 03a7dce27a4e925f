/**
 * Evenly spaced arrivals at servers with exponential service times (D/M/c), by its embedded Markov chain: what an arrival finds. Between two arrivals the
 * requests that are there end as a death process does, which uniformization steps through (W. J. Stewart, "Probability, Markov Chains, Queues, and
 * Simulation", §10.7).
 */
import type { Queue } from "./erlang_c.ts";
import { stayBeyond } from "./finite_queues.ts";

/** Arrivals until the chain has forgotten how it began; it begins near its end. */
const ARRIVALS = 150;

/** The share of arrivals that stay longer than `ms`, at so many arrivals a second. */
export function evenShareBeyond(queue: Queue, perSecond: number, ms: number): number {
  const { servers, meanServiceMs } = queue;
  const endsPerGap = servers / meanServiceMs * 1000 / perSecond;
  if (endsPerGap <= 1) return 1;
  // With all servers busy the states fall by a factor: the root of σ = e^(-(1-σ) · ends in a gap).
  let sigma = 0;
  for (let i = 0; i < 2000; i++) sigma = Math.exp(-(1 - sigma) * endsPerGap);
  const most = Math.min(1000, servers + Math.ceil(Math.log(1e-8) / Math.log(sigma)));
  let states = normal(Array.from({ length: most + 1 }, (_, n) => sigma ** n));
  for (let i = 0; i < ARRIVALS; i++) states = normal(endFor(endsPerGap, servers, [0, ...states.slice(0, most)]));
  return states.reduce((sum, share, ahead) => sum + share * stayBeyond(queue, ahead, ms), 0);
}

/** `ends`: in this time, were all servers busy. */
function endFor(ends: number, servers: number, states: readonly number[]): readonly number[] {
  let now = states;
  let weight = Math.exp(-ends);
  const sum = states.map((share) => share * weight);
  for (let k = 1; k < ends + 12 * Math.sqrt(ends) + 12; k++) {
    const before = now;
    now = before.map((share, n) => {
      const busy = Math.min(n, servers) / servers;
      return share * (1 - busy) + (before[n + 1] ?? 0) * Math.min(n + 1, servers) / servers;
    });
    weight *= ends / k;
    for (let n = 0; n < sum.length; n++) sum[n] = (sum[n] ?? 0) + (now[n] ?? 0) * weight;
  }
  return sum;
}

function normal(weights: readonly number[]): readonly number[] {
  const sum = weights.reduce((all, each) => all + each, 0);
  return weights.map((each) => each / sum);
}
