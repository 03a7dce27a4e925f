import assert from "node:assert/strict";
import { test } from "node:test";
import { tag, task, transition, transitions } from "../../../src/user/tasks/decorators.ts";
import { LoadTestShape, type ShapeResult } from "../../../src/user/load_test_shape.ts";
import { applyPlan } from "../../../src/user/loading/apply_plan.ts";
import { collectLocustfile } from "../../../src/user/loading/locustfile.ts";
import { MarkovTaskSet, SequentialTaskSet, TaskSet } from "../../../src/user/tasks/task_set.ts";
import { HttpUser } from "../../../src/user/http_user.ts";
import { User } from "../../../src/user/user.ts";
import type { UserClass } from "../../../src/user/user_class.ts";

const FILE = "/tests/shop.ts";
const collect = (exports: Record<string, unknown>, file = FILE) => collectLocustfile([{ file, exports }]);
const tasksOf = (exports: Record<string, unknown>) => collect(exports).description.userClasses[0]?.tasks ?? [];

class Shopper extends User {
  @task
  browse() {}
}

class Visitor extends User {
  static override tasks = [() => {}];
}

test("collectLocustfile() takes exported concrete user classes, each once, in order", () => {
  abstract class Base extends User {
    static override abstract = true;
    @task
    look() {}
  }
  class Derived extends Base {}
  const collected = collectLocustfile([
    { file: "/a.ts", exports: { default: Shopper, Shopper, Base, User, TaskSet, helper: () => {}, text: "User" } },
    { file: "/b.ts", exports: { Shopper, Derived, Visitor } },
  ]);
  assert.deepEqual(collected.problems, []);
  assert.deepEqual([...collected.userClasses.keys()], ["Shopper", "Derived", "Visitor"]);
  assert.equal(collected.description.userClasses[0]?.file, "/a.ts");
});

test("collectLocustfile(): a subclass of an abstract class is concrete, abstract counts as an own property only", () => {
  class Base extends User {
    static override abstract = true;
    static override tasks = [() => {}];
  }
  class Concrete extends Base {}
  class StillAbstract extends Concrete {
    static override abstract = true;
  }
  assert.deepEqual([...collect({ Base, Concrete, StillAbstract }).userClasses.keys()], ["Concrete"]);
});

test("collectLocustfile() names a class without a name after its file", () => {
  const exports = { default: class extends Visitor {} };
  Object.defineProperty(exports.default, "name", { value: "default" });
  const { userClasses } = collect(exports, "/tests/night_shift.test.ts");
  assert.deepEqual([...userClasses.keys()], ["NightShiftTest"]);
  assert.equal(userClasses.get("NightShiftTest")?.name, "NightShiftTest");
});

test("collectLocustfile() describes classes as plain data", () => {
  class Browse extends TaskSet {
    @tag("fast")
    @task(3)
    list() {}
    @task
    leave() {}
  }
  class Buyer extends User {
    static override weight = 2;
    static override fixedCount = 1;
    static override host = "http://localhost";
    @tag("shop", "slow")
    @task(4)
    static Browse = Browse;
    @task
    pay() {}
    static override json() {
      return { host: this.host, colour: "red" };
    }
  }
  const { description } = collect({ Buyer });
  assert.deepEqual(description.userClasses, [{
    name: "Buyer",
    file: FILE,
    weight: 2,
    fixedCount: 1,
    host: "http://localhost",
    needsHost: false,
    tasks: [
      { name: "pay", weight: 1, tags: [], kind: "task", tasks: [] },
      {
        name: "Browse",
        weight: 4,
        tags: ["slow", "shop"].toSorted(),
        kind: "set",
        tasks: [
          { name: "list", weight: 3, tags: ["shop", "slow", "fast"], kind: "task", tasks: [] },
          { name: "leave", weight: 1, tags: ["shop", "slow"], kind: "task", tasks: [] },
        ],
      },
    ],
    json: { tasks: ["pay", "Browse"], host: "http://localhost", colour: "red" },
  }]);
  assert.doesNotThrow(() => structuredClone(description));
});

test("collectLocustfile() numbers activities: the same file, the same numbers", () => {
  const first = collect({ Shopper, Visitor }).activities;
  assert.equal(first[0], "");
  assert.ok(first.includes("Shopper.browse"));
  assert.deepEqual(collect({ Shopper, Visitor }).activities, first);
});

