import assert from "node:assert/strict";
import { test } from "node:test";
import {
  InterruptTaskSet,
  RescheduleTask,
  RescheduleTaskImmediately,
  StopTest,
  StopUser,
  UserStopped,
} from "../../../src/http/session/control_flow.ts";
import { classifyThrown, type Reaction, reactTo, type TaskOutcome } from "../../../src/user/tasks/task_outcome.ts";

test("classifyThrown() tells every control-flow exception from errors", () => {
  const rows: readonly (readonly [unknown, TaskOutcome])[] = [
    [new RescheduleTask(), "reschedule"],
    [new RescheduleTaskImmediately(), "rescheduleImmediately"],
    [new InterruptTaskSet(), "interruptReschedule"],
    [new InterruptTaskSet(true), "interruptReschedule"],
    [new InterruptTaskSet(false), "interruptWait"],
    [new StopUser(), "stop"],
    [new UserStopped(), "stop"],
    [new StopTest("enough"), "stop"],
    [new Error("x"), "error"],
    [new Error("an SDK's own", { cause: new Error("deeper", { cause: new UserStopped() }) }), "stop"],
    [new Error("x", { cause: new TypeError("y") }), "error"],
    [causeOfItself(), "error"],
    ["a string", "error"],
    [undefined, "error"],
  ];
  for (const [thrown, outcome] of rows) assert.equal(classifyThrown(thrown), outcome, String(thrown));
});

function causeOfItself(): Error {
  const error = new Error("x");
  error.cause = error;
  return error;
}

test("reactTo() is the table of outcome × level, cell by cell", () => {
  const rows: readonly (readonly [TaskOutcome, user: Reaction, set: Reaction])[] = [
    ["returned", "wait", "wait"],
    ["reschedule", "wait", "wait"],
    ["rescheduleImmediately", "next", "next"],
    ["stop", "unwind", "unwind"],
  ];
  for (const [outcome, user, set] of rows) {
    for (const errors of ["survive", "die"] as const) {
      assert.equal(reactTo(outcome, "user", errors), user, `${outcome} in a user`);
      assert.equal(reactTo(outcome, "set", errors), set, `${outcome} in a set`);
    }
  }
  for (const level of ["user", "set"] as const) {
    assert.equal(reactTo("error", level, "survive"), "countAndWait");
    assert.equal(reactTo("error", level, "die"), "countAndDie");
  }
  for (const outcome of ["interruptReschedule", "interruptWait"] as const) {
    for (const errors of ["survive", "die"] as const) {
      assert.equal(reactTo(outcome, "user", errors), reactTo("error", "user", errors), "no set to leave: a mistake");
      assert.equal(reactTo(outcome, "set", errors), outcome === "interruptWait" ? "leaveWait" : "leaveNext");
    }
  }
});
