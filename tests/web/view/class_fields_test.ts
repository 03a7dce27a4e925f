import { strict as assert } from "node:assert";
import { test } from "node:test";
import { readClassFields } from "../../../web/view/class_fields.ts";

const NOW = {
  name: "Buyer",
  host: "http://a",
  weight: 2,
  fixedCount: 0,
  tasks: ["look", "buy"],
  isSelected: true,
  settings: {},
};
const SAME = { weight: "2", fixedCount: "0", host: "http://a", tasks: ["look", "buy"] };

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
