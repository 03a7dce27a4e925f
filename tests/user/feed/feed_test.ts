import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { after, test } from "node:test";
import type { MasterQuestions } from "../../../src/control/master_questions.ts";
import { StopTest, StopUser } from "../../../src/http/session/control_flow.ts";
import { provideMasterPort } from "../../../src/user/cluster/master_port.ts";
import { Environment } from "../../../src/user/environment.ts";
import { type Feed, feed } from "../../../src/user/feed/feed.ts";
import { createUser } from "../../../src/user/lifecycle/create_user.ts";
import { createDetachedContext } from "../../../src/user/lifecycle/run_context.ts";
import { UserLifecycle } from "../../../src/user/lifecycle/user_lifecycle.ts";
import { User } from "../../../src/user/user.ts";
import { AskCluster } from "../../support/ask_cluster.ts";

class Plain extends User {}

const folder = mkdtempSync(join(tmpdir(), "locust-ts-feeds-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function csvFile(name: string, rows: number): string {
  const path = join(folder, name);
  writeFileSync(path, "id\n" + Array.from({ length: rows }, (_, index) => `${index}\n`).join(""));
  return path;
}

/** What a call in the thread of `port` comes to, while time passes. */
async function inThread<T>(cluster: AskCluster, port: MasterQuestions, call: () => Promise<T>): Promise<T> {
  const withdraw = provideMasterPort(port);
  const result = call();
  withdraw();
  let isSettled = false;
  result.catch(() => {}).finally(() => isSettled = true);
  for (let step = 0; !isSettled && step < 20_000; step++) await cluster.clock.advance(1); // files are real, and take their time
  assert.ok(isSettled, "it waits for ever");
  return await result;
}

async function draw(cluster: AskCluster, port: MasterQuestions, rows: Feed<{ id: string }>, count: number) {
  const drawn: number[] = [];
  for (let index = 0; index < count; index++) {
    drawn.push(Number((await inThread(cluster, port, () => rows.next())).id));
  }
  return drawn;
}

const sorted = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b);
const upTo = (size: number) => Array.from({ length: size }, (_, index) => index);

test("feed.csv() in sequence: threads of a machine take turns, and begin again", async () => {
  const cluster = new AskCluster({ workers: 1, threads: 2 });
  const [first, second] = cluster.threads as [MasterQuestions, MasterQuestions];
  const rows = feed.csv<{ id: string }>(csvFile("turns.csv", 5));
  assert.deepEqual(await draw(cluster, first, rows, 4), [0, 1, 2, 3]);
  assert.deepEqual(await draw(cluster, second, rows, 3), [4, 0, 1]);
  await cluster.clock.advance(2000);
  assert.deepEqual(cluster.feeds, [{ name: rows.name, rows: 5, used: 7, left: null, unsure: 0 }]);
});

test("feed.csv() gives all rows to one thread too, where the others of its machine have no users", async () => {
  for (const order of ["sequence", "shuffle"] as const) {
    const cluster = new AskCluster({ workers: 2, threads: 4 });
    const rows = feed.csv<{ id: string }>(csvFile(`alone-${order}.csv`, 8), { order });
    for (const port of [cluster.threads[1], cluster.threads[5]] as MasterQuestions[]) {
      assert.deepEqual(sorted(await draw(cluster, port, rows, 8)), upTo(8), order);
    }
  }
});

test("feed.csv() shuffled: each pass has all rows, in another order", async () => {
  const cluster = new AskCluster({ workers: 1, threads: 1 });
  const [port] = cluster.threads as [MasterQuestions];
  const rows = feed.csv<{ id: string }>(csvFile("shuffled.csv", 100), { order: "shuffle" });
  const passes = [await draw(cluster, port, rows, 100), await draw(cluster, port, rows, 100)];
  for (const pass of passes) {
    assert.deepEqual(sorted(pass), upTo(100));
    assert.notDeepEqual(pass, upTo(100));
  }
  assert.notDeepEqual(passes[0], passes[1]);
});

