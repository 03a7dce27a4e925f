import assert from "node:assert/strict";
import { test } from "node:test";
import type { ArrivalStream } from "../../../src/protocol/arrivals_message.ts";
import type { PoolRules, StartPooledUser } from "../../../src/thread/arrivals/class_pool.ts";
import { StreamDriver } from "../../../src/thread/arrivals/stream_driver.ts";
import type { GatedUser, IterationGate } from "../../../src/user/lifecycle/iteration_gate.ts";
import type { RunningUser, UserEnd } from "../../../src/user/running/running_user.ts";

const RULES: PoolRules = { iteration: "task", freshUsers: false, whenLate: "queue" };

const STREAM: ArrivalStream = {
  id: 0,
  classes: [{ name: "A", weight: 1 }, { name: "B", weight: 1 }],
  pattern: "even",
  seed: 1,
  maxUsers: 2,
  firstUserIndex: 0,
  userIndexStep: 1,
  legs: [{ fromIndex: 0, curve: { countBefore: 0, points: [[0, 10]] }, of: 1, slots: [0] }],
  owed: [],
};

/** A user that does nothing but pass its gate, when the test says so. */
class FakeUser implements GatedUser {
  readonly className: string;
  readonly requests = { heldBackMs: 0 };
  readonly gate: IterationGate;
  readonly #end: (how: UserEnd) => void;
  isIdle = false;
  isStopping = false;

  constructor(className: string, gate: IterationGate, end: (how: UserEnd) => void) {
    this.className = className;
    this.gate = gate;
    this.#end = end;
    gate.open(this);
  }

  idle(): Promise<void> {
    this.isIdle = true;
    return Promise.resolve();
  }

  endIdle(): void {
    this.isIdle = false;
  }

  /** Its iteration is over: it takes the next one, waits, or ends. */
  finish(): void {
    void this.gate.next();
    if (this.isStopping) this.#end("stopped");
  }

  stop(): void {
    this.isStopping = true;
    if (this.isIdle) this.#end("stopped");
  }

  die(): void {
    this.#end("died");
  }
}

function createScene(rules: Partial<PoolRules> = {}, changes: Partial<ArrivalStream> = {}) {
  const users = new Set<FakeUser>();
  let nowMs = 0;
  const startUser: StartPooledUser = (className, _index, gate, onEnded) => {
    const running = { stop: () => user.stop(), abort: () => {} } as unknown as RunningUser;
    const user = new FakeUser(className, gate, (how) => {
      if (users.delete(user)) onEnded(running, how);
    });
    users.add(user);
    return running;
  };
  const full: string[] = [];
  let done = 0;
  let emptied = 0;
  const driver = new StreamDriver({
    stream: { ...STREAM, ...changes },
    rulesOf: () => ({ ...RULES, ...rules }),
    startUser,
    nowMs: () => nowMs,
    onFull: (className) => void full.push(className),
    onEnded: () => {},
    onDone: () => void done++,
    onEmptied: () => void emptied++,
  });
  const totals = { asked: 0, started: 0, dropped: 0, late: 0 };
  return {
    driver,
    users,
    full,
    done: () => done,
    emptied: () => emptied,
    take: () => driver.arrive({ index: driver.share.take().index, dueMs: nowMs }),
    pass: (ms: number) => nowMs += ms,
    arrive: (index: number) => driver.arrive({ index, dueMs: nowMs }),
    busy: () => [...users].filter(({ isIdle }) => !isIdle),
    counts: () => {
      for (const counts of Object.values(driver.takeCounts())) {
        for (const count of ["asked", "started", "dropped", "late"] as const) totals[count] += counts[count];
      }
      return totals;
    },
  };
}

test("StreamDriver lets a free user of one class make room for one of the other", () => {
  const { driver, users, arrive, busy, counts } = createScene();
  for (let index = 0; index < 40; index++) {
    arrive(index);
    for (const user of busy()) user.finish();
    assert.ok(driver.alive <= 2, `${driver.alive} users`);
  }
  for (let round = 0; round < 40; round++) for (const user of busy()) user.finish();
  assert.deepEqual(counts(), { asked: 40, started: 40, dropped: 0, late: 0 });
  assert.equal(driver.waiting, 0);
  assert.ok(users.size <= 2);
});

