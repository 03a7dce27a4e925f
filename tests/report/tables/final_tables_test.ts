import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createFinalTables, renderFinalTables } from "../../../src/report/tables/final_tables.ts";
import { NO_RUN } from "../../../src/report/terminal/live_run.ts";
import { renderLiveView } from "../../../src/report/terminal/terminal_view.ts";
import { displayWidth } from "../../../src/base/text/display_width.ts";
import { renderVerdict, verdictHeadline } from "../../../src/report/tables/verdict_lines.ts";
import { assertGolden } from "../../support/golden_text.ts";
import { recordRun } from "../../support/recorded_run.ts";

const { ended, snapshots } = await recordRun();
const FINE = { requests: 100, failures: 0 };
const STARTED = {
  kind: "runStarted",
  runId: "r",
  wallMs: 86_400_000,
  version: "0",
  locustfile: "shop.ts",
  host: "http://shop.test",
  userClasses: ["Shopper"],
  targetUsers: 10,
  spawnRate: 1,
  runTimeSeconds: 12,
  seed: 1,
} as const;

for (const width of [null, 80, 120]) {
  test(`renderFinalTables() at a width of ${width}`, () => {
    const lines = renderFinalTables(ended, { width, colors: "none" });
    assertGolden(`report/final_${width ?? "any"}.txt`, `${lines.join("\n")}\n`);
  });
}

test("renderFinalTables(): no line is wider than the terminal, whatever its size", () => {
  for (const width of [20, 40, 80, 200]) {
    for (const line of renderFinalTables(ended, { width, colors: "none" }, STARTED)) {
      assert.ok(displayWidth(line) <= width, `${displayWidth(line)} cells in ${width}: ${line}`);
    }
  }
});

test("renderFinalTables() paints failing rows and nothing of the others", () => {
  const lines = renderFinalTables(ended, { width: 120, colors: "ansi" });
  const row = (name: string) => lines.find((line) => line.includes(name)) ?? "";
  assert.ok(row("/orders").startsWith("\x1b[31m"));
  assert.ok(!row("/cart").includes("\x1b"));
});

test("renderFinalTables() is headed by what was run, where, with how many users, since when and for how long", () => {
  const text = renderFinalTables(ended, { width: null, colors: "none" }, STARTED).slice(1, 3).join("\n");
  assert.equal(
    text,
    "Run ended after 0:12: --run-time of 12 s reached\n" +
      "shop.ts on http://shop.test, 10 users, started 1970-01-02 00:00:00 UTC, load for 0:12",
  );
});

test("renderFinalTables() says what came after the stop, and what of it is in no rate", () => {
  const { snapshot } = ended;
  const total = { ...snapshot.total, drain: { ended: 12, started: 2, startedFailures: 0 } };
  const after = { ...ended, snapshot: { ...snapshot, total, elapsedMs: 16_500, loadEndedMs: 12_000 } };
  assert.equal(
    renderFinalTables(after, { width: null, colors: "none" })[2],
    "After the stop it took 4.5 s until users, workers and listeners had ended, in which 12 requests ended " +
      "(2 of them were started after the stop and are in no rate)",
  );
});

test("renderFinalTables() says since when and over which time the figures count after a reset", () => {
  const snapshot = { ...ended.snapshot, resetMs: 2000, loadMs: 10_000 };
  assert.equal(
    renderFinalTables({ ...ended, snapshot }, { width: null, colors: "none" })[2],
    "Figures count from the reset of the statistics after 2.0 s, over 10.0 s",
  );
});

test("renderFinalTables() leaves out corrected percentiles that are equal to the measured ones", () => {
  const { snapshot } = ended;
  const entries = snapshot.entries.map((entry) => ({ ...entry, correctedPercentilesMs: entry.percentilesMs }));
  const equal = {
    ...snapshot,
    entries,
    total: { ...snapshot.total, correctedPercentilesMs: snapshot.total.percentilesMs },
  };
  const shown = (one: typeof snapshot) =>
    renderFinalTables({ ...ended, snapshot: one }, { width: null, colors: "none" }).filter((line) =>
      line.includes("(corrected)")
    ).length;
  assert.deepEqual([shown(snapshot), shown(equal)], [2, 0]);
});

