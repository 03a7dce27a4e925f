import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { MasterQuestions } from "../../../src/control/master_questions.ts";
import { StopUser } from "../../../src/http/session/control_flow.ts";
import { cluster } from "../../../src/user/cluster/cluster.ts";
import { provideMasterPort } from "../../../src/user/cluster/master_port.ts";
import { Environment } from "../../../src/user/environment.ts";
import { createUser } from "../../../src/user/lifecycle/create_user.ts";
import { createDetachedContext } from "../../../src/user/lifecycle/run_context.ts";
import { UserLifecycle } from "../../../src/user/lifecycle/user_lifecycle.ts";
import { User } from "../../../src/user/user.ts";
import { AskCluster } from "../../support/ask_cluster.ts";

class Visitor extends User {}

/** Calls in the thread of `port`; what comes of it is in `got`, in order. */
function inThread<T>(port: MasterQuestions, call: () => Promise<T>): { readonly got: (T | Error)[] } {
  const withdraw = provideMasterPort(port);
  const got: (T | Error)[] = [];
  call().then((value) => got.push(value), (error: Error) => got.push(error));
  withdraw();
  return { got };
}

function open(shape = { workers: 2, threads: 2 }) {
  const model = new AskCluster(shape);
  return { model, threads: model.threads as [MasterQuestions, MasterQuestions, MasterQuestions, MasterQuestions] };
}

test("cluster.counter() counts each call once, whatever the links lose", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat({ max: 1 }), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 60 })), {
        maxLength: 10,
      }),
      async (breaks) => {
        const model = new AskCluster({ workers: 2, threads: 2, delayMs: 7 });
        const sums: number[] = [];
        let asked = 0;
        const ask = () => {
          for (const thread of model.threads) {
            asked++;
            const withdraw = provideMasterPort(thread);
            void cluster.counter("orders").add(1).then((sum) => sums.push(sum));
            withdraw();
          }
        };
        for (const [index, afterMs, awayMs] of breaks) {
          ask();
          await model.clock.advance(afterMs);
          const worker = model.workers[index];
          if (worker === undefined) continue;
          model.disconnect(worker);
          ask();
          await model.clock.advance(awayMs);
          model.connect(worker);
        }
        ask();
        await model.clock.advance(1000);
        assert.deepEqual(sums.toSorted((a, b) => a - b), Array.from({ length: asked }, (_, index) => index + 1));
      },
    ),
    { numRuns: 30 },
  );
});

test("cluster.counter() adds any number, and reads without adding", async () => {
  const { model, threads: [one, two] } = open();
  const added = inThread(one, () => cluster.counter("n").add(2.5));
  await model.clock.advance(10);
  const read = inThread(two, () => cluster.counter("n").value());
  await model.clock.advance(10);
  assert.deepEqual([added.got, read.got], [[2.5], [2.5]]);
});

test("cluster.barrier() lets all go on when the last has come, and then begins another round", async () => {
  const { model, threads } = open();
  const waiting = threads.slice(0, 3).map((thread) => inThread(thread, () => cluster.barrier("go", 4)));
  await model.clock.advance(2000);
  assert.deepEqual(waiting.map(({ got }) => got), [[], [], []]);
  const last = inThread(threads[3], () => cluster.barrier("go", 4));
  const next = inThread(threads[3], () => cluster.barrier("go", 4));
  await model.clock.advance(10);
  for (const { got } of [...waiting, last]) assert.equal(got[0], 2);
  assert.deepEqual(next.got, []);
  assert.deepEqual(model.lines, ['Barrier "go": 4 users continue, the first has waited 2.0 s']);
  const wrong = inThread(threads[0], () => cluster.barrier("go", 5));
  await model.clock.advance(10);
  assert.match(String(wrong.got[0]), /others wait there for 4, not 5/);
});

