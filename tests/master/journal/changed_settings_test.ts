import assert from "node:assert/strict";
import { test } from "node:test";
import { withChange } from "../../../src/master/journal/changed_settings.ts";
import type { JournalLine } from "../../../src/master/journal/journal_line.ts";
import type { RunSettings } from "../../../src/master/run_settings.ts";

const USERS = {
  plan: { runId: "run", host: "http://old", options: { region: "north", depth: 2 } },
  load: { kind: "users", users: 5, spawnRate: 1 },
} as unknown as RunSettings;

function change(settings: RunSettings, line: Record<string, unknown>): RunSettings {
  return withChange(settings, line as unknown as JournalLine);
}

test("withChange() takes the users of the last ramp, where users are the load", () => {
  const ramp = { kind: "rampStarted", users: 9, spawnRate: 3, fromUsers: 5 };
  assert.deepEqual(change(USERS, ramp).load, { kind: "users", users: 9, spawnRate: 3 });
  const shaped = { ...USERS, load: { kind: "shape", shape: "Peak" } } as unknown as RunSettings;
  assert.equal(change(shaped, ramp), shaped);
});

test("withChange() takes the last host, or none", () => {
  assert.equal(change(USERS, { kind: "hostChanged", host: "http://new" }).plan.host, "http://new");
  assert.equal("host" in change(USERS, { kind: "hostChanged", host: null }).plan, false);
});

test("withChange() lays options over those that stay", () => {
  const { plan } = change(USERS, { kind: "optionsChanged", options: { region: "south" } });
  assert.deepEqual(plan.options, { region: "south", depth: 2 });
});

test("withChange() leaves settings as they are for a rate that the run has not, and for other lines", () => {
  assert.equal(change(USERS, { kind: "rateChanged", rate: "9/s", elapsedMs: 1 }), USERS);
  assert.equal(change(USERS, { kind: "ticked" }), USERS);
});
