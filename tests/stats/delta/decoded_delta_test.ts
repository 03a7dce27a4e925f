import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { DeltaMessage } from "../../../src/protocol/delta_message.ts";
import { DecodedDelta } from "../../../src/stats/delta/decoded_delta.ts";
import type { DecodedHistogram } from "../../../src/stats/histogram/packed_histogram.ts";
import { deltaOf, samples } from "../../support/deltas.ts";

function contents({ room, from, to, count, clamped, sumUs, minUs, maxUs }: DecodedHistogram) {
  return {
    buckets: [...room.buckets.subarray(from, to)],
    counts: [...room.counts.subarray(from, to)],
    summary: { count, clamped, sumUs, minUs, maxUs },
  };
}

/** What `next` gives for each entry, read while both histograms of the entry are in use. */
function readAll(decoded: DecodedDelta, delta: DeltaMessage) {
  decoded.read(delta);
  return delta.entries.map((entry) => {
    const times = decoded.next();
    const corrected = entry.corrected === undefined ? undefined : decoded.next();
    return { times: contents(times), corrected: corrected === undefined ? undefined : contents(corrected) };
  });
}

test("DecodedDelta.next() gives the histograms in order, kept or not, as often as they are asked for", () => {
  fc.assert(fc.property(samples, samples, fc.nat(60), (one, other, keptBuckets) => {
    const [first, second] = [deltaOf(one), deltaOf(other)];
    const ample = new DecodedDelta();
    const scarce = new DecodedDelta(keptBuckets);
    for (const delta of [first, second, second, first]) {
      const all = readAll(ample, delta);
      assert.deepEqual(readAll(scarce, delta), all);
      assert.equal(all.length, delta.entries.length);
      for (const [i, { times }] of all.entries()) {
        const entry = delta.entries[i];
        assert.equal(times.summary.count, (entry?.requests ?? 0) - (entry?.untimed ?? 0));
        assert.equal(times.counts.reduce((sum, count) => sum + count, 0), times.summary.count);
      }
    }
  }));
});

test("DecodedDelta.read() refuses what cannot be counted, also when it comes again", () => {
  const good = deltaOf([{ method: "GET", name: "/", ms: 5, bytes: 1, failure: undefined, intervalMs: 0 }]);
  const entry = good.entries[0];
  assert.ok(entry !== undefined);
  const bad: [string, DeltaMessage][] = [
    ["requests that are not its times", { ...good, entries: [{ ...entry, requests: 3 }] }],
    ["half a histogram", { ...good, entries: [{ ...entry, times: entry.times.subarray(0, 3) }] }],
    ["a count below zero", { ...good, retries: -1 }],
    ["an age that is none", { ...good, entries: [{ ...entry, lastAgeMs: NaN }] }],
  ];
  const decoded = new DecodedDelta();
  for (const [sentence, delta] of bad) {
    for (let i = 0; i < 2; i++) assert.throws(() => decoded.read(delta), { code: "bad_stats" }, sentence);
    assert.equal(readAll(decoded, good)[0]?.times.summary.count, 1);
  }
});
