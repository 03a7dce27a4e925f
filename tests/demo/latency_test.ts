import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "../../src/base/random.ts";
import { drawLatencyMs, formatLatency, type Latency, parseLatency } from "../../src/demo/latency.ts";

const TABLE: readonly (readonly [text: string, latency: Latency | undefined, why: string])[] = [
  ["20", { kind: "logNormal", medianMs: 20 }, "a number is the median of a log-normal"],
  ["0.5", { kind: "logNormal", medianMs: 0.5 }, "fractions of a millisecond"],
  [" 20 ", { kind: "logNormal", medianMs: 20 }, "spaces around it do not matter"],
  ["fixed:5", { kind: "fixed", ms: 5 }, "always the same"],
  ["0", { kind: "none" }, "none at all"],
  ["fixed:0", { kind: "none" }, "a fixed nothing is none"],
  ["-1", undefined, "time does not run backwards"],
  ["20ms", undefined, "no unit"],
  ["fixed:", undefined, "fixed at what?"],
  ["", undefined, "empty"],
];

for (const [text, latency, why] of TABLE) {
  test(`parseLatency() of "${text}": ${why}`, () => assert.deepEqual(parseLatency(text), latency));
}

test("formatLatency() names the distribution and its figure", () => {
  assert.equal(formatLatency({ kind: "logNormal", medianMs: 20 }), "log-normal, median 20 ms");
  assert.equal(formatLatency({ kind: "fixed", ms: 5 }), "5 ms");
  assert.equal(formatLatency({ kind: "none" }), "none");
});

test("drawLatencyMs() has the median and the tail of the log-normal that it claims", () => {
  const random = createRandom(1);
  const draws = Array.from({ length: 20_000 }, () => drawLatencyMs({ kind: "logNormal", medianMs: 20 }, 1, random));
  draws.sort((a, b) => a - b);
  const at = (share: number) => draws[Math.floor(draws.length * share)] as number;
  assert.ok(Math.abs(at(0.5) - 20) < 0.5, `median ${at(0.5)}`);
  assert.ok(Math.abs(at(0.95) - 20 * Math.exp(0.5 * 1.645)) < 2, `p95 ${at(0.95)}`);
  assert.ok((draws[0] as number) > 0, "never negative, never 0");
});

test("drawLatencyMs() scales with the factor of the route", () => {
  assert.equal(drawLatencyMs({ kind: "fixed", ms: 5 }, 25, createRandom(1)), 125);
  assert.equal(drawLatencyMs({ kind: "none" }, 25, createRandom(1)), 0);
  const single = drawLatencyMs({ kind: "logNormal", medianMs: 20 }, 1, createRandom(9));
  const triple = drawLatencyMs({ kind: "logNormal", medianMs: 20 }, 3, createRandom(9));
  assert.ok(Math.abs(triple - 3 * single) < 1e-9, `${triple} and 3 × ${single}`);
});
