import assert from "node:assert/strict";
import { test } from "node:test";
import { FeedSteps } from "../../../src/report/summary/feed_steps.ts";

const feed = (name: string, used: number) => ({ name, rows: null, used, left: null, unsure: 0 });

test("FeedSteps.take() has the rows used by name, and nothing where none was drawn", () => {
  const steps = new FeedSteps();
  assert.deepEqual(steps.take(undefined), {});
  assert.deepEqual(steps.take([feed("a.csv", 3), feed("__proto__", 4)]).feeds?.["a.csv"], 3);
});

test("FeedSteps.take() keeps the feeds that came first, whatever the names of those after them", () => {
  const steps = new FeedSteps();
  const first = Array.from({ length: 20 }, (_, i) => feed(`m${i}`, 1));
  steps.take(first);
  const later = steps.take([feed("a", 9), ...first]).feeds ?? {};
  assert.deepEqual(Object.keys(later), first.map(({ name }) => name));
});
