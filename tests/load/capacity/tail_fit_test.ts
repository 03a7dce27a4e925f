import assert from "node:assert/strict";
import { test } from "node:test";
import { fitTail, type TailWindow } from "../../../src/load/capacity/tail_fit.ts";

const LIMITS = { fromSeconds: 0.25, limitSeconds: 0.5, share: 0.01 };
const SAMPLES = 10_000;

/** A window of a queue that ends 80 requests a second, in which every request stays for an exponential time. `clip`: of those that end in the tail, before its limit. */
function windowAt(load: number, { off = 0, clip = 1 } = {}): TailWindow {
  const theta = 80 - load; // per second
  const reach = Math.min(0.9, Math.exp(-theta * LIMITS.fromSeconds + off));
  const beyond = SAMPLES * reach;
  const ended = beyond * (1 - Math.exp(-theta * (LIMITS.limitSeconds - LIMITS.fromSeconds))) * clip;
  return { load, samples: SAMPLES, beyond, ended, seconds: ended / theta };
}

/** P(T > 0.5 s) = e^(-0.5 θ) is 1 %. */
const EDGE = 80 - Math.log(100) / 0.5;
const LOADS = [60, 64, 66, 68, 70, 71, 72, 73];

test("fitTail() finds the edge of an exponential tail, and how steeply its share grows", () => {
  const fit = fitTail(LOADS.map((load) => windowAt(load)), LIMITS, 66);
  assert.ok(fit !== undefined && Math.abs(fit.edge / EDGE - 1) < 0.005, JSON.stringify(fit));
  assert.ok(fit.error < 0.005, JSON.stringify(fit));
  assert.ok(Math.abs(fit.steepness / (EDGE * LIMITS.limitSeconds) - 1) < 0.25, JSON.stringify(fit));
});

test("fitTail() is less sure of windows that lie around the curve", () => {
  const scattered = LOADS.map((load, i) => windowAt(load, { off: i % 2 === 0 ? 0.4 : -0.4 }));
  const fit = fitTail(scattered, LIMITS, 70);
  assert.ok(fit !== undefined && fit.error > 0.003, JSON.stringify(fit));
  assert.ok(Math.abs(fit.edge / EDGE - 1) < 3 * fit.error, JSON.stringify(fit));
});

test("fitTail() has no fit for a tail that does not fall as that of a queue", () => {
  // Half as many end before the limit as the rate before it says: the rest stays beyond it.
  assert.equal(fitTail(LOADS.map((load) => windowAt(load, { clip: 0.5 })), LIMITS, 70), undefined);
});

test("fitTail() has no fit of few windows, of loads that are all alike, or without a sample in the tail", () => {
  assert.equal(fitTail(LOADS.slice(0, 4).map((load) => windowAt(load)), LIMITS, 70), undefined);
  assert.equal(fitTail(LOADS.map(() => windowAt(70)), LIMITS, 70), undefined);
  const empty = LOADS.map((load) => ({ load, samples: SAMPLES, beyond: 0, ended: 0, seconds: 0 }));
  assert.equal(fitTail(empty, LIMITS, 70), undefined);
});
