import assert from "node:assert/strict";
import { test } from "node:test";
import { createFinalTables, renderFinalTables } from "../../src/report/final_tables.ts";
import { displayWidth } from "../../src/report/display_width.ts";
import { renderVerdict } from "../../src/report/verdict_lines.ts";
import { assertGolden } from "../support/golden_text.ts";
import { recordRun } from "../support/recorded_run.ts";

const { ended, snapshots } = await recordRun();

for (const width of [null, 80, 120]) {
  test(`renderFinalTables() at a width of ${width}`, () => {
    const lines = renderFinalTables(ended, { width, colors: "none" });
    assertGolden(`report/final_${width ?? "any"}.txt`, `${lines.join("\n")}\n`);
  });
}

test("renderFinalTables() fits its tables into 80 columns", () => {
  for (const line of renderFinalTables(ended, { width: 80, colors: "none" })) {
    // The verdict's sentences are for the terminal to wrap.
    if (!/^ {2}/.test(line)) assert.ok(displayWidth(line) <= 80, line);
  }
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
      exceptions: [{ message: hostile, stack: `at ${hostile}`, where: hostile, count: 1, nodes: [hostile] }],
      workers: snapshot.workers.map((worker) => ({ ...worker, id: hostile, state: hostile })),
    },
    verdict: {
      kind: "invalid",
      doubts: [{ kind: "loop-late", severity: "invalid", sentence: hostile, advice: hostile }],
    },
  }, { width: null, colors: "none" });
  for (const line of lines) assert.doesNotMatch(line, /[\p{Cc}\u202e]/u);
});

test("renderFinalTables() leaves out what there is nothing to say about", () => {
  const first = snapshots[0] ?? ended.snapshot;
  const { phases: _phases, ...total } = first.total;
  const lines = renderFinalTables({
    kind: "runEnded",
    reason: { kind: "requested" },
    snapshot: { ...first, total: { ...total, minMs: null }, entries: [], failures: [], exceptions: [], workers: [] },
    verdict: { kind: "valid", doubts: [] },
  }, { width: 80, colors: "none" }).join("\n");
  assert.doesNotMatch(lines, /percentiles|Error report|User exceptions|Workers|Phases/);
  assert.match(lines, /Verdict: valid/);
});

test("createFinalTables() says that figures count from a reset, whose time is not that of the run", () => {
  const written: string[] = [];
  const sink = createFinalTables({ write: (text) => written.push(text), width: null, colors: "none" });
  sink({ kind: "statsReset" });
  sink(ended);
  assert.match(written.join(""), /^\nRun ended 0:12 after its statistics were reset: /);
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
  assert.deepEqual(renderVerdict({ kind: "degraded", doubts: [doubt] }, { colors: "none", width: 24 }), [
    "Verdict: degraded",
    "  - one two three four",
    "    five six",
    "    a b",
    "",
  ]);
});

test("renderVerdict() paints by kind", () => {
  for (const [kind, code] of [["valid", 32], ["degraded", 33], ["invalid", 31]] as const) {
    assert.ok(renderVerdict({ kind, doubts: [] }, { colors: "ansi", width: null })[0]?.startsWith(`\x1b[${code}m`));
  }
});
