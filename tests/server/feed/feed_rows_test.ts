import assert from "node:assert/strict";
import { test } from "node:test";
import type { EntrySnapshot } from "../../../src/protocol/snapshot_message.ts";
import { FeedRows } from "../../../src/server/feed/feed_rows.ts";
import { Ledger } from "../../../src/stats/ledger/ledger.ts";
import { Recorder } from "../../../src/stats/recording/recorder.ts";
import { FakeClock } from "../../support/fake_clock.ts";

function entriesOf(...names: readonly string[]): readonly EntrySnapshot[] {
  const clock = new FakeClock();
  const recorder = new Recorder({ clock });
  const ledger = new Ledger({ clock });
  for (const name of names) recorder.record(recorder.entry("GET", name), 5, 0, undefined, 0);
  const delta = recorder.drain();
  if (delta !== undefined) ledger.apply(delta, "w");
  return ledger.snapshot({ state: "running", userCount: 0, targetUserCount: 0, usersByClass: {}, workers: [] }).entries;
}

test("FeedRows.take() adds new rows behind those that are known, and says what changed", () => {
  const rows = new FeedRows();
  assert.deepEqual(rows.take(entriesOf("/b")).added.map(({ name }) => name), ["/b"]);
  const { added, changes, isNew } = rows.take(entriesOf("/a", "/b", "/b"));
  assert.deepEqual([added.map(({ name }) => name), changes?.requests?.values, isNew], [["/a"], [2], false]);
  assert.deepEqual(rows.all.map(({ name }) => name), ["/b", "/a"]);
});

test("FeedRows.take() begins anew where rows are gone", () => {
  const rows = new FeedRows();
  rows.take(entriesOf("/1", "/2", "/cart"));
  const { isNew } = rows.take(entriesOf("/[id]", "/cart"));
  assert.equal(isNew, true);
  assert.deepEqual(rows.all.map(({ name }) => name), ["/[id]", "/cart"]);
});
