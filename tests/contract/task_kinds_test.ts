import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createRandom } from "../../src/base/random.ts";
import { StopUser } from "../../src/http/session/control_flow.ts";
import { setPlan } from "../../src/user/tasks/class_plans.ts";
import { tag, task, transition } from "../../src/user/tasks/decorators.ts";
import { nextState, readMarkovChain } from "../../src/user/tasks/markov_chain.ts";
import { filterByName, filterByTags, flatten } from "../../src/user/tasks/task_filter.ts";
import { describePlan, planUserClass, SILENT_CONTEXT, type TaskPlan } from "../../src/user/tasks/task_plan.ts";
import { MarkovTaskSet, SequentialTaskSet, TaskSet } from "../../src/user/tasks/task_set.ts";
import { User } from "../../src/user/user.ts";
import type { UserClass } from "../../src/user/user_class.ts";
import { constant } from "../../src/user/timing/wait_time.ts";
import { createStage } from "../user/stage.ts";

/** Runs one user of a set until `lines` has `count` lines. */
async function playSet(setClass: new (parent: never) => TaskSet<User>, lines: string[], count: number, seed = 1) {
  class Person extends User {
    static override tasks = [setClass];
    override waitTime(): number {
      if (lines.length >= count) throw new StopUser();
      return 1;
    }
  }
  const stage = createStage({ runContext: { seed } });
  stage.start(Person);
  await stage.clock.advance(count * 1000 + 5000);
  assert.equal(stage.log.join("\n"), "");
  return lines.slice(0, count);
}

test("SequentialTaskSet runs its steps in order, over and over, repeats in a row, bases first", async () => {
  const lines: string[] = [];
  class Base extends SequentialTaskSet<User> {
    @task
    login() {
      lines.push("login");
    }
  }
  class Journey extends Base {
    @task(3)
    search() {
      lines.push("search");
    }
    @task
    async pay() {
      await Promise.resolve();
      lines.push("pay");
    }
  }
  const played = await playSet(Journey, lines, 9);
  assert.equal(played.join(" "), "login search search search pay login search search search");
});

test("SequentialTaskSet begins anew each time it is entered, and waits between its steps", async () => {
  const lines: string[] = [];
  class Journey extends SequentialTaskSet<User> {
    @task
    first() {
      lines.push("first");
    }
    @task
    leave() {
      lines.push("leave");
      this.interrupt();
    }
    @task
    never() {
      lines.push("never");
    }
  }
  assert.deepEqual(await playSet(Journey, lines, 4), ["first", "leave", "first", "leave"]);
});

test("MarkovTaskSet starts with its first state and follows transitions only", async () => {
  const lines: string[] = [];
  class Walk extends MarkovTaskSet<User> {
    @transition("b", 3)
    @transition("c")
    a() {
      lines.push("a");
    }
    @transition("a")
    b() {
      lines.push("b");
    }
    @transition("b")
    c() {
      lines.push("c");
    }
  }
  const played = await playSet(Walk, lines, 400);
  assert.equal(played[0], "a");
  const allowed = new Set(["ab", "ac", "ba", "cb"]);
  for (let i = 1; i < played.length; i++) assert.ok(allowed.has(`${played[i - 1]}${played[i]}`));
  const followers = played.flatMap((line, i) => (line === "a" && i + 1 < played.length ? [played[i + 1]] : []));
  const share = followers.filter((line) => line === "b").length / followers.length;
  assert.ok(share > 0.65 && share < 0.85, `${share} of the steps from a went to b, 0.75 expected`);
});

test("MarkovTaskSet: an overriding state keeps its place, inherited states count", () => {
  class Base extends MarkovTaskSet<User> {
    static override abstract = true;
    @transition("b")
    a() {}
    @transition("a")
    b() {}
  }
  class Derived extends Base {
    @transition("c")
    override b() {}
    @transition("a")
    c() {}
  }
  const { states, problems } = readMarkovChain(Derived);
  assert.deepEqual(problems, []);
  assert.deepEqual(states.map(({ name, transitions }) => `${name}>${transitions.map(({ to }) => to)}`), [
    "a>b",
    "b>c",
    "c>a",
  ]);
});