test("collectLocustfile() tells all problems at once, each with class and file", () => {
  class NoWeight extends User {
    static override weight = 0;
    @task
    work() {}
  }
  class Negative extends User {
    static override weight = -2;
    static override fixedCount = 1.5;
    @task
    work() {}
  }
  class NotANumber extends User {
    static override weight = Number.NaN;
    @task
    work() {}
  }
  class Idle extends User {}
  class EmptySet extends TaskSet {}
  class HasEmptySet extends User {
    static override tasks = [EmptySet];
  }
  class Reserved extends User {
    @task
    run() {}
  }
  class BadList extends User {
    static override tasks = [42 as never, "missing", ["work", -1], ["work", 1, 2], Visitor.prototype.onStart];
    work() {}
  }
  class BadMap extends User {
    static override tasks = new Map<never, number>([[7 as never, 1], ["work" as never, Number.NaN]]);
    work() {}
  }
  class Steps extends MarkovTaskSet {
    @transition("nowhere")
    @transition("plain", 2)
    @tag("x")
    first() {}
    plain() {}
  }
  class NoStates extends MarkovTaskSet {
    @task
    ignored() {}
  }
  class Walker extends User {
    static override tasks = [Steps, NoStates];
  }
  class BadHost extends HttpUser {
    static override host = "localhost:8000";
    @task
    work() {}
  }
  class OtherHost extends User {
    static override host = "localhost:50051";
    @task()
    work() {}
  }
  class NotWaiting extends User {
    override waitTime() {
      return Number.NaN;
    }
    @task
    work() {}
  }
  class BadJson extends User {
    @task
    work() {}
    static override json(): Record<string, unknown> {
      throw new Error("no json");
    }
  }
  const classes = {
    NoWeight,
    Negative,
    NotANumber,
    Idle,
    HasEmptySet,
    Reserved,
    BadList,
    BadMap,
    Walker,
    BadHost,
    OtherHost,
    NotWaiting,
    BadJson,
  };
  const { problems } = collect(classes);
  const about = (name: string) =>
    problems.filter((problem) => problem.startsWith(`Cannot use class "${name}" of ${FILE}: `))
      .map((problem) => problem.slice(`Cannot use class "${name}" of ${FILE}: `.length));
  assert.deepEqual(about("NoWeight"), []);
  assert.deepEqual(about("Negative"), [
    "its weight is -2; give a number above 0, or 0 to switch the class off",
    "its fixedCount is 1.5; give a whole number from 0",
  ]);
  assert.deepEqual(about("NotANumber"), ["its weight is NaN; give a number above 0, or 0 to switch the class off"]);
  assert.deepEqual(about("Idle"), ["it has no tasks; decorate a method with @task"]);
  assert.deepEqual(about("EmptySet"), ["it is a task set without tasks; add one"]);
  assert.match(about("Reserved")[0] ?? "", /^"run" cannot be a task, the name is reserved/);
  assert.equal(about("BadList").length, 4, about("BadList").join("\n"));
  assert.match(about("BadList").join("\n"), /its tasks hold 42/);
  assert.match(about("BadList").join("\n"), /its tasks have the name "missing", but it has no such method/);
  assert.match(about("BadList").join("\n"), /its task "work" has the weight -1/);
  assert.match(about("BadList").join("\n"), /a list of 3; write \[task, weight\]/);
  assert.match(about("BadMap").join("\n"), /its tasks hold 7/);
  assert.match(about("BadMap").join("\n"), /its task "work" has the weight NaN/);
  assert.match(about("Steps").join("\n"), /from "first" to "nowhere" leads nowhere/);
  assert.match(about("Steps").join("\n"), /from "first" to "plain" ends there/);
  assert.match(about("Steps").join("\n"), /its state "first" has a tag/);
  assert.deepEqual(about("NoStates"), ["it has no states; give a method @transition(…)"]);
  assert.match(about("BadHost")[0] ?? "", /"localhost:8000", which is not a URL/);
  assert.deepEqual(about("OtherHost"), []);
  assert.deepEqual(about("NotWaiting"), ["its waitTime() returns NaN; return a number of seconds"]);
  assert.match(about("BadJson")[0] ?? "", /its json\(\) failed with Error: no json/);
});

test("collectLocustfile() tells of two classes with one name, and of none at all", () => {
  const other = { Shopper: class Shopper extends Visitor {} };
  const { problems } = collectLocustfile([{ file: "/a.ts", exports: { Shopper } }, { file: "/b.ts", exports: other }]);
  assert.deepEqual(problems, ['Cannot use two classes named "Shopper": they are in /a.ts and in /b.ts; rename one']);
  assert.match(
    collect({ Shopper: "text" }).problems[0] ?? "",
    /^Cannot run \/tests\/shop\.ts: no user class is exported/,
  );
});

