import assert from "node:assert/strict";
import { test } from "node:test";
import type { CapacityFigure, CapacityPurpose, CapacityStep } from "../../../src/protocol/capacity_message.ts";
import { fitEdge } from "../../../src/load/capacity/edge_fit.ts";

interface Look {
  readonly load: number;
  /** Slow samples, beside the 1 % that are allowed. */
  readonly ratio: number;
  readonly samples?: number;
  /** How many slow requests come together. */
  readonly clump?: number;
  readonly purpose?: CapacityPurpose;
  readonly outcome?: CapacityStep["outcome"];
  readonly seconds?: number;
  readonly doubts?: readonly string[];
}

function step(
  { load, ratio, samples = 3000, clump = 1, purpose = "confirm", outcome = "unclear", seconds = 30, doubts = [] }: Look,
): CapacityStep {
  const share = 0.01;
  const error = Math.sqrt(Math.max(ratio, 1) * share * clump / samples);
  const figure: CapacityFigure = {
    condition: "p99<500ms",
    statistic: "p99",
    limit: 500,
    unit: "ms",
    measured: 400,
    outcome,
    excess: (ratio - 1) * share,
    error,
    lasting: error,
    share,
    weight: samples,
    needed: 500,
  };
  return {
    number: 1,
    purpose,
    unit: "/s",
    load,
    fromSeconds: 0,
    toSeconds: seconds,
    achieved: load,
    requestsPerSecond: load,
    outcome,
    leaning: ratio > 1 ? "broken" : "within",
    figures: [figure],
    doubts,
  };
}

/** As the tail of a queue grows: by e in 2.5 % of the load. */
const looksAround = (edge: number, clump: number) =>
  [0.94, 0.97, 1.01, 1.04, 1.06].map((of) => step({ load: edge * of, ratio: Math.exp(40 * (of - 1)), clump }));

test("fitEdge() finds the edge between windows that lie on a curve", () => {
  const fit = fitEdge(looksAround(70, 1), 65, 75);
  assert.ok(fit !== undefined && Math.abs(fit.edge / 70 - 1) < 0.005, JSON.stringify(fit));
  assert.ok(fit.low < 70 && fit.high > 70 && fit.high / fit.low < 1.03, JSON.stringify(fit));
});

test("fitEdge() is less sure of requests that are slow together", () => {
  const [single, together] = [1, 60].map((clump) => fitEdge(looksAround(70, clump), 65, 75));
  assert.ok(single !== undefined && together !== undefined);
  assert.ok(together.low < single.low && together.high > single.high, JSON.stringify({ single, together }));
});

test("fitEdge() of a cliff lies between what holds and what breaks", () => {
  const looks = [700, 720, 730].map((load) => step({ load, ratio: 0.1, samples: 20_000 }));
  const broken = [740, 760].map((load) => step({ load, ratio: 5, samples: 20_000 }));
  const fit = fitEdge([...looks, ...broken], 730, 740);
  assert.ok(fit !== undefined && fit.edge > 730 && fit.edge < 740, JSON.stringify(fit));
});

test("fitEdge() gives a window that broke early the weight of one that was let run", () => {
  const lucky = [70, 70, 66].map((load) => step({ load, ratio: 0, clump: 50 }));
  const early = { load: 72, ratio: 60, clump: 50, outcome: "broken" } as const;
  const [short, whole] = [{ samples: 300, seconds: 3 }, { samples: 3000, seconds: 30 }].map((window) =>
    fitEdge([...lucky, step({ ...early, ...window })], 70, 72)
  );
  assert.ok(short !== undefined && whole !== undefined);
  assert.ok(Math.abs(short.edge / whole.edge - 1) < 0.02, JSON.stringify({ short, whole }));
});

test("fitEdge() says nothing where no figure was beyond its limit", () => {
  assert.equal(fitEdge([60, 70].map((load) => step({ load, ratio: 0.5 })), 60, 70), undefined);
});

test("fitEdge() leaves out what a busy load generator spoilt, where as much has held without a doubt", () => {
  const looks = looksAround(70, 1);
  const spoilt = step({ load: 66, ratio: 8, doubts: ["The CPU of local's machine was above 90 %"] });
  assert.deepEqual(fitEdge([...looks, spoilt], 65, 75), fitEdge(looks, 65, 75));
  const lower = fitEdge([...looks, { ...spoilt, doubts: [] }], 65, 75);
  assert.ok(lower !== undefined && lower.edge < 69.5, JSON.stringify(lower));
});
