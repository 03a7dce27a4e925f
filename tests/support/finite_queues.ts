/**
 * Queues with exponential service times that never hold more than so many: those with so many places, and those with so many users. By their birth and death
 * rates (D. Gross, J. F. Shortle et al., "Fundamentals of Queueing Theory", 4th ed., §2.4 and §2.7).
 */
import type { Queue } from "./erlang_c.ts";

export interface ClosedQueue extends Queue {
  /** Of a user, between an answer and the next request. */
  readonly waitMs: number;
}

/** The share of Poisson arrivals that find all places taken: M/M/c/K. */
export function fullShare({ servers, meanServiceMs }: Queue, perSecond: number, places: number): number {
  const offered = perSecond * meanServiceMs / 1000;
  return statesOf(places, () => offered, servers).at(-1) ?? 0;
}

/**
 * The share of requests that stay longer than `ms`. A user who asks finds what the others alone would make (the arrival theorem), and the state depends on the
 * mean of the waits alone.
 */
export function closedShareBeyond(queue: ClosedQueue, users: number, ms: number): number {
  const { servers, meanServiceMs, waitMs } = queue;
  const others = users - 1;
  const states = statesOf(others, (n) => (others - n) * meanServiceMs / waitMs, servers);
  return states.reduce((sum, share, n) => sum + share * stayBeyond(queue, n, ms), 0);
}

/** The mean of their times, in ms. */
export function closedMean(queue: ClosedQueue, users: number): number {
  const { servers, meanServiceMs, waitMs } = queue;
  const others = users - 1;
  return statesOf(others, (n) => (others - n) * meanServiceMs / waitMs, servers).reduce(
    (sum, share, n) => sum + share * meanServiceMs * (1 + Math.max(0, n - servers + 1) / servers),
    0,
  );
}

/** The share of time with 0 … `most` requests. `offered`: arrivals in a mean service time, when there are so many. */
function statesOf(most: number, offered: (requests: number) => number, servers: number): readonly number[] {
  const weights = [1];
  for (let n = 0; n < most; n++) weights.push((weights[n] ?? 0) * offered(n) / Math.min(n + 1, servers));
  const sum = weights.reduce((all, each) => all + each, 0);
  return weights.map((each) => each / sum);
}

/** Of a request that finds `ahead` others. */
export function stayBeyond({ servers, meanServiceMs }: Queue, ahead: number, ms: number): number {
  const served = Math.exp(-ms / meanServiceMs);
  const steps = ahead - servers + 1;
  if (steps <= 0) return served;
  const rate = servers / meanServiceMs;
  if (servers === 1) return erlangBeyond(steps + 1, rate * ms);
  const rest = rate - 1 / meanServiceMs;
  return erlangBeyond(steps, rate * ms) + served * (rate / rest) ** steps * (1 - erlangBeyond(steps, rest * ms));
}

/** P(a sum of `count` exponential times > t), `x` = rate · t. */
function erlangBeyond(count: number, x: number): number {
  let term = Math.exp(-x);
  let sum = 0;
  for (let i = 0; i < count; i++) {
    sum += term;
    term *= x / (i + 1);
  }
  return sum;
}
