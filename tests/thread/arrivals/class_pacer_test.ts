import assert from "node:assert/strict";
import { test } from "node:test";
import { ClassPacer } from "../../../src/thread/arrivals/class_pacer.ts";

class FakeUser {
  readonly requests = { heldBackMs: -1 };
  isIdle = false;
  begun = 0;
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  idle(): Promise<void> {
    this.isIdle = true;
    return new Promise(() => {});
  }

  endIdle(): void {
    this.isIdle = false;
    this.begun++;
  }
}

function createScene() {
  let nowMs = 0;
  const pacer = new ClassPacer("Buyer", () => nowMs);
  let index = 0;
  return {
    pacer,
    pass: (ms: number) => nowMs += ms,
    due: (lateMs = 0) => pacer.arrive({ index: index++, dueMs: nowMs - lateMs }),
    counts: () => pacer.takeCounts()["Buyer"],
  };
}

test("ClassPacer gives each start to the user that has waited longest", () => {
  const { pacer, due, counts } = createScene();
  const users = ["a", "b", "c"].map((name) => new FakeUser(name));
  for (const user of users) assert.ok(pacer.next(user) instanceof Promise);
  due();
  due(15);
  assert.deepEqual(users.map(({ begun }) => begun), [1, 1, 0]);
  assert.deepEqual(users.map(({ requests }) => requests.heldBackMs), [0, 15, -1]);
  assert.deepEqual(counts(), { asked: 2, started: 2, dropped: 0, late: 1 });
  assert.equal(counts(), undefined);
});

test("ClassPacer passes over users that were stopped while they waited", () => {
  const { pacer, due } = createScene();
  const [stopped, other] = [new FakeUser("stopped"), new FakeUser("other")];
  void pacer.next(stopped);
  void pacer.next(other);
  stopped.isIdle = false;
  due();
  assert.deepEqual([stopped.begun, other.begun], [0, 1]);
});

test("ClassPacer lets a start wait for a user, and says how late it was", () => {
  const { pacer, due, pass, counts } = createScene();
  pacer.ramped();
  due();
  pass(300);
  const user = new FakeUser("a");
  assert.equal(pacer.next(user), undefined);
  assert.equal(user.requests.heldBackMs, 300);
  assert.deepEqual(counts(), { asked: 1, started: 1, dropped: 0, late: 1 });
});

test("ClassPacer gives starts up after a second, so that nothing is made up for in a bunch", () => {
  const { pacer, due, pass, counts } = createScene();
  pacer.ramped();
  for (let second = 0; second < 10; second++) {
    for (let i = 0; i < 10; i++) {
      due();
      pass(100);
    }
  }
  assert.deepEqual(counts(), { asked: 90, started: 0, dropped: 90, late: 0 });
  let begun = 0;
  while (pacer.next(new FakeUser("a")) === undefined) begun++;
  assert.equal(begun, 10);
});

test("ClassPacer keeps the newest start however late, for slow rates", () => {
  const { pacer, due, pass } = createScene();
  due();
  pass(30_000);
  assert.equal(pacer.next(new FakeUser("a")), undefined);
});

test("ClassPacer does not ask for what users cannot do that are still to come", () => {
  const { pacer, due, pass, counts } = createScene();
  due();
  due();
  pass(1500);
  assert.equal(counts(), undefined);
  pacer.ramped();
  due();
  pass(1500);
  due();
  assert.deepEqual(counts(), { asked: 2, started: 0, dropped: 2, late: 0 });
});

test("ClassPacer lets no start wait while users are still to come, but for the newest", () => {
  const { pacer, due, pass } = createScene();
  due();
  pass(50);
  due();
  pass(10);
  const user = new FakeUser("a");
  assert.equal(pacer.next(user), undefined);
  assert.equal(user.requests.heldBackMs, 10);
  assert.ok(pacer.next(user) instanceof Promise);
});

test("ClassPacer starts nothing after its end", () => {
  const { pacer, due } = createScene();
  due();
  pacer.close();
  assert.ok(pacer.next(new FakeUser("a")) instanceof Promise);
});
