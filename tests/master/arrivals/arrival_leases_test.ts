/** The leases by themselves, and what they are for: hand-overs of arrivals in a whole cluster, whatever stands still and however late orders are. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createRandom } from "../../../src/base/random.ts";
import { ArrivalLeases, LEAD_MS, LEASE_MS } from "../../../src/master/arrivals/arrival_leases.ts";
import type { StreamSettings } from "../../../src/master/arrivals/divided_stream.ts";
import type { ArrivalPattern } from "../../../src/protocol/arrivals_message.ts";
import { ArrivalCluster } from "../../support/arrival_cluster.ts";

test("ArrivalLeases.extend() gives so much beyond the last message of a worker, and nothing while a question is open", () => {
  const leases = new ArrivalLeases();
  leases.heard("a", 1000);
  assert.equal(leases.extend("a"), 1000 + LEASE_MS);
  assert.equal(leases.extend("a"), 1000 + LEASE_MS, "it was not heard since");
  leases.heard("a", 2000);
  const { number, untilMs } = leases.ask(["a"], 2000);
  assert.equal(untilMs, 2000 + LEAD_MS);
  assert.equal(leases.extend("a"), untilMs);
  assert.equal(leases.boundOf("a"), 1000 + LEASE_MS, "it may not have heard the question");
  leases.answer("a", number, 2600, 2010);
  assert.equal(leases.boundOf("a"), 2600);
  assert.equal(leases.close(["a"]), 2600, "it was beyond the time that it was asked for");
  assert.equal(leases.extend("a"), 2000 + LEASE_MS);
});

test("ArrivalLeases.close() waits for the end of the lease of a worker that has not answered", () => {
  const leases = new ArrivalLeases();
  for (const id of ["a", "b"]) leases.heard(id, 0);
  for (const id of ["a", "b"]) leases.extend(id);
  const { number, pending } = leases.ask(["a", "b"], 1000);
  leases.answer("a", number, 1400, 1001);
  leases.answer("b", number - 1, 0, 1001); // to an earlier question
  assert.deepEqual([...pending], ["b"]);
  assert.equal(leases.close(["a", "b"]), LEASE_MS);
});

test("ArrivalLeases asks further ahead where answers take long, and does not ask who has nothing left", () => {
  const leases = new ArrivalLeases();
  leases.heard("a", 0);
  leases.extend("a");
  const first = leases.ask(["a", "new"], 0);
  assert.deepEqual([...first.pending], ["a"]);
  leases.answer("a", first.number, 400, 700);
  leases.close(["a"]);
  assert.equal(leases.ask(["a"], 1000).untilMs, 1000 + 1500);
});

/** What costs no arrival. `replace`: a broken connection of which the master hears by the one that follows it. */
const HARMLESS = ["join", "stop", "stopMaster", "cut", "replace", "rate"] as const;

interface Action {
  readonly kind: typeof HARMLESS[number] | "kill" | "leave";
  readonly who: number;
  readonly forMs: number;
  readonly thenMs: number;
}

/** All that was held up has come: 9 s of a worker that stands still, 9 of a broken link, 9 of the master, and questions of 3 s. */
const SETTLING_MS = 40_000;

interface Conditions {
  readonly seed: number;
  readonly slowestMs: number;
  readonly pattern: ArrivalPattern;
  readonly hasMachineClock: boolean;
}

function streamOf(perSecond: number, pattern: ArrivalPattern): StreamSettings {
  return {
    classes: [{ name: "Buyer", weight: 1 }],
    pattern,
    maxUsers: 1_000_000,
    curve: { countBefore: 0, points: [[0, perSecond]] },
  };
}

/** What happens in a run of these actions: the numbers that were started, and how many were planned. */
function play(actions: readonly Action[], options: Conditions) {
  const random = createRandom(options.seed, 7);
  const cluster = new ArrivalCluster({
    streams: [streamOf(20, options.pattern)],
    delayMs: () => random.float() * options.slowestMs,
    threadDelayMs: () => random.float() * options.slowestMs / 4,
    slowestThreadMs: options.slowestMs / 4,
    hasMachineClock: options.hasMachineClock,
    workers: 3,
  });
  const [anchor] = cluster.workers; // with nobody there for long, what is due is lost
  cluster.future.passTo(2 * options.slowestMs); // the first orders have come
  const living = () => cluster.workers.filter((each) => each !== anchor && !each.isDead && !each.isLeaving);
  for (const { kind, who, forMs, thenMs } of actions) {
    const alive = living();
    const worker = alive[who % Math.max(1, alive.length)];
    if (kind === "join") cluster.join();
    if (kind === "stopMaster") cluster.stop(cluster.master, forMs);
    if (kind === "rate") cluster.arrivals.setRate(`${10 + who * 10}/s`);
    if (kind === "stop" && worker !== undefined) cluster.stop(worker, forMs);
    if (kind === "cut" && worker !== undefined) cluster.cut(worker, forMs);
    if (kind === "replace" && worker !== undefined) cluster.cut(worker, forMs, "byRedial");
    if (kind === "kill" && worker !== undefined) cluster.kill(worker);
    if (kind === "leave" && worker !== undefined) cluster.leave(worker);
    cluster.future.passTo(cluster.future.nowMs + thenMs);
  }
  cluster.future.passTo(cluster.future.nowMs + SETTLING_MS);
  cluster.end();
  const planned = cluster.arrivals.schedule.planned()?.planned ?? 0;
  cluster.future.passTo(cluster.future.nowMs + SETTLING_MS);
  const numbers = cluster.started.map(({ index }) => index);
  const there = new Set<number>();
  const twice = numbers.filter((number) => there.has(number) || (there.add(number), false));
  const missing = Array.from({ length: planned }, (_, i) => i).filter((i) => !there.has(i));
  return { cluster, planned, numbers, missing, twice };
}

