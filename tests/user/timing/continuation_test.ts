import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { test } from "node:test";
import { task } from "../../../src/user/tasks/decorators.ts";
import { constant } from "../../../src/user/timing/wait_time.ts";
import { User } from "../../../src/user/user.ts";
import { createStage } from "../stage.ts";

test("continuationOf(): what user code enters in onStart or in a task lasts over the waits between tasks, for each user alone", async () => {
  const context = new AsyncLocalStorage<string>();
  const lines: string[] = [];
  class Person extends User {
    override waitTime = constant(10);
    override onStart() {
      context.enterWith(`user ${this.index}`);
    }
    @task
    work() {
      const entered = context.getStore();
      lines.push(`${this.index} in ${entered}`);
      context.enterWith(`${entered}, again`);
    }
  }
  const stage = createStage();
  const users = [0, 1].map((index) => context.run("the caller", () => stage.start(Person, index)));
  await stage.clock.advance(25_000);
  assert.deepEqual(lines, [
    "0 in user 0",
    "1 in user 1",
    "0 in user 0, again",
    "1 in user 1, again",
    "0 in user 0, again, again",
    "1 in user 1, again, again",
  ]);
  for (const user of users) user.abort();
  await stage.clock.advance(1);
  assert.deepEqual(users.map(({ state }) => state), ["ended", "ended"]);
});