test("StreamDriver starts what waited, in its order and late, when users end by themselves", () => {
  const { driver, users, arrive, pass, counts, full } = createScene();
  for (let index = 0; index < 6; index++) arrive(index);
  assert.equal(driver.waiting, 4);
  assert.equal(full.length, 1, "said once");
  pass(50);
  for (const user of [...users]) user.die();
  assert.deepEqual(counts(), { asked: 6, started: 4, dropped: 0, late: 2 });
  assert.ok([...users].every(({ requests }) => requests.heldBackMs === 50));
});

test("StreamDriver drops what finds no user, and counts each arrival once", () => {
  const { driver, arrive, counts } = createScene({ whenLate: "drop" });
  for (let index = 0; index < 6; index++) arrive(index);
  assert.deepEqual(counts(), { asked: 6, started: 2, dropped: 4, late: 0 });
  assert.equal(driver.waiting, 0);
});

test("StreamDriver gives up free users beyond a smaller limit, and starts nothing once it is closed", () => {
  const { driver, users, arrive, busy, counts } = createScene();
  arrive(0);
  arrive(1);
  for (const user of busy()) user.finish();
  driver.update({ ...STREAM, maxUsers: 1 });
  assert.equal(users.size, 1);
  driver.close();
  for (const user of busy()) user.finish();
  arrive(2);
  arrive(3);
  assert.ok(counts().started <= 3, "a free user may take one more, a newcomer none");
});

test("StreamDriver ends its users where the stream is over: what waits is dropped, what is served ends", () => {
  const { driver, users, arrive, busy, counts, emptied } = createScene();
  for (let index = 0; index < 5; index++) arrive(index);
  driver.update({ ...STREAM, isOver: true });
  driver.finish();
  assert.deepEqual([driver.hasEnded, emptied()], [false, 0]);
  assert.deepEqual(counts(), { asked: 5, started: 2, dropped: 3, late: 0 });
  assert.equal(users.size, 2, "an iteration that has begun ends");
  arrive(5);
  for (const user of busy()) user.finish();
  assert.equal(driver.alive, 0);
  assert.deepEqual([driver.hasEnded, emptied()], [true, 1]);
  assert.deepEqual(counts(), { asked: 6, started: 2, dropped: 4, late: 0 });
});

test("StreamDriver ends free users at once where the stream is over", () => {
  const { driver, users, arrive, busy, emptied } = createScene();
  arrive(0);
  for (const user of busy()) user.finish();
  assert.equal(users.size, 1);
  driver.update({ ...STREAM, isOver: true });
  driver.finish();
  assert.equal(driver.alive, 0);
  assert.ok(emptied() > 0);
});

test("StreamDriver lets no class wait for ever while users of another one are busy all the time", () => {
  const { driver, users, arrive, busy, pass } = createScene();
  driver.update({ ...STREAM, maxUsers: 1 });
  const served = new Map<string, number>();
  for (let index = 0; index < 400; index++) {
    arrive(index); // twice as many as one user has time for
    if (index % 2 === 1) {
      for (const user of busy()) {
        user.finish();
        served.set(user.className, (served.get(user.className) ?? 0) + 1);
      }
    }
    pass(50);
    assert.ok(users.size <= 1);
  }
  const [a = 0, b = 0] = [served.get("A"), served.get("B")];
  assert.equal(a + b, 200);
  assert.ok(Math.min(a, b) > 60, `A ${a}, B ${b}: both are asked for equally`);
});

test("StreamDriver.onDone comes with the end of the last iteration, not while one runs or waits, or while arrivals are to come", () => {
  const one = { classes: [{ name: "A", weight: 1 }], maxUsers: 1 };
  for (const freshUsers of [false, true]) {
    const { take, busy, done } = createScene({ freshUsers }, { ...one, count: 3 });
    const finish = () => busy()[0]?.finish();
    take();
    finish();
    assert.equal(done(), 0, "two are to come");
    take();
    take(); // waits
    finish();
    assert.equal(done(), 0, "the last one runs");
    finish();
    assert.equal(done(), 1);
  }
});
