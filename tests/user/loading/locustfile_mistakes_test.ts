import assert from "node:assert/strict";
import { test } from "node:test";
import { collectLocustfile } from "../../../src/user/loading/locustfile.ts";
import { RampShape, StagesShape } from "../../../src/user/ready_shapes.ts";
import { tag, task } from "../../../src/user/tasks/decorators.ts";
import { constant } from "../../../src/user/timing/wait_time.ts";
import { User } from "../../../src/user/user.ts";

const FILE = "/tests/shop.ts";
const collect = (exports: Record<string, unknown>) => collectLocustfile([{ file: FILE, exports }]);

class Shopper extends User {
  @task
  browse() {}
}

test("collectLocustfile() tells of decorators that were used where they cannot work, with file and line", () => {
  class Confused extends User {
    @task
    arrow = () => {};
    @task(1.5)
    half() {}
    @tag()
    @task
    untagged() {}
  }
  const { problems } = collect({ Confused });
  assert.equal(problems.length, 3, problems.join("\n"));
  assert.match(problems.join("\n"), /@task on the field "arrow".*locustfile_mistakes_test\.ts:\d+:\d+/);
  assert.match(problems.join("\n"), /Cannot give "half" the weight 1\.5/);
  assert.match(problems.join("\n"), /@tag was given no name/);
});

test("collectLocustfile() tells of tasks that nobody can call", () => {
  const decorate = task as unknown as (value: unknown, context: object) => void;
  decorate(() => {}, { kind: "method", name: "#hidden", private: true, static: false });
  decorate(() => {}, { kind: "getter", name: "x", private: false, static: false });
  const { problems } = collect({ Shopper });
  assert.match(problems.join("\n"), /@task on "#hidden": a private member cannot be called from outside/);
  assert.match(problems.join("\n"), /@task on "x": it is a getter; write a method/);
});

test("collectLocustfile() names the line of the member, or of the class, if it has the text", () => {
  class Heavy extends User {
    static override weight = -1;
    override waitTime = constant(Number.NaN);
    @task
    work() {}
  }
  class Idle extends User {}
  const source = 'import x from "y";\n\nexport class Heavy extends User {\n  static override weight = -1;\n' +
    "  override waitTime = constant(NaN);\n}\n\nexport class Idle extends User {}\n";
  const { problems } = collectLocustfile([{ file: FILE, exports: { Heavy, Idle } }], { readText: () => source });
  assert.deepEqual(problems, [
    `Cannot use class "Heavy" of ${FILE}:5: its waitTime is constant(NaN): NaN is not a number of seconds; give 0 or more`,
    `Cannot use class "Heavy" of ${FILE}:4: its weight is -1; give a number above 0, or 0 to switch the class off`,
    `Cannot use class "Idle" of ${FILE}:8: it has no tasks; decorate a method with @task`,
  ]);
});

test("collectLocustfile() tells of settings of a ready-made shape", () => {
  class Steep extends RampShape {
    override settings = { to: -1, rampSeconds: Number.NaN };
  }
  class Empty extends StagesShape {
    override stages = [];
  }
  class Backwards extends StagesShape {
    override stages = [{ durationSeconds: -1, users: 5 }];
  }
  class Misread extends StagesShape {
    override stages = "5x:3";
  }
  assert.deepEqual(collect({ Shopper, Backwards }).problems, [
    `Cannot use the shape "Backwards" of ${FILE}: stage 1: its durationSeconds is -1; give a number of 0 or more`,
  ]);
  assert.match(
    collect({ Shopper, Misread }).problems.join(),
    /^Cannot use the shape "Misread" of [^:]+: stage "5x:3": no time span before the colon [^:]+; write <time>:<users>[^;]*$/,
  );
  const { problems } = collect({ Shopper, Steep, Empty });
  assert.deepEqual(
    problems,
    [
      `Cannot use the shape "Empty" of ${FILE}: together they last 0 seconds; give one a duration`,
      `Cannot use the shape "Steep" of ${FILE}: to is -1; give a whole number of 0 or more`,
      `Cannot use the shape "Steep" of ${FILE}: rampSeconds is NaN; give a number of 0 or more`,
    ].toSorted((a, b) => Number(a.includes("Empty")) - Number(b.includes("Empty"))),
  );
});