test("renderFinalTables() puts percentiles with fewer than 5 requests beyond them in brackets, with the reason once", () => {
  const row = (requests: number) => {
    const { correctedPercentilesMs: _, ...total } = ended.snapshot.total;
    const snapshot = { ...ended.snapshot, entries: [], total: { ...total, requests, untimed: 0 } };
    const lines = renderFinalTables({ ...ended, snapshot }, { width: null, colors: "none" });
    const start = lines.findIndex((line) => line.startsWith("Response time percentiles"));
    assert.equal(lines.filter((line) => line.startsWith("In brackets: ")).length, 1);
    return lines.slice(start).find((line) => line.includes("Aggregated")) ?? "";
  };
  const bracketed = (requests: number) => row(requests).match(/\([\d.]+\)/g)?.length;
  // 50, 66, 75, 80, 90, 95, 98, 99, 99.9, 99.99, 100 %
  assert.deepEqual([9, 10, 50, 100, 500, 5000].map(bracketed), [10, 9, 5, 4, 2, 1]);
});

test("renderFinalTables(): the row Aggregated has requests and failures as its first two numbers", () => {
  const row = renderFinalTables(ended, { width: 80, colors: "none" }).find((line) => /^ *Aggregated /.test(line)) ?? "";
  assert.deepEqual(row.match(/\d+/g)?.slice(0, 2), ["300", "24"]);
  assert.match(row, /^\s+Aggregated\s+300\s+24\(8\.00%\)/);
});

test("renderFinalTables() escapes what a target, a locustfile or a worker said", () => {
  const { snapshot } = ended;
  const hostile = "\x1b]0;owned\x07\r\n\u202e";
  const lines = renderFinalTables({
    ...ended,
    reason: { kind: "stopTest", message: hostile },
    snapshot: {
      ...snapshot,
      entries: snapshot.entries.map((entry) => ({ ...entry, name: hostile, method: hostile })),
      failures: snapshot.failures.map((failure) => ({ ...failure, text: hostile, name: hostile })),
      exceptions: [{ message: hostile, stack: `at ${hostile}`, where: hostile, count: 1, workers: [hostile] }],
      workers: snapshot.workers.map((worker) => ({ ...worker, id: hostile, state: hostile })),
    },
    verdict: {
      kind: "invalid",
      doubts: [{ kind: "loop-late", severity: "invalid", sentence: hostile, advice: hostile }],
    },
  }, { width: null, colors: "none" });
  for (const line of lines) assert.doesNotMatch(line, /[\p{Cc}\u202e]/u);
});

test("renderFinalTables() names where a search began, in place of the load that it ended with", () => {
  const capacity = { unit: "/s", start: 40, max: 1000, slo: ["p99<300ms"] } as const;
  const arrivals = [{ userClasses: ["Shopper"], rate: "40/s", maxUsers: 1000 }];
  const lines = renderFinalTables(ended, { width: null, colors: "none" }, { ...STARTED, arrivals, capacity });
  assert.match(lines.join("\n"), /shop\.ts on http:\/\/shop\.test, a search that began at 40\/s, started/);
});

test("renderFinalTables() shows whole phases in a narrow terminal, or none of them", () => {
  const all = renderFinalTables(ended, { width: null, colors: "none" });
  const figures = new Set(all.join("\n").match(/[\d.]+ \/ [\d.]+/g));
  assert.ok(figures.size > 0);
  for (const width of [30, 44, 60]) {
    const lines = renderFinalTables(ended, { width, colors: "none" });
    const from = lines.findIndex((line) => line.startsWith("Phases of"));
    const table = lines.slice(from, lines.indexOf("", from));
    assert.match(table.join("\n"), /waiting/);
    for (const figure of table.join("\n").match(/\S* ?\/ \S*/g)?.slice(1) ?? []) {
      assert.ok(figures.has(figure), `${width}: ${figure}`);
    }
  }
});

test("renderFinalTables() leaves out what there is nothing to say about", () => {
  const first = snapshots[0] ?? ended.snapshot;
  const { phases: _phases, ...total } = first.total;
  const lines = renderFinalTables({
    kind: "runEnded",
    reason: { kind: "requested" },
    snapshot: {
      ...first,
      total: { ...total, minMs: null, failures: 0 },
      entries: [],
      failures: [],
      exceptions: [],
      workers: [],
    },
    verdict: { kind: "valid", doubts: [] },
  }, { width: 80, colors: "none" }).join("\n");
  assert.doesNotMatch(lines, /percentiles|Error report|User exceptions|Workers|Phases/);
  assert.match(lines, /Verdict: valid/);
});