test("nextState() draws each successor in proportion to its weight", () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }), (weights) => {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    let sum = 0;
    const chain = { successors: [{ states: weights.map((_, i) => i), sums: weights.map((weight) => sum += weight) }] };
    const counts = weights.map(() => 0);
    // One draw in the middle of each unit of weight: every successor must come up exactly as often as it weighs.
    for (let unit = 0; unit < total; unit++) {
      const state = nextState(chain, 0, (unit + 0.5) / total);
      counts[state] = (counts[state] ?? 0) + 1;
    }
    assert.deepEqual(counts, weights);
  }));
});

test("weighted tasks come up in proportion to their weights", async () => {
  const lines: string[] = [];
  class Weighted extends TaskSet<User> {
    static override tasks = new Map<() => unknown, number>([[() => lines.push("five"), 5], [
      () => lines.push("one"),
      1,
    ]]);
    @task(4)
    four() {
      lines.push("four");
    }
  }
  const played = await playSet(Weighted, lines, 2000, 11);
  const share = (name: string) => played.filter((line) => line === name).length / played.length;
  assert.ok(
    Math.abs(share("five") - 0.5) < 0.05 && Math.abs(share("four") - 0.4) < 0.05,
    `${share("five")} ${share("four")}`,
  );
});

test("scheduleTask() runs before what is picked: last in line, or first; names, functions, sets and bound methods", async () => {
  const lines: string[] = [];
  class Nested extends TaskSet<User> {
    @task
    inside() {
      lines.push("nested");
      this.interrupt();
    }
  }
  class Queueing extends TaskSet<User> {
    @task
    start() {
      lines.push("start");
      this.scheduleTask("named");
      this.scheduleTask(Nested);
      this.scheduleTask((set: unknown) => lines.push(`function ${set === this}`));
      this.scheduleTask(this.bound.bind(this), true);
    }
    named() {
      lines.push("named");
    }
    bound() {
      lines.push(`bound ${this instanceof Queueing}`);
    }
  }
  assert.deepEqual(await playSet(Queueing, lines, 6), [
    "start",
    "bound true",
    "named",
    "nested",
    "function true",
    "start",
  ]);
});

test("scheduleTask() of a method that does not exist is a counted error", async () => {
  class Wrong extends TaskSet<User> {
    @task
    start() {
      this.scheduleTask("nothing");
    }
  }
  class Person extends User {
    static override tasks = [Wrong];
    override waitTime = constant(1);
  }
  const stage = createStage();
  stage.start(Person);
  await stage.clock.advance(1500);
  assert.match(stage.recorder.drain()?.exceptions[0]?.message ?? "", /Cannot run the task "nothing" of "Wrong"/);
});

test("getNextTask(), executeTask() and executeNextTask() can be overridden", async () => {
  const lines: string[] = [];
  class Own extends TaskSet<User> {
    static override tasks = ["a", "b"];
    #turn = 0;
    a() {
      lines.push("a");
    }
    b() {
      lines.push("b");
    }
    override getNextTask() {
      return this.#turn++ % 3 === 0 ? "a" : this.b;
    }
    override async executeTask(task: Parameters<TaskSet<User>["executeTask"]>[0]) {
      lines.push("<");
      await super.executeTask(task);
    }
  }
  assert.equal((await playSet(Own, lines, 8)).join(""), "<a<b<b<a");
});

test("tasks that are functions get the user or set as this and as argument", async () => {
  const seen: unknown[] = [];
  function listed(this: unknown, owner: unknown) {
    seen.push(this === owner, owner instanceof Person);
    throw new StopUser();
  }
  class Person extends User {
    static override tasks = [listed];
  }
  await createStage().start(Person).ended;
  assert.deepEqual(seen, [true, true]);
});

class Chain extends MarkovTaskSet<User> {
  @transition("step")
  step() {}
}
class Inner extends TaskSet<User> {
  @tag("a")
  @task(2)
  one() {}
  @tag("b")
  @task
  two() {}
}
class Tagged extends TaskSet<User> {
  @task
  three() {}
  @tag("b")
  @task
  four() {}
}
class Person extends User {
  @task
  plain() {}
  @tag("a", "b")
  @task(5)
  both() {}
  @task
  static Inner = Inner;
  @tag("c")
  @task
  static Tagged = Tagged;
  @task
  static Chain = Chain;
}

