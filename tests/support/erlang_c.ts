/**
 * The capacity of an M/M/c queue (Poisson arrivals, c servers with exponential service times, first come first served) by formula.
 *
 * Erlang C gives the probability that an arrival waits; whoever waits, waits exponentially with the rate cµ - λ; the sojourn time is wait plus
 * service. With θ = cµ - λ (D. Gross, J. F. Shortle et al., "Fundamentals of Queueing Theory", 4th ed., §2.3):
 *
 *   P(T > t) = (1 - C) e^(-µt) + C (θ e^(-µt) - µ e^(-θt)) / (θ - µ)
 */

export interface Queue {
  readonly servers: number;
  readonly meanServiceMs: number;
}

/** The probability that an arrival waits (A. K. Erlang, 1917). */
export function erlangC(servers: number, offered: number): number {
  if (offered >= servers) return 1;
  let blocking = 1; // Erlang B, by its recursion
  for (let n = 1; n <= servers; n++) blocking = offered * blocking / (n + offered * blocking);
  return blocking / (1 - offered / servers * (1 - blocking));
}

/** The share of arrivals that stay longer than `ms`, at so many arrivals a second. */
export function shareBeyond({ servers, meanServiceMs }: Queue, perSecond: number, ms: number): number {
  const mu = 1 / meanServiceMs;
  const lambda = perSecond / 1000;
  if (lambda >= servers * mu) return 1;
  const waiting = erlangC(servers, lambda / mu);
  const theta = servers * mu - lambda;
  const served = Math.exp(-mu * ms);
  const both = Math.abs(theta - mu) < 1e-12
    ? (1 + mu * ms) * served
    : (theta * served - mu * Math.exp(-theta * ms)) / (theta - mu);
  return (1 - waiting) * served + waiting * both;
}

/** The most arrivals a second of which at most the share 1 - fraction stays longer than `limitMs`. */
export function capacityOf(queue: Queue, fraction: number, limitMs: number): number {
  let [low, high] = [0, queue.servers * 1000 / queue.meanServiceMs];
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2;
    if (shareBeyond(queue, middle, limitMs) < 1 - fraction) low = middle;
    else high = middle;
  }
  return low;
}
