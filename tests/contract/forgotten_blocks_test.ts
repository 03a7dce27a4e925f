/** What user code leaves behind when a `catchResponse: true` response is not disposed, or is disposed while an error passes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { RescheduleTask, StopUser } from "../../src/http/session/control_flow.ts";
import { FastHttpUser, HttpUser } from "../../src/user/http_user.ts";
import { openHttpSystem } from "../support/http_system.ts";
import { countRequests, createStage } from "../user/stage.ts";

/** Both as one type: with `await` on everything the same code runs on either. */
const CLIENTS: readonly (typeof HttpUser)[] = [HttpUser, FastHttpUser as unknown as typeof HttpUser];

for (const Client of CLIENTS) {
  test(`${Client.name}: a response that nobody disposed is counted at the end of its task, and told once`, async () => {
    await using system = await openHttpSystem({ "/bad": (_request, response) => response.writeHead(500).end() });
    const stage = createStage();
    let rounds = 0;
    class Forgetful extends Client {
      static override host = system.url;
      static override tasks = [async (user: Forgetful) => {
        await user.client.get("/ok", { catchResponse: true });
        const bad = await user.client.get("/bad", { catchResponse: true });
        if (rounds === 0) bad.success();
        if (++rounds === 3) throw new StopUser();
      }];
    }
    const user = stage.start(Forgetful);
    await user.ended;
    const delta = stage.recorder.drain()!;
    assert.deepEqual(delta.entries.map((row) => [row.name, row.requests, row.failures]), [["/ok", 3, 0], [
      "/bad",
      3,
      2,
    ]]);
    const warnings = stage.log.filter((line) => line.startsWith("WARNING"));
    assert.equal(warnings.length, 2, warnings.join("\n"));
    assert.match(warnings[0]!, /did not end the catchResponse block of GET \/ok/);
    assert.deepEqual(stage.ends, ["stoppedItself"]);
  });

  test(`${Client.name}: a stop does not wait for a response that nobody disposed`, async () => {
    await using system = await openHttpSystem();
    const stage = createStage();
    const asked = Promise.withResolvers<void>();
    class Forgetful extends Client {
      static override host = system.url;
      static override tasks = [async (user: Forgetful) => {
        await user.client.get("/", { catchResponse: true });
        asked.resolve();
        await user.sleep(1000);
      }];
    }
    const user = stage.start(Forgetful);
    await asked.promise;
    user.stop("finishRequest");
    await user.ended; // the clock stands still: nothing waited for a time to pass
    assert.deepEqual(countRequests(stage.recorder), { "/": 1 });
    assert.deepEqual(stage.ends, ["stopped"]);
  });

  test(`${Client.name}: control flow thrown at the end of a block is obeyed although the block threw, too`, async () => {
    await using system = await openHttpSystem();
    const stage = createStage();
    let rounds = 0;
    stage.environment.events.request.addListener(() => {
      throw rounds < 3 ? new RescheduleTask() : new StopUser();
    });
    class Throwing extends Client {
      static override host = system.url;
      static override tasks = [async (user: Throwing) => {
        rounds++;
        await using _res = await user.client.get("/", { catchResponse: true });
        throw new TypeError("in the block");
      }];
    }
    const user = stage.start(Throwing);
    await user.ended;
    assert.equal(rounds, 3);
    assert.deepEqual(countRequests(stage.recorder), { "/": 3 });
    assert.deepEqual(stage.ends, ["stoppedItself"]);
  });
}