test("cluster.barrier(): who gives up, is stopped or lost is no party any more", async () => {
  const { model, threads } = open();
  const environment = new Environment();
  const lifecycle = new UserLifecycle(createDetachedContext(environment), 0);
  const user = createUser(Visitor, environment, lifecycle);
  const stopped = inThread(threads[0], () => cluster.barrier("go", 3, { user }));
  const late = inThread(threads[0], () => cluster.barrier("go", 3, { timeout: 1 }));
  await model.clock.advance(500);
  lifecycle.askToStop("finishRequest");
  await model.clock.advance(1500);
  assert.ok(stopped.got[0] instanceof StopUser);
  assert.match(
    String(late.got[0]),
    /Cannot wait at "go" for 3 users: so many have not come within 1 s; run more users, or/,
  );
  const lost = inThread(threads[2], () => cluster.barrier("go", 3));
  await model.clock.advance(10);
  const worker = model.workers[1];
  assert.ok(worker !== undefined);
  model.lose(worker);
  const two = [
    inThread(threads[0], () => cluster.barrier("go", 3)),
    inThread(threads[1], () => cluster.barrier("go", 3)),
  ];
  await model.clock.advance(100);
  assert.deepEqual(two.map(({ got }) => got), [[], []], "the lost one does not count");
  model.connect(worker);
  model.master.follow({ kind: "returned", worker: { id: worker.id } } as Parameters<typeof model.master.follow>[0]);
  await model.clock.advance(100);
  assert.equal(two[0]?.got.length, 1);
  assert.equal(lost.got.length, 1, "it is back, and in line");
});

test("cluster.once() runs in one user, all get its value as plain data", async () => {
  const { model, threads } = open();
  let runs = 0;
  const seed = async () => {
    runs++;
    await model.clock.sleep(300);
    return { at: new Date(5), id: 7 };
  };
  const all = threads.flatMap((thread) => [1, 2].map(() => inThread(thread, () => cluster.once("seed", seed))));
  await model.clock.advance(1000);
  assert.equal(runs, 1);
  for (const { got } of all) assert.deepEqual(got, [{ at: new Date(5), id: 7 }]);
  const later = inThread(threads[0], () => cluster.once("seed", seed));
  await model.clock.advance(10);
  assert.deepEqual(later.got, [{ at: new Date(5), id: 7 }]);
});

test("cluster.once() that throws fails for all, and is not run again", async () => {
  const { model, threads: [one, two] } = open();
  let runs = 0;
  const fail = () => {
    runs++;
    throw new TypeError("no shop");
  };
  const first = inThread(one, () => cluster.once("seed", fail));
  const second = inThread(two, () => cluster.once("seed", fail));
  await model.clock.advance(100);
  assert.match(String(first.got[0]), /^TypeError: no shop/);
  assert.match(String(second.got[0]), /Cannot run "seed" once: it failed where it was run: TypeError: no shop/);
  assert.equal(runs, 1);
});

test("cluster.once(): another one takes over from a user that stopped and a worker that is lost", async () => {
  const { model, threads } = open();
  const ran: string[] = [];
  const run = (who: string, end: () => Promise<string>) => () => {
    ran.push(who);
    return end();
  };
  const stopped = inThread(
    threads[2],
    () => cluster.once("seed", run("stopped", () => Promise.reject(new StopUser()))),
  );
  await model.clock.advance(10);
  const lost = inThread(threads[3], () => cluster.once("seed", run("lost", () => new Promise(() => {}))));
  await model.clock.advance(10);
  const heir = inThread(threads[0], () => cluster.once("seed", run("heir", () => Promise.resolve("value"))));
  await model.clock.advance(10);
  assert.deepEqual(ran, ["stopped", "lost"]);
  const worker = model.workers[1];
  assert.ok(worker !== undefined);
  model.lose(worker);
  await model.clock.advance(10);
  assert.deepEqual(ran, ["stopped", "lost", "heir"]);
  assert.deepEqual(heir.got, ["value"]);
  assert.ok(stopped.got[0] instanceof StopUser);
  assert.deepEqual(lost.got, []);
});

