/**
 * Systems with a known capacity, second by second, as the ledger would show them to a capacity search. Nothing waits: time is a number.
 */
import { createRandom } from "../../src/base/random.ts";
import { Histogram } from "../../src/stats/histogram/histogram.ts";
import type { LedgerReading } from "../../src/stats/thresholds/ledger_reading.ts";

/** What a second of load came to. */
export interface SimulatedSecond {
  readonly latenciesMs: readonly number[];
  readonly failures: number;
  readonly arrived: number;
  readonly inFlight: number;
}

export interface SimulatedSystem {
  second(load: number): SimulatedSecond;
}

/** Adds up seconds as a ledger does. */
export class SimulatedLedger {
  readonly #system: SimulatedSystem;
  readonly #times = new Histogram();
  #seconds = 0;
  #requests = 0;
  #failures = 0;
  #arrived = 0;

  constructor(system: SimulatedSystem) {
    this.#system = system;
  }

  get seconds(): number {
    return this.#seconds;
  }

  second(load: number, users: "load" | "inFlight"): LedgerReading {
    const { latenciesMs, failures, arrived, inFlight } = this.#system.second(load);
    for (const ms of latenciesMs) this.#times.record(ms * 1000);
    this.#seconds++;
    this.#requests += latenciesMs.length;
    this.#failures += failures;
    this.#arrived += arrived;
    const total = {
      method: "",
      name: "Aggregated",
      requests: this.#requests,
      failures: this.#failures,
      startedLate: 0,
      failedLate: 0,
      times: this.#times.pack(),
    };
    return {
      seconds: this.#seconds,
      loadSeconds: this.#seconds,
      users: users === "load" ? load : inFlight,
      arrivals: { asked: this.#arrived, started: this.#arrived, dropped: 0, late: 0 },
      total,
      rows: [],
    };
  }
}

/**
 * A queue of `servers` with exponential service times, first come first served: M/M/c, or D/M/c with evenly spaced arrivals. Its queue outlives a change of the
 * load. Beyond `places` requests at a time it answers at once that it is full, which is a failure.
 */
export function createQueue(options: {
  readonly servers: number;
  readonly meanServiceMs: number;
  readonly arrivals?: "poisson" | "even";
  readonly places?: number;
  readonly seed: number;
}): SimulatedSystem {
  const { arrivals = "poisson", places = Infinity } = options;
  const random = createRandom(options.seed);
  const exponential = (mean: number) => -Math.log(1 - random.float()) * mean;
  const gap = (mean: number) => arrivals === "even" ? mean : exponential(mean);
  const freeAt = new Array<number>(options.servers).fill(0);
  let nowMs = 0;
  let nextMs = 0;
  let lastLoad = 0;
  let pending: { readonly endMs: number; readonly latencyMs: number }[] = [];
  return {
    second(load) {
      const endMs = nowMs + 1000;
      let arrived = 0;
      let failures = 0;
      let at = arrivals === "even" && load === lastLoad ? nextMs : nowMs + gap(1000 / load);
      lastLoad = load;
      for (; at < endMs; at += gap(1000 / load)) {
        if (places < Infinity && pending.filter((each) => each.endMs > at).length >= places) {
          pending.push({ endMs: at, latencyMs: 0.5 });
          failures++;
          arrived++;
          continue;
        }
        let first = 0;
        for (let i = 1; i < freeAt.length; i++) if ((freeAt[i] ?? 0) < (freeAt[first] ?? 0)) first = i;
        const end = Math.max(at, freeAt[first] ?? 0) + exponential(options.meanServiceMs);
        freeAt[first] = end;
        pending.push({ endMs: end, latencyMs: end - at });
        arrived++;
      }
      const ended = pending.filter((each) => each.endMs <= endMs);
      pending = pending.filter((each) => each.endMs > endMs);
      nowMs = endMs;
      nextMs = at;
      return { latenciesMs: ended.map(({ latencyMs }) => latencyMs), failures, arrived, inFlight: pending.length };
    },
  };
}

/** A system whose latency and failures depend on the load of the moment alone. `noise`: the standard deviation of a second's latencies, as a share. */
export function createCurve(options: {
  readonly medianMs: (load: number) => number;
  readonly failureShare?: (load: number) => number;
  readonly requestsPerLoad?: number;
  readonly noise?: number;
  readonly seed: number;
}): SimulatedSystem {
  const { medianMs, failureShare = () => 0, requestsPerLoad = 1, noise = 0 } = options;
  const random = createRandom(options.seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.float())) * Math.cos(2 * Math.PI * random.float());
  return {
    second(load) {
      const count = Math.round(load * requestsPerLoad);
      const shift = Math.exp(noise * normal());
      // A lognormal spread: its p99 is exp(2.326 · 0.3) = 2.01 medians.
      const latenciesMs = Array.from({ length: count }, () => medianMs(load) * shift * Math.exp(0.3 * normal()));
      const share = failureShare(load);
      const failures = latenciesMs.filter(() => random.float() < share).length;
      return { latenciesMs, failures, arrived: count, inFlight: 0 };
    },
  };
}
