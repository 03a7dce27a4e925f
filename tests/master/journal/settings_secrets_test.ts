import { strict as assert } from "node:assert";
import { test } from "node:test";
import type { RunSettings } from "../../../src/master/run_settings.ts";
import { planScenario } from "../../support/scenario_plans.ts";
import { maskSettings, unmaskSettings } from "../../../src/master/journal/settings_secrets.ts";

const SETTINGS: RunSettings = {
  plan: {
    runId: "r",
    host: "http://ada:lovelace@shop.test",
    seed: 1,
    stopTimeoutSeconds: 0,
    tags: [],
    excludeTags: [],
    userClasses: ["Shopper"],
    classSettings: [{ user_class_name: "Shopper", host: "https://bob:marley@api.test", weight: 2 }],
    equalWeights: false,
    options: {
      host: "http://ada:lovelace@shop.test",
      tenant: "acme",
      apiKey: "k-123",
      other: null,
      hooks: ["http://h.test/?token=t-9"],
    },
    shared: null,
    phases: false,
  },
  classes: [],
  load: { kind: "users", users: 1, spawnRate: 1 },
  locustfile: "shop.ts",
  version: "1",
  secretOptions: ["apiKey", "other"],
};

test("maskSettings() hides secret options and the passwords of URLs, wherever they stand, and nothing else", () => {
  const masked = maskSettings(SETTINGS);
  assert.deepEqual(masked.plan.options, {
    host: "http://***@shop.test",
    tenant: "acme",
    apiKey: "***",
    other: null,
    hooks: ["http://h.test/?token=***"],
  });
  assert.deepEqual(masked.plan.classSettings, [{
    user_class_name: "Shopper",
    host: "https://***@api.test",
    weight: 2,
  }]);
  assert.equal(masked.plan.host, "http://***@shop.test");
  assert.doesNotMatch(JSON.stringify(masked), /lovelace|k-123|marley|t-9/);
  assert.deepEqual({ ...masked, plan: SETTINGS.plan }, SETTINGS);
});

test("unmaskSettings() takes the secrets of the command line, and the rest of the journal", () => {
  const current = {
    host: "http://ada:lovelace@shop.test",
    options: {
      host: "http://ada:lovelace@shop.test",
      tenant: "other",
      apiKey: "k-123",
      hooks: SETTINGS.plan.options["hooks"] ?? [],
    },
    classSettings: SETTINGS.plan.classSettings,
  };
  assert.deepEqual(unmaskSettings(maskSettings(SETTINGS), current), SETTINGS);
});

test("unmaskSettings() does not take the host of the start for one that was changed to during the run", () => {
  const moved = maskSettings({ ...SETTINGS, plan: { ...SETTINGS.plan, host: "http://ada:lovelace@other.test" } });
  const current = { host: "http://ada:lovelace@shop.test", options: { apiKey: "k", hooks: [] }, classSettings: [{}] };
  assert.throws(() => unmaskSettings(moved, current), {
    problems: [
      'Cannot resume the run: its host is "http://***@other.test" by now, and the journal does not hold the password; ' +
      "give this host with -H",
    ],
  });
  const host = "http://ada:lovelace@other.test";
  assert.equal(unmaskSettings(moved, { ...current, host }).plan.host, host);
});

test("unmaskSettings() asks for each secret that is not given again", () => {
  assert.throws(() => unmaskSettings(maskSettings(SETTINGS), { host: undefined, options: {}, classSettings: [] }), {
    name: "UsageError",
    problems: [
      'Cannot resume the run: its option "apiKey" is a secret, which the journal does not hold; give it again',
      'Cannot resume the run: its option "hooks" is a secret, which the journal does not hold; give it again',
      'Cannot resume the run: the journal does not hold the password of its host "http://***@shop.test"; give it again with -H',
      "Cannot resume the run: --config-users holds the password of a URL, which the journal does not hold; give it again",
    ],
  });
});

test("maskSettings() hides secrets of scenarios, and unmaskSettings() takes them from the locustfile", () => {
  const scenarios = [
    planScenario("buy", { host: "http://ada:marley@buy.test", options: { apiKey: "k-9", tenant: "b" } }),
  ];
  const settings = {
    ...SETTINGS,
    plan: { ...SETTINGS.plan, options: {}, classSettings: [], scenarios },
    load: { kind: "scenarios" as const, scenarios },
  };
  const masked = maskSettings(settings);
  assert.doesNotMatch(JSON.stringify(masked), /marley|k-9/);
  assert.deepEqual(masked.plan.scenarios?.[0]?.options, { apiKey: "***", tenant: "b" });
  const current = { host: SETTINGS.plan.host, options: {}, classSettings: [] };
  assert.deepEqual(unmaskSettings(masked, { ...current, scenarios }), settings);
  assert.throws(() => unmaskSettings(masked, current), /does not hold the secrets of its scenario "buy"/);
});
