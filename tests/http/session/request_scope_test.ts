import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "../../../src/base/clock.ts";
import { StopUser } from "../../../src/http/session/control_flow.ts";
import type { TransactionDelta } from "../../../src/protocol/measures_message.ts";
import { Histogram } from "../../../src/stats/histogram/histogram.ts";
import { Recorder } from "../../../src/stats/recording/recorder.ts";
import { FastHttpUser, HttpUser } from "../../../src/user/http_user.ts";
import { startCountingServer } from "../../support/counting_server.ts";
import { createStage } from "../../user/stage.ts";

/** Runs a task once in a user with real connections; gives `count/failures` of each transaction, and their busy times. */
async function runTask(Base: typeof HttpUser | typeof FastHttpUser, task: (user: HttpUser) => Promise<unknown>) {
  const system = await startCountingServer();
  const recorder = new Recorder({ clock: systemClock });
  const stage = createStage({ environment: { host: system.url }, runContext: { clock: systemClock, recorder } });
  class Visitor extends (Base as typeof HttpUser) {
    static override tasks = [async (user: unknown) => {
      await task(user as HttpUser);
      throw new StopUser();
    }];
  }
  await stage.start(Visitor).ended;
  await system.close();
  assert.deepEqual(stage.log, []);
  const transactions = (recorder.drain()?.measures ?? []).filter((each): each is TransactionDelta =>
    each.kind === "transaction"
  );
  const sumsOf = (read: (transaction: TransactionDelta) => Uint8Array) =>
    Object.fromEntries(transactions.map((each) => [each.name, Histogram.unpack(read(each)).sumUs / 1000]));
  return {
    counts: Object.fromEntries(transactions.map(({ name, failures, times }) => [
      name,
      `${Histogram.unpack(times).count}/${failures}`,
    ])),
    busyMs: sumsOf(({ busyTimes }) => busyTimes),
    timesMs: sumsOf(({ times }) => times),
  };
}

for (const Base of [HttpUser, FastHttpUser]) {
  test(`a transaction of a ${Base.name} fails by its own requests, however they are made`, async () => {
    const bad = "/x?status=500";
    const { counts } = await runTask(Base, async (user) => {
      const { client } = user;
      const run = (name: string, block: () => unknown) => user.transaction(name, async () => void await block());
      await run("good", () => client.get("/x"));
      await run("plain", () => client.get(bad));
      await run("named", () => client.get(bad, { name: "/x" }));
      await run("with options", () => client.post(bad, { json: { a: 1 } }));
      await run("judged a failure", () => client.get("/x", { catchResponse: (res) => res.failure("no") }));
      await run("judged a success", () => client.get(bad, { catchResponse: (res) => res.success() }));
      await run("in a block", async () => {
        await using res = await client.get("/x", { catchResponse: true });
        res.failure("no");
      });
      await run("rest", () => client.rest("GET", "/x", {}, () => {})); // the body is no JSON
      await run("fetch", () => client.fetch(bad));
      await run("refused", () => client.get("http://127.0.0.1:1/"));
      await run("good again", () => client.get("/x"));
    });
    assert.deepEqual(counts, {
      good: "1/0",
      plain: "1/1",
      named: "1/1",
      "with options": "1/1",
      "judged a failure": "1/1",
      "judged a success": "1/0",
      "in a block": "1/1",
      rest: "1/1",
      fetch: "1/1",
      refused: "1/1",
      "good again": "1/0",
    });
  });

  test(`transactions of a ${Base.name} that run at once have their own requests, on the same connections`, async () => {
    const { counts, busyMs, timesMs } = await runTask(Base, async (user) => {
      const visit = (name: string, status: number) =>
        user.transaction(name, async () => {
          for (let i = 0; i < 3; i++) {
            await user.client.get(`/x?status=${status}&ms=10`, { name: "/x" });
            await user.sleep(0.05);
          }
        });
      await Promise.all([visit("good", 200), visit("bad", 404), visit("good too", 204)]);
      await user.transaction("after", () => user.client.get("/x"));
    });
    assert.deepEqual(counts, { good: "1/0", bad: "1/1", "good too": "1/0", after: "1/0" });
    const busy = busyMs["good"] ?? 0;
    const thought = (timesMs["good"] ?? 0) - busy;
    assert.ok(
      busy >= 28 && thought >= 147,
      `three requests of 10 ms: ${busy} ms, three sleeps of 50 ms: ${thought} ms`,
    );
  });
}
