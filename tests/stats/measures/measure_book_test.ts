import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { MeasureDelta } from "../../../src/protocol/measures_message.ts";
import { DeltaAccumulator } from "../../../src/stats/recording/delta_accumulator.ts";
import { ageDelta } from "../../../src/stats/delta/delta.ts";
import { Ledger } from "../../../src/stats/ledger/ledger.ts";
import { MeasureBook } from "../../../src/stats/measures/measure_book.ts";
import { Recorder } from "../../../src/stats/recording/recorder.ts";
import { splitDelta } from "../../../src/stats/delta/split_delta.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const CONTEXT = { state: "running", userCount: 0, targetUserCount: 0, usersByClass: {}, workers: [] };

/** Something that user code counts. */
type Act =
  | { readonly kind: "check" | "rate"; readonly name: string; readonly held: boolean }
  | {
    readonly kind: "trend" | "counter" | "gauge";
    readonly name: string;
    readonly value: number;
    readonly atMs: number;
  }
  | {
    readonly kind: "transaction";
    readonly name: string;
    readonly ms: number;
    readonly how: "success" | "failure" | "cutOff";
  };

const name = fc.constantFrom("a", "b", "checkout / pay");
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ kind: fc.constantFrom("check" as const, "rate" as const), name, held: fc.boolean() }),
  fc.record({
    kind: fc.constantFrom("trend" as const, "counter" as const, "gauge" as const),
    name,
    value: fc.nat(1_000_000),
    atMs: fc.nat(1000),
  }),
  fc.record({
    kind: fc.constant("transaction" as const),
    name,
    ms: fc.nat(100_000),
    how: fc.constantFrom("success" as const, "failure" as const, "cutOff" as const),
  }),
);

function perform(book: MeasureBook, each: Act): void {
  switch (each.kind) {
    case "check":
      return book.check(each.name).take(Number(each.held));
    case "rate":
      return book.metric("rate", each.name, "").take(Number(each.held), 0);
    case "transaction": {
      const row = book.transaction(each.name);
      if (each.how === "cutOff") row.cutOff++;
      else row.finish(each.ms, each.ms / 2, each.how);
      return;
    }
    default:
      return book.metric(each.kind, each.name, "ms").take(each.value, each.atMs);
  }
}

/** The delta of a thread at 1,000 ms. */
function deltaOf(acts: readonly Act[]) {
  const recorder = new Recorder({ clock: new FakeClock() });
  const ordered = [...acts].sort((a, b) => ("atMs" in a ? a.atMs : 0) - ("atMs" in b ? b.atMs : 0));
  for (const each of ordered) perform(recorder.measures, each);
  const measures = recorder.measures.toDeltas(1000) ?? [];
  return {
    entries: [],
    failures: [],
    exceptions: [],
    retries: 0,
    abandoned: 0,
    failedStarts: 0,
    unfilteredNames: 0,
    measures,
  };
}

function merge(parts: readonly (readonly Act[])[]) {
  const accumulator = new DeltaAccumulator();
  for (const part of parts) accumulator.add(deltaOf(part), 1000);
  return accumulator.take(1000)?.measures ?? [];
}

const byName = (list: readonly MeasureDelta[]) =>
  [...list].sort((a, b) => `${a.kind} ${a.name}` < `${b.kind} ${b.name}` ? -1 : 1);

const parts = fc.array(fc.array(act, { maxLength: 20 }), { minLength: 1, maxLength: 5 });

test("MeasureBook: merges commute, associate, and a worker in between changes nothing", () => {
  fc.assert(fc.property(parts, (lists) => {
    const merged = byName(merge(lists));
    assert.deepEqual(byName(merge([...lists].reverse())), merged);
    const accumulator = new DeltaAccumulator();
    for (const list of lists) {
      const inner = new DeltaAccumulator();
      inner.add(deltaOf(list), 1000);
      const delta = inner.take(1200);
      if (delta !== undefined) accumulator.add(ageDelta(delta, 300), 1500);
    }
    const aged = accumulator.take(1500)?.measures ?? [];
    assert.deepEqual(
      byName(aged.map((each) => each.kind === "gauge" ? { ...each, lastAgeMs: each.lastAgeMs - 500 } : each)),
      merged,
    );
  }));
});

test("MeasureBook: what threads count apart is what one thread counts of all of it", () => {
  fc.assert(fc.property(parts, (lists) => {
    const counted = (deltas: readonly MeasureDelta[]) => byName(deltas).filter(({ kind }) => kind !== "gauge");
    assert.deepEqual(counted(merge(lists)), counted(merge([lists.flat()])));
  }));
});

test("splitDelta() parts hold each measure once", () => {
  fc.assert(fc.property(fc.array(act, { minLength: 1, maxLength: 40 }), (acts) => {
    const delta = { ...deltaOf(acts), retries: 3 };
    const accumulator = new DeltaAccumulator();
    const split = splitDelta(delta, 600);
    for (const part of split) accumulator.add(part, 1000);
    const { measures, retries } = accumulator.take(1000) ?? {};
    assert.equal(retries, 3);
    assert.deepEqual(byName(measures ?? []), byName(delta.measures));
    if (delta.measures.length > 3) assert.ok(split.length > 1);
  }));
});

