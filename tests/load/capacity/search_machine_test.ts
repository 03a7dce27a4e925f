import assert from "node:assert/strict";
import { test } from "node:test";
import type { CapacityReport } from "../../../src/protocol/capacity_message.ts";
import { capacityOf, erlangC, shareBeyond } from "../../support/erlang_c.ts";
import { searchSimulated, waitsOfSearch } from "../../support/simulated_search.ts";
import { createCurve, createQueue, type SimulatedSystem } from "../../support/simulated_system.ts";

const SEEDS = Array.from({ length: 6 }, (_, i) => i + 1);

test("erlangC() is the known probability of a wait", () => {
  // One server: its utilization. Ten servers with nine busy on average: 0.668 (tables of Erlang C).
  assert.ok(Math.abs(erlangC(1, 0.7) - 0.7) < 1e-12);
  assert.ok(Math.abs(erlangC(10, 9) - 0.6687) < 5e-4);
  assert.equal(erlangC(4, 4), 1);
});

test("shareBeyond() agrees with a simulated queue", () => {
  const queue = { servers: 8, meanServiceMs: 10 };
  const system = createQueue({ ...queue, seed: 5 });
  const times = Array.from({ length: 300 }, () => system.second(700).latenciesMs).flat();
  const share = times.filter((ms) => ms > 50).length / times.length;
  assert.ok(Math.abs(share - shareBeyond(queue, 700, 50)) < 0.15 * share, `${share}`);
});

const QUEUES = [
  { servers: 16, meanServiceMs: 20, limitMs: 120, start: 50 },
  { servers: 32, meanServiceMs: 80, limitMs: 500, start: 50 }, // 97 % busy at its edge: it remembers for 9 s
];
for (const { limitMs, start, ...queue } of QUEUES) {
  test(`a search finds the capacity of a queue of ${queue.servers} places within 5 % with every seed`, () => {
    const capacity = capacityOf(queue, 0.99, limitMs);
    const saturation = queue.servers * 1000 / queue.meanServiceMs;
    assert.ok(capacity > 0.92 * saturation && capacity < 0.98 * saturation, `${capacity}`); // a knee
    for (const seed of SEEDS) {
      const report = searchSimulated(createQueue({ ...queue, seed }), { unit: "/s", start, slo: [`p99<${limitMs}ms`] });
      assert.equal(report.end, "found", report.sentence);
      assert.ok(report.isConfirmed, report.sentence);
      assert.ok(Math.abs((report.load ?? 0) / capacity - 1) < 0.05, `seed ${seed}: ${report.sentence}`);
      assert.ok((report.low ?? 0) <= (report.load ?? 0) && (report.load ?? 0) < (report.high ?? 0), report.sentence);
      // The longest of these searches takes 965 s. Others of this queue take up to 1,500 s: see docs/capacity.md.
      assert.ok(report.seconds < 1000, `seed ${seed} took ${report.seconds} s`);
    }
  });
}

test("a search finds the capacity of a small queue, whose few slow requests come together, within 5 %", () => {
  const queue = { servers: 4, meanServiceMs: 50 };
  const capacity = capacityOf(queue, 0.99, 500);
  for (const seed of SEEDS.slice(0, 3)) {
    const report = searchSimulated(createQueue({ ...queue, seed }), { unit: "/s", start: 10, slo: ["p99<500ms"] });
    assert.ok(Math.abs((report.load ?? 0) / capacity - 1) < 0.05, `seed ${seed}: ${report.sentence}`);
    assert.ok((report.low ?? 0) < capacity && capacity < (report.high ?? 0), `seed ${seed}: ${report.sentence}`);
  }
});

test("a search of a queue says what its window goes on for", () => {
  const queue = { servers: 16, meanServiceMs: 20, seed: 1 };
  const waits = waitsOfSearch(createQueue(queue), { unit: "/s", start: 50, slo: ["p99<120ms"] });
  assert.ok(
    waits.some((wait) => /^2\d s more: [\d,]+ of [\d,]+ responses above 120 ms decide$/.test(wait)),
    waits.join("\n"),
  );
});

test("an edge is confirmed by windows of three times the step", () => {
  const system = createCurve({ medianMs: (load) => load > 40 ? 500 : 20, seed: 1, requestsPerLoad: 50 });
  const { steps } = searchSimulated(system, { unit: "users", start: 10, slo: ["p99<100ms"] });
  const held = steps.filter(({ purpose, outcome }) => purpose === "confirm" && outcome === "within");
  assert.ok(held.length > 0 && held.every(({ fromSeconds, toSeconds }) => toSeconds - fromSeconds === 30));
});

