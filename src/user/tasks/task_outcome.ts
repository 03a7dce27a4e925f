/**
 * The reaction of a task set to the end of a task, as a table: how the task ended × where the set is. Pure. A user's
 * own tasks are no set that could be left: `interrupt()` there is counted as an exception, and the user stays.
 *
 * | the task                          | the user's own tasks         | a task set                     |
 * | --------------------------------- | ---------------------------- | ------------------------------ |
 * | returned, `RescheduleTask`        | wait, next task              | wait, next task                |
 * | `RescheduleTaskImmediately`       | next task                    | next task                      |
 * | `InterruptTaskSet(true)`          | a mistake, as any exception  | `onStop`, parent continues     |
 * | `InterruptTaskSet(false)`         | a mistake, as any exception  | `onStop`, parent waits         |
 * | `StopUser`, `StopTest`            | to the user                  | `onStop`, outward              |
 * | threw something else              | counted, wait, next task     | counted, wait, next task       |
 * | … with `catchExceptions` false    | counted, the user dies       | counted, outward (once)        |
 */
import { LocustError } from "../../base/errors.ts";
import {
  findControlFlow,
  InterruptTaskSet,
  RescheduleTask,
  RescheduleTaskImmediately,
  StopTest,
  StopUser,
} from "../../http/session/control_flow.ts";

export type TaskOutcome =
  | "returned"
  | "reschedule"
  | "rescheduleImmediately"
  | "interruptReschedule"
  | "interruptWait"
  | "stop"
  | "error";

/**
 * `wait` and `next` continue in the same set. `leaveWait` and `leaveNext` run the set's `onStop` and continue in its
 * parent. `unwind` runs `onStop` and throws on. `count` first counts the exception; then the user waits, or `die`
 * throws on.
 */
export type Reaction =
  | "wait"
  | "next"
  | "leaveWait"
  | "leaveNext"
  | "unwind"
  | "countAndWait"
  | "countAndDie";

export type Level = "user" | "set";

/** The exception that is counted for an `interrupt()` with no set to leave. */
export function describeStrayInterrupt(thrown: unknown): unknown {
  if (!(thrown instanceof InterruptTaskSet)) return thrown;
  const message = `interrupt() was called where there is no task set to leave; ` +
    `call it in a task of a TaskSet, or end the user with "throw new StopUser()"`;
  return Object.defineProperty(new LocustError(message, { code: "stray_interrupt" }), "stack", { value: thrown.stack });
}

export function classifyThrown(caught: unknown): TaskOutcome {
  const thrown = findControlFlow(caught);
  if (thrown instanceof RescheduleTask) return "reschedule";
  if (thrown instanceof RescheduleTaskImmediately) return "rescheduleImmediately";
  if (thrown instanceof InterruptTaskSet) return thrown.reschedule ? "interruptReschedule" : "interruptWait";
  return thrown instanceof StopUser || thrown instanceof StopTest ? "stop" : "error";
}

export function reactTo(outcome: TaskOutcome, level: Level, errors: "survive" | "die"): Reaction {
  switch (outcome) {
    case "returned":
    case "reschedule":
      return "wait";
    case "rescheduleImmediately":
      return "next";
    case "interruptReschedule":
      return level === "user" ? reactTo("error", level, errors) : "leaveNext";
    case "interruptWait":
      return level === "user" ? reactTo("error", level, errors) : "leaveWait";
    case "stop":
      return "unwind";
    case "error":
      return errors === "survive" ? "countAndWait" : "countAndDie";
  }
}
