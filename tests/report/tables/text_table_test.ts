import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { displayWidth, fitText, padText } from "../../../src/base/text/display_width.ts";
import { type Column, layOutTable } from "../../../src/report/tables/text_table.ts";
import { locustBucketMs } from "../../../src/report/locust_bucket.ts";
import { formatFailures, formatFraction, formatMs, formatRate } from "../../../src/report/tables/format_figures.ts";
import { chooseColors, paint } from "../../../src/report/tables/colors.ts";

interface Row {
  readonly name: string;
  readonly count: number;
  readonly extra: string;
}

const COLUMNS: readonly Column<Row>[] = [
  { title: "Name", align: "left", text: ({ name }) => name, flexibleTo: 6 },
  { title: "Count", align: "right", text: ({ count }) => String(count) },
  { title: "Extra", align: "right", text: ({ extra }) => extra, dropOrder: 1 },
];
const ROWS: readonly Row[] = [{ name: "a long name, really", count: 7, extra: "x" }, {
  name: "b",
  count: 1234,
  extra: "yy",
}];

test("layOutTable() without a width is as wide as its texts", () => {
  const { header, rule, rows } = layOutTable(COLUMNS, ROWS, null);
  assert.equal(header, "Name                Count Extra");
  assert.equal(rule, "------------------- ----- -----");
  assert.deepEqual(rows, ["a long name, really     7     x", "b                    1234    yy"]);
});

test("layOutTable() cuts the flexible column first, then leaves columns out", () => {
  assert.deepEqual(layOutTable(COLUMNS, ROWS, 24).rows, [
    "a long…eally     7     x",
    "b             1234    yy",
  ]);
  assert.equal(layOutTable(COLUMNS, ROWS, 17).header, "Name        Count");
  assert.equal(layOutTable(COLUMNS, ROWS, 12).header, "Name   Count");
});

test("layOutTable() leaves out what does not fit at the right, and cuts no figure", () => {
  const columns: readonly Column<Row>[] = [...COLUMNS.slice(0, 2), {
    title: "Phase",
    align: "right",
    text: () => "16.8 / 64.6",
  }];
  assert.deepEqual(layOutTable(columns, ROWS, 18).rows, ["a long…eally     7", "b             1234"]);
});

test("layOutTable() is never wider than it may be, as long as the fixed columns fit", () => {
  const row = fc.record({
    name: fc.string({ unit: "grapheme" }),
    count: fc.nat(),
    extra: fc.string({ maxLength: 20 }),
  });
  fc.assert(fc.property(fc.array(row), fc.integer({ min: 20, max: 80 }), (rows, width) => {
    const table = layOutTable(COLUMNS, rows, width);
    for (const line of [table.header, table.rule, ...table.rows]) assert.ok(displayWidth(line) <= width, line);
  }));
});

test("displayWidth() counts cells, not UTF-16 units", () => {
  const cases: [string, number][] = [
    ["abc", 3],
    ["日本", 4],
    ["é", 1],
    ["e\u0301", 1],
    ["😀", 2],
    ["ä😀", 3],
    ["", 0],
    ["✅", 2],
    [
      "✓",
      1,
    ],
    ["🇩🇪", 2],
  ];
  for (const [text, cells] of cases) assert.equal(displayWidth(text), cells, text);
});

test("fitText() keeps both ends in as many cells as there are", () => {
  const cases: [string, number, string][] = [
    ["/items/[id]/reviews", 11, "/item…views"],
    ["short", 5, "short"],
    ["short", 4, "sh…t"],
    ["short", 1, "…"],
    ["short", 0, ""],
    ["日本語日本語", 5, "日…語"],
  ];
  for (const [text, cells, fitted] of cases) assert.equal(fitText(text, cells), fitted);
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), fc.nat(30), (text, cells) => {
    assert.ok(displayWidth(fitText(text, cells)) <= cells);
  }));
});

test("padText() fills cells on the side away from the text", () => {
  assert.equal(padText("日", 4, "left") + "|" + padText("日", 4, "right"), "日  |  日");
});

test("locustBucketMs() rounds as Locust does, half to even", () => {
  const cases = [
    [0.5, 0],
    [1.5, 2],
    [2.5, 2],
    [99.5, 100],
    [105, 100],
    [115, 120],
    [145, 140],
    [147, 150],
    [1050, 1000],
    [1150, 1200],
    [10_500, 10_000],
    [11_500, 12_000],
    [58_760, 59_000],
  ] as const;
  for (const [ms, bucket] of cases) assert.equal(locustBucketMs(ms), bucket, `${ms} ms`);
});

test("formatMs() has three digits below 100 ms and whole ones above", () => {
  const cases: [number | null, string][] = [
    [0, "0.00"],
    [0.0826, "0.08"],
    [9.994, "9.99"],
    [9.996, "10.0"],
    [42.14, "42.1"],
    [99.96, "100"],
    [12_345.6, "12346"],
    [null, "-"],
  ];
  for (const [ms, text] of cases) assert.equal(formatMs(ms), text);
});

test("formatRate(), formatFailures(), formatFraction() by table", () => {
  assert.deepEqual([0, 12.345, 99.999, 512.36, 113_000.4].map(formatRate), [
    "0.00",
    "12.35",
    "100.0",
    "512.4",
    "113000",
  ]);
  assert.deepEqual([formatFailures(6, 509), formatFailures(0, 0), formatFailures(2, 0)], [
    "6(1.18%)",
    "0(0.00%)",
    "2(100.00%)",
  ]);
  assert.deepEqual([0.5, 0.999, 0.9999, 1].map(formatFraction), ["50%", "99.9%", "99.99%", "100%"]);
});

test("chooseColors() obeys who forces colours in a pipe, unless NO_COLOR forbids them", () => {
  for (const forced of [{ FORCE_COLOR: "1" }, { FORCE_COLOR: "3", TERM: "dumb" }, { CLICOLOR_FORCE: "1" }]) {
    assert.equal(chooseColors(forced, "other"), "ansi");
    assert.equal(chooseColors({ ...forced, NO_COLOR: "1" }, "terminal"), "none");
  }
  assert.equal(chooseColors({ CLICOLOR_FORCE: "0" }, "other"), "none");
});

test("chooseColors() shows none in a pipe, with NO_COLOR, or on a dumb terminal", () => {
  assert.equal(chooseColors({}, "terminal"), "ansi");
  assert.equal(chooseColors({ NO_COLOR: "" }, "terminal"), "ansi", "an empty NO_COLOR says nothing");
  assert.equal(chooseColors({ NO_COLOR: "1" }, "terminal"), "none");
  assert.equal(chooseColors({ TERM: "dumb" }, "terminal"), "none");
  assert.equal(chooseColors({}, "other"), "none");
  assert.equal(chooseColors({ CLICOLOR: "0" }, "terminal"), "none");
  assert.equal(chooseColors({ FORCE_COLOR: "0" }, "terminal"), "none");
  assert.equal(paint("x", "red", "none"), "x");
});