test("collectLocustfile() refuses a class named as what every object has: its users would be counted as none", () => {
  class valueOf extends Visitor {}
  assert.deepEqual(collect({ valueOf }).problems, [
    'Cannot use class "valueOf" of /tests/shop.ts: its name cannot be used: every object of JavaScript has a "valueOf"; give it another one',
  ]);
});

test("collectLocustfile() refuses members that would do nothing, of users and of shapes", () => {
  class Python extends User {
    static fixed_count = 3;
    @task
    work() {}
    on_stop() {}
  }
  class Waves extends LoadTestShape {
    use_common_options = true;
    override tick(): ShapeResult {
      return null;
    }
  }
  assert.deepEqual(collect({ Python, Waves }).problems, [
    'Cannot use class "Python" of /tests/shop.ts: "fixed_count" does nothing here; rename it to "fixedCount"',
    'Cannot use class "Python" of /tests/shop.ts: "on_stop" does nothing here; rename it to "onStop"',
    'Cannot use the shape "Waves" of /tests/shop.ts: "use_common_options" does nothing here; rename it to "useCommonOptions"',
  ]);
});

test("collectLocustfile() warns of what is legal but odd", () => {
  class Unreachable extends MarkovTaskSet {
    @transition("a")
    a() {}
    @transition("a")
    lost() {}
  }
  class Mixed extends SequentialTaskSet {
    @task
    first() {}
    @task
    static Second = Unreachable;
  }
  class Python extends User {
    static override tasks = [Mixed];
    @task
    override onStart() {}
  }
  const { problems, description } = collect({ Python });
  assert.deepEqual(problems, []);
  class Chained extends User {
    @transition("there")
    here() {}
    @task
    there() {}
  }
  class Tasked extends MarkovTaskSet {
    @transition("a")
    a() {}
    @task
    b() {}
  }
  class Walker extends User {
    static override tasks = [Tasked];
  }
  const others = collect({ Chained, Walker }).description.warnings.join("\n");
  assert.match(others, /Class "Chained".*"here" has a @transition, which only a MarkovTaskSet follows/);
  assert.match(others, /Class "Tasked".*"b" has @task, which a chain does not run/);
  const all = description.warnings.join("\n");
  assert.match(all, /Class "Unreachable".*no path leads from its first state to "lost"/);
  assert.match(all, /Class "Mixed".*methods before its nested sets/);
  assert.match(all, /@task makes "onStart" a task as well as a hook/);
});

test("collectLocustfile() takes exported shapes", () => {
  class Stages extends LoadTestShape {
    override useCommonOptions = true;
    override tick(): ShapeResult {
      return null;
    }
  }
  abstract class Hidden extends LoadTestShape {
    static override abstract = true;
  }
  class Broken extends LoadTestShape {
    constructor() {
      super();
      throw new Error("no plan");
    }
    override tick(): ShapeResult {
      return null;
    }
  }
  const { description, shapes, problems } = collect({ Shopper, Stages, Hidden, LoadTestShape, Broken });
  assert.deepEqual([...shapes.keys()], ["Stages", "Broken"]);
  assert.deepEqual(description.shapes[0], { name: "Stages", file: FILE, useCommonOptions: true });
  assert.match(problems.join("\n"), /Cannot use the shape "Broken" .*Error: no plan/);
});

test("tasks are inherited, an overriding method replaces the overridden one, weight 0 leaves out", () => {
  class Base extends User {
    static override tasks = [function free() {}];
    @task(2)
    both() {}
    @task
    kept() {}
    @task
    gone() {}
  }
  class Derived extends Base {
    @task(5)
    override both() {}
    @task(0)
    override gone() {}
    override kept() {}
    @task
    added() {}
  }
  const shown = tasksOf({ Derived }).map(({ name, weight }) => `${name}:${weight}`);
  assert.deepEqual(shown, ["both:5", "kept:1", "free:1", "added:1"]);
});

test("a base's tasks list counts once, whatever inherits it", () => {
  class Base extends User {
    static override tasks = [function one() {}, function two() {}];
  }
  class Middle extends Base {}
  class Leaf extends Middle {}
  assert.deepEqual(tasksOf({ Leaf }).map(({ name }) => name), ["one", "two"]);
});

