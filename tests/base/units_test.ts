import { strict as assert } from "node:assert";
import { test } from "node:test";
import { formatTimeSpan, parseTimeSpan } from "../../src/base/units.ts";

test("formatTimeSpan() writes what parseTimeSpan() reads", () => {
  const seconds = [0, 45, 1200, 5400, 3661];
  const texts = seconds.map(formatTimeSpan);
  assert.deepEqual(texts, ["0s", "45s", "20m", "1h30m", "1h1m1s"]);
  assert.deepEqual(texts.map(parseTimeSpan), seconds);
});
