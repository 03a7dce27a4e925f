import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type OnUserEnded, UserKeeper } from "../../src/thread/user_keeper.ts";
import type { RunningUser, UserEnd } from "../../src/user/running/running_user.ts";
import type { StopMode, UserState } from "../../src/user/lifecycle/user_lifecycle.ts";

/** A user that does nothing; a test ends it. */
class IdleUser implements RunningUser {
  readonly className: string;
  readonly key: string;
  readonly index: number;
  readonly user = undefined;
  readonly ended = Promise.resolve();
  readonly #onEnded: OnUserEnded;
  state: UserState = "running";
  stoppedBy: StopMode | undefined;
  isAborted = false;
  isStarting = false;
  expectedIntervalMs = 0;

  constructor(className: string, index: number, onEnded: OnUserEnded) {
    this.className = this.key = className;
    this.index = index;
    this.#onEnded = onEnded;
  }

  stop(mode: StopMode): void {
    this.state = "stopping";
    this.stoppedBy = mode;
  }

  abort(): void {
    this.isAborted = true;
    this.end("timedOut");
  }

  end(how: UserEnd = "stopped"): void {
    this.state = "ended";
    this.#onEnded(this, how);
  }
}

function createKeeper() {
  const users: IdleUser[] = [];
  const keeper = new UserKeeper((className, index, onEnded) => {
    const user = new IdleUser(className, index, onEnded);
    users.push(user);
    return user;
  });
  return { keeper, users };
}

test("UserKeeper.assign() starts users with the given numbers, in order", () => {
  const { keeper, users } = createKeeper();
  keeper.assign({ A: 2, B: 1 }, { A: [3, 5], B: [4] }, "finishRequest");
  assert.deepEqual(users.map(({ className, index }) => `${className}${index}`), ["A3", "A5", "B4"]);
  assert.deepEqual(keeper.usersByClass, { A: 2, B: 1 });
});

test("UserKeeper.pacedPerSecond sums the pace of the users that live", () => {
  const { keeper, users } = createKeeper();
  keeper.assign({ A: 3 }, { A: [0, 1, 2] }, "finishRequest");
  for (const [i, ms] of [500, 250, 0].entries()) users[i]!.expectedIntervalMs = ms;
  assert.equal(keeper.pacedPerSecond, 6);
  users[1]!.end();
  assert.equal(keeper.pacedPerSecond, 2);
});

test("UserKeeper.assign() of the same assignment starts and stops nobody", () => {
  const { keeper, users } = createKeeper();
  keeper.assign({ A: 2 }, { A: [0, 1] }, "finishRequest");
  keeper.assign({ A: 2 }, {}, "finishRequest");
  assert.equal(users.length, 2);
  assert.ok(users.every(({ state }) => state === "running"));
});

test("UserKeeper.assign() stops the newest users, in the given mode", () => {
  const { keeper, users } = createKeeper();
  keeper.assign({ A: 4 }, { A: [0, 1, 2, 3] }, "finishTask");
  keeper.assign({ A: 2 }, {}, "finishTask");
  assert.deepEqual(users.map(({ stoppedBy }) => stoppedBy), [undefined, undefined, "finishTask", "finishTask"]);
});

test("UserKeeper.assign() stops the users of a class that is not named any more", () => {
  const { keeper, users } = createKeeper();
  keeper.assign({ A: 1, B: 1 }, { A: [0], B: [1] }, "finishRequest");
  keeper.assign({ B: 1 }, {}, "finishRequest");
  assert.deepEqual(users.map(({ state }) => state), ["stopping", "running"]);
});

test("UserKeeper.assign() does not stop a user that is stopping already for the next one", () => {
  const { keeper, users } = createKeeper();
  keeper.assign({ A: 3 }, { A: [0, 1, 2] }, "finishRequest");
  keeper.assign({ A: 2 }, {}, "finishRequest");
  keeper.assign({ A: 1 }, {}, "finishRequest");
  assert.deepEqual(users.map(({ state }) => state), ["running", "stopping", "stopping"]);
});

