/**
 * Refuses assignments that would have no effect, or the wrong one: `this.tasks = […]` in a user or a task set (tasks
 * are planned once from the class), and `user` and `parent` of a task set, by which it finds its client. They throw and
 * say what to do instead.
 */
import { LocustError } from "../../base/errors.ts";

/** Makes assigning to a member that a prototype only reads throw, with what the member is. */
export function refuseAssignment(prototype: object, member: string, because: string): void {
  const accessor = Object.getOwnPropertyDescriptor(prototype, member);
  Object.defineProperty(prototype, member, {
    ...accessor,
    set: () => {
      throw new LocustError(`Cannot assign to "${member}" of a task set: ${because}; use another name`, {
        code: "read_only",
      });
    },
  });
}

/** Makes assigning `tasks` to instances of a class throw. */
export function refuseTasksOf(prototype: object): void {
  Object.defineProperty(prototype, "tasks", {
    configurable: true,
    get: () => undefined,
    set: () => {
      throw new LocustError(
        "Cannot change the tasks of one user or task set: they belong to the class, as static tasks; " +
          "choose in a task, override getNextTask() of a task set, or schedule one with scheduleTask()",
        { code: "instance_tasks" },
      );
    },
  });
}
