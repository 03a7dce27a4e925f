import assert from "node:assert/strict";
import { test } from "node:test";
import { fitTail, type TailWindow } from "../../../src/load/capacity/tail_fit.ts";

const LIMITS = { fromSeconds: [0.03125, 0.0625, 0.125, 0.25], limitSeconds: 0.5, share: 0.01 };
const SAMPLES = 10_000;

/**
 * A window of a queue that ends 80 requests a second, in which every request stays for an exponential time. `clip`: of those that end in the last stretch before the
 * limit; `rises`: how much slower than the last stretch those before it
 * fall; `rate`: how much faster all of them do.
 */
function windowAt(load: number, { clip = 1, samples = SAMPLES, rises = 0, rate = 1 } = {}): TailWindow {
  const last = LIMITS.fromSeconds.length - 1;
  const ends = [...LIMITS.fromSeconds.slice(1), LIMITS.limitSeconds];
  // Of the last stretch; those before it fall by less, and their rates change less and less.
  const rateOf = (j: number) => rate * (80 - load) * (1 - rises * (1 - 0.6 ** (last - j)));
  let beyond = samples * Math.min(0.9, Math.exp(-(80 - load) * (LIMITS.fromSeconds[0] ?? 0)));
  const counts = LIMITS.fromSeconds.map((from, j) => {
    const theta = rateOf(j);
    const ended = beyond * (1 - Math.exp(-theta * ((ends[j] ?? 0) - from))) * (j === last ? clip : 1);
    const count = { beyond, ended, seconds: ended / theta };
    beyond -= ended;
    return count;
  });
  return { load, samples, counts };
}

/** P(T > 0.5 s) = e^(-0.5 θ) is 1 %. */
const EDGE = 80 - Math.log(100) / 0.5;
const LOADS = [60, 64, 66, 68, 70, 71, 72, 73];

test("fitTail() finds the edge of an exponential tail, and how steeply its share grows", () => {
  const fit = fitTail(LOADS.map((load) => windowAt(load)), LIMITS, 66);
  assert.ok(fit !== undefined && Math.abs(fit.edge / EDGE - 1) < 0.005, JSON.stringify(fit));
  assert.ok(fit.error < 0.012, JSON.stringify(fit));
  assert.ok(Math.abs(fit.steepness / (EDGE * LIMITS.limitSeconds) - 1) < 0.25, JSON.stringify(fit));
});

test("fitTail() finds an edge that is far from the load at which it begins", () => {
  for (const guess of [58, 78, 88]) {
    const fit = fitTail([40, 50, ...LOADS].map((load) => windowAt(load)), LIMITS, guess);
    assert.ok(fit !== undefined && Math.abs(fit.edge / EDGE - 1) < 0.01, `${guess}: ${JSON.stringify(fit)}`);
  }
});

test("fitTail() is less sure of few samples, and of windows that lie around the curve", () => {
  const errorOf = (windows: readonly TailWindow[]) => fitTail(windows, LIMITS, 70)?.error ?? NaN;
  const usual = errorOf(LOADS.map((load) => windowAt(load)));
  const few = errorOf(LOADS.map((load) => windowAt(load, { samples: SAMPLES / 10 })));
  assert.ok(few > 2.5 * usual, `${few}, ${usual}`);
  const scattered = LOADS.map((load, i) => windowAt(load, { rate: i % 2 === 0 ? 1.25 : 0.75 }));
  const fit = fitTail(scattered, LIMITS, 70);
  assert.ok(fit !== undefined && fit.error > 1.1 * usual, JSON.stringify(fit));
  assert.ok(Math.abs(fit.edge / EDGE - 1) < 3 * fit.error, JSON.stringify(fit));
});

test("fitTail() knows the last stretch by those before it, whose rates change less and less", () => {
  const windows = LOADS.map((load) => windowAt(load, { rises: 0.3 }));
  const exact = fitTail(windows, LIMITS, 70);
  // Nearly nothing is known of the last stretch itself: twice as many as usual end in it, but of a thousandth of all samples.
  const blind = fitTail(
    windows.map(({ counts, ...window }) => ({
      ...window,
      counts: counts.map((count, j) =>
        j < 3 ? count : { beyond: count.beyond / 1000, ended: 2 * count.ended / 1000, seconds: count.seconds / 1000 }
      ),
    })),
    LIMITS,
    70,
  );
  assert.ok(exact !== undefined, "no fit");
  assert.ok(blind === undefined || Math.abs(blind.edge / exact.edge - 1) < 0.05, JSON.stringify([exact, blind]));
});

test("fitTail() has no fit for a tail that does not fall as that of a queue", () => {
  // Half as many end before the limit as the rate before it says: the rest stays beyond it.
  assert.equal(fitTail(LOADS.map((load) => windowAt(load, { clip: 0.5 })), LIMITS, 70), undefined);
});

test("fitTail() has no fit of few windows, of loads that are all alike, or without a sample in the tail", () => {
  assert.equal(fitTail(LOADS.slice(0, 4).map((load) => windowAt(load)), LIMITS, 70), undefined);
  assert.equal(fitTail(LOADS.map(() => windowAt(70)), LIMITS, 70), undefined);
  const empty = LOADS.map((load) => ({
    load,
    samples: SAMPLES,
    counts: LIMITS.fromSeconds.map(() => ({ beyond: 0, ended: 0, seconds: 0 })),
  }));
  assert.equal(fitTail(empty, LIMITS, 70), undefined);
});