test("cluster.set() and cluster.get() share small values, and say what is too large or no data", async () => {
  const { model, threads: [one, two] } = open();
  const none = inThread(one, () => cluster.get("token"));
  await model.clock.advance(10);
  assert.deepEqual(none.got, [undefined]);
  const set = inThread(one, () => cluster.set("token", { key: new Map([["a", 1n]]) }));
  await model.clock.advance(10);
  const got = inThread(two, () => cluster.get("token"));
  await model.clock.advance(10);
  assert.deepEqual([set.got, got.got], [[undefined], [{ key: new Map([["a", 1n]]) }]]);
  const refused = [
    inThread(one, () => cluster.set("token", "x".repeat(70_000))),
    inThread(one, () => cluster.set("token", () => {})),
    inThread(one, () => cluster.set("", 1)),
  ];
  await model.clock.advance(10);
  assert.match(
    String(refused[0]?.got[0]),
    /Cannot set "token": it has 70002 characters as JSON, and a value may have 65536; share/,
  );
  assert.match(String(refused[1]?.got[0]), /Cannot set "token": data is a function; share texts, numbers, and lists/);
  assert.match(String(refused[2]?.got[0]), /a name has 1 to 256 characters/);
});

test("cluster.barrier() in each task does not fill the log", async () => {
  const { model, threads: [one] } = open();
  const rounds = Array.from({ length: 150 }, () => inThread(one, () => cluster.barrier("go", 1)));
  await model.clock.advance(10);
  assert.ok(rounds.every(({ got }) => got.length === 1));
  assert.equal(model.lines.length, 101);
  assert.equal(model.lines.at(-1), "Further barriers that users pass are not logged");
});

test("cluster.set() takes 64 KB of bytes as they are", async () => {
  const { model, threads: [one, two] } = open();
  const set = inThread(one, () => cluster.set("image", new Uint8Array(65_000).fill(200)));
  await model.clock.advance(10);
  const got = inThread(two, () => cluster.get<Uint8Array>("image"));
  const refused = inThread(one, () => cluster.set("image", new Uint8Array(66_000)));
  await model.clock.advance(10);
  assert.deepEqual(set.got, [undefined]);
  assert.deepEqual(got.got, [new Uint8Array(65_000).fill(200)]);
  assert.match(String(refused.got[0]), /Cannot set "image": it has 66002 characters as JSON, and a value may have/);
});

test("cluster.counter() refuses a sum beyond the numbers that are exact, and keeps the one before", async () => {
  const { model, threads: [one] } = open();
  const add = async (amount: number) => {
    const { got } = inThread(one, () => cluster.counter("n").add(amount));
    await model.clock.advance(10);
    return got[0];
  };
  assert.equal(await add(Number.MAX_SAFE_INTEGER - 1), Number.MAX_SAFE_INTEGER - 1);
  assert.match(
    String(await add(2)),
    /Cannot count "n": its sum would be 9007199254740992, beyond the numbers that are/,
  );
  assert.match(String(await add(Number.MAX_VALUE)), /its sum would be 1\.797/);
  assert.equal(await add(1), Number.MAX_SAFE_INTEGER);
});

test("cluster.once() whose value cannot be shared says so to all in one sentence", async () => {
  const { model, threads: [one, two] } = open();
  const first = inThread(one, () => cluster.once("seed", () => "x".repeat(70_000)));
  await model.clock.advance(10);
  const other = inThread(two, () => cluster.once("seed", () => "x"));
  await model.clock.advance(10);
  const reason = "it has 70002 characters as JSON, and a value may have 65536; share a part of it";
  assert.equal(String(first.got[0]), `LocustError: Cannot run "seed" once: ${reason}`);
  assert.equal(String(other.got[0]), `LocustError: Cannot run "seed" once: it failed where it was run: ${reason}`);
});

