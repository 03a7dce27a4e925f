// The marking decorators called as TypeScript calls them for a project with `experimentalDecorators`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { tag, task, transition } from "../../../src/user/tasks/decorators.ts";
import { fieldMarksOf, marksOf, takeMisuses } from "../../../src/user/tasks/task_marks.ts";

type OlderDecorator = (target: object, name: string, descriptor?: PropertyDescriptor) => unknown;

/** What the compiler emits for a decorated member. */
function decorate(decorator: unknown, target: object, name: string): unknown {
  const descriptor = Object.getOwnPropertyDescriptor(target, name);
  return (decorator as OlderDecorator)(target, name, typeof target === "function" ? undefined : descriptor);
}

test("older decorators mark methods, with and without a weight", () => {
  class Visit {
    look(): void {}
    buy(): void {}
  }
  assert.equal(decorate(task, Visit.prototype, "look"), undefined);
  decorate(task(3), Visit.prototype, "buy");
  decorate(tag("slow"), Visit.prototype, "buy");
  decorate(transition("look"), Visit.prototype, "buy");
  assert.equal(marksOf(Visit.prototype.look).weight, 1);
  const { weight, tags, transitions } = marksOf(Visit.prototype.buy);
  assert.deepEqual({ weight, tags, transitions }, {
    weight: 3,
    tags: ["slow"],
    transitions: [{ to: "look", weight: 1 }],
  });
});

test("older decorators mark static fields, and refuse the fields of users", () => {
  class Visit {
    static browse = class {};
  }
  decorate(task(2), Visit, "browse");
  assert.equal(fieldMarksOf(Visit, "browse").weight, 2);
  takeMisuses();
  decorate(task, Visit.prototype, "own");
  assert.match(takeMisuses()[0]?.problem ?? "", /Cannot use @task on the field "own"/);
});
