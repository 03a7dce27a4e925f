import { strict as assert } from "node:assert";
import { test } from "node:test";
import { readClassFields, toClassFields } from "../../../web/view/class_fields.ts";

const NOW = {
  name: "Buyer",
  host: "http://a",
  weight: 2,
  fixedCount: 0,
  tasks: ["look", "buy"],
  isSelected: true,
  settings: { host: "http://a", weight: 2, fixedCount: 0, tenant: "north", pages: 50, isFast: false, note: null },
};
const SAME = toClassFields(NOW);

test("readClassFields() reads only what was changed", () => {
  assert.deepEqual(readClassFields(SAME, NOW), { problems: {}, edit: {} });
  assert.deepEqual(readClassFields({ ...SAME, weight: " 5 ", host: "" }, NOW).edit, { weight: 5, host: null });
  assert.deepEqual(readClassFields({ ...SAME, fixedCount: "3", tasks: ["buy"] }, NOW).edit, {
    fixedCount: 3,
    tasks: ["buy"],
  });
});

test("readClassFields() names every field that is wrong", () => {
  const read = readClassFields({ ...SAME, weight: "-1", fixedCount: "1.5", tasks: [] }, NOW);
  assert.equal(read.edit, undefined);
  assert.deepEqual(Object.keys(read.problems), ["weight", "fixedCount", "tasks"]);
  assert.ok("weight" in readClassFields({ ...SAME, weight: "" }, NOW).problems);
});

test("readClassFields() gives what json() adds its own field, and reads it as the kind that it was", () => {
  assert.deepEqual(SAME.others, { tenant: "north", pages: "50", isFast: false, note: "" });
  const others = { tenant: "", pages: " 7", isFast: true, note: "x" };
  assert.deepEqual(readClassFields({ ...SAME, others }, NOW).edit, { tenant: "", pages: 7, isFast: true, note: "x" });
  const wrong = readClassFields({ ...SAME, others: { ...others, pages: "many" } }, NOW);
  assert.deepEqual(wrong, { problems: { pages: "Give a number." } });
});
