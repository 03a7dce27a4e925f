/** More requests than 32 bits count, and more bytes: from the worker's message to each form of output, to the last digit. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { packRows, unpackRows } from "../../src/master/journal/journal_rows.ts";
import type { RunEvent } from "../../src/master/run_event.ts";
import { createMasterCodec, createWorkerCodec } from "../../src/protocol/wire/codec.ts";
import { FRAME_HEADER_BYTES } from "../../src/protocol/wire/framing.ts";
import { ReceivedNames, SentNames } from "../../src/protocol/wire/known_names.ts";
import { type DeltaMessage, EMPTY_DELTA } from "../../src/protocol/delta_message.ts";
import { historyLines, statsCsv } from "../../src/report/csv/csv_rows.ts";
import {
  countedArrivals,
  countedRows,
  foldExportedRun,
  NO_EXPORTED_RUN,
} from "../../src/report/exports/exported_run.ts";
import { influxLines } from "../../src/report/exports/influx/influx_lines.ts";
import { exposeRun } from "../../src/report/exports/prometheus/metrics_endpoint.ts";
import { NOTHING_COUNTED, statsdTick } from "../../src/report/exports/statsd/statsd_packets.ts";
import { jsonEntries } from "../../src/report/json_report.ts";
import { Histogram } from "../../src/stats/histogram/histogram.ts";
import { Ledger } from "../../src/stats/ledger/ledger.ts";
import { DeltaAccumulator } from "../../src/stats/recording/delta_accumulator.ts";
import { SummaryBuilder } from "../../src/report/summary/summary_builder.ts";
import { createTimeline } from "../../src/master/judging/run_timeline.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { readExposition, valueOf } from "../support/read_exposition.ts";
import { STARTED } from "../support/recorded_run.ts";

/** Of 10 ms, and so many again of 20 ms. */
const HALF = 2 ** 32 + 1;
const ALL = 2 * HALF;
const FAILURES = 2 ** 31 + 5;
const BYTES = 6 * 2 ** 40 + 7;

function largeTimes(): Uint8Array {
  const doubled = new Histogram();
  for (const ms of [10, 20]) doubled.record(ms * 1000);
  const times = new Histogram();
  times.addPacked(doubled.pack());
  for (let i = 0; i < 32; i++) doubled.addPacked(doubled.pack());
  times.addPacked(doubled.pack());
  return times.pack();
}

const DELTA: DeltaMessage = {
  ...EMPTY_DELTA,
  entries: [{
    method: "GET",
    name: "/",
    requests: ALL,
    failures: FAILURES,
    untimed: 0,
    bytes: BYTES,
    lastAgeMs: 0,
    times: largeTimes(),
  }],
  failures: [{ method: "GET", name: "/", text: "no", count: FAILURES, firstAgeMs: 1, lastAgeMs: 0 }],
};

/** Through a worker, over the wire, and through a line of the journal. */
function carry(delta: DeltaMessage): DeltaMessage {
  const worker = new DeltaAccumulator();
  worker.add(delta, 0);
  const sent = worker.take(0) as DeltaMessage;
  const bytes = createWorkerCodec().encode({ kind: "stats", runId: "r", seq: 1, spanMs: 1000, delta: sent });
  const received = createMasterCodec().decode(bytes.subarray(FRAME_HEADER_BYTES));
  assert.ok(received.kind === "stats");
  const entries = unpackRows(packRows(received.delta.entries, new SentNames()), new ReceivedNames());
  return { ...received.delta, entries };
}

test("counts beyond 2^32, and bytes beyond 2^42, are exact in every form of output", async () => {
  const clock = new FakeClock();
  const ledger = new Ledger({ clock });
  const builder = new SummaryBuilder();
  let exported = NO_EXPORTED_RUN;
  let ticked: Extract<RunEvent, { kind: "ticked" }> | undefined;
  const timeline = createTimeline({
    ledger,
    warmUpSeconds: undefined,
    elapsedMs: () => clock.nowMs(),
    events(event) {
      builder.take(event);
      exported = foldExportedRun(exported, event);
      if (event.kind === "ticked") ticked = event;
    },
  });
  timeline(STARTED);
  await clock.advance(1000);
  ledger.apply(carry(DELTA), "w");
  ledger.rotate();
  const context = { state: "running", userCount: 1, targetUserCount: 1, usersByClass: {}, workers: [] };
  timeline({ kind: "ticked", snapshot: ledger.snapshot(context) });
  const snapshot = ticked?.snapshot;
  assert.ok(snapshot !== undefined);
  const [entry] = snapshot.entries;
  assert.deepEqual([entry?.requests, entry?.failures, entry?.bytes], [ALL, FAILURES, BYTES]);
  assert.deepEqual([entry?.medianMs.toFixed(1), entry?.maxMs, entry?.meanMs], ["10.0", 20, 15]);
  assert.deepEqual([entry?.totalPerSecond, entry?.currentPerSecond], [ALL, ALL]);

  const [, row = ""] = statsCsv(snapshot).split("\r\n");
  assert.ok(row.startsWith(`GET,/,${ALL},${FAILURES},`), row);
  assert.ok(historyLines(snapshot, "full").includes(`,${ALL},${FAILURES},`));
  const [json] = jsonEntries(snapshot, ledger.details());
  assert.deepEqual([json?.["num_requests"], json?.["total_content_length"]], [ALL, BYTES]);
  assert.deepEqual(Object.values(json?.["response_times"] as Record<string, number>), [HALF, HALF]);
  assert.deepEqual(Object.values(json?.["num_reqs_per_sec"] as Record<string, number>), [ALL]);

  const scrape = readExposition(exposeRun(exported, "text", "names"), "text");
  const labels = { method: "GET", name: "/" };
  assert.equal(valueOf(scrape, "locust_ts_requests_total", labels), ALL);
  assert.equal(valueOf(scrape, "locust_ts_response_size_bytes_total", labels), BYTES);
  assert.equal(valueOf(scrape, "locust_ts_request_duration_seconds_bucket", { ...labels, le: "0.025" }), ALL);
  const figures = { rows: countedRows(exported), arrivals: countedArrivals(exported) };
  const packets = statsdTick(snapshot, figures, NOTHING_COUNTED).packets.map((each) => new TextDecoder().decode(each));
  assert.ok(packets.join("\n").includes(`locust_ts.requests:${ALL}|c`), packets.join("\n"));
  assert.ok(influxLines(exported).some((line) => line.includes(`requests=${ALL}i`) && line.includes(`${FAILURES}i`)));

  const verdict = { kind: "valid", doubts: [] } as const;
  timeline({ kind: "runEnded", reason: { kind: "requested" }, snapshot: ledger.snapshot(context), verdict });
  const summary = builder.conclude(0);
  const { histogram, ...total } = summary?.total ?? assert.fail("no summary");
  assert.deepEqual([total.requests, total.failures, total.bytes], [ALL, FAILURES, BYTES]);
  assert.deepEqual(histogram.counts, [HALF, HALF]);
  assert.deepEqual(summary?.failures.map(({ count }) => count), [FAILURES]);
  assert.equal(summary?.history[0]?.requests, ALL);
});
