import assert from "node:assert/strict";
import { test } from "node:test";
import { Environment } from "../../../src/user/environment.ts";
import { createUser } from "../../../src/user/lifecycle/create_user.ts";
import { createDetachedContext } from "../../../src/user/lifecycle/run_context.ts";
import { LIFECYCLE, UserLifecycle } from "../../../src/user/lifecycle/user_lifecycle.ts";
import { User } from "../../../src/user/user.ts";

const environment = new Environment();
const createLifecycle = (index: number) => new UserLifecycle(createDetachedContext(environment), index);

test("createUser() hands over the lifecycle before the class's own fields are made", () => {
  class Person extends User {
    readonly drawn = this.index * 10;
  }
  assert.equal(createUser(Person, environment, createLifecycle(7)).drawn, 70);
});

test("createUser() gives its lifecycle to the outer user only, when a constructor makes another user", () => {
  class Helper extends User {}
  class Person extends User {
    readonly helper: Helper;
    constructor(env: Environment) {
      super(env);
      this.helper = new Helper(env);
    }
  }
  const lifecycle = createLifecycle(3);
  const person = createUser(Person, environment, lifecycle);
  assert.equal(person[LIFECYCLE], lifecycle);
  assert.notEqual(person.helper[LIFECYCLE], lifecycle);
});

function failWith(_env: Environment, message: string): Environment {
  throw new Error(message);
}

test("createUser() leaves nothing behind when a constructor throws", () => {
  class Broken extends User {
    constructor(env: Environment) {
      super(failWith(env, "no"));
    }
  }
  class Person extends User {}
  assert.throws(() => createUser(Broken, environment, createLifecycle(9)), { message: "no" });
  assert.equal(new Person(environment).index, 0);
});

test("User refuses a constructor that hands on no environment, and says how to write it", () => {
  class Person extends User {
    constructor() {
      super(undefined as unknown as Environment);
    }
  }
  assert.throws(
    () => createUser(Person, environment, createLifecycle(0)),
    /^LocustError: Cannot make a user of Person: its constructor passes no environment to super\(\); write constructor\(environment\) \{ super/,
  );
});
