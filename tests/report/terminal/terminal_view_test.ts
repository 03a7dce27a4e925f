import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { displayWidth } from "../../../src/base/text/display_width.ts";
import { createLineLog, formatSnapshotLine } from "../../../src/report/terminal/line_log.ts";
import { foldLiveRun, type LiveRun, NO_RUN } from "../../../src/report/terminal/live_run.ts";
import { createLiveView } from "../../../src/report/terminal/terminal_live.ts";
import { renderLiveView } from "../../../src/report/terminal/terminal_view.ts";
import { Ledger } from "../../../src/stats/ledger/ledger.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import type { RunEvent } from "../../../src/master/run_event.ts";
import { assertGolden } from "../../support/golden_text.ts";
import { recordRun } from "../../support/recorded_run.ts";
import { FakeTerminal } from "../../support/fake_terminal.ts";

const { snapshots, ended } = await recordRun();
const STARTED: RunEvent = {
  kind: "runStarted",
  runId: "r",
  wallMs: 0,
  version: "0",
  locustfile: "shop.ts",
  host: "http://shop.test",
  userClasses: ["Shopper"],
  targetUsers: 10,
  spawnRate: 1,
  runTimeSeconds: 60,
  seed: 1,
};
const RAMP: RunEvent = { kind: "rampStarted", users: 10, spawnRate: 1, fromUsers: 0 };

function runAfter(seconds: number): LiveRun {
  const ticks = snapshots.slice(0, seconds).map((snapshot): RunEvent => ({ kind: "ticked", snapshot }));
  return [STARTED, RAMP, ...ticks].reduce(foldLiveRun, NO_RUN);
}

for (const [columns, rows] of [[80, 24], [120, 24], [200, 50], [40, 24], [80, 8]] as const) {
  test(`renderLiveView() at ${columns} columns and ${rows} rows`, () => {
    const lines = renderLiveView(runAfter(6), { columns, rows }, "none");
    assertGolden(`report/live_${columns}x${rows}.txt`, `${lines.join("\n")}\n`);
  });
}

