import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Histogram } from "../../../src/stats/histogram/histogram.ts";
import type { RowReading } from "../../../src/stats/thresholds/counted_range.ts";
import { parseThreshold } from "../../../src/stats/thresholds/parse_threshold.ts";
import { ThresholdMonitor } from "../../../src/stats/thresholds/threshold_monitor.ts";
import type { LedgerReading } from "../../../src/stats/thresholds/ledger_reading.ts";

/** Rows that are fed second by second with response times in ms; a negative one is a failure. */
class Scene {
  readonly #rows = new Map<string, { times: Histogram; requests: number; failures: number }>();
  readonly monitor: ThresholdMonitor;
  second = 0;
  loadFrom = 0;
  users = 10;
  /** Undefined: up to the second. */
  reachedSeconds: number | undefined;
  arrivals = { asked: 0, started: 0, dropped: 0, late: 0 };

  constructor(expressions: readonly string[], counting: "now" | "later" = "now") {
    this.monitor = new ThresholdMonitor(expressions.map((each) => parseThreshold(each)), counting);
  }

  /** One second in which the rows had these times. */
  tick(times: Readonly<Record<string, readonly number[]>> = {}): LedgerReading {
    for (const [key, values] of Object.entries(times)) {
      const row = this.#rows.get(key) ?? { times: new Histogram(), requests: 0, failures: 0 };
      this.#rows.set(key, row);
      for (const ms of values) {
        row.times.record(Math.abs(ms) * 1000);
        row.requests++;
        if (ms < 0) row.failures++;
      }
    }
    this.second++;
    const reading = this.read();
    this.monitor.take(reading);
    return reading;
  }

  reset(): void {
    this.#rows.clear();
    this.loadFrom = this.second;
    this.monitor.reset(this.read());
  }

  read(): LedgerReading {
    const rows: RowReading[] = [...this.#rows].map(([key, { times, requests, failures }]) => {
      const [method = "", name = ""] = key.split(" ");
      return { method, name, requests, failures, startedLate: 0, failedLate: 0, times: times.pack() };
    });
    const total = new Histogram();
    for (const row of rows) total.addPacked(row.times);
    const sum = (of: (row: RowReading) => number) => rows.reduce((all, row) => all + of(row), 0);
    return {
      seconds: this.second,
      loadSeconds: this.second - this.loadFrom,
      ...(this.reachedSeconds === undefined ? {} : { reachedSeconds: this.reachedSeconds }),
      arrivals: this.arrivals,
      users: this.users,
      rows,
      total: {
        method: "",
        name: "Aggregated",
        requests: sum((row) => row.requests),
        failures: sum((row) => row.failures),
        startedLate: 0,
        failedLate: 0,
        times: total.pack(),
      },
    };
  }

  end() {
    return this.monitor.conclude(this.read()).map(({ state, measured, crossedAtSeconds, lacks }) => ({
      state,
      measured: measured === null ? null : Math.round(measured * 10) / 10,
      crossedAtSeconds,
      lacks,
    }));
  }
}

