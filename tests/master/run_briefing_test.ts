import { strict as assert } from "node:assert";
import { test } from "node:test";
import { RunBriefing } from "../../src/master/run_briefing.ts";
import { PLAN } from "../support/pool_fixture.ts";

test("RunBriefing.brief() sends a worker that comes late everything that has changed since the start", () => {
  let resets = 0;
  const sent: string[] = [];
  const briefing = new RunBriefing({
    plan: PLAN,
    resets: () => resets,
    send: (id, message) => void sent.push(`${id} ${message.kind} ${"host" in message ? message.host : ""}`.trim()),
  });
  briefing.brief("w1");
  resets = 1;
  briefing.changeHost("http://second.test", ["w1"]);
  briefing.brief("w2");
  briefing.changeHost(null, ["w1", "w2"]);
  assert.deepEqual(sent, [
    "w1 startRun",
    "w1 changeHost http://second.test",
    "w2 startRun",
    "w2 resetStats",
    "w2 changeHost http://second.test",
    "w1 changeHost",
    "w2 changeHost",
  ]);
});
