import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type IterationBudget,
  IterationCounter,
  PerUserBudget,
  SharedBudget,
} from "../../../src/thread/iterations/iteration_budget.ts";
import { UserQuota } from "../../../src/thread/iterations/user_quota.ts";
import type { Iteration } from "../../../src/user/lifecycle/iteration_gate.ts";
import { task } from "../../../src/user/tasks/decorators.ts";
import { TaskSet } from "../../../src/user/tasks/task_set.ts";
import { User } from "../../../src/user/user.ts";
import { constant } from "../../../src/user/timing/wait_time.ts";
import { startUser } from "../../../src/user/running/start_user.ts";
import type { UserClass } from "../../../src/user/user_class.ts";
import { settle } from "../../support/fake_clock.ts";
import { createStage } from "../../user/stage.ts";

function startLimited(userClass: UserClass, budget: IterationBudget, iteration: Iteration = "task") {
  const stage = createStage();
  const counter = new IterationCounter();
  const quota = new UserQuota(iteration, budget, counter);
  const { runContext } = stage;
  const running = startUser({
    runContext,
    userClass,
    index: 0,
    quota,
    onEnded: (_user, how) => {
      quota.close(how);
      stage.ends.push(how);
    },
  });
  quota.running = running;
  return { stage, counter, running };
}

function shopper(lines: string[], work: (user: User) => unknown = () => {}) {
  return class Shopper extends User {
    override waitTime = constant(10);
    override onStop() {
      lines.push("onStop");
    }
    @task
    async one() {
      lines.push("one");
      await work(this);
    }
    @task
    two() {
      lines.push("two");
    }
  };
}

test("UserQuota ends a user after its iterations, without its last wait, as one that the run stopped", async () => {
  const lines: string[] = [];
  const { stage, counter } = startLimited(shopper(lines), new PerUserBudget(3));
  await stage.clock.advance(60_000);
  assert.equal(lines.length, 4);
  assert.equal(lines.at(-1), "onStop");
  assert.deepEqual(stage.ends, ["stopped"]);
  assert.deepEqual(counter.take(), { started: 3, ended: 3, interrupted: 0 });
  assert.equal(counter.take(), undefined);
  assert.equal(stage.recorder.drain(), undefined, "it counts as no user that ended itself");
});

test("UserQuota counts all tasks in their order as one iteration of a sequence, with the wait times between", async () => {
  const lines: string[] = [];
  const { stage, counter } = startLimited(shopper(lines), new PerUserBudget(2), "sequence");
  await stage.clock.advance(15_000);
  assert.deepEqual(lines, ["one", "two"]);
  assert.deepEqual(counter.take(), { started: 1, ended: 1, interrupted: 0 });
  await stage.clock.advance(15_000);
  assert.deepEqual(lines, ["one", "two", "one", "two", "onStop"]);
  assert.deepEqual(counter.take(), { started: 1, ended: 1, interrupted: 0 });
});

test("UserQuota counts an iteration whose task throws, one that ends its user, and one that a stop interrupts", async () => {
  class Thrower extends User {
    @task
    work() {
      throw new Error("no");
    }
  }
  const thrower = startLimited(Thrower, new PerUserBudget(2));
  await thrower.stage.clock.advance(5000);
  assert.deepEqual(thrower.counter.take(), { started: 2, ended: 2, interrupted: 0 });
  class Quitter extends User {
    @task
    work() {
      this.stop("force");
      return this.sleep(1);
    }
  }
  const quitter = startLimited(Quitter, new PerUserBudget(2));
  await quitter.stage.clock.advance(5000);
  assert.deepEqual(quitter.counter.take(), { started: 1, ended: 1, interrupted: 0 });
  const { stage, counter, running } = startLimited(
    shopper([], (user) => user.sleep(60)),
    new PerUserBudget(50),
    "sequence",
  );
  await stage.clock.advance(1000);
  running.stop("finishRequest");
  await running.ended;
  await settle();
  assert.deepEqual(counter.take(), { started: 1, ended: 0, interrupted: 1 });
});

test("UserQuota counts a task set as one iteration until it is left", async () => {
  const lines: string[] = [];
  class Browse extends TaskSet<User> {
    #pages = 0;
    @task
    page() {
      lines.push("page");
      if (++this.#pages === 3) this.interrupt();
    }
  }
  class Reader extends User {
    static override tasks = [Browse];
  }
  const { stage, counter } = startLimited(Reader, new PerUserBudget(2));
  await stage.clock.advance(1000);
  assert.equal(lines.length, 6);
  assert.deepEqual(counter.take(), { started: 2, ended: 2, interrupted: 0 });
});

/** A budget whose answers the test gives. */
class AskedBudget implements IterationBudget {
  readonly hasAtHand = false;
  #answer: PromiseWithResolvers<boolean> | undefined;
  aborted = 0;

  take(_begun: number, signal: AbortSignal): Promise<boolean> {
    this.#answer = Promise.withResolvers();
    const { promise, reject } = this.#answer;
    signal.addEventListener("abort", () => {
      this.aborted++;
      reject(signal.reason);
    }, { once: true });
    return promise;
  }

  mayHaveMore(): boolean {
    return true;
  }

  async answer(isThere: boolean): Promise<void> {
    this.#answer?.resolve(isThere);
    await settle();
  }
}

test("UserQuota lets a user wait until it is known whether there is another iteration", async () => {
  const lines: string[] = [];
  const budget = new AskedBudget();
  const { stage, counter } = startLimited(shopper(lines), budget);
  await stage.clock.advance(5000);
  assert.deepEqual(lines, []);
  await budget.answer(true);
  assert.equal(lines.length, 1);
  await stage.clock.advance(10_000);
  assert.equal(lines.length, 1);
  await budget.answer(false);
  assert.equal(lines.at(-1), "onStop");
  assert.deepEqual(counter.take(), { started: 1, ended: 1, interrupted: 0 });
});

test("UserQuota: a stop ends a user that waits for its next iteration, and its question", async () => {
  const budget = new AskedBudget();
  const { stage, counter, running } = startLimited(shopper([]), budget);
  await settle();
  running.stop("finishTask");
  await running.ended;
  await settle();
  assert.deepEqual(stage.ends, ["stopped"]);
  assert.equal(budget.aborted, 1);
  assert.equal(counter.take(), undefined);
});

test("SharedBudget hands on what the lease has, at once or later, and knows when it is used up", async () => {
  const answers = [1, Promise.resolve(2), Promise.resolve(undefined)];
  const lease = { isEnded: false, isEmpty: false, next: () => answers.shift() };
  const budget = new SharedBudget(() => lease);
  assert.equal(budget.hasAtHand, false, "nobody has asked yet");
  assert.equal(budget.mayHaveMore(), true);
  const { signal } = new AbortController();
  assert.equal(budget.take(0, signal), true);
  assert.equal(budget.hasAtHand, true);
  lease.isEmpty = true;
  assert.equal(budget.hasAtHand, false);
  assert.equal(await budget.take(1, signal), true);
  assert.equal(await budget.take(2, signal), false);
  lease.isEnded = true;
  assert.equal(budget.mayHaveMore(), false);
});
