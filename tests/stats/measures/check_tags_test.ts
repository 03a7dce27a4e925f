import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { SampleTags } from "../../../src/base/sample_tags.ts";
import type { CheckSplit, MeasuresSnapshot, ShareDelta } from "../../../src/protocol/measures_message.ts";
import { parseMeasure } from "../../../src/protocol/wire/parse_measures.ts";
import { DeltaAccumulator } from "../../../src/stats/recording/delta_accumulator.ts";
import { Ledger } from "../../../src/stats/ledger/ledger.ts";
import { checkMeasures } from "../../../src/stats/measures/check_measures.ts";
import { MeasureBook } from "../../../src/stats/measures/measure_book.ts";
import { Recorder } from "../../../src/stats/recording/recorder.ts";
import { countCheck } from "../../../src/user/measures/checks.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const CONTEXT = { state: "running", userCount: 0, targetUserCount: 0, usersByClass: {}, workers: [] };

interface Counted {
  readonly name: string;
  readonly held: boolean;
  readonly tags: SampleTags | undefined;
}

const counted: fc.Arbitrary<Counted> = fc.record({
  name: fc.constantFrom("is ok", "is fast"),
  held: fc.boolean(),
  tags: fc.option(
    fc.dictionary(fc.constantFrom("region", "plan"), fc.constantFrom("eu", "us", 7, null)),
    { nil: undefined },
  ),
});

function countIn(recorder: Recorder, list: readonly Counted[]): void {
  for (const { name, held, tags } of list) countCheck(recorder, name, held, tags);
}

/** A ledger that got the counts of each list through a thread and a worker of its own. */
function ledgerOf(lists: readonly (readonly Counted[])[]): Ledger {
  const clock = new FakeClock();
  const ledger = new Ledger({ clock });
  for (const list of lists) {
    const recorder = new Recorder({ clock });
    const worker = new DeltaAccumulator();
    const middle = Math.floor(list.length / 2);
    for (const part of [list.slice(0, middle), list.slice(middle)]) {
      countIn(recorder, part);
      const delta = recorder.drain();
      if (delta !== undefined) worker.add(delta, clock.nowMs());
    }
    const delta = worker.take(clock.nowMs());
    if (delta !== undefined) ledger.apply(delta, "worker");
  }
  return ledger;
}

const measuresOf = (ledger: Ledger): MeasuresSnapshot | undefined => ledger.snapshot(CONTEXT).measures;

/** By hand: tag, value and check with passes and fails. */
function expected(list: readonly Counted[]): Record<string, [number, number]> {
  const sums: Record<string, [number, number]> = {};
  for (const { name, held, tags } of list) {
    for (const [tag, value] of Object.entries(tags ?? {})) {
      if (value === null || value === undefined) continue;
      const sum = sums[`${tag}=${value} ${name}`] ??= [0, 0];
      sum[held ? 0 : 1]++;
    }
  }
  return sums;
}

function flat(splits: readonly CheckSplit[] = []): Record<string, [number, number]> {
  return Object.fromEntries(
    splits.flatMap(({ tag, values }) =>
      values.flatMap(({ value, checks }) =>
        checks.map(({ name, passes, fails }) => [`${tag}=${value} ${name}`, [passes, fails]] as const)
      )
    ),
  );
}

test("checks by tag: threads, workers and the ledger count what was counted, also after saving and restoring", () => {
  fc.assert(fc.property(fc.array(fc.array(counted, { maxLength: 20 }), { maxLength: 4 }), (lists) => {
    const ledger = ledgerOf(lists);
    const measures = measuresOf(ledger);
    assert.deepEqual(flat(measures?.checkSplits), expected(lists.flat()));
    const total = (measures?.checks ?? []).reduce((sum, { passes, fails }) => sum + passes + fails, 0);
    assert.equal(total, lists.flat().length, "the checks themselves count each once");
    const state = JSON.parse(JSON.stringify(ledger.save()));
    assert.deepEqual(measuresOf(Ledger.restore(state, { clock: new FakeClock() })), measures);
  }));
});

test("checks by tag: tags, values and checks are sorted, (other) last", () => {
  const tags = (values: readonly string[]) => values.map((region) => ({ name: "b", held: true, tags: { region } }));
  const splits = measuresOf(ledgerOf([
    [...tags(["us", "(other)", "eu"]), { name: "a", held: false, tags: { region: "us", plan: "x" } }],
  ]))?.checkSplits ?? [];
  assert.deepEqual(splits.map(({ tag }) => tag), ["plan", "region"]);
  assert.deepEqual(splits[1]?.values.map(({ value }) => value), ["eu", "us", "(other)"]);
  assert.deepEqual(splits[1]?.values[1]?.checks.map(({ name }) => name), ["a", "b"]);
});

test("checks by tag: 50 values, then (other); 20 tags, further ones are numbered", () => {
  const values = Array.from({ length: 60 }, (_, i) => ({ name: "a", held: i % 2 === 0, tags: { id: i } }));
  const split = measuresOf(ledgerOf([values]))?.checkSplits?.[0];
  assert.equal(split?.values.length, 51);
  assert.deepEqual(split?.values.at(-1), { value: "(other)", checks: [{ name: "a", passes: 5, fails: 5 }] });

  const many = Object.fromEntries(Array.from({ length: 23 }, (_, i) => [`t${i}`, "x"]));
  const measures = measuresOf(ledgerOf([[{ name: "a", held: true, tags: many }], [{
    name: "b",
    held: true,
    tags: { new: 1, t0: 1 },
  }]]));
  assert.equal(measures?.checkSplits?.length, 20);
  assert.equal(measures?.droppedCheckTags, 4);
});

test("checks by tag: rows beyond the bound of all are in the (other) row of their value, which stays whole", () => {
  const list = Array.from(
    { length: 450 * 5 },
    (_, i) => ({ name: `check ${i % 450}`, held: true, tags: { v: Math.floor(i / 450) } }),
  );
  const values = measuresOf(ledgerOf([list]))?.checkSplits?.[0]?.values ?? [];
  assert.deepEqual(values.map(({ checks }) => checks.reduce((sum, { passes }) => sum + passes, 0)), Array(5).fill(450));
  assert.deepEqual(values[4]?.checks.find(({ name }) => name === "(other)")?.passes, 250);
  assert.equal(measuresOf(ledgerOf([list]))?.checks.length, 450, "it is no check of its own");
});

test("checks by tag: a reset zeroes them", () => {
  const book = new MeasureBook();
  book.tagCheck(book.check("a"), { region: "eu" }, true);
  book.clear();
  assert.equal(book.toDeltas(0), undefined);
  assert.deepEqual(book.checkTags?.snapshot(), {});
});

test("parseMeasure() reads the tags of a check, and refuses what is none", () => {
  const delta: ShareDelta = {
    kind: "check",
    name: "a",
    passes: 2,
    fails: 0,
    tagged: [{ tag: "region", value: "eu", passes: 2, fails: 0 }],
    droppedTags: 1,
  };
  assert.deepEqual(parseMeasure({ ...delta, later: 1 }), delta);
  assert.deepEqual(parseMeasure({ kind: "check", name: "a", passes: 1, fails: 0 }), {
    kind: "check",
    name: "a",
    passes: 1,
    fails: 0,
  });
  assert.throws(() => parseMeasure({ ...delta, tagged: [{ tag: 1, value: "eu", passes: 2, fails: 0 }] }));
  assert.throws(() => checkMeasures([{ ...delta, tagged: [{ tag: "region", value: "eu", passes: 0.5, fails: 0 }] }]));
});