test("feed.csv() at random: rows repeat, and the seed decides which", async () => {
  const drawOf = async () => {
    const cluster = new AskCluster({ workers: 1, threads: 2 });
    const [first, second] = cluster.threads as [MasterQuestions, MasterQuestions];
    const rows = feed.csv<{ id: string }>(csvFile("random.csv", 20), { order: "random" });
    return [await draw(cluster, first, rows, 60), await draw(cluster, second, rows, 60)] as const;
  };
  const [one, again] = [await drawOf(), await drawOf()];
  assert.deepEqual(one, again);
  assert.notDeepEqual(one[0], one[1]);
  assert.ok(new Set(one[0]).size > 12);
});

test("feed.csv() with unique rows: each once over all threads and workers, then onEnd", async () => {
  const cluster = new AskCluster({ workers: 2, threads: 2 });
  const rows = feed.csv<{ id: string }>(csvFile("unique.csv", 40), { unique: "run", order: "shuffle" });
  const drawn: number[] = [];
  for (let round = 0; round < 10; round++) {
    for (const thread of cluster.threads) drawn.push(...await draw(cluster, thread, rows, 1));
  }
  assert.deepEqual(sorted(drawn), upTo(40));
  assert.notDeepEqual(drawn, upTo(40));
  for (const thread of cluster.threads) {
    await assert.rejects(inThread(cluster, thread, () => rows.next()), StopUser);
    await assert.rejects(inThread(cluster, thread, () => rows.next()), StopUser);
  }
  assert.deepEqual(cluster.feeds, [{ name: rows.name, rows: 40, used: 40, left: 0, unsure: 0 }]);
  assert.deepEqual(cluster.workers[0]?.lines, [
    `All rows of "${rows.name}" are used up; users that need another one end`,
    `All rows of "${rows.name}" are used up; users that need another one end`,
  ], "one of each thread: a node logs one of them");
});

test("feed.list() with onEnd stopTest ends the test, with wait it waits for the end of the run", async () => {
  const cluster = new AskCluster({ workers: 1, threads: 1 });
  const [port] = cluster.threads as [MasterQuestions];
  const ending = feed.list(["a"], { onEnd: "stopTest" });
  assert.equal(await inThread(cluster, port, () => ending.next()), "a");
  await assert.rejects(inThread(cluster, port, () => ending.next()), StopTest);
  const waiting = feed.list(["b"], { onEnd: "wait" });
  assert.equal(await inThread(cluster, port, () => waiting.next()), "b");
  const ends: string[] = [];
  const withdraw = provideMasterPort(port);
  waiting.next().catch((thrown: Error) => ends.push(thrown.name));
  withdraw();
  await cluster.clock.advance(60_000);
  assert.deepEqual(ends, []);
  port.noteStop();
  await cluster.clock.advance(10);
  assert.deepEqual(ends, ["StopUser"]);
});

test("feed.generate() uses each number once over the cluster, or by turns", async () => {
  const cluster = new AskCluster({ workers: 2, threads: 1 });
  const [first, second] = cluster.threads as [MasterQuestions, MasterQuestions];
  const ids = feed.generate((number) => ({ id: `${number}` }));
  const drawn = [...await draw(cluster, first, ids, 30), ...await draw(cluster, second, ids, 30)];
  assert.equal(new Set(drawn).size, 60);
  const some = feed.generate((number) => ({ id: `${number}` }), { size: 2, unique: "none" });
  assert.deepEqual(await draw(cluster, first, some, 3), [0, 1, 0]);
});

test("feed.csv() with shard gives each worker a part of its own, and all parts are all rows", async () => {
  const cluster = new AskCluster({ workers: 3, threads: 1 });
  const rows = feed.csv<{ id: string }>(csvFile("shard.csv", 10), { shard: true, unique: "run" });
  const drawn: number[] = [];
  for (const [index, thread] of cluster.threads.entries()) {
    const part = await draw(cluster, thread, rows, index === 2 ? 4 : 3);
    drawn.push(...part);
    await assert.rejects(inThread(cluster, thread, () => rows.next()), StopUser);
  }
  assert.deepEqual(drawn, upTo(10));
});

test("feed.csv() refuses another size on another worker", async () => {
  const cluster = new AskCluster({ workers: 2, threads: 1 });
  const [first, second] = cluster.threads as [MasterQuestions, MasterQuestions];
  const path = csvFile("sizes.csv", 3);
  const rows = feed.csv<{ id: string }>(path, { unique: "run" });
  await draw(cluster, first, rows, 1);
  const asked = second.ask({ kind: "lease", name: `feed ${path}`, size: 4, want: 1, used: 0 }, { what: "draw" });
  asked.catch(() => {});
  await cluster.clock.advance(10);
  await assert.rejects(asked, /Cannot draw: it has 4 rows here and 3 rows in another thread/);
});

