import assert from "node:assert/strict";
import { test } from "node:test";
import { Environment } from "../../src/user/environment.ts";
import { Events, events } from "../../src/user/events/events.ts";
import { TaskSet } from "../../src/user/tasks/task_set.ts";
import { User } from "../../src/user/user.ts";

class Shopper extends User {
  static override tasks = [() => {}];
  static override host: string = "http://own";
}

test("Environment keeps what it is given, and has events of its own", () => {
  const environment = new Environment({ userClasses: [Shopper], host: "http://given", tags: ["a"] });
  assert.deepEqual(environment.userClassesByName, { Shopper });
  assert.notEqual(environment.events, events);
  assert.ok(environment.events instanceof Events);
  assert.equal(environment.stats.total.numRequests, 0);
  assert.equal(environment.processExitCode, undefined);
});

test("Environment refuses two classes of one name and leaves out those without weight and fixedCount", () => {
  const other = { Shopper: class Shopper extends User {} };
  assert.throws(() => new Environment({ userClasses: [Shopper, other.Shopper] }), /two user classes named "Shopper"/);
  class Weightless extends User {
    static override weight = 0;
  }
  class Fixed extends User {
    static override weight = 0;
    static override fixedCount = 1;
  }
  assert.deepEqual(
    new Environment({ userClasses: [Weightless] }).userClasses,
    [Weightless],
    "a run may give it a weight",
  );
  assert.deepEqual(new Environment({ userClasses: [Weightless, Fixed] }).userClasses, [Fixed]);
});

test("User.host is the environment's, else the class's", () => {
  const environment = new Environment();
  const user = new Shopper(environment);
  assert.equal(user.host, "http://own");
  environment.host = "http://given";
  assert.equal(user.host, "http://given");
  class Homeless extends User {}
  assert.equal(new Homeless(new Environment()).host, "");
});

test("a user made by hand can be used: random numbers, index, sets, waits", async () => {
  const user = new Shopper(new Environment());
  assert.equal(user.index, 0);
  assert.equal(user.random.integer(3, 3), 3);
  assert.equal(user.signal.aborted, false);
  await user.sleep(0);
  class Browse extends TaskSet<User> {
    static override tasks = ["look"];
    looked = 0;
    look() {
      this.looked++;
    }
  }
  const set = new Browse(user);
  assert.equal(set.user, user);
  await set.executeNextTask();
  set.scheduleTask("look");
  await set.executeNextTask();
  assert.equal(set.looked, 2);
});

for (
  const [options, problem] of [
    [[Shopper], "its options are a list of 1; pass { userClasses: [Shopper] }"],
    [null, "its options are null; pass { userClasses: [Shopper] }"],
    [{ userClasses: Shopper }, "userClasses is a function; pass a list, as in userClasses: [Shopper]"],
    [{ userClasses: [Shopper, undefined] }, "number 2 of userClasses is undefined; pass a user class"],
    [{ userClass: Shopper }, 'there is no option "userClass"; did you mean "userClasses"?'],
    [{ user_classes: [Shopper] }, 'there is no option "user_classes"; did you mean "userClasses"?'],
    [{ host: 5 }, 'host is 5; pass a URL as text, as in "http://localhost:8000"'],
    [{ events: {} }, 'events is an object; pass new Events(), or the global "events"'],
  ] as const
) {
  test(`new Environment(): ${problem}`, () => {
    assert.throws(() => new Environment(options as never), { message: `Cannot make an environment: ${problem}` });
  });
}

test("a user and a task set refuse what is no environment and no user", () => {
  assert.throws(() => new Shopper({} as never), {
    message: "Cannot make a user of Shopper: it got an object instead of an environment; pass new Environment()",
  });
  assert.throws(
    () => new (class extends TaskSet {})(undefined as never),
    /^LocustError: Cannot make a task set: its constructor got undefined/,
  );
});
