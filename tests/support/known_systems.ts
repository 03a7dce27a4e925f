/** Queues with an SLO whose edge is known by formula: what a capacity search is measured by. */
import { erlangC, type Queue, shareBeyond } from "./erlang_c.ts";
import { evenShareBeyond } from "./even_queue.ts";
import { closedMean, closedShareBeyond, fullShare } from "./finite_queues.ts";
import { createCurve, createQueue, type SimulatedSystem } from "./simulated_system.ts";
import { createClosedQueue } from "./simulated_users.ts";

export interface KnownSystem {
  readonly name: string;
  readonly slo: string;
  readonly unit: "users" | "/s";
  readonly start: number;
  /** The load at which the SLO breaks. */
  readonly capacity: number;
  /** Within 5 % of it; a user more or less is allowed where users are few. */
  readonly isWithin: (load: number) => boolean;
  readonly create: (seed: number) => SimulatedSystem;
}

const SYSTEMS: readonly (readonly [servers: number, meanServiceMs: number, limitsMs: readonly number[]])[] = [
  [1, 20, [120, 200]],
  [2, 50, [300, 500]],
  [4, 50, [250, 300, 500]],
  [8, 100, [500, 1000]],
  [4, 25, [125, 250]],
  [16, 20, [120]],
  [32, 80, [500]],
];

export const KNOWN_SYSTEMS: readonly KnownSystem[] = [
  ...SYSTEMS.flatMap(([servers, meanServiceMs, limits]) =>
    limits.map((ms) =>
      open({ servers, meanServiceMs }, "poisson", `p99<${ms}ms`, (queue, load) => shareBeyond(queue, load, ms) < 0.01)
    )
  ),
  ...[[1, 20, 100], [4, 50, 250], [4, 25, 100]].map(([servers = 1, meanServiceMs = 1, ms = 1]) =>
    open({ servers, meanServiceMs }, "poisson", `p95<${ms}ms`, (queue, load) => shareBeyond(queue, load, ms) < 0.05)
  ),
  ...[[1, 20, 60], [4, 50, 100], [8, 100, 150]].map(([servers = 1, meanServiceMs = 1, ms = 1]) =>
    open({ servers, meanServiceMs }, "poisson", `mean<${ms}ms`, (queue, load) => meanOf(queue, load) < ms)
  ),
  ...[[1, 20, 200], [2, 50, 400], [4, 50, 500], [8, 100, 800]].map(([servers = 1, meanServiceMs = 1, ms = 1]) =>
    open({ servers, meanServiceMs }, "even", `p99<${ms}ms`, (queue, load) => evenShareBeyond(queue, load, ms) < 0.01)
  ),
  ...[[1, 20, 4], [4, 50, 12], [8, 100, 20]].map(([servers = 1, meanServiceMs = 1, places = 1]) =>
    open(
      { servers, meanServiceMs, places },
      "poisson",
      "failures<1%",
      (queue, load) => fullShare(queue, load, places) < 0.01,
    )
  ),
  cliff(70),
  cliff(731),
  ...[[1, 20, 500, 200], [2, 50, 500, 400], [4, 50, 500, 400], [4, 50, 1000, 400], [8, 100, 500, 800], [
    4,
    25,
    200,
    200,
  ]].map((
    [servers = 1, meanServiceMs = 1, waitMs = 1, ms = 1],
  ) =>
    closed(
      { servers, meanServiceMs, waitMs },
      `p99<${ms}ms`,
      (queue, users) => closedShareBeyond(queue, users, ms) < 0.01,
    )
  ),
  closed(
    { servers: 4, meanServiceMs: 50, waitMs: 500 },
    "mean<100ms",
    (queue, users) => closedMean(queue, users) < 100,
  ),
];

function open(
  queue: Queue & { readonly places?: number },
  arrivals: "poisson" | "even",
  slo: string,
  holds: (queue: Queue, load: number) => boolean,
): KnownSystem {
  const { servers, meanServiceMs } = queue;
  let capacity: number | undefined;
  const find = () => capacity ??= bisect(0, servers * 1000 / meanServiceMs, (load) => holds(queue, load));
  return {
    name: `${servers} x ${meanServiceMs} ms, ${
      queue.places === undefined ? "" : `${queue.places} places, `
    }${arrivals}`,
    slo,
    unit: "/s",
    start: 10,
    get capacity() {
      return find();
    },
    isWithin: (load) => Math.abs(load / find() - 1) <= 0.05,
    create: (seed) => createQueue({ ...queue, arrivals, seed }),
  };
}

function cliff(capacity: number): KnownSystem {
  return {
    name: "a cliff",
    slo: "failures<1%",
    unit: "/s",
    start: 10,
    capacity,
    isWithin: (load) => Math.abs(load / capacity - 1) <= 0.05,
    create: (seed) => createCurve({ medianMs: () => 20, failureShare: (load) => load > capacity ? 0.05 : 0.001, seed }),
  };
}

function closed(
  queue: Queue & { readonly waitMs: number },
  slo: string,
  holds: (queue: Queue & { readonly waitMs: number }, users: number) => boolean,
): KnownSystem {
  let most = 1;
  while (holds(queue, most + 1)) most++;
  const { servers, meanServiceMs, waitMs } = queue;
  return {
    name: `${servers} x ${meanServiceMs} ms, users who wait ${waitMs} ms`,
    slo,
    unit: "users",
    start: 1,
    capacity: most,
    isWithin: (load) => Math.abs(load - most) <= Math.max(1, most * 0.05),
    create: (seed) => createClosedQueue({ ...queue, seed }),
  };
}

/** Erlang's wait, and the service. */
function meanOf(queue: Queue, perSecond: number): number {
  const { servers, meanServiceMs } = queue;
  return meanServiceMs +
    erlangC(servers, perSecond * meanServiceMs / 1000) / (servers / meanServiceMs - perSecond / 1000);
}

function bisect(from: number, to: number, holds: (load: number) => boolean): number {
  let [low, high] = [from, to];
  for (let i = 0; i < 14; i++) {
    const middle = (low + high) / 2;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}
