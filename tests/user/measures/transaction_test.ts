import assert from "node:assert/strict";
import { test } from "node:test";
import { RescheduleTask, StopUser } from "../../../src/http/session/control_flow.ts";
import type { TransactionDelta } from "../../../src/protocol/measures_message.ts";
import { Histogram } from "../../../src/stats/histogram/histogram.ts";
import { User } from "../../../src/user/user.ts";
import { LIFECYCLE } from "../../../src/user/lifecycle/user_lifecycle.ts";
import { createStage, playRequest, type Stage } from "../stage.ts";

interface Counted {
  readonly count: number;
  readonly failures: number;
  readonly cutOff: number;
  readonly ms: number;
  readonly busyMs: number;
}

/** The transactions by name, with the sums of their times. */
function transactionsOf(stage: Stage): Record<string, Counted> {
  const measures = stage.recorder.drain()?.measures ?? [];
  const transactions = measures.filter((each): each is TransactionDelta => each.kind === "transaction");
  return Object.fromEntries(transactions.map(({ name, failures, cutOff, times, busyTimes }) => {
    const [all, busy] = [Histogram.unpack(times), Histogram.unpack(busyTimes)];
    return [name, { count: all.count, failures, cutOff, ms: all.sumUs / 1000, busyMs: busy.sumUs / 1000 }];
  }));
}

/** Runs a task once in a user of its own, and lets the clock go on until the user has ended. */
async function runOnce(task: (user: User) => Promise<unknown>, stage: Stage = createStage()) {
  class Visitor extends User {
    static override tasks = [async (user: unknown) => {
      await task(user as User);
      throw new StopUser();
    }];
  }
  const running = stage.start(Visitor);
  await stage.clock.advance(60_000);
  await running.ended;
  return { stage, counted: transactionsOf(stage) };
}

/** A request whose sample failed, as a session tells the scope it began in. */
async function playFailure(user: User, durationMs: number): Promise<void> {
  const { scope } = user[LIFECYCLE].requests;
  scope?.requestStarted();
  await playRequest(user, durationMs);
  scope?.requestFailed();
  scope?.requestEnded();
}

async function playScoped(user: User, durationMs: number): Promise<void> {
  const { scope } = user[LIFECYCLE].requests;
  scope?.requestStarted();
  await playRequest(user, durationMs);
  scope?.requestEnded();
}

test("transaction() counts the time of its block, and the same without its sleeps", async () => {
  const { counted } = await runOnce((user) =>
    user.transaction("checkout", async () => {
      await playScoped(user, 200);
      await user.sleep(2);
      await playScoped(user, 300);
    })
  );
  assert.deepEqual(counted, { checkout: { count: 1, failures: 0, cutOff: 0, ms: 2500, busyMs: 500 } });
});

test("transaction() takes a sleep beside a request for think time only while no request is on its way", async () => {
  const { counted } = await runOnce((user) =>
    user.transaction("page", () => Promise.all([user.sleep(1), playScoped(user, 400)]))
  );
  assert.deepEqual(counted, { page: { count: 1, failures: 0, cutOff: 0, ms: 1000, busyMs: 400 } });
});

test("transaction() returns the value of its block, also of one that is no promise", async () => {
  const values: unknown[] = [];
  await runOnce(async (user) => {
    values.push(await user.transaction("a", () => 7));
    values.push(await user.transaction("b", () => Promise.resolve("x")));
  });
  assert.deepEqual(values, [7, "x"]);
});

test("transaction() names one inside another by its path, and the outer one has the time and the failures of both", async () => {
  const { counted } = await runOnce((user) =>
    user.transaction("checkout", async () => {
      await user.transaction("cart", () => playScoped(user, 100));
      await user.transaction("pay", async () => {
        await user.sleep(1);
        await playFailure(user, 50);
      });
    })
  );
  assert.deepEqual(counted, {
    checkout: { count: 1, failures: 1, cutOff: 0, ms: 1150, busyMs: 150 },
    "checkout / cart": { count: 1, failures: 0, cutOff: 0, ms: 100, busyMs: 100 },
    "checkout / pay": { count: 1, failures: 1, cutOff: 0, ms: 1050, busyMs: 50 },
  });
});

test("transaction() gives each of several at once its own requests and waits", async () => {
  const { counted } = await runOnce((user) =>
    Promise.all([
      user.transaction("good", async () => {
        await user.sleep(1);
        await playScoped(user, 100);
      }),
      user.transaction("bad", async () => {
        await playScoped(user, 500);
        await playFailure(user, 700);
      }),
    ])
  );
  assert.deepEqual(counted, {
    good: { count: 1, failures: 0, cutOff: 0, ms: 1100, busyMs: 100 },
    bad: { count: 1, failures: 1, cutOff: 0, ms: 1200, busyMs: 1200 },
  });
});

test("transaction() that throws has failed, and its exception passes on", async () => {
  let passedOn: unknown;
  const { counted } = await runOnce((user) =>
    user.transaction("checkout", () => {
      throw new Error("no cart");
    }).catch((error) => passedOn = error)
  );
  assert.deepEqual(counted, { checkout: { count: 1, failures: 1, cutOff: 0, ms: 0, busyMs: 0 } });
  assert.equal(String(passedOn), "Error: no cart");
});

