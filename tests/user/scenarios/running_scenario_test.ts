import assert from "node:assert/strict";
import { test } from "node:test";
import { Recorder } from "../../../src/stats/recording/recorder.ts";
import { RequestHook } from "../../../src/user/events/request_hook.ts";
import { checks } from "../../../src/user/measures/checks.ts";
import { measureIn } from "../../../src/user/measures/measure_sink.ts";
import { runInScenario, runningScenario } from "../../../src/user/scenarios/running_scenario.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { letRealTimePass } from "../../support/real_time.ts";

/** What users of scenarios do side by side, each in turns with the others; resolves when all have ended. */
async function sideBySide(
  scenarios: readonly (string | undefined)[],
  work: (scenario: string | undefined) => Promise<unknown>,
): Promise<void> {
  const ended: Promise<unknown>[] = [];
  for (const scenario of scenarios) {
    runInScenario(scenario, () => {
      ended.push((async () => {
        for (let turn = 0; turn < 3; turn++) {
          await letRealTimePass(1);
          await work(scenario);
        }
      })());
    });
  }
  await Promise.all(ended);
}

function createHook() {
  const clock = new FakeClock();
  const recorder = new Recorder({ clock });
  const hook = new RequestHook();
  hook.countIn({ recorder, clock });
  measureIn({ recorder, clock, errors: { warnOnce: () => {} } });
  return { recorder, hook };
}

test("runningScenario() is that of the user whose code runs, across its awaits", async () => {
  const seen: unknown[] = [];
  await sideBySide(["browse", undefined, "checkout"], (scenario) => {
    seen.push(runningScenario() === scenario);
    return Promise.resolve();
  });
  assert.deepEqual(seen, Array(9).fill(true));
  assert.equal(runningScenario(), undefined);
});

test("RequestHook.measure() and fire() count for the scenario of their user, whatever tags say", async () => {
  const { recorder, hook } = createHook();
  const heard: unknown[] = [];
  hook.addListener(({ tags }) => heard.push(tags));
  await sideBySide(["browse", "checkout", undefined], async () => {
    await hook.measure("SQL", "q", () => letRealTimePass(1), { tags: { region: "eu" } });
    hook.fire({ requestType: "SQL", name: "q", responseTime: 1, tags: { scenario: "mine" } });
  });
  const { entries, tagged = [] } = recorder.drain() ?? {};
  assert.equal(entries?.[0]?.requests, 18);
  const counted = Object.fromEntries(
    tagged.map(({ tag, value, entries }) => [`${tag}=${value}`, entries[0]?.requests]),
  );
  assert.deepEqual(counted, { "region=eu": 9, "scenario=browse": 6, "scenario=checkout": 6, "scenario=mine": 3 });
  assert.equal(heard.filter((tags) => (tags as { scenario?: string }).scenario === "browse").length, 6);
});

test("checks() of what is no response count for the scenario of their user", async () => {
  const { recorder } = createHook();
  await sideBySide(
    ["browse", undefined],
    () => Promise.resolve(checks([1, 2], { "has rows": (rows) => rows.length > 0 })),
  );
  const delta = recorder.drain();
  assert.match(JSON.stringify(delta?.measures ?? []), /"scenario"/);
});
