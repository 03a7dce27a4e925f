import assert from "node:assert/strict";
import { test } from "node:test";
import { CountedLines } from "../../src/protocol/counted_lines.ts";

test("CountedLines knows the repetitions of a run's counted lines, and of no others", () => {
  const lines = new CountedLines();
  const line = { kind: "log", level: "ERROR", logger: "locust.user", message: "Shopper.order: Error: no" } as const;
  const counted = { ...line, repeats: "counted" } as const;
  assert.deepEqual([counted, counted, line, line].map((each) => lines.isRepeated(each)), [false, true, false, false]);
  const alike = { ...counted, message: "Shopper.pay: Error: no", about: "Shopper: Error: no" };
  const others = [alike, { ...alike, message: "Shopper.order: Error: no" }, { ...alike, about: "Visitor: Error: no" }];
  assert.deepEqual(others.map((each) => lines.isRepeated(each)), [false, true, false]);
  lines.clear();
  assert.equal(lines.isRepeated(counted), false, "a new run logs it again");
});
