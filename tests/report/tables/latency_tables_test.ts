import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Ledger } from "../../../src/stats/ledger/ledger.ts";
import { Recorder } from "../../../src/stats/recording/recorder.ts";
import { renderDistribution, renderStatuses, renderVolume } from "../../../src/report/tables/latency_tables.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const OPTIONS = { width: 80, colors: "none" } as const;

/** The last snapshot of a run with these samples. */
async function snapshotOf(
  samples: readonly { readonly ms: number; readonly status?: number; readonly times?: number }[],
) {
  const clock = new FakeClock();
  const ledger = new Ledger({ clock });
  const recorder = new Recorder({ clock });
  await clock.advance(1000);
  for (const { ms, status, times = 1 } of samples) {
    const failure = status === undefined || status >= 400 ? "failed" : undefined;
    for (let i = 0; i < times; i++) {
      recorder.record(recorder.entry("GET", "/"), ms, 500, failure, 0, clock.nowMs(), status);
    }
  }
  const delta = recorder.drain();
  if (delta !== undefined) ledger.apply(delta, "w");
  return ledger.snapshot({ state: "stopped", userCount: 0, targetUserCount: 1, usersByClass: {}, workers: [] });
}

describe("renderDistribution()", () => {
  test("ranges of microseconds have bounds that differ", async () => {
    const lines = renderDistribution(
      await snapshotOf([{ ms: 0.002, status: 200, times: 90 }, { ms: 0.5, status: 200, times: 10 }]),
      OPTIONS,
    );
    const bounds = lines.filter((line) => line.includes("%")).map((line) => line.trim().split(/  +/)[0]);
    assert.equal(new Set(bounds).size, 12);
    assert.equal(bounds[0], "0.0020 - 0.0032");
    for (const range of bounds) assert.notEqual(range?.split(" - ")[0], range?.split(" - ")[1]);
  });

  test("two humps and the gap between them, each sample in one range", async () => {
    const lines = renderDistribution(
      await snapshotOf([{ ms: 1, status: 200, times: 90 }, { ms: 1000, status: 200, times: 10 }]),
      OPTIONS,
    );
    const bars = lines.filter((line) => line.includes("%"));
    assert.equal(bars.length, 12);
    assert.match(bars[0] ?? "", /^1\.00 - 1\.78 +90 +90\.0% +■+$/);
    assert.match(bars[11] ?? "", /- 1000 +10 +10\.0% +■+$/);
    for (const bar of bars.slice(1, 11)) assert.match(bar, / 0 +0\.0%$/);
  });

  test("one value is one range; none is nothing", async () => {
    const one = renderDistribution(await snapshotOf([{ ms: 5, status: 200, times: 3 }]), OPTIONS);
    assert.deepEqual(one.filter((line) => line.includes("%")).length, 1);
    assert.match(one[1] ?? "", /^5\.00 - 5\.00 +3 100\.0%/);
    assert.deepEqual(renderDistribution(await snapshotOf([]), OPTIONS), []);
  });

  test("no line is wider than the terminal", async () => {
    const snapshot = await snapshotOf([{ ms: 0.01, status: 200, times: 12_345 }, { ms: 60_000, status: 200 }]);
    for (const width of [40, 60, 80, 200]) {
      for (const line of renderDistribution(snapshot, { ...OPTIONS, width })) assert.ok(line.length <= width, line);
    }
  });
});

describe("renderStatuses()", () => {
  test("each status with its share of all requests, and what had no response", async () => {
    const lines = renderStatuses(
      await snapshotOf([{ ms: 1, status: 200, times: 7 }, { ms: 1, status: 503, times: 2 }, { ms: 1 }]),
      OPTIONS,
    );
    assert.match(lines[2] ?? "", /^200 +7 +70\.00%$/);
    assert.match(lines[3] ?? "", /^503 +2 +20\.00%$/);
    assert.match(lines[4] ?? "", /^no response +1 +10\.00%$/);
  });

  test("a test without responses has no table", async () => {
    assert.deepEqual(renderStatuses(await snapshotOf([{ ms: 1 }]), OPTIONS), []);
  });
});

test("renderVolume() gives the sum, the rate and the mean of the bodies", async () => {
  assert.deepEqual(renderVolume(await snapshotOf([{ ms: 1, status: 200, times: 4 }]), OPTIONS), [
    "Received 2.0 KB in bodies: 2.0 KB/s, 500 B per request",
    "",
  ]);
});
