import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createRandom } from "../../../src/base/random.ts";
import {
  between,
  constant,
  constantPacing,
  constantThroughput,
  createPace,
  expectedIntervalOf,
  PACE,
  poisson,
  type WaitOwner,
} from "../../../src/user/timing/wait_time.ts";
import { FakeClock } from "../../support/fake_clock.ts";

function createOwner(clock: FakeClock, seed = 1): WaitOwner {
  const pace = createPace({ clock }, clock.nowMs());
  return { random: createRandom(seed), [PACE]: () => pace };
}

test("between() stays within its bounds and uses all of the range", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 100, noNaN: true }),
      fc.double({ min: 0, max: 100, noNaN: true }),
      fc.nat(),
      (a, b, seed) => {
        const [min, max] = a < b ? [a, b] : [b, a];
        const seconds = between(min, max).call(createOwner(new FakeClock(), seed));
        assert.ok(seconds >= min && seconds <= max, `${seconds} is not between ${min} and ${max}`);
      },
    ),
  );
  const owner = createOwner(new FakeClock());
  const draws = Array.from({ length: 1000 }, () => between(2, 4).call(owner));
  assert.ok(Math.min(...draws) < 2.05 && Math.max(...draws) > 3.95);
});

test("poisson() draws exponential times with a mean of 1/rate seconds", () => {
  const owner = createOwner(new FakeClock());
  const draws = Array.from({ length: 20_000 }, () => poisson(4).call(owner));
  const mean = draws.reduce((sum, seconds) => sum + seconds, 0) / draws.length;
  assert.ok(Math.abs(mean - 0.25) < 0.01, `mean ${mean}`);
  const longer = draws.filter((seconds) => seconds > 0.5).length / draws.length;
  assert.ok(Math.abs(longer - Math.exp(-2)) < 0.01, `${longer} are longer than twice the mean`);
  assert.ok(draws.every((seconds) => seconds >= 0 && Number.isFinite(seconds)));
});

test("constant() is always the same", () => {
  const owner = createOwner(new FakeClock());
  assert.deepEqual([1, 2, 3].map(() => constant(2.5).call(owner)), [2.5, 2.5, 2.5]);
});

// Each row: how long the task took, and the wait that must follow. A pace of 10 s.
const PACING: readonly { readonly why: string; readonly takes: number; readonly waits: number }[] = [
  { why: "the first start counts from the construction", takes: 3, waits: 7 },
  { why: "the rest of the interval", takes: 4, waits: 6 },
  { why: "a task of exactly the interval leaves nothing", takes: 10, waits: 0 },
  { why: "a late task is followed at once", takes: 25, waits: 0 },
  { why: "what was late is not caught up", takes: 2, waits: 8 },
];

test("constantPacing() keeps the distance between starts, row by row", async () => {
  const clock = new FakeClock({ nowMs: 5000 });
  const owner = createOwner(clock);
  const wait = constantPacing(10);
  for (const { why, takes, waits } of PACING) {
    await clock.advance(takes * 1000);
    const seconds = wait.call(owner);
    assert.ok(Math.abs(seconds - waits) < 1e-9, `${why}: ${seconds}`);
    await clock.advance(seconds * 1000);
  }
});

test("constantPacing() keeps the pace of each owner apart", async () => {
  const clock = new FakeClock();
  const wait = constantPacing(10);
  const early = createOwner(clock);
  await clock.advance(4000);
  const late = createOwner(clock);
  await clock.advance(1000);
  assert.equal(wait.call(early), 5);
  assert.equal(wait.call(late), 9);
});

test("constantThroughput() is the pace of one start per 1/rate seconds", async () => {
  const clock = new FakeClock();
  const owner = createOwner(clock);
  await clock.advance(50);
  assert.ok(Math.abs(constantThroughput(10).call(owner) - 0.05) < 1e-9);
});

test("wait times of equal calls are one function, those of others are not", () => {
  for (const make of [() => between(1, 2), () => constant(3), () => constantPacing(4), () => poisson(5)]) {
    assert.equal(make(), make());
  }
  const others = [between(1, 2), between(1, 2.5), between(1, 22), constant(1), poisson(1), constantPacing(1)];
  assert.equal(new Set<unknown>(others).size, others.length);
  for (let i = 0; i < 3000; i++) assert.equal(constant(10 + i).call({} as never), 10 + i);
});

test("expectedIntervalOf() knows paced wait times only", () => {
  assert.equal(expectedIntervalOf(constantPacing(2)), 2000);
  assert.equal(expectedIntervalOf(constantThroughput(4)), 250);
  assert.equal(expectedIntervalOf(between(1, 2)), 0);
  assert.equal(expectedIntervalOf(undefined), 0);
});

test("wait times refuse what is not a number of seconds", () => {
  const calls = [
    () => between(Number.NaN, 1),
    () => between(3, 1),
    () => between(-1, 1),
    () => constant(Number.POSITIVE_INFINITY),
    () => constant("2" as never),
    () => constantPacing(-1),
    () => constantThroughput(0),
    () => poisson(0),
  ];
  for (const call of calls) assert.throws(call, /^LocustError: Cannot wait/);
});
