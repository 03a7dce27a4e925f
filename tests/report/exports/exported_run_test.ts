import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunEvent } from "../../../src/master/run_event.ts";
import type { EntrySnapshot, SnapshotMessage } from "../../../src/protocol/snapshot_message.ts";
import {
  countedRows,
  failedByRow,
  foldExportedRun,
  NO_EXPORTED_RUN,
} from "../../../src/report/exports/exported_run.ts";
import { NOTHING_COUNTED, statsdTick } from "../../../src/report/exports/statsd/statsd_packets.ts";
import { Ledger } from "../../../src/stats/ledger/ledger.ts";
import { Recorder } from "../../../src/stats/recording/recorder.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const CONTEXT = { state: "running", userCount: 1, targetUserCount: 1, usersByClass: {}, workers: [] };

/** Snapshots of a run whose URLs are grouped in its second tick. */
function createRun() {
  const clock = new FakeClock();
  const recorder = new Recorder({ clock, failedTimes: "keep" });
  const ledger = new Ledger({ clock });
  return {
    ledger,
    tick(from: number, to: number, resets = ledger.resets): SnapshotMessage {
      for (let i = from; i < to; i++) recorder.record(recorder.urlEntry("GET", `/items/${i}`), 5, 1, undefined, 0);
      const delta = recorder.drain();
      if (delta !== undefined) ledger.apply({ ...delta, resets }, "w");
      return ledger.snapshot(CONTEXT);
    },
  };
}

const totals = (rows: readonly Pick<EntrySnapshot, "name" | "requests">[]) =>
  rows.filter(({ requests }) => requests > 0).map(({ name, requests }) => `${name} ${requests}`);

test("countedRows(): URLs that were grouped after a reset go on in their row", () => {
  const { ledger, tick } = createRun();
  let run = foldExportedRun(NO_EXPORTED_RUN, { kind: "ticked", snapshot: tick(0, 15) });
  run = foldExportedRun(run, { kind: "statsReset", snapshot: ledger.snapshot(CONTEXT) });
  ledger.reset();
  run = foldExportedRun(run, { kind: "ticked", snapshot: tick(0, 30) });
  assert.deepEqual(totals(countedRows(run)), ["/items/[id] 45"]);
});

test("statsdTick() sends what was counted since the packets before, also where URLs were grouped in between", () => {
  const { tick } = createRun();
  const sent: string[] = [];
  let before = NOTHING_COUNTED;
  for (const snapshot of [tick(0, 15), tick(0, 30), tick(0, 3)]) {
    const run = foldExportedRun(NO_EXPORTED_RUN, { kind: "ticked", snapshot });
    const { packets, counted } = statsdTick(snapshot, { rows: countedRows(run), arrivals: [] }, before);
    before = counted;
    const lines = packets.flatMap((packet) => new TextDecoder().decode(packet).split("\n"));
    sent.push(
      lines.filter((line) => line.startsWith("locust_ts.requests:")).length === 15
        ? "15 rows"
        : lines.filter((line) => line.startsWith("locust_ts.requests:")).join(),
    );
  }
  assert.deepEqual(sent, [
    "15 rows",
    "locust_ts.requests:30|c|#method:GET,name:/items/[id]",
    "locust_ts.requests:3|c|#method:GET,name:/items/[id]",
  ]);
});

test("failedByRow(): failures that were timed under a URL are in the row of its group", () => {
  const { tick } = createRun();
  const times = tick(0, 1).entries[0]?.times as Uint8Array;
  const failed = (name: string): RunEvent => ({
    kind: "failuresTimed",
    groups: [{ method: "GET", name, errorType: "500", times }],
  });
  let run = foldExportedRun(NO_EXPORTED_RUN, failed("/items/1"));
  run = foldExportedRun(run, failed("/items/[id]"));
  run = foldExportedRun(run, { kind: "ticked", snapshot: tick(0, 30) });
  const rows = failedByRow(run);
  assert.deepEqual([...rows.keys()], ["GET\0/items/[id]"]);
  assert.equal(rows.get("GET\0/items/[id]")?.length, 1);
});
