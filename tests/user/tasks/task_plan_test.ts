import assert from "node:assert/strict";
import { test } from "node:test";
import { tag, task, transition } from "../../../src/user/tasks/decorators.ts";
import { filterByTags } from "../../../src/user/tasks/task_filter.ts";
import { planTaskSet, planUserClass, SILENT_CONTEXT, type TaskPlan } from "../../../src/user/tasks/task_plan.ts";
import { Environment } from "../../../src/user/environment.ts";
import { MarkovTaskSet, SequentialTaskSet, TaskSet } from "../../../src/user/tasks/task_set.ts";
import { User } from "../../../src/user/user.ts";
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

test("a task set refuses assignments to its user and parent, and keeps both", () => {
  class Browse extends TaskSet<User> {
    @task
    work() {}
  }
  class Person extends User {
    static override tasks = [Browse];
  }
  const person = new Person(new Environment());
  const set = new Browse(person);
  for (const member of ["user", "parent"] as const) {
    assert.throws(
      () => Reflect.set(set, member, undefined),
      new RegExp(`^LocustError: Cannot assign to "${member}" of a task`),
    );
    assert.equal(set[member], person);
  }
});

/** The leaves that tags let through, by their names. */
function keptBy(tags: readonly string[], excludeTags: readonly string[] = []): string[] {
  return leavesOf(filterByTags(planUserClass(Tagged, SILENT_CONTEXT), { tags, excludeTags }));
}

function leavesOf({ entries }: TaskPlan): string[] {
  return entries.flatMap(({ name, plan }) => plan === undefined || plan.kind === "markov" ? [name] : leavesOf(plan));
}

@tag("base")
class TaggedBase extends User {
  static override abstract = true;
  @task
  inherited() {}
}
@tag("pages")
class Pages extends TaskSet {
  @task
  page() {}
}
class MorePages extends Pages {
  @tag("own")
  @task
  more() {}
}

@tag("journeys")
abstract class Journeys extends MarkovTaskSet {
  @transition("away")
  home() {}
  @transition("home")
  away() {}
}
class Journey extends Journeys {}
@tag("whole")
class Tagged extends TaggedBase {
  static override tasks = [MorePages, Journey];
  @task
  own() {}
}

test("planUserClass(): a tag of a user class is one of each task that it runs", () => {
  assert.deepEqual(keptBy(["whole"]), ["inherited", "own", "page", "more", "Journey"]);
  assert.deepEqual(keptBy([], ["whole"]), []);
});

test("planUserClass(): a tag of a base class is one of the tasks that it hands down, and of no other", () => {
  assert.deepEqual(keptBy(["base"]), ["inherited", "Journey"]); // states are not taken out one by one
  assert.deepEqual(keptBy([], ["base"]), ["own", "page", "more", "Journey"]);
  assert.deepEqual(keptBy([], ["pages"]), ["inherited", "own", "more", "Journey"]);
  assert.deepEqual(keptBy([], ["journeys"]), ["inherited", "own", "page", "more"]);
});
