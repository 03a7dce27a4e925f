import assert from "node:assert/strict";
import { test } from "node:test";
import { task } from "../../../src/user/tasks/decorators.ts";
import { planTaskSet, SILENT_CONTEXT } from "../../../src/user/tasks/task_plan.ts";
import { SequentialTaskSet } from "../../../src/user/tasks/task_set.ts";
import type { TaskSetClass } from "../../../src/user/user_class.ts";

/** The order of a set's steps, and what is said about it. */
function plan(setClass: TaskSetClass) {
  const warnings: string[] = [];
  const { entries } = planTaskSet(setClass, { ...SILENT_CONTEXT, warn: (_, warning) => warnings.push(warning) });
  return { order: entries.map(({ name }) => name), warnings };
}

test("planTaskSet() warns of a sequence whose order is not that of the file", () => {
  class Listed extends SequentialTaskSet {
    @task
    first() {}
    static override tasks = [function second() {}];
    @task
    third() {}
  }
  const { order, warnings } = plan(Listed);
  assert.deepEqual(order, ["first", "third", "second"]);
  assert.match(warnings.join("\n"), /whatever their order in the file: first, third, second; state the order/);
});

test("planTaskSet() says nothing of a sequence that states its order", () => {
  class Stated extends SequentialTaskSet {
    static override tasks = ["first", function second() {}, "third"];
    @task
    first() {}
    third() {}
  }
  assert.deepEqual(plan(Stated), { order: ["first", "second", "third"], warnings: [] });
});
