import assert from "node:assert/strict";
import { test } from "node:test";
import type { SampleTags } from "../../../src/base/sample_tags.ts";
import type { DeltaMessage } from "../../../src/protocol/delta_message.ts";
import { DeltaAccumulator } from "../../../src/stats/recording/delta_accumulator.ts";
import { Recorder } from "../../../src/stats/recording/recorder.ts";
import { MAX_TAG_VALUES, MAX_TAGGED_ROWS, MAX_TAGS } from "../../../src/stats/groups/tag_table.ts";
import { deltaOf } from "../../support/deltas.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const SAMPLE = { method: "GET", name: "/", ms: 10, bytes: 100, failure: undefined, intervalMs: 0 };

function tagged(delta: DeltaMessage | undefined): string[] {
  return (delta?.tagged ?? []).flatMap(({ tag, value, entries }) =>
    entries.map(({ method, name, requests, failures }) => `${tag}=${value} ${method} ${name} ${requests}/${failures}`)
  );
}

test("Recorder: a sample is counted once in its row and once under each of its tags", () => {
  const delta = deltaOf([
    { ...SAMPLE, tags: { region: "eu", plan: "free" } },
    { ...SAMPLE, tags: { region: "eu" }, failure: "HttpError 500" },
    SAMPLE,
  ]);
  assert.deepEqual(delta.entries.map(({ requests, failures }) => [requests, failures]), [[3, 1]]);
  assert.deepEqual(tagged(delta), ["region=eu GET / 2/1", "plan=free GET / 1/0"]);
});

test("Recorder: samples without tags add nothing to the delta", () => {
  const delta = deltaOf([SAMPLE, { ...SAMPLE, tags: {} }, { ...SAMPLE, tags: { region: null, plan: undefined } }]);
  assert.equal("tagged" in delta, false);
  assert.equal("droppedTags" in delta, false);
});

test("Recorder: numbers and booleans become text, anything else is seen as (invalid), long values are cut", () => {
  const tags = { shard: 3, vip: false, odd: {}, long: "x".repeat(300) } as unknown as SampleTags;
  const values = new Map(deltaOf([{ ...SAMPLE, tags }]).tagged?.map(({ tag, value }) => [tag, value]));
  assert.deepEqual([values.get("shard"), values.get("vip"), values.get("odd")], ["3", "false", "(invalid)"]);
  assert.equal(values.get("long")?.length, 100);
});

test("Recorder: after 50 values of a tag the others are counted in (other)", () => {
  const delta = deltaOf(Array.from({ length: 80 }, (_, i) => ({ ...SAMPLE, tags: { user: i } })));
  assert.equal(delta.tagged?.length, MAX_TAG_VALUES + 1);
  assert.deepEqual(tagged(delta).at(-1), "user=(other) GET / 30/0");
});

test("Recorder: tags beyond 20 are counted as dropped, and their samples nowhere else twice", () => {
  const tags = Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`t${i}`, "v"]));
  const delta = deltaOf([{ ...SAMPLE, tags }, { ...SAMPLE, tags }]);
  assert.equal(delta.tagged?.length, MAX_TAGS);
  assert.equal(delta.droppedTags, 10);
  assert.equal(delta.entries[0]?.requests, 2);
});

test("Recorder: beyond the limit of rows a value counts in its (other) row, so that it stays whole", () => {
  const recorder = new Recorder({ clock: new FakeClock(), maxNames: 5000 });
  for (let i = 0; i < MAX_TAGGED_ROWS + 100; i++) {
    const tags = { region: i % 2 === 0 ? "eu" : "us" };
    recorder.record(recorder.entry("GET", `/${i}`), 1, 0, undefined, 0, undefined, undefined, undefined, 0, tags);
  }
  const groups = recorder.drain()?.tagged ?? [];
  const rows = groups.reduce((sum, { entries }) => sum + entries.filter(({ name }) => name !== "(other)").length, 0);
  assert.equal(rows, MAX_TAGGED_ROWS);
  for (const { entries } of groups) {
    assert.equal(entries.reduce((sum, { requests }) => sum + requests, 0), (MAX_TAGGED_ROWS + 100) / 2);
  }
});

test("Recorder: what ends after the stop is marked under its tags, too", async () => {
  const clock = new FakeClock();
  const recorder = new Recorder({ clock });
  const record = (ms: number, failure?: string) =>
    recorder.record(recorder.entry("GET", "/"), ms, 0, failure, 0, clock.nowMs(), 200, undefined, 0, { region: "eu" });
  await clock.advance(1000);
  recorder.markStop();
  await clock.advance(50);
  record(100);
  await clock.advance(200);
  record(100, "no");
  const delta = recorder.drain();
  assert.deepEqual(delta?.tagged?.[0]?.entries[0]?.drain, { ended: 2, started: 1, startedFailures: 1 });
  assert.deepEqual(delta?.entries[0]?.drain, delta?.tagged?.[0]?.entries[0]?.drain);
});

test("Recorder.reset() drops tagged counts of before", () => {
  const recorder = new Recorder({ clock: new FakeClock() });
  recorder.record(recorder.entry("GET", "/"), 1, 0, undefined, 0, 0, 200, undefined, 0, { region: "eu" });
  recorder.reset(1);
  assert.equal(recorder.drain(), undefined);
});

test("DeltaAccumulator: values of many threads beyond 50 are counted in (other), and none is lost", () => {
  const sum = new DeltaAccumulator();
  for (const thread of ["a", "b"]) {
    sum.add(deltaOf(Array.from({ length: 40 }, (_, i) => ({ ...SAMPLE, tags: { user: `${thread}${i}` } }))), 0);
  }
  const delta = sum.take(0);
  assert.equal(delta?.tagged?.length, MAX_TAG_VALUES + 1);
  const requests = delta?.tagged?.flatMap(({ entries }) => entries).reduce((total, entry) => total + entry.requests, 0);
  assert.equal(requests, 80);
});

test("DeltaAccumulator: tags beyond 20 of many threads are dropped with their histograms passed over", () => {
  const sum = new DeltaAccumulator();
  const tags = (from: number, count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`t${from + i}`, "v"]));
  sum.add(deltaOf([{ ...SAMPLE, tags: tags(0, 19) }]), 0);
  sum.add(deltaOf([{ ...SAMPLE, ms: 500, intervalMs: 100, tags: { ...tags(100, 3), t0: "v" } }]), 0);
  const delta = sum.take(0);
  assert.equal(delta?.droppedTags, 2);
  assert.deepEqual(tagged(delta).filter((text) => text.startsWith("t0=")), ["t0=v GET / 2/0"]);
});
