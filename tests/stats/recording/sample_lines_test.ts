import assert from "node:assert/strict";
import { test } from "node:test";
import { Entry } from "../../../src/stats/delta/entry.ts";
import { SampleLines, samplesCsvHeader, SampleStore } from "../../../src/stats/recording/sample_lines.ts";
import type { SampleBatch, SampleFormat } from "../../../src/protocol/delta_message.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const entry = new Entry("GET", "=HYPERLINK(1)");
const TRACE = "0af7651916cd43dd8448eb211c80319c";

function linesOf(format: SampleFormat, traces: "some" | "none"): readonly string[] {
  const more = { scenario: false, traceId: traces === "some" };
  const lines = new SampleLines({ format, more, clock: new FakeClock() });
  lines.add(entry, 0, 12.5, 7, 200, undefined, TRACE);
  lines.add(entry, 0, null, 0, undefined, '@a,"b"\r\nc', undefined);
  const text = new TextDecoder().decode(lines.take()?.text);
  return text.split(format === "csv" ? /(?<=\r\n)(?=\d)/ : /(?<=\n)(?=\{)/);
}

for (const traces of ["some", "none"] as const) {
  test(`SampleLines in CSV, ${traces} traces: as many cells as the header, nothing is a formula`, () => {
    const [traced, failed] = linesOf("csv", traces);
    const more = traces === "some" ? `,${TRACE}` : "";
    assert.match(traced ?? "", new RegExp(`^\\d+\\.\\d{6},GET,'=HYPERLINK\\(1\\),12\\.5,7,200,${more}\r\n$`));
    const none = traces === "some" ? "," : "";
    assert.ok(failed?.endsWith(`,GET,'=HYPERLINK(1),,0,,"'@a,""b""\r\nc"${none}\r\n`), failed ?? "");
    assert.equal(
      samplesCsvHeader({ scenario: false, traceId: traces === "some" }).split(",").length,
      traces === "some" ? 8 : 7,
    );
  });

  test(`SampleLines in NDJSON, ${traces} traces: trace_id is there only where requests are traced`, () => {
    const lines = linesOf("ndjson", traces).map((line) => JSON.parse(line));
    assert.deepEqual(lines.map((line) => line.trace_id), traces === "some" ? [TRACE, null] : [undefined, undefined]);
    assert.deepEqual(lines.map((line) => line.exception), [null, '@a,"b"\r\nc']);
  });
}

test("SampleLines of a run with scenarios: each line has that of its user", () => {
  const more = { scenario: true, traceId: true };
  const textOf = (format: SampleFormat) => {
    const lines = new SampleLines({ format, more, clock: new FakeClock() });
    lines.add(entry, 0, 1, 1, 200, undefined, TRACE, "checkout");
    lines.add(entry, 0, 1, 1, 200, undefined, undefined, '=a"b');
    lines.add(entry, 0, 1, 1, 200, undefined);
    return new TextDecoder().decode(lines.take()?.text).split("\n").slice(0, -1);
  };
  assert.deepEqual(textOf("ndjson").map((line) => JSON.parse(line).scenario), ["checkout", '=a"b', null]);
  const header = samplesCsvHeader(more).trimEnd();
  assert.match(header, /,exception,scenario,trace_id$/);
  assert.deepEqual(textOf("csv").map((line) => line.trimEnd().split(",200,")[1]), [
    `,checkout,${TRACE}`,
    `,"'=a""b",`,
    ",,",
  ]);
});

test("SampleLines of more than a second's room: lines and dropped ones are all requests", () => {
  const lines = new SampleLines({
    format: "csv",
    more: { scenario: false, traceId: false },
    clock: new FakeClock(),
  });
  for (let i = 0; i < 100_000; i++) lines.add(entry, i, 1, 1, 200, "x".repeat(100));
  const batch = lines.take();
  assert.ok(batch !== undefined && batch.dropped > 0);
  assert.equal(batch.lines + batch.dropped, 100_000);
  assert.equal(new TextDecoder().decode(batch.text).split("\r\n").length - 1, batch.lines);
  assert.equal(lines.take(), undefined);
});

test("SampleStore of a slow link: what is beyond its room is dropped as whole batches, and counted", () => {
  const store = new SampleStore();
  const batch: SampleBatch = { text: new Uint8Array(4 * 1024 * 1024).fill(65), lines: 1000, dropped: 3 };
  for (let i = 0; i < 3; i++) store.add(batch);
  const taken = store.take();
  assert.equal(taken?.text.length, batch.text.length);
  assert.equal(taken?.lines, 1000);
  assert.equal(taken?.dropped, 2 * 1000 + 3 * 3);
});