test("renderLiveView() shows how far a number of iterations is, where there is no run time", () => {
  const iterations = [
    { name: "", kind: "shared", asked: 1000, unknown: 0, started: 260, ended: 250, interrupted: 0 },
  ] as const;
  const run = runAfter(6);
  assert.ok(run.snapshot !== undefined);
  const limited: LiveRun = { ...run, runTimeSeconds: null, snapshot: { ...run.snapshot, iterations } };
  const [head = "", progress = ""] = renderLiveView(limited, { columns: 80, rows: 24 }, "none");
  assert.match(head, /250 of 1000 iterations/);
  assert.match(progress, /\[#+-+\] 750 left$/);
  const done = progress.split("#").length - 1;
  assert.ok(Math.abs(done / (done + progress.split("-").length - 1) - 0.25) < 0.02, progress);
  assert.match(formatSnapshotLine({ ...run.snapshot, iterations }), /250 of 1000 iterations/);
});

test("renderLiveView() never exceeds the terminal, whatever its size, and emits no control characters", () => {
  const run = runAfter(6);
  fc.assert(fc.property(fc.integer({ min: 30, max: 250 }), fc.integer({ min: 2, max: 60 }), (columns, rows) => {
    const lines = renderLiveView(run, { columns, rows }, "none");
    assert.ok(lines.length < Math.max(rows, 3), `${lines.length} lines in ${rows} rows`);
    for (const line of lines) {
      assert.ok(displayWidth(line) <= columns, line);
      assert.doesNotMatch(line, /\p{Cc}/u);
    }
  }));
});

test("renderLiveView() does not jump when numbers grow or names come: columns keep their places", () => {
  for (const columns of [80, 120, 200]) {
    const kept = new Map<string, number>();
    const first = renderLiveView(runAfter(1), { columns, rows: 40 }, "none", kept)[2] ?? "";
    const grown = runAfter(6);
    const total = { ...grown.snapshot!.total, requests: 1_234_567, failures: 12_345, currentPerSecond: 98_765 };
    const later = { ...grown, snapshot: { ...grown.snapshot!, total } };
    assert.equal(renderLiveView(later, { columns, rows: 40 }, "none", kept)[2], first);
  }
});

test("renderLiveView() uses a wide terminal for more percentiles, failures and workers", () => {
  const at = (columns: number, rows: number) => renderLiveView(runAfter(6), { columns, rows }, "none").join("\n");
  assert.match(at(200, 50), /p90 ms.*p99\.9 ms.*Min ms/);
  assert.match(at(200, 50), /Failures\n.*HttpError 500[^]*Worker .*Loop lag[^]*beta_2/);
  assert.doesNotMatch(at(80, 50), /p99\.9|HttpError|beta_2/);
});

test("renderLiveView() keeps the busiest rows and the total, and says how many it leaves out", () => {
  const lines = renderLiveView(runAfter(6), { columns: 100, rows: 9 }, "none");
  assert.match(lines.join("\n"), /\/cart/);
  assert.match(lines.join("\n"), /… and 2 less busy rows/);
  assert.match(lines.at(-1) ?? "", /Aggregated +150 /);
});

test("renderLiveView() before the first tick says so", () => {
  assert.deepEqual(renderLiveView(NO_RUN, { columns: 80, rows: 24 }, "none"), ["Starting …"]);
});

test("renderLiveView() with colours takes the same cells", () => {
  const plain = renderLiveView(runAfter(6), { columns: 80, rows: 24 }, "none");
  const painted = renderLiveView(runAfter(6), { columns: 80, rows: 24 }, "ansi");
  // deno-lint-ignore no-control-regex -- the codes of colors.ts
  assert.deepEqual(painted.map((line) => line.replace(/\x1b\[\d+m/g, "")), plain);
  assert.notDeepEqual(painted, plain);
});

test("renderLiveView() names the part of a run with a warm-up, and of no other", () => {
  const ledger = new Ledger({ clock: new FakeClock() }).save();
  const began = (phase: "ramp" | "warmUp" | "steady" | "coolDown", kept?: typeof ledger): RunEvent => ({
    kind: "phaseBegan",
    phase,
    elapsedMs: 1000,
    ...(kept === undefined ? {} : { ledger: kept }),
  });
  const wordAfter = (...events: RunEvent[]) => {
    const run = events.reduce(foldLiveRun, runAfter(6));
    return renderLiveView(run, { columns: 80, rows: 24 }, "none")[0]?.split("  ")[0];
  };
  const usual = wordAfter();
  assert.equal(wordAfter(began("warmUp")), "warm-up");
  assert.equal(wordAfter(began("warmUp"), began("steady", ledger)), "steady");
  assert.equal(wordAfter(began("steady", ledger), began("coolDown", ledger)), "cool-down");
  assert.equal(wordAfter(began("steady", ledger), began("ramp")), usual, "a new ramp upwards");
  assert.equal(wordAfter(began("steady"), began("coolDown")), usual, "no warm-up was asked for");
  assert.equal(wordAfter(began("warmUp"), { kind: "stopping", reason: { kind: "requested" } }), "stopping");
});

test("foldLiveRun() names missing workers until they are back or gone", () => {
  const missing = (workerId: string): RunEvent => ({ kind: "workerMissing", workerId, silentMs: 5000, users: 3 });
  const events: RunEvent[] = [STARTED, missing("a"), missing("b"), missing("c")];
  const run = events.reduce(foldLiveRun, NO_RUN);
  assert.deepEqual(run.missingWorkers, ["a", "b", "c"]);
  const back = foldLiveRun(run, { kind: "workerReturned", workerId: "b", awayMs: 1 });
  assert.deepEqual(foldLiveRun(back, { kind: "workerLeft", workerId: "a", reason: "gone" }).missingWorkers, ["c"]);
});

test("createLiveView() repaints in place: the screen shows the last view alone", () => {
  const terminal = new FakeTerminal(80, 24);
  const view = createLiveView({ write: (text) => terminal.write(text), size: () => terminal.size, colors: "none" });
  terminal.write("before\n");
  for (const event of [STARTED, RAMP]) view.sink(event);
  for (const snapshot of snapshots) view.sink({ kind: "ticked", snapshot });
  const lines = renderLiveView(runAfter(12), terminal.size, "none");
  assert.deepEqual(terminal.lines(), ["before", ...lines]);
});

test("createLiveView() lets log lines pass above it between clear() and repaint()", () => {
  const terminal = new FakeTerminal(80, 24);
  const view = createLiveView({ write: (text) => terminal.write(text), size: () => terminal.size, colors: "none" });
  view.sink(STARTED);
  for (const snapshot of snapshots.slice(0, 3)) {
    view.sink({ kind: "ticked", snapshot });
    view.clear();
    terminal.write(`log ${snapshot.tick}\n`);
    view.repaint();
  }
  assert.deepEqual(terminal.lines().slice(0, 4), ["log 1", "log 2", "log 3", terminal.lines()[3]]);
  assert.equal(terminal.lines().filter((line) => line.includes("Aggregated")).length, 1);
});

test("createLiveView() leaves no remains when the terminal becomes narrower", () => {
  const terminal = new FakeTerminal(120, 40);
  const view = createLiveView({ write: (text) => terminal.write(text), size: () => terminal.size, colors: "ansi" });
  view.sink(STARTED);
  view.sink({ kind: "ticked", snapshot: snapshots[4] ?? ended.snapshot });
  terminal.resize(50, 40);
  view.sink({ kind: "ticked", snapshot: snapshots[5] ?? ended.snapshot });
  assert.equal(
    terminal.lines().filter((line) => line.includes("req/s")).length,
    2,
    "the head and the header, once each",
  );
});

test("createLiveView() is gone when the run has ended, and stays so", () => {
  const terminal = new FakeTerminal(80, 24);
  const view = createLiveView({ write: (text) => terminal.write(text), size: () => terminal.size, colors: "none" });
  view.sink(STARTED);
  view.sink({ kind: "ticked", snapshot: ended.snapshot });
  view.sink(ended);
  view.repaint();
  assert.deepEqual(terminal.lines(), []);
});

test("createLineLog() writes a line after the first second and then one per interval", () => {
  const lines: string[] = [];
  const sink = createLineLog({ writeLine: (line) => lines.push(line), intervalSeconds: 5 });
  sink(STARTED);
  for (const snapshot of snapshots) sink({ kind: "ticked", snapshot });
  assert.deepEqual(lines.map((line) => line.split(" ")[0]), ["0:01", "0:05", "0:10"]);
});

test("createLineLog() says how far a capacity search is", () => {
  const lines: string[] = [];
  const sink = createLineLog({ writeLine: (line) => lines.push(line), intervalSeconds: 5 });
  const capacity = {
    unit: "users",
    number: 2,
    purpose: "rise",
    load: 60,
    part: "settling",
    low: 30,
    high: null,
    figures: [],
  } as const;
  for (const snapshot of snapshots.slice(0, 1)) sink({ kind: "ticked", snapshot, capacity });
  assert.match(lines[0] ?? "", /, search: step 2 \(rise\), 60 users, settling {2}\(30 users held\)$/);
});

test("createLineLog() and the progress bar follow the time of the run, which a reset does not change", () => {
  const lines: string[] = [];
  const sink = createLineLog({ writeLine: (line) => lines.push(line), intervalSeconds: 5 });
  for (const snapshot of snapshots.slice(0, 6)) sink({ kind: "ticked", snapshot });
  sink({ kind: "statsReset" });
  for (const snapshot of snapshots.slice(6)) sink({ kind: "ticked", snapshot: { ...snapshot, resetMs: 6000 } });
  assert.deepEqual(lines.map((line) => line.split(" ")[0]), ["0:01", "0:05", "0:10"]);
  const run = { ...runAfter(12), snapshot: { ...snapshots[11]!, resetMs: 6000, loadMs: 6000 } };
  assert.match(renderLiveView(run, { columns: 80, rows: 24 }, "none")[1] ?? "", /^0:12 \[#+-+\] 0:48 left$/);
});

test("formatSnapshotLine() says where the run is", () => {
  assert.equal(
    formatSnapshotLine(ended.snapshot),
    "0:12 stopped, 10/10 users, Aggregated: 300 requests, 24(8.00%) failed, 25.00 req/s, median 107 ms, p95 600 ms, p99 873 ms",
  );
});
