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
    send: (id, message) => {
      const what = "host" in message ? message.host : "options" in message ? JSON.stringify(message.options) : "";
      sent.push(`${id} ${message.kind} ${what}`.trim());
    },
  });
  briefing.brief("w1");
  resets = 1;
  briefing.change({ kind: "host", host: "http://second.test" }, ["w1"]);
  briefing.change({ kind: "options", options: { tenant: "red" } }, ["w1"]);
  briefing.change({ kind: "options", options: { region: "eu" } }, ["w1"]);
  briefing.brief("w2");
  briefing.change({ kind: "host", host: null }, ["w1", "w2"]);
  assert.deepEqual(sent, [
    "w1 startRun",
    "w1 changeHost http://second.test",
    'w1 changeOptions {"tenant":"red"}',
    'w1 changeOptions {"region":"eu"}',
    "w2 startRun",
    "w2 resetStats",
    "w2 changeHost http://second.test",
    'w2 changeOptions {"tenant":"red","region":"eu"}',
    "w1 changeHost",
    "w2 changeHost",
  ]);
});