test("createFinalTables() writes once, at the end", () => {
  const written: string[] = [];
  const sink = createFinalTables({ write: (text) => written.push(text), width: 80, colors: "none" });
  sink({ kind: "ticked", snapshot: ended.snapshot });
  assert.equal(written.length, 0);
  sink(ended);
  assert.equal(written.length, 1);
  assert.ok(written[0]?.endsWith("\n"));
});

test("renderVerdict() breaks its sentences at the width of a terminal", () => {
  const doubt = {
    kind: "loop-late",
    severity: "degraded",
    sentence: "one two three four five six",
    advice: "a b",
  } as const;
  assert.deepEqual(renderVerdict({ kind: "degraded", doubts: [doubt] }, FINE, { colors: "none", width: 24 }), [
    "Verdict: degraded",
    "  - one two three four",
    "    five six",
    "    a b",
    "",
  ]);
});

test("renderVerdict() paints by kind", () => {
  for (const [kind, code] of [["valid", 32], ["degraded", 33], ["invalid", 31]] as const) {
    assert.ok(
      renderVerdict({ kind, doubts: [] }, FINE, { colors: "ansi", width: null })[0]?.startsWith(`\x1b[${code}m`),
    );
  }
});

test("verdictHeadline() says that requests failed beside a verdict that is about the generator", () => {
  const headline = (kind: "valid" | "degraded", failures: number) =>
    verdictHeadline({ kind }, { requests: 1000, failures });
  assert.equal(headline("valid", 1000), "Verdict: Measured reliably; but 100 % of the requests failed");
  assert.equal(headline("valid", 999), "Verdict: Measured reliably; but 99 % of the requests failed");
  assert.equal(headline("valid", 9), "Verdict: valid, nothing speaks against these numbers");
  assert.equal(
    verdictHeadline({ kind: "valid", notes: ["the system ran on this machine"] }, { requests: 1000, failures: 0 }),
    "Verdict: valid, with a remark",
  );
  assert.equal(headline("degraded", 500), "Verdict: degraded; and 50 % of the requests failed");
  assert.equal(headline("degraded", 0), "Verdict: degraded");
});

test("renderVerdict() is not green where requests failed", () => {
  const lines = renderVerdict({ kind: "valid", doubts: [] }, { requests: 5, failures: 5 }, {
    colors: "ansi",
    width: null,
  });
  assert.ok(lines[0]?.startsWith("\x1b[31mVerdict: Measured reliably; but 100 %"));
});

test("renderFinalTables(), renderLiveView(): no text of a target or a locustfile breaks them, drives a terminal or widens a line", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: "grapheme" }),
    fc.constantFrom(
      "",
      "\ud800",
      "\u202e",
      "\x1b[2J",
      "日本".repeat(200),
      "x".repeat(3000),
      "a\nb\r\tc",
      "\u2028",
      "👨‍👩‍👧".repeat(30),
    ),
  );
  const { snapshot } = ended;
  fc.assert(fc.property(text, text, fc.integer({ min: 20, max: 220 }), (first, second, width) => {
    const hostile = {
      ...snapshot,
      entries: snapshot.entries.map((entry) => ({ ...entry, name: first, method: second })),
      failures: snapshot.failures.map((failure) => ({ ...failure, method: first, name: second, text: first })),
      exceptions: [{ message: first, stack: `at ${second}`, where: first, count: 1, workers: [second] }],
      workers: snapshot.workers.map((worker) => ({ ...worker, id: first, host: second, incidents: [second] })),
    };
    const started = { ...STARTED, host: first, locustfile: second, profile: first };
    const run = { ...NO_RUN, host: first, snapshot: hostile };
    const lines = [
      ...renderFinalTables({ ...ended, snapshot: hostile }, { width, colors: "none" }, started),
      ...renderLiveView(run, { columns: width, rows: 50 }, "none"),
    ];
    for (const line of lines) {
      assert.doesNotMatch(line, /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
      assert.ok(displayWidth(line) <= width, `${displayWidth(line)} cells in ${width}: ${line}`);
    }
  }));
});
