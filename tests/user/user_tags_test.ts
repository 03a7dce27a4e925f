import assert from "node:assert/strict";
import { test } from "node:test";
import { StopUser } from "../../src/http/session/control_flow.ts";
import { startUser } from "../../src/user/running/start_user.ts";
import { LIFECYCLE } from "../../src/user/lifecycle/user_lifecycle.ts";
import { task } from "../../src/user/tasks/decorators.ts";
import { User } from "../../src/user/user.ts";
import type { UserClass } from "../../src/user/user_class.ts";
import { createStage } from "./stage.ts";

test("User: samples have the tags of class, user and request, in this order, and always the scenario's name", async () => {
  const stage = createStage();
  const seen: unknown[] = [];
  class Person extends User {
    static override tags = { plan: "free", region: "us" };
    @task
    work() {
      const { requests } = this[LIFECYCLE];
      seen.push(this.tags, requests.sampleTags(undefined));
      this.tags = { ...this.tags, region: "eu" };
      seen.push(requests.sampleTags(undefined), requests.sampleTags({ plan: "pro" }));
      this.tags = { scenario: "mine" };
      seen.push(requests.sampleTags({ scenario: "mine, too" }));
      throw new StopUser();
    }
  }
  const userClass = Person as UserClass;
  await startUser({ runContext: stage.runContext, userClass, index: 0, scenario: "checkout" }).ended;
  assert.deepEqual(seen, [
    { plan: "free", region: "us", scenario: "checkout" },
    { plan: "free", region: "us", scenario: "checkout" },
    { plan: "free", region: "eu", scenario: "checkout" },
    { plan: "pro", region: "eu", scenario: "checkout" },
    { scenario: "checkout" },
  ]);
  seen.length = 0;
  await stage.start(userClass).ended;
  assert.deepEqual(seen.at(-1), { scenario: "mine, too" });
  assert.throws(() => Object.assign(Person.tags, { plan: "pro" }), TypeError, "users share the object of their class");
});

test("User: a user without tags hands its sample none", async () => {
  const stage = createStage();
  let tags: unknown = "not asked";
  class Person extends User {
    @task
    work() {
      tags = this[LIFECYCLE].requests.sampleTags(undefined);
      throw new StopUser();
    }
  }
  await stage.start(Person).ended;
  assert.equal(tags, undefined);
});
