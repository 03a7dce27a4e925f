import assert from "node:assert/strict";
import { test } from "node:test";
import { condenseDoubts, condenseNotes } from "../../../src/stats/verdict/condense.ts";
import type { VerdictDoubt } from "../../../src/stats/verdict/doubt.ts";

const doubts = (
  kind: VerdictDoubt["kind"],
  count: number,
  severity: VerdictDoubt["severity"] = "degraded",
): VerdictDoubt[] =>
  Array.from({ length: count }, (_, n) => ({ kind, severity, sentence: `${kind} ${n}`, advice: `mend ${kind}` }));

for (const count of [0, 1, 10, 11]) {
  test(`condenseDoubts() tells ${count} alike one by one`, () => {
    assert.deepEqual(condenseDoubts(doubts("cpu-full", count)), doubts("cpu-full", count));
  });
}

test("condenseDoubts() counts what is beyond the first ten of a kind, and keeps kinds and severities apart", () => {
  const condensed = condenseDoubts([
    ...doubts("loop-late", 2, "invalid"),
    ...doubts("cpu-full", 1000),
    ...doubts("loop-late", 3),
  ]);
  assert.equal(condensed.length, 2 + 11 + 3);
  assert.deepEqual(condensed.slice(0, 12), [...doubts("loop-late", 2, "invalid"), ...doubts("cpu-full", 10)]);
  assert.deepEqual(condensed[12], {
    kind: "cpu-full",
    severity: "degraded",
    sentence: "The same is true 990 times more",
    advice: "mend cpu-full",
  });
});

test("condenseNotes() counts what is beyond the first ten", () => {
  const notes = (count: number) => Array.from({ length: count }, (_, n) => `note ${n}`);
  const say = (count: number) => `${count} more`;
  assert.deepEqual(condenseNotes(notes(11), say), notes(11));
  assert.deepEqual(condenseNotes(notes(12), say), [...notes(10), "2 more"]);
});