test("transaction() that leaves its task early by RescheduleTask has not failed", async () => {
  let runs = 0;
  const { counted } = await runOnce(async (user) => {
    if (runs++ > 0) return;
    await user.transaction("checkout", () => Promise.reject(new RescheduleTask()));
  });
  assert.deepEqual(counted, { checkout: { count: 1, failures: 0, cutOff: 0, ms: 0, busyMs: 0 } });
});

test("transaction() counts a sample that user code fires as a failure in it", async () => {
  const { counted } = await runOnce((user) =>
    user.transaction("publish", async () => {
      await user.sleep(0.1);
      user.environment.events.request.fire({
        requestType: "MQTT",
        name: "publish",
        responseTime: 1,
        exception: new Error("refused"),
      });
    })
  );
  assert.equal(counted["publish"]?.failures, 1);
});

test("transaction() of a user that is stopped in the middle is cut off: counted, and in no time", async () => {
  const stage = createStage();
  class Visitor extends User {
    static override tasks = [
      (user: unknown) =>
        (user as User).transaction("outer", () => (user as User).transaction("inner", () => (user as User).sleep(30))),
    ];
  }
  const running = stage.start(Visitor);
  await stage.clock.advance(1000);
  running.stop("finishRequest");
  await stage.clock.advance(1000);
  await running.ended;
  assert.deepEqual(transactionsOf(stage), {
    outer: { count: 0, failures: 0, cutOff: 1, ms: 0, busyMs: 0 },
    "outer / inner": { count: 0, failures: 0, cutOff: 1, ms: 0, busyMs: 0 },
  });
});

test("transaction() of a user that hangs is cut off when the user is given up", async () => {
  const stage = createStage();
  class Visitor extends User {
    static override tasks = [(user: unknown) => (user as User).transaction("hang", () => new Promise(() => {}))];
  }
  const running = stage.start(Visitor);
  await stage.clock.advance(1000);
  running.stop("finishRequest");
  await stage.clock.advance(20_000);
  await running.ended;
  assert.deepEqual(transactionsOf(stage), { hang: { count: 0, failures: 0, cutOff: 1, ms: 0, busyMs: 0 } });
});

test("transaction() that began before a reset of the statistics is not counted after it", async () => {
  const stage = createStage();
  class Visitor extends User {
    static override tasks = [async (user: unknown) => {
      await (user as User).transaction("long", () => (user as User).sleep(10));
      await (user as User).transaction("short", () => (user as User).sleep(1));
      throw new StopUser();
    }];
  }
  const running = stage.start(Visitor);
  await stage.clock.advance(5000);
  stage.recorder.reset(1);
  await stage.clock.advance(20_000);
  await running.ended;
  assert.deepEqual(transactionsOf(stage), { short: { count: 1, failures: 0, cutOff: 0, ms: 1000, busyMs: 0 } });
});

test("transaction() needs a name and a function", async () => {
  const thrown: string[] = [];
  await runOnce(async (user) => {
    for (
      const call of [
        () => user.transaction(undefined as never, () => 1),
        () => user.transaction("", () => 1),
        () => user.transaction("x", 7 as never),
        () => user.transaction("x", Promise.resolve() as never),
      ]
    ) {
      await call().catch((error: Error) => thrown.push(error.message));
    }
  });
  assert.deepEqual(thrown, [
    "Cannot leave out the name of a transaction: it is undefined; pass a string",
    'Cannot run a transaction: its name is empty; pass one, as in "checkout"',
    'Cannot run the transaction "x": its block is 7 and not a function; pass async () => { … }',
    'Cannot run the transaction "x": its block is a promise that was not awaited and not a function; pass async () => { … }',
  ]);
});

test("a task that does not await its transaction is warned of once, with the place", async () => {
  const stage = createStage();
  let runs = 0;
  class Visitor extends User {
    static override tasks = [async function order(user: unknown) {
      const self = user as User;
      if (++runs > 3) {
        await self.sleep(60);
        throw new StopUser();
      }
      void self.transaction("forgotten", () => playScoped(self, 500));
      await self.sleep(0.1);
    }];
  }
  const running = stage.start(Visitor);
  await stage.clock.advance(120_000);
  await running.ended;
  const warnings = stage.log.filter((line) => line.includes("transaction"));
  assert.equal(new Set(warnings).size, 1, warnings.join("\n"));
  assert.match(
    warnings[0] ?? "",
    /^WARNING "Visitor\.order" ended before its transaction "forgotten" at \/.+\/transaction_test\.ts:\d+:\d+.*, which continues .*write "await this\.transaction\(…\)"$/,
  );
  assert.equal(transactionsOf(stage)["forgotten"]?.count, 3);
});

test("transactions that are awaited, also later, in a list or by a task in the background, are not warned of", async () => {
  const stage = createStage();
  let runs = 0;
  class Visitor extends User {
    override onStart() {
      const poll = async () => {
        for (let round = 0; round < 20; round++) await this.transaction("poll", () => this.sleep(0.3));
      };
      void poll().catch(() => {});
    }
    static override tasks = [async (user: unknown) => {
      const self = user as User;
      if (++runs > 3) throw new StopUser();
      const first = self.transaction("first", () => playScoped(self, 500));
      await self.sleep(0.1);
      await Promise.all([self.transaction("second", () => playScoped(self, 100)), first]);
      return self.transaction("third", () => playScoped(self, 100));
    }];
  }
  const running = stage.start(Visitor);
  await stage.clock.advance(60_000);
  await running.ended;
  assert.deepEqual(stage.log.filter((line) => line.includes("transaction")), []);
});
