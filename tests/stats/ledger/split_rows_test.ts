import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Ledger, type SnapshotContext } from "../../../src/stats/ledger/ledger.ts";
import { deltaOf, type Sample, samples } from "../../support/deltas.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const CONTEXT: SnapshotContext = {
  state: "running",
  userCount: 1,
  targetUserCount: 1,
  usersByClass: { A: 1 },
  workers: [],
};

const lists = fc.array(samples, { minLength: 1, maxLength: 4 });

function ledgerOf(all: readonly (readonly Sample[])[]) {
  const clock = new FakeClock();
  const ledger = new Ledger({ clock });
  for (const list of all) {
    ledger.apply(deltaOf(list), "w");
    void clock.advance(1000);
    ledger.rotate();
  }
  return { clock, ledger };
}

/** The figures of a run that made these samples alone, ticks where the other run had them. */
function figuresOf(all: readonly (readonly Sample[])[], tag: string, value: string) {
  const clock = new FakeClock();
  const ledger = new Ledger({ clock });
  for (const list of all) {
    const chosen = list.filter(({ tags }) => tags?.[tag] !== undefined && String(tags[tag]) === value);
    if (chosen.length > 0) ledger.apply(deltaOf(chosen), "w");
    void clock.advance(1000);
    ledger.rotate();
  }
  const { total, entries } = ledger.snapshot(CONTEXT);
  return { total, entries };
}

test("Ledger: a split by a tag has the figures of a run with these samples alone", () => {
  fc.assert(fc.property(lists, (all) => {
    const { splits = [] } = ledgerOf(all).ledger.snapshot(CONTEXT);
    for (const { tag, values } of splits) {
      for (const { value, total, entries } of values) {
        assert.deepEqual({ total, entries }, figuresOf(all, tag, value), `${tag}=${value}`);
      }
    }
    const tags = new Set(all.flat().flatMap(({ tags = {} }) => Object.keys(tags)));
    assert.deepEqual(splits.map(({ tag }) => tag), [...tags].sort());
  }));
});

test("Ledger: the order of deltas changes no split", () => {
  fc.assert(fc.property(lists, (all) => {
    const a = new Ledger({ clock: new FakeClock() });
    const b = new Ledger({ clock: new FakeClock() });
    for (const list of all) a.apply(deltaOf(list), "w");
    for (const list of [...all].reverse()) b.apply(deltaOf(list), "w");
    assert.deepEqual(b.snapshot(CONTEXT).splits, a.snapshot(CONTEXT).splits);
  }));
});

test("Ledger.restore() continues the splits", () => {
  fc.assert(fc.property(lists, (all) => {
    const { ledger, clock } = ledgerOf(all);
    const restored = Ledger.restore(JSON.parse(JSON.stringify(ledger.save())), { clock, awayMs: 0 });
    const whole = ({ splits = [] }: ReturnType<Ledger["snapshot"]>) =>
      splits.map(({ tag, values }) => ({
        tag,
        values: values.map(({ value, total, entries }) => [
          value,
          [total, ...entries].map(({ requests, failures, bytes, times, percentilesMs }) => //
          [requests, failures, bytes, times, percentilesMs]),
        ]),
      }));
    assert.deepEqual(whole(restored.snapshot(CONTEXT)), whole(ledger.snapshot(CONTEXT)));
  }));
});

test("Ledger.reset() zeroes the splits and keeps them listed", () => {
  const { ledger } = ledgerOf([[{
    method: "GET",
    name: "/",
    ms: 5,
    bytes: 1,
    failure: undefined,
    intervalMs: 0,
    tags: { region: "eu" },
  }]]);
  ledger.reset();
  const [split] = ledger.snapshot(CONTEXT).splits ?? [];
  assert.equal(split?.tag, "region");
  assert.equal(split?.values[0]?.total.requests, 0);
  assert.equal(split?.values[0]?.entries[0]?.requests, 0);
});

test("Ledger: without tags a snapshot has no splits", () => {
  const { ledger } = ledgerOf([[{ method: "GET", name: "/", ms: 5, bytes: 1, failure: undefined, intervalMs: 0 }]]);
  assert.equal("splits" in ledger.snapshot(CONTEXT), false);
});