test("UserKeeper does not replace a user that ended by itself, and stops nobody for it when fewer are wanted", () => {
  const { keeper, users } = createKeeper();
  keeper.assign({ A: 3 }, { A: [0, 1, 2] }, "finishRequest");
  users[0]?.end("stoppedItself");
  keeper.assign({ A: 3 }, { A: [] }, "finishRequest");
  assert.equal(users.length, 3);
  keeper.assign({ A: 2 }, {}, "finishRequest");
  assert.deepEqual(keeper.usersByClass, { A: 2 });
  assert.deepEqual(users.slice(1).map(({ state }) => state), ["running", "running"]);
});

test("UserKeeper.assign() starts what it has numbers for, and the rest when they come", () => {
  const { keeper, users } = createKeeper();
  keeper.assign({ A: 3 }, { A: [0] }, "finishRequest");
  assert.equal(users.length, 1);
  keeper.assign({ A: 3 }, { A: [1, 2] }, "finishRequest");
  assert.equal(users.length, 3);
});

test("UserKeeper.whenEmpty() resolves when the last user has ended", async () => {
  const { keeper, users } = createKeeper();
  keeper.assign({ A: 2 }, { A: [0, 1] }, "finishRequest");
  let isEmpty = false;
  const empty = keeper.whenEmpty().then(() => isEmpty = true);
  keeper.stopAll("finishRequest");
  users[0]?.end();
  await Promise.resolve();
  assert.equal(isEmpty, false);
  users[1]?.end();
  await empty;
  assert.equal(keeper.alive, 0);
});

test("UserKeeper.whenEmpty() without users resolves at once", async () => {
  await createKeeper().keeper.whenEmpty();
});

test("UserKeeper.abortAll() aborts those who are left and counts them as given up", () => {
  const { keeper, users } = createKeeper();
  keeper.assign({ A: 2 }, { A: [0, 1] }, "finishRequest");
  users[0]?.end();
  keeper.abortAll();
  assert.deepEqual(users.map(({ isAborted }) => isAborted), [false, true]);
  assert.equal(keeper.timedOut, 1);
});

test("UserKeeper: whoever ends whenever, as many live as were assigned and have not ended by themselves", () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("assign" as const), users: fc.nat({ max: 60 }) }),
    fc.record({ kind: fc.constant("leave" as const), which: fc.nat() }),
    fc.record({ kind: fc.constant("finishStops" as const) }),
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
    const { keeper, users } = createKeeper();
    let started = 0; // and not stopped, as the keeper counts
    let next = 0;
    let gone = 0;
    for (const one of steps) {
      if (one.kind === "assign") {
        const fresh = Array.from({ length: Math.max(0, one.users - started) }, () => next++);
        const wanted = one.users;
        keeper.assign({ A: wanted }, { A: fresh }, "finishRequest");
        gone = Math.min(gone, wanted); // those that left count first when fewer are wanted
        started = wanted;
      } else if (one.kind === "leave") {
        const running = users.filter(({ state }) => state === "running");
        const leaver = running[one.which % Math.max(1, running.length)];
        if (leaver !== undefined) {
          leaver.end("stoppedItself");
          gone++;
        }
      } else {
        for (const user of users) if (user.state === "stopping") user.end();
      }
      const running = users.filter(({ state }) => state === "running").length;
      assert.ok(running <= started, `${running} run, ${started} were assigned`);
      assert.ok(running >= started - gone, `${running} run of ${started}, only ${gone} left`);
    }
  }));
});

test("UserKeeper.starting() counts users in onStart by class, and for how long the first of them has been there", () => {
  const { keeper, users } = createKeeper();
  keeper.assign({ A: 3, B: 1 }, { A: [0, 1, 2], B: [3] }, "finishRequest");
  for (const user of users.slice(1)) user.isStarting = true;
  const first = keeper.starting(1000);
  assert.deepEqual(first[0], { userClass: "A", users: 2, longestMs: 0 });
  assert.equal(keeper.starting(5000)[0]?.longestMs, 4000);
  users[1]!.isStarting = false; // another one is the first now
  assert.deepEqual(keeper.starting(6000)[0], { userClass: "A", users: 1, longestMs: 0 });
  users[2]!.isStarting = users[3]!.isStarting = false;
  assert.deepEqual(keeper.starting(7000), []);
});
