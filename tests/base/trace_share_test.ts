import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "../../src/base/random.ts";
import { createNextTrace } from "../../src/base/trace_share.ts";

test("createNextTrace() gives the share its trace, the same requests for the same seed, and never an id twice", () => {
  const draw = () => {
    const next = createNextTrace(0.05, createRandom(7, 1))!;
    return Array.from({ length: 20_000 }, next);
  };
  const [first, second] = [draw(), draw()];
  const which = (traces: typeof first) => traces.flatMap((trace, i) => trace === undefined ? [] : [i]);
  assert.deepEqual(which(first), which(second));
  const traces = [...first, ...second].filter((trace) => trace !== undefined);
  assert.ok(Math.abs(traces.length / 40_000 - 0.05) < 0.01, `${traces.length} of 40,000`);
  assert.equal(new Set(traces.map(({ traceId }) => traceId)).size, traces.length);
  for (const { traceId, traceparent } of traces) {
    assert.match(traceparent, /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    assert.equal(traceparent.slice(3, 35), traceId);
    assert.doesNotMatch(traceparent, /-0+-/);
  }
});

test("createNextTrace() of 0 is nothing to call, and of 1 traces each request", () => {
  assert.equal(createNextTrace(0, createRandom(1)), undefined);
  assert.ok(Array.from({ length: 100 }, createNextTrace(1, createRandom(1))!).every((trace) => trace !== undefined));
});