test("a sequential set that states its order follows it; decorated methods it does not name come after", () => {
  class Nested extends TaskSet {
    @task
    x() {}
  }
  class Journey extends SequentialTaskSet {
    static override tasks = ["login", Nested, ["search", 3], "logout", "search"];
    logout() {}
    @task
    search() {}
    @task
    extra() {}
    login() {}
  }
  class Person extends User {
    static override tasks = [Journey];
  }
  const [journey] = tasksOf({ Person });
  assert.equal(journey?.kind, "sequential");
  assert.deepEqual(journey?.tasks.map(({ name, weight }) => `${name}:${weight}`), [
    "login:1",
    "Nested:1",
    "search:3",
    "logout:1",
    "search:1",
    "extra:1",
  ]);
});

test("plain forms of the decorators work without decorators", () => {
  const free = task(3)(function free() {});
  const single = tag("a")(task(function single() {}));
  class Nested extends TaskSet {
    static override tasks = ["go"];
    go() {}
  }
  class Chain extends MarkovTaskSet {
    a() {}
    b() {}
    static {
      transition("b", 2)(this.prototype.a);
      transitions({ a: 1, b: 3 })(this.prototype.b);
    }
  }
  class Plain extends User {
    static Marked = task(2)(Nested);
    static override tasks = [free, single, ["go", 4], Chain];
    go() {}
  }
  const { problems } = collect({ Plain });
  assert.deepEqual(problems, []);
  assert.deepEqual(tasksOf({ Plain }).map(({ name, weight, tags }) => `${name}:${weight}:${tags}`), [
    "free:3:",
    "single:1:a",
    "go:4:",
    "Chain:1:",
    "Nested:2:",
  ]);
});

test("a set that contains itself is a problem, not an endless loop", () => {
  class Mirror extends TaskSet {
    static override tasks: readonly (typeof Mirror)[] = [];
    static {
      this.tasks = [Mirror];
    }
  }
  class Person extends User {
    static override tasks = [Mirror];
  }
  assert.match(collect({ Person }).problems.join("\n"), /class "Mirror".*it contains itself/);
});

const PLAN = { tags: [], excludeTags: [], userClasses: ["Shopper"], classSettings: [], equalWeights: false };

test("applyPlan() returns the chosen classes and refuses unknown ones, all at once", () => {
  const collected = collect({ Shopper, Visitor });
  assert.deepEqual([...applyPlan(collected, PLAN).keys()], ["Shopper"]);
  const choices = {
    ...PLAN,
    userClasses: ["Nobody", "Visitor"],
    classSettings: [{ userClassName: "Ghost", weight: 1 }],
  };
  assert.throws(() => applyPlan(collected, choices), (error: Error) => {
    assert.match(error.message, /"Ghost": choose from Shopper, Visitor/);
    assert.match(error.message, /"Nobody": the locustfile has no such class/);
    return true;
  });
});

test("applyPlan() sets statics of --config-users, and takes them back at the next run", () => {
  class Custom extends User {
    static colour = "red";
    @task
    a() {}
    @task
    b() {}
  }
  const collected = collect({ Custom });
  const userClass = collected.userClasses.get("Custom") as UserClass & typeof Custom;
  const classSettings = [{ user_class_name: "Custom", weight: 7, fixed_count: 2, colour: "blue", tasks: ["a"] }];
  applyPlan(collected, { ...PLAN, userClasses: ["Custom"], classSettings });
  assert.deepEqual([userClass.weight, userClass.fixedCount, userClass.colour], [7, 2, "blue"]);
  applyPlan(collected, { ...PLAN, userClasses: ["Custom"] });
  assert.deepEqual([userClass.weight, userClass.fixedCount, userClass.colour], [1, 0, "red"]);
  assert.equal(Object.hasOwn(userClass, "weight"), false);
});

test("collectLocustfile() warns of a class with the weight 0, and leaves it to the selection whether a class is left", () => {
  class Off extends User {
    static override weight = 0;
    @task
    work() {}
  }
  const { problems, description } = collect({ Shopper, Off });
  assert.deepEqual(problems, []);
  const warning = `Class "Off" of ${FILE}: its weight is 0: it is switched off`;
  assert.ok(description.warnings.includes(warning));
  const scenarios = { night: { users: Off, userCount: 1 } };
  assert.ok(!collect({ Shopper, Off, scenarios }).description.warnings.includes(warning)); // which a scenario takes all the same
  assert.deepEqual(collect({ Off }).problems, [], "--config-users may give it a weight");
});
