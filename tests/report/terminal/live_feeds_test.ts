import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { displayWidth } from "../../../src/base/text/display_width.ts";
import { renderLiveFeeds } from "../../../src/report/terminal/live_feeds.ts";

const users = { name: "users.csv", rows: 1000, used: 412, left: 588, unsure: 0 };
const words = { name: "words", rows: 3, used: 40, left: null, unsure: 0 };
const long = { ...users, name: "customers with a rather long name of the year 2026.csv" };

const LINES: readonly (readonly [
  sentence: string,
  feeds: Parameters<typeof renderLiveFeeds>[0],
  columns: number,
  line: string,
])[] = [
  [
    "is a sentence for each where they fit",
    [users, words],
    100,
    "users.csv: 412 of 1000 rows used, 588 left  words: 40 rows used, of 3 that repeat",
  ],
  ["has figures alone where sentences do not fit", [users, words], 80, "users.csv 412/1000  words 40"],
  ["cuts the longest names first", [long, words], 40, "customers …r 2026.csv 412/1000  words 40"],
  [
    "says how many feeds there are besides",
    [long, { ...long, name: "b".repeat(40) }, users],
    30,
    "customer…2026.csv 412/1000  +2",
  ],
  ["cuts the name of a lone feed as far as it must be", [long], 14, "cu…sv 412/1000"],
];
for (const [sentence, feeds, columns, line] of LINES) {
  test(`renderLiveFeeds() ${sentence}`, () => {
    assert.deepEqual(renderLiveFeeds(feeds, columns), [line]);
  });
}

test("renderLiveFeeds() is no line without feeds", () => {
  assert.deepEqual(renderLiveFeeds([], 80), []);
});

test("renderLiveFeeds() never exceeds the terminal, whatever names are", () => {
  const feed = fc.record({
    name: fc.string({ unit: "grapheme", maxLength: 80 }),
    rows: fc.nat(),
    used: fc.nat(),
    left: fc.option(fc.nat()),
    unsure: fc.nat(3),
  });
  fc.assert(fc.property(fc.array(feed, { maxLength: 6 }), fc.integer({ min: 1, max: 220 }), (feeds, columns) => {
    const lines = renderLiveFeeds(feeds, columns);
    assert.equal(lines.length, feeds.length === 0 ? 0 : 1);
    for (const line of lines) assert.ok(displayWidth(line) <= columns, `${displayWidth(line)} of ${columns}: ${line}`);
  }));
});