/** Where the p99 of `createCurve`'s lognormal spread is the limit: its median times exp(2.326 · 0.3). */
const P99 = Math.exp(2.3263 * 0.3);
/** The same where the median of a second has a spread of 0.1 itself. */
const NOISY_P99 = Math.exp(2.3263 * Math.hypot(0.3, 0.1));

interface Known {
  readonly sentence: string;
  readonly medianMs: (load: number) => number;
  readonly capacity: number;
  readonly slo?: string;
  readonly noise?: number;
  readonly tolerance?: number;
}

const knee = (load: number) => 20 / Math.max(0.02, 1 - load / 500);
const CURVES: readonly Known[] = [
  { sentence: "a knee", medianMs: knee, capacity: 500 * (1 - 20 * P99 / 100) },
  {
    sentence: "a knee under noise",
    medianMs: knee,
    capacity: 500 * (1 - 20 * NOISY_P99 / 100),
    noise: 0.1,
    tolerance: 0.08,
  },
  { sentence: "a cliff", medianMs: (load) => load > 731 ? 2000 : 20, capacity: 731, noise: 0.1 },
  { sentence: "a slow rise", medianMs: (load) => 10 + load / 10, capacity: (50 / 1.046 - 10) * 10, slo: "mean<50ms" },
  { sentence: "a single user", medianMs: (load) => load > 1 ? 900 : 20, capacity: 1 },
];

for (const { sentence, medianMs, capacity, slo = "p99<100ms", noise = 0, tolerance = 0.05 } of CURVES) {
  test(`a search over users finds ${sentence}`, () => {
    for (const seed of SEEDS) {
      const requestsPerLoad = capacity < 10 ? 100 : 1;
      const system = createCurve({ medianMs, noise, seed, requestsPerLoad });
      const report = searchSimulated(system, { unit: "users", start: 1, slo: [slo] });
      assert.equal(report.end, "found", report.sentence);
      assert.equal(report.limitedBy, "system");
      assert.ok(
        Math.abs((report.load ?? 0) - capacity) <= Math.max(1, tolerance * capacity),
        `${seed}: ${report.sentence}`,
      );
    }
  });
}

test("failures break an SLO as times do", () => {
  const system = createCurve({ medianMs: () => 20, failureShare: (load) => load > 300 ? 0.05 : 0.001, seed: 1 });
  const report = searchSimulated(system, { unit: "users", start: 10, slo: ["p99<100ms, failures<1%"] });
  assert.ok(Math.abs((report.load ?? 0) - 300) <= 10, report.sentence);
  assert.match(report.sentence, /failures were [4-6]\.?\d* %/);
});

const others:
  readonly (readonly [sentence: string, medianMs: (load: number) => number, Partial<CapacityReport>, RegExp])[] = [
    ["a system that never breaks", () => 20, {
      end: "bound",
      load: 1000,
      limitedBy: "bound",
      high: null,
      isConfirmed: true,
    }, /no load up to 1,000 users broke it/],
    [
      "a system that is always too slow",
      () => 200,
      { end: "below", load: null, low: null, high: 1 },
      /not met at 1 user, the lowest load that was tried: at 1 user p99 was/,
    ],
  ];
for (const [sentence, medianMs, expected, words] of others) {
  test(`a search ends at ${sentence}`, () => {
    const report = searchSimulated(createCurve({ medianMs, seed: 3, requestsPerLoad: 20 }), {
      unit: "users",
      start: 10,
      max: 1000,
      slo: ["p99<100ms"],
    });
    const { load, end, limitedBy, low, high, isConfirmed } = report;
    assert.deepEqual({ load, end, limitedBy, low, high, isConfirmed, ...expected }, {
      load,
      end,
      limitedBy,
      low,
      high,
      isConfirmed,
    });
    assert.match(report.sentence, words);
  });
}

test("a search that begins above the capacity comes down to it", () => {
  const system = createCurve({ medianMs: (load) => load > 30 ? 500 : 20, seed: 1, requestsPerLoad: 20 });
  const report = searchSimulated(system, { unit: "users", start: 800, slo: ["p99<100ms"] });
  assert.equal(report.load, 30, report.sentence);
});

test("a search without a request gives no figure", () => {
  const report = searchSimulated(createCurve({ medianMs: () => 20, seed: 1, requestsPerLoad: 0 }), {
    unit: "users",
    start: 1,
    slo: ["p99<100ms"],
  });
  assert.equal(report.load, null);
  assert.match(report.sentence, /no request was answered/);
});