test("feed in a field is one for all users, and a stop of its user ends the wait", async () => {
  class Visitor extends User {
    rows = feed.csv<{ id: string }>(csvFile("field.csv", 2), { onEnd: "wait" });
  }
  const environment = new Environment();
  const cluster = new AskCluster({ workers: 1, threads: 1 });
  const [port] = cluster.threads as [MasterQuestions];
  const lifecycles = [0, 1, 2].map((index) => new UserLifecycle(createDetachedContext(environment), index));
  const [one, two, three] = lifecycles.map((lifecycle) => createUser(Visitor, environment, lifecycle));
  assert.ok(one !== undefined && two !== undefined && three !== undefined);
  assert.equal((await inThread(cluster, port, () => one.rows.next())).id, "0");
  assert.equal((await inThread(cluster, port, () => two.rows.next())).id, "1");
  const withdraw = provideMasterPort(port);
  const waiting = three.rows.next();
  withdraw();
  waiting.catch(() => {});
  await cluster.clock.advance(5000);
  lifecycles[2]?.askToStop("finishRequest");
  await assert.rejects(waiting, StopUser);
});

test("feed refuses what contradicts itself, and what would not be shared", () => {
  const path = csvFile("options.csv", 1);
  assert.throws(() => feed.csv(path, { unique: "run", onEnd: "recycle" }), /unique cannot be recycled/);
  assert.throws(() => feed.csv(path, { unique: "none", onEnd: "stopTest" }), /never comes/);
  const stray = [
    ["ordr", 'did you mean "order"\\?'],
    ["strategy", 'write order: "random" or "shuffle", and onEnd'],
    ["delimiter", 'write separator: ";"'],
    ["sharingMode", 'write unique: "run" for rows that are used once'],
    ["shared", 'write unique: "run" for rows that are used once; rows that may repeat'],
    ["ignoreFirstLine", "the first row names the columns"],
    ["dynamicTyping", "cells of CSV are texts; write Number"],
    ["colour", "they are name, order, unique"],
  ] as const;
  for (const [option, advice] of stray) {
    assert.throws(() => feed.csv(path, { [option]: "x" }), new RegExp(`there is no option "${option}"; ${advice}`));
  }
  assert.throws(
    () => feed.jsonl(path, { header: true } as object),
    /feed\.jsonl has no option "header"; its options are/,
  );
  assert.throws(() => feed.list([1], { at: "worker" } as object), /feed\.list has no option "at"/);
  assert.throws(() => feed.csv(path, { order: "up" as "random" }), /order is "up"; it can be "sequence"/);
  assert.throws(() => feed.csv(path, { order: "circular" as "random" }), /order is "circular"; rows begin again when/);
  assert.throws(() => feed.csv(path, { order: "queue" as "random" }), /write onEnd: "stopTest", or "stopUser"/);
  assert.throws(() => feed.csv(path, { unique: "once" as "run" }), /unique is "once"; write unique: "run"/);
  assert.throws(() => feed.csv(path, { separator: ", " }), /separator is ", "; it is one character/);
  assert.throws(() => feed.list([]), /the list is empty/);
  feed.csv(path, { order: "random" });
  assert.throws(() => feed.csv(path), /Cannot make another feed ".*options.csv" with other options/);
  feed.csv(path, { name: "again" });
  class Listing extends User {
    items = feed.list([1]);
  }
  const environment = new Environment();
  const lifecycle = new UserLifecycle(createDetachedContext(environment), 0);
  assert.throws(() => createUser(Listing, environment, lifecycle), /in a field: each user would have its own/);
});