describe("ThresholdMonitor", () => {
  it("measures the share of arrivals that were dropped, in the whole run and in windows", () => {
    const run = new Scene(["dropped < 10%", "dropped < 10% over 1s"]);
    run.arrivals = { asked: 100, started: 100, dropped: 0, late: 0 };
    run.tick();
    run.arrivals = { asked: 200, started: 185, dropped: 15, late: 0 };
    run.tick();
    assert.deepEqual(run.monitor.statuses().map(({ measured, state }) => [measured, state]), [[7.5, "met"], [
      15,
      "broken",
    ]]);
  });

  it("measures the whole run: times, shares, counts, rates and users", () => {
    const scene = new Scene([
      "max<=30",
      "failures<=25%",
      "failures_count<1",
      "rps>=2",
      "requests>=5",
      "users<10",
      "fps<1",
    ]);
    scene.tick({ "GET /a": [10, 20] });
    scene.tick({ "GET /a": [30, -10] });
    assert.deepEqual(scene.end().map(({ state, measured }) => [state, measured]), [
      ["met", 30],
      ["met", 25],
      ["broken", 1],
      ["met", 2],
      ["broken", 4],
      ["broken", 10],
      ["met", 0.5],
    ]);
  });

  it("says since when a condition is broken, and forgets it when the figure recovers", () => {
    const scene = new Scene(["failures<30%"]);
    scene.tick({ "GET /a": [1, 1] });
    scene.tick({ "GET /a": [-1, -1] });
    assert.equal(scene.monitor.statuses()[0]?.crossedAtSeconds, 2);
    scene.tick({ "GET /a": [-1] });
    assert.equal(scene.monitor.statuses()[0]?.crossedAtSeconds, 2);
    scene.tick({ "GET /a": [1, 1, 1, 1, 1, 1, 1] });
    assert.deepEqual(scene.end()[0], { state: "met", measured: 25, crossedAtSeconds: null, lacks: undefined });
  });

  it("holds each window, and keeps the worst and the end of the first broken one", () => {
    const scene = new Scene(["max<100 over 2s"]);
    for (const ms of [10, 10, 150, 400, 10, 10]) scene.tick({ "GET /a": [ms] });
    const [result] = scene.end();
    assert.equal(result?.state, "broken");
    assert.equal(result?.crossedAtSeconds, 3);
    assert.ok(Math.abs((result?.measured ?? 0) - 400) < 2);
  });

  it("begins windows at `after`", () => {
    const scene = new Scene(["max<100 over 2s after 2s"]);
    for (const ms of [500, 500, 10, 10, 10]) scene.tick({ "GET /a": [ms] });
    assert.equal(scene.end()[0]?.state, "met");
  });

  it("breaks on a window without a sample after the first one", () => {
    const scene = new Scene(["max<100 over 2s"]);
    scene.tick();
    scene.tick();
    scene.tick({ "GET /a": [5] });
    assert.equal(scene.monitor.statuses()[0]?.state, "pending");
    for (let i = 0; i < 3; i++) scene.tick();
    assert.deepEqual([scene.end()[0]?.state, scene.end()[0]?.lacks], ["broken", "samples"]);
  });

  it("is not met by a run shorter than the window, and is by one as long as it", () => {
    const short = new Scene(["max<100 over 4s"]);
    for (let i = 0; i < 3; i++) short.tick({ "GET /a": [5] });
    assert.deepEqual([short.end()[0]?.state, short.end()[0]?.lacks], ["broken", "time"]);
    const long = new Scene(["max<100 over 4s"]);
    for (let i = 0; i < 4; i++) long.tick({ "GET /a": [5] });
    assert.equal(long.end()[0]?.state, "met");
  });

  it("is not met without samples, or without a row", () => {
    const scene = new Scene(["p95<1s", "GET /b: p95<1s", "requests<5"]);
    scene.tick();
    assert.deepEqual(scene.end().map(({ state, lacks }) => [state, lacks]), [
      ["broken", "samples"],
      ["broken", "row"],
      ["met", undefined],
    ]);
  });

  it("takes the rows of a prefix together, and those of * each by itself", () => {
    const scene = new Scene(["/i*: requests<=3", "*: requests<=2", "*: max<100"]);
    scene.tick({ "GET /i1": [1], "GET /i2": [1, 1], "GET /x": [90] });
    const statuses = scene.monitor.conclude(scene.read());
    assert.deepEqual(statuses.map(({ state, measured }) => [state, measured && Math.round(measured)]), [
      ["met", 3],
      ["met", 2],
      ["met", 90],
    ]);
    assert.deepEqual(statuses[2]?.row, { method: "GET", name: "/x" });
  });

  it("counts nothing of the warm-up and nothing after the steady part", () => {
    const scene = new Scene(["max<100", "rps>0.9"], "later");
    scene.tick({ "GET /a": [500] });
    assert.equal(scene.monitor.statuses()[0]?.state, "pending");
    scene.monitor.beginCounting(scene.read());
    for (let i = 0; i < 3; i++) scene.tick({ "GET /a": [10] });
    scene.monitor.endCounting({ ...scene.read(), seconds: 4.001 });
    scene.tick({ "GET /a": [900] });
    assert.deepEqual(scene.end().map(({ state, measured }) => [state, measured]), [["met", 10], ["met", 1]]);
  });

  it("judges a window for which no report has come with the next one, over the time that both cover", () => {
    const run = new Scene(["rps>0.9 over 1s", "p95<100 over 1s", "users>=10 over 1s"]);
    run.reachedSeconds = 0.85;
    run.tick({ "GET /a": [10] });
    run.tick(); // the report of this second is late
    run.reachedSeconds = 2.85;
    run.tick({ "GET /a": [10, 10] });
    run.reachedSeconds = 3.85;
    run.tick({ "GET /a": [10] });
    assert.deepEqual(run.monitor.statuses().map(({ state }) => state), ["met", "met", "met"]);
    run.reachedSeconds = 4.85; // a report came, and there was nothing in it
    run.tick();
    assert.deepEqual(run.monitor.statuses().map(({ state }) => state), ["broken", "broken", "met"]);
  });

  it("begins anew with a reset", () => {
    const scene = new Scene(["max<100", "max<100 over 2s"]);
    for (let i = 0; i < 3; i++) scene.tick({ "GET /a": [500] });
    scene.reset();
    for (let i = 0; i < 3; i++) scene.tick({ "GET /a": [10] });
    assert.deepEqual(scene.end().map(({ state, measured }) => [state, measured]), [["met", 10], ["met", 10]]);
  });

  it("aborts by a window at once, by the whole run after ten seconds, and not without the word", () => {
    const scene = new Scene(["max<100", "max<200, abort", "max<300 over 2s, abort"]);
    for (let i = 0; i < 9; i++) scene.tick({ "GET /a": [250] });
    assert.equal(scene.monitor.findAbort(9), undefined);
    scene.tick({ "GET /a": [250] });
    assert.equal(scene.monitor.findAbort(10)?.expression, "max<200, abort");
    const other = new Scene(["max<300 over 2s, abort"]);
    other.tick({ "GET /a": [400] });
    assert.equal(other.monitor.findAbort(1), undefined);
    other.tick({ "GET /a": [1] });
    assert.equal(other.monitor.findAbort(2)?.crossedAtSeconds, 2);
  });
});
