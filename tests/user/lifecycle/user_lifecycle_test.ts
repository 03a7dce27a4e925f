/** What ends the start of a user, and what does not. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { InterruptTaskSet, RescheduleTask } from "../../../src/http/session/control_flow.ts";
import { task } from "../../../src/user/tasks/decorators.ts";
import { constant } from "../../../src/user/timing/wait_time.ts";
import { LIFECYCLE } from "../../../src/user/lifecycle/user_lifecycle.ts";
import { User } from "../../../src/user/user.ts";
import { settle } from "../../support/fake_clock.ts";
import { createStage } from "../stage.ts";

test("RunningUser: RescheduleTask ends onStart, and the tasks begin", async () => {
  const lines: string[] = [];
  class Person extends User {
    override waitTime = constant(10);
    override onStart() {
      throw new RescheduleTask();
    }
    @task
    work() {
      lines.push("work");
    }
  }
  const stage = createStage();
  const user = stage.start(Person);
  await stage.clock.advance(15_000);
  user.stop("finishRequest");
  await user.ended;
  assert.deepEqual([lines, stage.ends, stage.recorder.drain()], [["work", "work"], ["stopped"], undefined]);
});

test("RunningUser: an interrupt() in onStart of a user is a failed start that says what to do", async () => {
  class Person extends User {
    override onStart() {
      throw new InterruptTaskSet();
    }
    @task
    work() {}
  }
  const stage = createStage();
  await stage.start(Person).ended;
  await settle();
  const delta = stage.recorder.drain();
  assert.equal(delta?.failedStarts, 1);
  assert.match(delta?.exceptions[0]?.message ?? "", /no task set to leave; call it in a task of a TaskSet/);
  assert.deepEqual(stage.ends, ["failedStart"]);
});

test("RunningUser: whatever a constructor or a hook throws is an exception, undefined and null as well", async () => {
  for (const thrown of [undefined, null]) {
    class InConstructor extends User {
      readonly field = fail(thrown);
      @task
      work() {}
    }
    class InHooks extends User {
      override onStart() {
        throw thrown;
      }
      @task
      work() {}
    }
    for (const userClass of [InConstructor, InHooks]) {
      const stage = createStage();
      await stage.start(userClass).ended;
      const delta = stage.recorder.drain();
      assert.deepEqual(delta?.exceptions.map(({ message, count }) => [message, count]), [[String(thrown), 1]]);
      assert.equal(delta?.failedStarts, 1);
    }
  }
});

function fail(thrown: unknown): never {
  throw thrown;
}

test("UserLifecycle shows its own activity at each wait and request: answers of other users may have come in the same turn", async () => {
  const OTHER = 99;
  const activity = new Int32Array(3);
  const shown: (number | undefined)[] = [];
  class Person extends User {
    override waitTime = constant(10);
    @task
    async work() {
      activity[0] = OTHER; // in the same turn, before this code went on
      await this.sleep(0.01);
      activity[0] = OTHER;
      this[LIFECYCLE]?.beforeRequest();
      shown.push(activity[0]);
      activity[0] = OTHER;
    }
  }
  const watch = {
    called: () => shown.push(activity[0]),
    connected() {},
    lookedUp() {},
    queued() {},
    paced() {},
  };
  const stage = createStage({ runContext: { activity, watch } });
  const user = stage.start(Person);
  await stage.clock.advance(100);
  user.stop("finishRequest");
  await user.ended;
  assert.equal(shown.length, 3, "a sleep, a request and the wait");
  assert.ok(!shown.includes(OTHER), shown.join());
});

test("UserLifecycle: what onStop sends is not held back by the last arrival", async () => {
  const seen: (readonly [hook: string, heldBackMs: number])[] = [];
  class Visitor extends User {
    override onStop() {
      seen.push(["onStop", this[LIFECYCLE].requests.heldBackMs]);
    }

    @task
    visit() {
      this[LIFECYCLE].requests.heldBackMs = 500;
      seen.push(["visit", this[LIFECYCLE].requests.heldBackMs]);
      this.stop();
    }
  }
  const stage = createStage();
  await stage.start(Visitor).ended;
  assert.deepEqual(seen, [["visit", 500], ["onStop", 0]]);
});