test("a search that is ended half way answers with what is known", () => {
  const system = () => createCurve({ medianMs: knee, seed: 1 });
  const search = { unit: "users", start: 10, slo: ["p99<100ms"] } as const;
  const none = searchSimulated(system(), { ...search, seconds: 3 });
  assert.deepEqual([none.load, none.end, none.sentence], [
    null,
    "stopped",
    "No step was judged before the end: the capacity is not known; give the search more time (-t), or no end",
  ]);
  const half = searchSimulated(system(), { ...search, seconds: 60 });
  assert.equal(half.end, "stopped");
  assert.equal(half.isConfirmed, false);
  assert.ok((half.load ?? 0) >= 160 && (half.high ?? Infinity) <= 320, half.sentence);
  assert.match(half.sentence, /ended before it had confirmed this/);
});

test("few samples make a window longer, and the answer says when they were too few", () => {
  const system = createCurve({ medianMs: (load) => load > 3 ? 200 : 20, seed: 1 });
  const report = searchSimulated(system, { unit: "users", start: 1, slo: ["p99<100ms"] });
  assert.equal(report.load, 3, report.sentence);
  assert.deepEqual(report.thin?.needed, 500);
  assert.match(report.sentence, /p99 there stands on \d+ of the 500 samples that it needs/);
  const long = report.steps.filter(({ purpose, load }) => load === 3 && purpose === "halve");
  assert.ok(long.every(({ fromSeconds, toSeconds }) => toSeconds - fromSeconds === 50), "five times the step's 10 s");
});

test("a load at which the generator was in doubt each time is the generator's limit", () => {
  const system = createCurve({ medianMs: (load) => load > 200 ? 500 : 20, seed: 1 });
  const report = searchSimulated(system, {
    unit: "users",
    start: 10,
    slo: ["p99<100ms"],
    doubts: (load) => load > 200 ? ["The CPU of local's machine was above 90 % in 8 of 10 seconds"] : [],
  });
  assert.equal(report.limitedBy, "generator");
  assert.match(
    report.sentence,
    /^The load generator was the limit at 20\d users \(The CPU .*\); 200 users .* the system may do more$/,
  );
});

test("a system that fails from the first request on is not laid at a load generator in doubt, nor tried again and again", () => {
  const system = createCurve({ medianMs: () => 20, failureShare: () => 1, seed: 1 });
  const report = searchSimulated(system, { unit: "users", start: 10, slo: ["failures<1%"], doubts: () => [DOUBT] });
  assert.deepEqual([report.load, report.end, report.limitedBy], [null, "below", "system"], report.sentence);
  assert.match(report.sentence, /^The SLO is not met at 1 user, .*failures were 100 %/);
  assert.ok(report.seconds < 180, `${report.seconds} s`);
});

test("a system that dies half way is not laid at a load generator in doubt", () => {
  let second = 0;
  const system = createCurve({ medianMs: () => 20, failureShare: () => second++ > 60 ? 1 : 0, seed: 1 });
  const report = searchSimulated(system, { unit: "users", start: 10, slo: ["failures<1%"], doubts: () => [DOUBT] });
  assert.deepEqual([report.end, report.limitedBy], ["notRecovered", "system"], report.sentence);
  assert.match(report.sentence, /failures were \d+\.?\d* %; the system did not recover/);
});

test("a system that stays slow after an overload ends the search", () => {
  let isBroken = false;
  const inner = createCurve({ medianMs: () => 20, seed: 1 });
  const outer = createCurve({ medianMs: () => 900, seed: 2 });
  const report = searchSimulated({
    second(load) {
      isBroken ||= load > 100;
      return (isBroken ? outer : inner).second(load);
    },
  }, { unit: "users", start: 10, slo: ["p99<100ms"] });
  assert.equal(report.end, "notRecovered");
  assert.equal(report.load, 80);
  assert.match(report.sentence, /did not recover from the overload/);
});

const DOUBT = "The CPU of local's machine was above 90 % in 8 of 10 seconds";

/** Whatever the load, it is slow so long as the machine of the load generator is busy. */
function busyUntil(seconds: number, inner: SimulatedSystem): SimulatedSystem {
  const slow = createCurve({ medianMs: () => 900, seed: 2 });
  let second = 0;
  return { second: (load) => (second++ < seconds ? slow : inner).second(load) };
}

