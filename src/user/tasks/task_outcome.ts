/**
 * What a task set does after a task, as a table: how the task ended × where the set is. Pure.
 *
 * | the task                          | the user's own tasks         | a task set                     |
 * | --------------------------------- | ---------------------------- | ------------------------------ |
 * | returned, `RescheduleTask`        | wait, next task              | wait, next task                |
 * | `RescheduleTaskImmediately`       | next task                    | next task                      |
 * | `InterruptTaskSet(true)`          | the user dies, no `onStop`   | `onStop`, parent goes on       |
 * | `InterruptTaskSet(false)`         | the user dies, no `onStop`   | `onStop`, parent waits         |
 * | `StopUser`, `StopTest`            | to the user                  | `onStop`, outward              |
 * | threw something else              | counted, wait, next task     | counted, wait, next task       |
 * | … with `catchExceptions` false    | counted, the user dies       | counted, outward (once)        |
 */
import {
  findControlFlow,
  InterruptTaskSet,
  RescheduleTask,
  RescheduleTaskImmediately,
  StopTest,
  StopUser,
} from "../../http/session/control_flow.ts";

export type Outcome =
  | "returned"
  | "reschedule"
  | "rescheduleImmediately"
  | "interruptReschedule"
  | "interruptWait"
  | "stop"
  | "error";

/**
 * `wait` and `next` go on in the same set. `leaveWait` and `leaveNext` run the set's `onStop` and go on in its parent.
 * `unwind` runs `onStop` and throws on. `die` throws on. `count` first counts the exception.
 */
export type Reaction =
  | "wait"
  | "next"
  | "leaveWait"
  | "leaveNext"
  | "unwind"
  | "die"
  | "countAndWait"
  | "countAndDie";

export type Level = "user" | "set";

export function classifyThrown(caught: unknown): Outcome {
  const thrown = findControlFlow(caught);
  if (thrown instanceof RescheduleTask) return "reschedule";
  if (thrown instanceof RescheduleTaskImmediately) return "rescheduleImmediately";
  if (thrown instanceof InterruptTaskSet) return thrown.reschedule ? "interruptReschedule" : "interruptWait";
  return thrown instanceof StopUser || thrown instanceof StopTest ? "stop" : "error";
}

export function reactTo(outcome: Outcome, level: Level, errors: "survive" | "die"): Reaction {
  switch (outcome) {
    case "returned":
    case "reschedule":
      return "wait";
    case "rescheduleImmediately":
      return "next";
    case "interruptReschedule":
      return level === "user" ? "die" : "leaveNext";
    case "interruptWait":
      return level === "user" ? "die" : "leaveWait";
    case "stop":
      return "unwind";
    case "error":
      return errors === "survive" ? "countAndWait" : "countAndDie";
  }
}