const conditions = fc.record({
  seed: fc.nat(),
  slowestMs: fc.constantFrom(0, 5, 50, 300, 900, 2000),
  pattern: fc.constantFrom<ArrivalPattern>("even", "poisson"),
  hasMachineClock: fc.boolean(),
});

const actionsOf = (kinds: readonly Action["kind"][]) =>
  fc.array(
    fc.record({
      kind: fc.constantFrom(...kinds),
      who: fc.nat({ max: 5 }),
      forMs: fc.integer({ min: 50, max: 9000 }),
      thenMs: fc.integer({ min: 0, max: 3000 }),
    }),
    { minLength: 1, maxLength: 8 },
  );

/** Sequences that once doubled or lost arrivals, with the reason. */
const ONCE_WRONG: [Action[], Conditions][] = [
  // A leg that a worker had not heard of was forgotten.
  [
    [
      { kind: "join", who: 0, forMs: 50, thenMs: 0 },
      { kind: "join", who: 0, forMs: 50, thenMs: 0 },
      { kind: "cut", who: 0, forMs: 50, thenMs: 0 },
      { kind: "join", who: 0, forMs: 50, thenMs: 500 },
      { kind: "cut", who: 1, forMs: 7189, thenMs: 0 },
    ],
    { seed: 535364205, slowestMs: 2000, pattern: "even", hasMachineClock: false },
  ],
  // What it owed was forgotten by one whose link had broken unseen.
  [
    [
      { kind: "cut", who: 0, forMs: 1634, thenMs: 0 },
      { kind: "stop", who: 3, forMs: 2174, thenMs: 0 },
      { kind: "cut", who: 3, forMs: 4227, thenMs: 439 },
      { kind: "join", who: 0, forMs: 50, thenMs: 1194 },
      { kind: "stopMaster", who: 0, forMs: 2768, thenMs: 0 },
    ],
    { seed: 0, slowestMs: 0, pattern: "even", hasMachineClock: false },
  ],
  // The same after an edit of the rate, whose curve knows nothing of the time before it.
  [
    [
      { kind: "rate", who: 0, forMs: 63, thenMs: 1 },
      { kind: "cut", who: 2, forMs: 5329, thenMs: 1872 },
      { kind: "replace", who: 1, forMs: 6483, thenMs: 2 },
    ],
    { seed: 1485409915, slowestMs: 5, pattern: "poisson", hasMachineClock: false },
  ],
  // An answer on a new link stood for orders on the one before.
  [
    [
      { kind: "join", who: 5, forMs: 459, thenMs: 2298 },
      { kind: "cut", who: 2, forMs: 5241, thenMs: 1535 },
      { kind: "stopMaster", who: 3, forMs: 4201, thenMs: 2436 },
      { kind: "stopMaster", who: 3, forMs: 8905, thenMs: 1746 },
      { kind: "cut", who: 0, forMs: 1095, thenMs: 170 },
      { kind: "stopMaster", who: 0, forMs: 7198, thenMs: 1621 },
    ],
    { seed: 7, slowestMs: 5, pattern: "even", hasMachineClock: false },
  ],
];

test("arrivals are started exactly once while workers join, stand still and lose links, the master stands still, and rates are edited", () => {
  fc.assert(
    fc.property(actionsOf(HARMLESS), conditions, (actions, given) => {
      const { missing, twice } = play(actions, given);
      assert.deepEqual({ twice, missing }, { twice: [], missing: [] });
    }),
    { numRuns: 100, examples: ONCE_WRONG },
  );
});

test("arrivals are never started twice, and lost only by what dies, while workers are killed and leave as well", () => {
  fc.assert(
    fc.property(actionsOf([...HARMLESS, "kill", "leave"]), conditions, (actions, given) => {
      const { missing, twice, cluster } = play(actions, given);
      const unexplained = missing.filter((number) => number >= cluster.lostBefore);
      assert.deepEqual({ twice, unexplained }, { twice: [], unexplained: [] });
    }),
    { numRuns: 100 },
  );
});

test("arrivals of a worker that leaves are all started, by it or by others", () => {
  fc.assert(
    fc.property(actionsOf(["join", "leave", "rate"]), fc.nat(), fc.boolean(), (actions, seed, hasMachineClock) => {
      const { missing, twice } = play(actions, { seed, slowestMs: 20, pattern: "even", hasMachineClock });
      assert.deepEqual({ twice, missing }, { twice: [], missing: [] });
    }),
    { numRuns: 100 },
  );
});

test("arrivals of a worker that is killed are taken over, but for those of a tenth of a second, which it might have started", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4000 }), fc.nat(), (thenMs, seed) => {
      const random = createRandom(seed, 3);
      const cluster = new ArrivalCluster({
        streams: [streamOf(100, "even")],
        delayMs: () => random.float() * 10,
        workers: 3,
      });
      cluster.future.passTo(1000 + thenMs);
      const [first] = cluster.workers;
      if (first !== undefined) cluster.kill(first);
      cluster.future.passTo(20_000);
      const numbers = cluster.started.map(({ index }) => index).sort((a, b) => a - b);
      const there = new Set(numbers);
      assert.equal(there.size, numbers.length);
      const missing = Array.from({ length: 2000 }, (_, i) => i).filter((i) => !there.has(i));
      const killed = (1000 + thenMs) / 10;
      assert.ok(
        missing.length > 0 && missing.every((i) => i % 6 < 2 && i >= killed - 1 && i <= killed + 12),
        `${missing}`,
      );
    }),
    { numRuns: 50 },
  );
});