for (const seconds of [5, 20, 45, 90, 150]) {
  test(`a load generator that is busy for the first ${seconds} s does not set the edge`, () => {
    const system = busyUntil(
      seconds,
      createCurve({ medianMs: (load) => load > 200 ? 500 : 20, seed: 1, requestsPerLoad: 5 }),
    );
    const report = searchSimulated(system, {
      unit: "users",
      start: 40,
      slo: ["p99<100ms"],
      doubts: (_load, now) => now <= seconds + 2 ? [DOUBT] : [],
    });
    assert.ok(Math.abs((report.load ?? 0) - 200) <= 10, report.sentence);
    assert.equal(report.limitedBy, "system", report.sentence);
    assert.ok(report.seconds < seconds + 600, `${report.seconds} s`);
  });
}

for (const seconds of [5, 20, 45]) {
  test(`a system that is slow for the first ${seconds} s is not taken for what it is afterwards`, () => {
    const system = busyUntil(
      seconds,
      createCurve({ medianMs: (load) => load > 200 ? 500 : 20, seed: 1, requestsPerLoad: 5 }),
    );
    const report = searchSimulated(system, { unit: "users", start: 40, slo: ["p99<100ms"] });
    assert.ok(Math.abs((report.load ?? 0) - 200) <= 10, report.sentence);
    assert.deepEqual([report.end, report.limitedBy], ["found", "system"], report.sentence);
  });
}

for (const [unit, start] of [["users", 40], ["/s", 40], ["users", 1]] as const) {
  test(`a system that is slow for the first 240 s is waited for, from ${start} ${unit} on, and is searched then`, () => {
    const shown = new Set<string>();
    const system = busyUntil(
      240,
      createCurve({ medianMs: (load) => load > 200 ? 500 : 20, seed: 1, requestsPerLoad: 5 }),
    );
    const report = searchSimulated(
      system,
      { unit, start, slo: ["p99<100ms"] },
      ({ waitsFor = "" }) => shown.add(waitsFor),
    );
    assert.ok(Math.abs((report.load ?? 0) - 200) <= 10, report.sentence);
    assert.equal(report.end, "found", report.sentence);
    assert.ok([...shown].some((line) => /^too slow from the start: the system may be warming up/.test(line)));
  });
}

test("a queue whose services are half as slow again in the first minute is found, whatever broke in it", () => {
  const queue = { servers: 16, meanServiceMs: 20 };
  const capacity = capacityOf(queue, 0.99, 120);
  for (const seed of SEEDS) {
    const [cold, warm] = [createQueue({ ...queue, meanServiceMs: 30, seed }), createQueue({ ...queue, seed })];
    let second = 0;
    const system = { second: (load: number) => (second++ < 60 ? cold : warm).second(load) };
    const report = searchSimulated(system, { unit: "/s", start: 10, slo: ["p99<120ms"] });
    assert.ok(Math.abs((report.load ?? 0) / capacity - 1) < 0.05, `seed ${seed}: ${report.sentence}`);
  }
});

test("a load generator that is busy in the middle of a search does not set the edge", () => {
  for (const from of [15, 30, 60, 100]) {
    const inner = createCurve({ medianMs: (load) => load > 200 ? 500 : 20, seed: 1, requestsPerLoad: 5 });
    const slow = createCurve({ medianMs: () => 900, seed: 2 });
    let second = 0;
    const isBusy = (at: number) => at >= from && at < from + 25;
    const system = { second: (load: number) => (isBusy(second++) ? slow : inner).second(load) };
    const report = searchSimulated(system, {
      unit: "users",
      start: 10,
      slo: ["p99<100ms"],
      doubts: (_load, now) => isBusy(now) || isBusy(now - 4) ? [DOUBT] : [],
    });
    assert.ok(Math.abs((report.load ?? 0) - 200) <= 10, `from ${from} s on: ${report.sentence}`);
  }
});

test("a load generator that is the limit for good is looked at a few times, and the search ends", () => {
  const system = createCurve({ medianMs: (load) => load > 200 ? 500 : 20, seed: 1, requestsPerLoad: 5 });
  const { steps, end, limitedBy, seconds, high } = searchSimulated(system, {
    unit: "users",
    start: 10,
    slo: ["p99<100ms"],
    doubts: (load) => load > 200 ? [DOUBT] : [],
  });
  assert.deepEqual([end, limitedBy], ["found", "generator"]);
  assert.equal(steps.filter(({ load }) => load === high).length, 4);
  assert.ok(seconds < 600, `${seconds} s`);
});

test("a search whose time is over before the load generator has recovered says that it was the limit", () => {
  const report = searchSimulated(busyUntil(1000, createCurve({ medianMs: () => 20, seed: 1 })), {
    unit: "users",
    start: 40,
    slo: ["p99<100ms"],
    seconds: 60,
    doubts: () => [DOUBT],
  });
  assert.deepEqual([report.load, report.end, report.limitedBy], [null, "stopped", "generator"]);
});