test("Ledger.save() and restore() keep measures, and a snapshot shows the same before and after", () => {
  fc.assert(fc.property(fc.array(act, { minLength: 1, maxLength: 40 }), (acts) => {
    const clock = new FakeClock();
    const ledger = new Ledger({ clock });
    ledger.apply(deltaOf(acts), "w");
    const state = JSON.parse(JSON.stringify(ledger.save()));
    const restored = Ledger.restore(state, { clock, awayMs: 0 });
    assert.deepEqual(restored.snapshot(CONTEXT).measures, ledger.snapshot(CONTEXT).measures);
  }));
});

test("MeasureBook.check() and transaction() beyond the limit share the row (other)", () => {
  const book = new MeasureBook(2);
  for (const each of ["a", "b", "c", "d", "a"]) book.check(each).take(1);
  for (const each of ["a", "b", "c", "d"]) book.transaction(each).finish(10, 10, "success");
  const { checks, transactions } = book.rows();
  assert.deepEqual(checks.map(({ name, passes }) => [name, passes]), [["(other)", 2], ["a", 2], ["b", 1]]);
  assert.equal(book.overflowed, 4);
  assert.deepEqual(transactions.map(({ name, times }) => [name, times.count]), [["(other)", 2], ["a", 1], ["b", 1]]);
});

test("MeasureBook.metric() beyond the limit counts values, and shows no sum or percentile of several metrics", () => {
  const thread = new MeasureBook(2);
  for (const each of ["a", "b"]) thread.metric("counter", each, "").take(100, 0);
  for (const kind of ["trend", "counter", "gauge"] as const) thread.metric(kind, `further ${kind}`, "ms").take(500, 0);
  const run = new MeasureBook(1);
  run.add(thread.toDeltas(0) ?? [], 0);
  assert.deepEqual(run.rows().metrics.map((row) => "sum" in row ? [row.name, row.count, row.sum] : [row.name]), [
    ["(other)", 4, 4],
    ["a", 1, 100],
  ]);
});

test("Ledger.reset() zeroes measures", () => {
  const ledger = new Ledger({ clock: new FakeClock() });
  ledger.apply(deltaOf([{ kind: "check", name: "a", held: true }]), "w");
  ledger.reset();
  assert.equal(ledger.snapshot(CONTEXT).measures, undefined);
  assert.equal(ledger.hasMeasures, false);
});

test("Ledger.snapshot() gives the figures of each kind", async () => {
  const clock = new FakeClock();
  const ledger = new Ledger({ clock });
  const recorder = new Recorder({ clock });
  for (let i = 1; i <= 100; i++) recorder.measures.metric("trend", "paint", "s").take(i / 10, 0);
  recorder.measures.metric("trend", "size", "B").take(4_000_000_000, 0);
  recorder.measures.metric("counter", "orders", "").take(30, 0);
  recorder.measures.transaction("pay").finish(2000, 500, "failure");
  const delta = recorder.drain();
  assert.ok(delta !== undefined);
  ledger.apply(delta, "w");
  await clock.advance(10_000);
  const measures = ledger.snapshot(CONTEXT).measures;
  const [size, ...others] = [...measures?.metrics ?? []].reverse();
  assert.deepEqual(others.map(({ name }) => name), ["paint", "orders"]);
  const [paint] = others;
  assert.ok(paint?.kind === "trend" && size?.kind === "trend");
  assert.deepEqual([paint.count, paint.min, paint.max, paint.mean], [100, 0.1, 10, 5.05]);
  assert.ok(Math.abs((paint.percentiles[0] ?? 0) - 5) < 0.02);
  assert.deepEqual([size.max, size.beyondScale], [4_000_000_000, 1]);
  const orders = measures?.metrics[0];
  assert.ok(orders?.kind === "counter");
  assert.deepEqual([orders.sum, orders.perSecond], [30, 3]);
  const [pay] = measures?.transactions ?? [];
  assert.deepEqual([pay?.count, pay?.failures, pay?.times.mean, pay?.busyTimes.mean], [1, 1, 2000, 500]);
});

test("Ledger.apply() counts nothing of a delta with malformed measures", () => {
  const ledger = new Ledger({ clock: new FakeClock() });
  const { measures: _, ...whole } = deltaOf([]);
  const bad: readonly MeasureDelta[] = [
    { kind: "trend", name: "x", unit: "", values: new Uint8Array([1, 2]) },
    { kind: "check", name: "x", passes: -1, fails: 0 },
    { kind: "gauge", name: "x", unit: "", count: 1, last: NaN, lastAgeMs: 0, min: 0, max: 0 },
    { kind: "transaction", name: "x", failures: 1, cutOff: 0, times: new Uint8Array(), busyTimes: new Uint8Array() },
  ];
  const good: MeasureDelta = { kind: "check", name: "good", passes: 1, fails: 0 };
  for (const each of bad) {
    assert.throws(
      () => ledger.apply({ ...whole, measures: [good, each] }, "w"),
      /Cannot (?:count a statistics message|read the bytes)/,
    );
  }
  assert.equal(ledger.hasMeasures, false);
});