const names = (plan: TaskPlan): string =>
  plan.entries.map((entry) =>
    entry.plan === undefined || entry.plan.kind === "markov" ? entry.name : `${entry.name}(${names(entry.plan)})`
  )
    .join(" ");

test("filterByTags() keeps and drops tasks at every level, row by row", () => {
  const plan = planUserClass(Person, SILENT_CONTEXT);
  const rows: readonly (readonly [tags: string, exclude: string, left: string])[] = [
    ["", "", "plain both Inner(one two) Tagged(three four) Chain"],
    ["a", "", "both Inner(one) Chain"],
    ["b", "", "both Inner(two) Tagged(four) Chain"],
    ["c", "", "Tagged(three four) Chain"],
    ["a b", "", "both Inner(one two) Tagged(four) Chain"],
    ["", "a", "plain Inner(two) Tagged(three four) Chain"],
    ["", "c", "plain both Inner(one two) Chain"],
    ["a", "b", "Inner(one) Chain"],
    ["none", "", "Chain"],
    ["c", "b", "Tagged(three) Chain"],
  ];
  const split = (text: string) => text.split(" ").filter((word) => word !== "");
  for (const [tags, exclude, left] of rows) {
    const filtered = filterByTags(plan, { tags: split(tags), excludeTags: split(exclude) });
    assert.equal(names(filtered), left, `--tags ${tags} --exclude-tags ${exclude}`);
  }
});

test("filterByName() keeps the named tasks with their weights", () => {
  const { plan, unknown } = filterByName(planUserClass(Person, SILENT_CONTEXT), ["both", "Inner", "nothing"]);
  assert.equal(names(plan), "both Inner(one two)");
  assert.equal(plan.totalWeight, 6);
  assert.deepEqual(unknown, ["nothing"]);
});

test("flatten() gives every task of every level the same weight, once; a Markov set is one task", () => {
  const plan = flatten(planUserClass(Person, SILENT_CONTEXT));
  assert.equal(names(plan), "plain both one two three four Chain");
  assert.deepEqual(plan.entries.map(({ weight }) => weight), [1, 1, 1, 1, 1, 1, 1]);
  assert.equal(describePlan(plan).length, 7);
});

test("flattened tasks keep their set as receiver: made once per user, started first and stopped at the end", async () => {
  const lines: string[] = [];
  const receivers = new Set<unknown>();
  class Deep extends TaskSet<User> {
    override onStart() {
      lines.push("onStart");
    }
    override onStop() {
      lines.push("onStop");
    }
    @task
    work() {
      receivers.add(this);
      lines.push(`work ${this.user instanceof Flat} ${this.parent === this.user}`);
      if (lines.length > 4) throw new StopUser();
      this.interrupt(); // must not end the user, as the set was never entered
    }
  }
  class Flat extends User {
    override waitTime = constant(1);
    static override tasks = [Deep];
  }
  setPlan(Flat, flatten(planUserClass(Flat, SILENT_CONTEXT)));
  const stage = createStage();
  stage.start(Flat as UserClass);
  await stage.clock.advance(20_000);
  assert.deepEqual(stage.ends, ["stoppedItself"]);
  assert.equal(receivers.size, 1);
  assert.equal(lines[0], "onStart");
  assert.equal(lines.at(-1), "onStop");
  assert.deepEqual(new Set(lines.slice(1, -1)), new Set(["work true true"]));
});

test("the same seed picks the same tasks", async () => {
  const play = async (seed: number) => {
    const lines: string[] = [];
    class Two extends TaskSet<User> {
      static override tasks = [() => lines.push("a"), () => lines.push("b")];
    }
    return await playSet(Two, lines, 50, seed);
  };
  assert.deepEqual(await play(5), await play(5));
  assert.notDeepEqual(await play(5), await play(6));
  assert.ok(createRandom(5).float() < 1);
});
