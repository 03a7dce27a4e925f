/**
 * `this.tasks = […]` in a user or a task set. Tasks are planned once from the class; a property of an instance would be read by
 * nobody, and the test would go on with the old tasks. So assigning it throws and says what to do instead.
 */
import { LocustError } from "../../base/errors.ts";

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
