import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Entry } from "../../../src/stats/delta/entry.ts";
import { Histogram } from "../../../src/stats/histogram/histogram.ts";
import { TickWindow, WINDOW_TICKS } from "../../../src/stats/ticks/tick_window.ts";

const FRACTIONS = [0, 0.5, 0.9, 0.99, 1];

interface Tick {
  readonly skipped: number;
  readonly values: readonly number[];
  readonly doublings: number;
  readonly untimed: number;
  readonly failures: number;
}

const tick: fc.Arbitrary<Tick> = fc.record({
  skipped: fc.oneof(fc.constant(0), fc.constant(0), fc.nat(WINDOW_TICKS + 2)),
  values: fc.array(fc.oneof(fc.nat(300), fc.nat(3_600_000_000)), { maxLength: 40 }),
  doublings: fc.oneof(fc.constant(0), fc.nat(24)), // up to more than a bucket of a tick usually holds
  untimed: fc.nat(3),
  failures: fc.nat(5),
});

function count({ values, doublings, untimed, failures }: Tick): Entry {
  const entry = new Entry("GET", "/");
  // A sum beyond 2^53 is not exact.
  for (const us of values) entry.times.record(doublings === 0 ? us : us % 1000, 0);
  for (let i = 0; i < doublings; i++) entry.times.times.addPacked(entry.times.times.pack());
  entry.requests = entry.times.times.count + untimed;
  entry.failures = failures;
  return entry;
}

function contents(times: Histogram) {
  const { count, sumUs, minUs, maxUs, clamped } = times;
  return { count, sumUs, minUs, maxUs, clamped, buckets: times.buckets() };
}

test("TickWindow.read() is the sum of the ticks that are asked for, whatever came before them", () => {
  fc.assert(fc.property(fc.array(tick, { maxLength: 40 }), fc.nat(3), (ticks, late) => {
    const window = new TickWindow();
    const pushed: { readonly at: number; readonly entry: Entry }[] = [];
    let at = 0;
    for (const each of ticks) {
      at += each.skipped;
      const entry = count(each);
      window.push(at, entry, entry.times.times);
      pushed.push({ at, entry });
      if (each.failures % 2 === 0) at++; // else the tick has another part
      const [from, to] = [Math.max(0, at - WINDOW_TICKS), at + 1 - Math.min(late, 1)];
      const expected = new Entry("GET", "/");
      for (const one of pushed) if (one.at >= from && one.at < to) expected.add(one.entry);
      const { requests, failures, quantilesUs, packed } = window.read(from, to, FRACTIONS);
      assert.deepEqual([requests, failures], [expected.requests, expected.failures]);
      assert.deepEqual(contents(Histogram.unpack(packed)), contents(expected.times.times));
      assert.deepEqual(quantilesUs, expected.times.times.quantilesUs(FRACTIONS));
    }
  }));
});

test("TickWindow.read() after clear() has nothing", () => {
  const window = new TickWindow();
  const entry = count({ skipped: 0, values: [5, 6], doublings: 0, untimed: 0, failures: 1 });
  window.push(3, entry, entry.times.times);
  window.clear();
  assert.deepEqual(window.read(0, 9, FRACTIONS), {
    requests: 0,
    failures: 0,
    quantilesUs: FRACTIONS.map(() => null),
    packed: new Uint8Array(0),
  });
});
