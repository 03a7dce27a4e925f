/** What is said of a task that does not wait for its requests, and of those that only look so. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { StopUser } from "../../src/http/session/control_flow.ts";
import { FastHttpUser, HttpUser } from "../../src/user/http_user.ts";
import { openHttpSystem } from "../support/http_system.ts";
import { createStage } from "../user/stage.ts";

/** Both as one type: with `await` on everything the same code runs on either. */
const CLIENTS: readonly (typeof HttpUser)[] = [HttpUser, FastHttpUser as unknown as typeof HttpUser];

/** What nobody waits for; its user may be gone before it ends. */
const forget = (promise: Promise<unknown>) => void promise.catch(() => {});

type Work = (user: HttpUser) => unknown;

/** What is warned of when a user does `work` three times. */
async function warningsOf(Client: typeof HttpUser, work: Work, onStart?: Work): Promise<readonly string[]> {
  await using system = await openHttpSystem();
  const stage = createStage();
  let rounds = 0;
  class Worker extends Client {
    static override host = system.url;
    static override tasks = [function work_(user: Worker) {
      if (++rounds === 4) throw new StopUser();
      return work(user);
    }];
    override async onStart() {
      await onStart?.(this);
    }
  }
  await stage.start(Worker).ended;
  return stage.log.filter((line) => line.startsWith("WARNING"));
}

for (const Client of CLIENTS) {
  test(`${Client.name}: a task that ends before its requests is told of, once`, async () => {
    const warnings = await warningsOf(Client, (user) => {
      forget(user.client.get("/a"));
      forget(user.client.get("/b"));
    });
    assert.equal(warnings.length, 1, warnings.join("\n"));
    assert.match(
      warnings[0]!,
      /"Worker\.work_" ended before any answer to its requests.*write "await this\.client\.get/,
    );
  });

  test(`${Client.name}: a task that does not wait for its pause is told of, once`, async () => {
    const warnings = await warningsOf(Client, async (user) => {
      await user.client.get("/a");
      forget(user.sleep(60));
    });
    assert.equal(warnings.length, 1, warnings.join("\n"));
    assert.match(warnings[0]!, /"Worker\.work_" ended while a pause that it began was on.*write "await this\.sleep/);
  });

  test(`${Client.name}: nothing is said of a pause that somebody waits for, though the task ends before it`, async () => {
    const races: readonly Work[] = [
      (user) => Promise.race([user.client.get("/a"), user.sleep(60)]),
      (user) => Promise.any([user.client.get("/a"), user.sleep(60)]),
      (user) => Promise.race([user.client.get("/a"), (async () => await user.sleep(60))()]),
      (user) => Promise.race([user.client.get("/a"), user.sleep(60).then(() => "too slow")]),
      (user) => Promise.race([user.client.get("/a"), user.wait()]),
      async (user) => {
        const limit = user.sleep(60);
        await user.client.get("/a");
        await Promise.race([user.client.get("/b"), limit]);
      },
    ];
    for (const race of races) assert.deepEqual(await warningsOf(Client, race), []);
  });

  test(`${Client.name}: a pause beside one that is waited for is told of`, async () => {
    const warnings = await warningsOf(Client, async (user) => {
      forget(user.sleep(60));
      await Promise.race([user.client.get("/a"), user.sleep(60)]);
    });
    assert.equal(warnings.length, 1, warnings.join("\n"));
  });

  test(`${Client.name}: nothing is said of a pause that onStart began`, async () => {
    const fromStart: Work = (user) => forget(user.sleep(60));
    assert.deepEqual(await warningsOf(Client, async (user) => void await user.client.get("/a"), fromStart), []);
  });

  test(`${Client.name}: an async task that uses an answer it has not waited for is told of`, async () => {
    const warnings = await warningsOf(Client, async (user) => {
      const res = user.client.get("/a");
      forget(res);
      await Promise.resolve((res as unknown as { readonly ok: boolean }).ok);
    });
    assert.equal(warnings.length, 1, warnings.join("\n"));
  });

  test(`${Client.name}: nothing is said of requests side by side, of some that are not waited for, of others' requests`, async () => {
    const together: Work = (user) => Promise.all([user.client.get("/a"), user.client.get("/b")]);
    const beacon: Work = async (user) => {
      await user.client.get("/a");
      forget(user.client.get("/beacon"));
    };
    const background: Work = (user) => {
      forget((async () => {
        for (let round = 0; round < 5; round++) await user.client.get("/poll");
      })());
    };
    assert.deepEqual(await warningsOf(Client, together), []);
    assert.deepEqual(await warningsOf(Client, beacon), []);
    assert.deepEqual(await warningsOf(Client, () => {}, background), []);
  });
}
