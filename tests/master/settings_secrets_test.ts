import { strict as assert } from "node:assert";
import { test } from "node:test";
import type { RunSettings } from "../../src/master/run_settings.ts";
import { maskSettings, unmaskSettings } from "../../src/master/settings_secrets.ts";

const SETTINGS: RunSettings = {
  plan: {
    runId: "r",
    host: "http://ada:lovelace@shop.test",
    seed: 1,
    stopTimeoutSeconds: 0,
    tags: [],
    excludeTags: [],
    userClasses: ["Shopper"],
    classSettings: [],
    equalWeights: false,
    options: { host: "http://ada:lovelace@shop.test", tenant: "acme", apiKey: "k-123", other: null },
    shared: null,
    phases: false,
  },
  classes: [],
  load: { kind: "users", users: 1, spawnRate: 1 },
  locustfile: "shop.ts",
  version: "1",
  secretOptions: ["apiKey", "other"],
};

test("maskSettings() hides secret options and the password of the host, and nothing else", () => {
  const masked = maskSettings(SETTINGS);
  assert.deepEqual(masked.plan.options, { host: "http://***@shop.test", tenant: "acme", apiKey: "***", other: null });
  assert.equal(masked.plan.host, "http://***@shop.test");
  assert.doesNotMatch(JSON.stringify(masked), /lovelace|k-123/);
  assert.deepEqual({ ...masked, plan: SETTINGS.plan }, SETTINGS);
});

test("unmaskSettings() takes the secrets of the command line, and the rest of the journal", () => {
  const current = {
    host: "http://ada:lovelace@shop.test",
    options: { host: "http://ada:lovelace@shop.test", tenant: "other", apiKey: "k-123" },
  };
  assert.deepEqual(unmaskSettings(maskSettings(SETTINGS), current), SETTINGS);
});

test("unmaskSettings() asks for each secret that is not given again", () => {
  assert.throws(() => unmaskSettings(maskSettings(SETTINGS), { host: undefined, options: {} }), {
    name: "UsageError",
    problems: [
      'Cannot resume the run: its option "apiKey" is a secret, which the journal does not hold; give it again',
      'Cannot resume the run: the journal does not hold the password of its host "http://***@shop.test"; give it again with -H',
    ],
  });
});
