import assert from "node:assert/strict";
import { test } from "node:test";
import type { DeltaMessage } from "../../../src/protocol/delta_message.ts";
import { Ledger } from "../../../src/stats/ledger/ledger.ts";
import { Recorder } from "../../../src/stats/recording/recorder.ts";
import { describeMeasured } from "../../../src/stats/thresholds/describe_status.ts";
import type { LoadSpan } from "../../../src/stats/thresholds/load_span.ts";
import { parseThreshold } from "../../../src/stats/thresholds/parse_threshold.ts";
import { ThresholdMonitor } from "../../../src/stats/thresholds/threshold_monitor.ts";
import { FakeClock } from "../../support/fake_clock.ts";

/** A run of 20 s: `early` makes 10 requests a second from second 5 to 10, `late` 2 a second from second 12 on; `resetAt`: counts begin anew. */
async function judge(expressions: readonly string[], { resetAt }: { readonly resetAt?: number } = {}) {
  const clock = new FakeClock();
  const recorder = new Recorder({ clock });
  const ledger = new Ledger({ clock });
  const monitor = new ThresholdMonitor(expressions.map((each) => parseThreshold(each)), "now");
  let resetSeconds = 0;
  const read = (second: number) => {
    const { loadMs: _none, ...counts } = ledger.read({ row: (row) => monitor.wants(row), corrected: false });
    const scenarios = new Map<string, LoadSpan>([
      ...(second >= 5 ? [["early", { fromSeconds: 5, ...(second >= 10 ? { toSeconds: 10 } : {}) }] as const] : []),
      ...(second >= 12 ? [["late", { fromSeconds: 12 }] as const] : []),
    ]);
    return { seconds: second, loadSeconds: second - resetSeconds, users: 1, scenarios, ...counts };
  };
  const record = (scenario: string, count: number) => {
    for (let i = 0; i < count; i++) {
      recorder.record(recorder.entry("GET", "/"), 10, 0, undefined, 0, undefined, 200, undefined, 0, { scenario });
    }
  };
  for (let second = 1; second <= 20; second++) {
    if (second > 5 && second <= 10) record("early", 10);
    if (second > 12) record("late", 2);
    if (second === 11) record("early", 1); // of an iteration that was under way
    await clock.advance(1000);
    const delta = recorder.drain();
    if (delta !== undefined) ledger.apply(delta as DeltaMessage, "w");
    ledger.rotate();
    if (second === resetAt) {
      recorder.reset(1);
      ledger.reset();
      resetSeconds = second;
      monitor.reset(read(second));
    } else monitor.take(read(second));
  }
  return monitor.conclude(read(20)).map((status) => `${status.state}: ${describeMeasured(status)}`);
}

test("ThresholdMonitor: windows of a scenario end with its load, and its rates are over the time in which it was on", async () => {
  assert.deepEqual(
    await judge([
      "scenario early: p95 < 300ms over 2s",
      "scenario early: rps > 9 over 2s",
      "scenario early: rps > 10",
      "scenario late: rps > 1.9, rps < 2.1",
      "scenario early GET /: rps > 10",
      "rps < 4",
    ]),
    [
      "met: p95 = 10 ms in the worst 2 s, limit 300 ms",
      "met: rps = 10/s in the worst 2 s, limit above 9/s",
      "met: rps = 10.2/s, limit above 10/s",
      "met: rps = 2/s, limit above 1.9/s",
      "met: rps = 2/s, limit 2.1/s",
      "met: rps = 10.2/s, limit above 10/s",
      "met: rps = 3.35/s, limit 4/s",
    ],
  );
});

test("ThresholdMonitor: after a reset a scenario's rate is over what is counted of it", async () => {
  // The ten of the second after the reset began before it.
  assert.deepEqual(await judge(["scenario early: rps > 5", "scenario late: rps < 2.1"], { resetAt: 8 }), [
    "met: rps = 5.5/s, limit above 5/s",
    "met: rps = 2/s, limit 2.1/s",
  ]);
});