test("cluster says what a wrong call was, before it asks the master", async () => {
  const { model, threads: [one] } = open();
  const environment = new Environment();
  const user = createUser(Visitor, environment, new UserLifecycle(createDetachedContext(environment), 0));
  const text = (value: unknown) => value as string;
  const calls: readonly (readonly [call: () => Promise<unknown>, message: string])[] = [
    [
      async () => await cluster.counter(text(5)).add(),
      'Cannot use cluster.counter: its name is 5; pass a text, as in "orders"',
    ],
    [() => cluster.get(text(undefined)), 'Cannot use cluster.get: its name is undefined; pass a text, as in "orders"'],
    [
      () => cluster.counter("n").add(text("5") as never),
      'Cannot count "n": "5" is no number to add; pass a number, or nothing for 1',
    ],
    [
      () => cluster.barrier("go", undefined as never),
      'Cannot wait at "go": the number of users is undefined; pass a whole number from 1 on, as in cluster.barrier("go", 100)',
    ],
    [
      () => cluster.barrier("go", 2, user as never),
      'Cannot wait at "go" for 2 users: its options are an object (Visitor); write { user: this, timeout: 30 }',
    ],
    [
      () => cluster.get("token", 30 as never),
      'Cannot get "token": its options are 30; write { user: this, timeout: 30 }',
    ],
    [
      () => cluster.get("token", { seconds: 3 } as never),
      'Cannot get "token": its options are { seconds }; write { user: this, timeout: 30 }',
    ],
    [
      () => cluster.get("token", { timeout: text("30s") as never }),
      'Cannot get "token": timeout is "30s"; pass seconds above 0',
    ],
    [
      () => cluster.get("token", { user: "ada" as never }),
      'Cannot get "token": it got "ada" as the user that waits; pass this',
    ],
    [
      () => cluster.once("seed", text("run") as never),
      'Cannot run "seed" once: it got "run"; pass a function, as in cluster.once("seed", () => …)',
    ],
  ];
  const outcomes = calls.map(([call]) => inThread(one, call));
  await model.clock.advance(10);
  for (const [index, { got: [thrown] }] of outcomes.entries()) {
    assert.ok(thrown instanceof Error, `call ${index}`);
    assert.equal(thrown.message, calls[index]?.[1]);
  }
});

test("cluster takes a task set for its user, and any long limit", async () => {
  const { model, threads: [one] } = open();
  const environment = new Environment();
  const user = createUser(Visitor, environment, new UserLifecycle(createDetachedContext(environment), 0));
  const counted = inThread(one, () => cluster.counter("n").add(1, { user: { user }, timeout: Infinity }));
  await model.clock.advance(10);
  assert.deepEqual(counted.got, [1]);
});

test("cluster says that the master is away, and that the run ends", async () => {
  const { model, threads: [one] } = open();
  const worker = model.workers[0];
  assert.ok(worker !== undefined);
  model.disconnect(worker);
  const away = inThread(one, () => cluster.counter("n").add(1, { timeout: 2 }));
  const waiting = inThread(one, () => cluster.barrier("go", 2));
  await model.clock.advance(2500);
  assert.match(String(away.got[0]), /Cannot count "n": the master is not connected/);
  one.noteStop();
  await model.clock.advance(10);
  assert.ok(waiting.got[0] instanceof StopUser);
});

test("cluster goes on where a killed master was: counters, values, and who runs a task", async () => {
  const model = new AskCluster({ workers: 2, threads: 1, journalMs: 5 });
  const [one, two] = model.threads as [MasterQuestions, MasterQuestions];
  const added = inThread(one, () => cluster.counter("orders").add(3));
  const set = inThread(one, () => cluster.set("token", "x1"));
  const done = Promise.withResolvers<string>();
  let runs = 0;
  const run = () => {
    runs++;
    return done.promise;
  };
  const runner = inThread(one, () => cluster.once("seed", run));
  await model.clock.advance(100);
  model.killMaster();
  const during = inThread(two, () => cluster.counter("orders").add(1));
  const waiting = inThread(two, () => cluster.once("seed", run));
  await model.clock.advance(1000);
  model.resumeMaster();
  await model.clock.advance(100);
  assert.deepEqual([added.got, set.got, during.got, waiting.got], [[3], [undefined], [4], []]);
  const token = inThread(two, () => cluster.get("token"));
  done.resolve("seeded");
  await model.clock.advance(100);
  assert.deepEqual([token.got, runner.got, waiting.got, runs], [["x1"], ["seeded"], ["seeded"], 1]);
});