test("feed says what is wrong with an argument, and never as the engine would", () => {
  const path = csvFile("arguments.csv", 1);
  const calls: readonly (readonly [call: () => unknown, message: RegExp])[] = [
    [
      () => feed.csv(undefined as never),
      /^Cannot make a feed: its path is undefined; write that of a file, as in feed\.csv\("users\.csv"\)$/,
    ],
    [() => feed.jsonl("" as never), /its path is ""; .*feed\.jsonl\("users\.jsonl"\)$/],
    [
      () => feed.csv(path, "random" as never),
      /its options are "random"; write an object, as in \{ order: "random" \}$/,
    ],
    [() => feed.csv(path, null as never), /its options are null; /],
    [() => feed.csv(path, { name: 5 } as never), /its name is 5; write a text/],
    [() => feed.csv(path, { shard: "yes" } as never), /shard is "yes"; it can be true or false$/],
    [() => feed.csv(path, { unique: true } as never), /unique is true; write unique: "run"$/],
    [() => feed.csv(path, { separator: 5 } as never), /separator is 5; it is one character/],
    [
      () => feed.csv(path, { header: "a,b" } as never),
      /header is "a,b"; it can be a list of names, as in \["name", "password"\]/,
    ],
    [() => feed.csv(path, { header: ["a", "b", "a"] }), /header names the column "a" twice/],
    [
      () => feed.sqlite(path, undefined as never),
      /its query is undefined; write SQL, as in "SELECT name, password FROM users"$/,
    ],
    [() => feed.list("ada" as never), /it is of "ada"; pass a list/],
    [() => feed.list(new Set([1]) as never), /it is of an object \(Set\); pass a list/],
    [() => feed.list(undefined as never, null as never), /it is of undefined; pass a list/],
    [() => feed.list([1, undefined, 3]), /item 1 of its list is undefined; leave it out$/],
    [() => feed.generate(5 as never), /it is of 5; pass a function of a number/],
    [() => feed.generate((n) => n, { size: -1 }), /size is -1; it is a whole number from 1 on$/],
    [
      () => feed.generate(function* () {} as never),
      /its function is a generator \(function\*\); pass one that returns/,
    ],
    [() => feed.generate((n) => n, { order: "random" }), /have no random order; write size beside order: "random"$/],
    [() => feed.generate((n) => n, { order: "shuffle" }), /write size beside order: "shuffle"$/],
    [() => feed.generate((n) => n, null as never), /its options are null; /],
  ];
  for (const [call, message] of calls) assert.throws(call, { code: "feed", message });
});

test("a feed says what to write for the words of other tools, and for what a list has", () => {
  const rows = feed.csv(csvFile("words.csv", 3)) as unknown as {
    queue(): void;
    shuffle(): void;
    readonly length: number;
    [Symbol.iterator](): Iterator<unknown>;
    [Symbol.asyncIterator](): AsyncIterator<unknown>;
  };
  assert.throws(
    () => rows.queue(),
    /^LocustError: Cannot use queue\(\) of the feed ".*words\.csv": .*write \{ onEnd: "stopTest" \}/,
  );
  assert.throws(() => rows.shuffle(), /write \{ order: "shuffle" \}/);
  assert.throws(
    () => rows.length,
    /Cannot use length of the feed .*write await rows\.next\(this\), and \{ order: "random" \}/,
  );
  assert.throws(
    () => [...rows as unknown as number[]],
    /Cannot go through the rows of the feed .*each call gives one row/,
  );
  assert.throws(() => rows[Symbol.asyncIterator](), /Cannot go through the rows/);
  assert.match(inspect(rows), /words\.csv/); // it can be printed
  assert.deepEqual(Object.keys(rows), ["name", "next"]);
});

test("next() takes a user or a task set of it, and refuses others", async () => {
  const cluster = new AskCluster({ workers: 1, threads: 1 });
  const [port] = cluster.threads as [MasterQuestions];
  const rows = feed.list(["a"], { name: "waiters" });
  const environment = new Environment();
  const user = createUser(Plain, environment, new UserLifecycle(createDetachedContext(environment), 0));
  assert.equal(await inThread(cluster, port, () => rows.next({ user })), "a");
  assert.throws(() => rows.next("ada" as never), {
    message: 'Cannot get the next row of "waiters": it got "ada" as the user that waits; pass this',
  });
  const forgotten = feed.generate((id) => void id, { name: "forgotten" });
  await assert.rejects(inThread(cluster, port, () => forgotten.next()), {
    message:
      'Cannot make a row of "forgotten": its function returned undefined; return a value, as in (number) => ({ id: number })',
  });
});

test("feed outside of a run says so", async () => {
  await assert.rejects(feed.list([1]).next(), { code: "no_run" });
});
